"""When the weekly summary leaves."""

import pytest

from portal.rules import weekly
from portal.rules.deadlines import build_calendar
from tests.factories import CALENDAR, at, day


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        (at(23, 6, 59), None),  # Monday
        (at(23, 7), "2026-W48"),
        (at(27, 12), "2026-W48"),  # a worker that stood still since Monday
        (at(29, 23, 59), "2026-W48"),  # Sunday
        (at(30, 0), None),
        (at(30, 7), "2026-W49"),
    ],
)
def test_it_may_leave_from_monday_at_seven_until_sunday(moment, week):
    assert weekly.open_week(moment, CALENDAR) == week


def test_a_holiday_on_monday_moves_it_to_tuesday():
    calendar = build_calendar(CALENDAR.tz, [day(at(23))])
    assert weekly.open_week(at(23, 12), calendar) is None
    assert weekly.opening(day(at(23)), calendar) == at(24, 7)
    assert weekly.open_week(at(24, 7), calendar) == "2026-W48"


def test_a_week_without_a_working_day_has_none():
    calendar = build_calendar(CALENDAR.tz, [day(at(number)) for number in range(23, 28)])
    assert weekly.opening(day(at(25)), calendar) is None
    assert weekly.open_week(at(28, 12), calendar) is None


def test_the_last_week_of_a_year_keeps_its_name_over_new_year():
    names = {weekly.week_name(day(moment)) for moment in (at(28, month=12), at(3, month=1, year=2027))}
    assert names == {"2026-W53"}
    assert weekly.week_name(day(at(4, month=1, year=2027))) == "2027-W01"
