"""Putting off: back on the desk before the deadline, whatever day was asked for."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.later import LONGEST, latest, usual
from tests.factories import CALENDAR, at


@pytest.mark.parametrize(
    ("due", "now", "last"),
    [
        (at(27, 16), at(23), date(2026, 11, 26)),
        (at(30, 16), at(23), date(2026, 11, 27)),  # due on Monday: the Friday before
        (at(25, 16), at(24), None),  # due tomorrow
        (at(24, 16), at(24), None),  # due today
        (at(20, 16), at(24), None),  # over
        (at(30, 16), at(27), None),
    ],
)
def test_a_case_is_back_on_the_working_day_before_its_deadline(
    due: datetime, now: datetime, last: date | None
) -> None:
    assert latest(due, paused=False, at=now, calendar=CALENDAR) == last


def test_a_resting_clock_lets_a_case_wait_ten_working_days() -> None:
    ten_on = CALENDAR.add(date(2026, 11, 24), LONGEST)
    assert latest(at(20, 16), paused=True, at=at(24), calendar=CALENDAR) == ten_on
    assert latest(None, paused=False, at=at(24), calendar=CALENDAR) == ten_on


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)), st.integers(0, 60))
def test_nobody_ever_finds_a_case_again_after_its_deadline(now: datetime, days: int) -> None:
    here = now.replace(tzinfo=CALENDAR.tz)
    due = CALENDAR.deadline(here, days)
    last = latest(due, paused=False, at=here, calendar=CALENDAR)
    if last is not None:
        assert here.date() < last < due.date()
        assert CALENDAR.is_working_day(last)


def test_the_usual_days_are_the_next_working_day_and_next_monday() -> None:
    far = date(2027, 1, 1)
    assert usual(far, at=at(24), calendar=CALENDAR) == [date(2026, 11, 25), date(2026, 11, 30)]
    assert usual(far, at=at(27), calendar=CALENDAR) == [date(2026, 11, 30)]
    assert usual(date(2026, 11, 25), at=at(24), calendar=CALENDAR) == [date(2026, 11, 25)]
    assert usual(None, at=at(24), calendar=CALENDAR) == []
