"""Working days of an Indonesian city office, to the minute (WORKFLOW section 1)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.clock import CITY_TZ
from portal.rules.deadlines import (
    ANSWER_DAYS,
    VERIFY_DAYS,
    Calendar,
    Remaining,
    Urgency,
    build_calendar,
    escalation_step,
    remaining,
)
from tests.factories import CALENDAR, at

MOMENTS = st.datetimes(
    min_value=datetime(2024, 1, 1), max_value=datetime(2030, 12, 31), timezones=st.just(UTC)
)
DAYS = st.integers(min_value=0, max_value=60)


def test_received_friday_evening_is_verified_by_wednesday() -> None:
    assert CALENDAR.deadline(at(13, 20, 14), VERIFY_DAYS) == at(18, 16)


def test_assigned_monday_is_answered_by_the_monday_after_next() -> None:
    assert CALENDAR.deadline(at(16, 10), ANSWER_DAYS) == at(30, 16)


def test_two_working_days_of_waiting_make_it_wednesday() -> None:
    assert CALENDAR.moved(at(30, 16), at(17, 9), at(19, 9)) == at(2, 16, month=12)


def test_a_weekend_of_waiting_moves_nothing() -> None:
    assert CALENDAR.moved(at(30, 16), at(20, 17), at(22, 9)) == at(30, 16)


def test_the_day_turns_at_midnight_in_the_city_not_in_greenwich() -> None:
    before, after = at(16, 23, 59), at(17, 0, 0)
    assert before.astimezone(UTC).date() == after.astimezone(UTC).date()
    assert CALENDAR.deadline(before, 1) == at(17, 16)
    assert CALENDAR.deadline(after, 1) == at(18, 16)


@pytest.mark.parametrize(
    ("zone", "closes"), [("Asia/Jakarta", 9), ("Asia/Makassar", 8), ("Asia/Jayapura", 7)]
)
def test_each_time_zone_of_the_country_closes_at_four_by_its_own_clock(zone: str, closes: int) -> None:
    city = build_calendar(ZoneInfo(zone), ())
    due = city.deadline(datetime(2026, 11, 16, 3, tzinfo=UTC), 1)
    assert due.astimezone(UTC) == datetime(2026, 11, 17, closes, tzinfo=UTC)


def test_the_same_moment_is_another_day_further_east() -> None:
    moment = datetime(2026, 11, 16, 15, 30, tzinfo=UTC)  # 22:30 WIB, 23:30 WITA, 00:30 WIT
    days = [
        build_calendar(ZoneInfo(f"Asia/{city}"), ()).day_of(moment).day
        for city in ("Jakarta", "Makassar", "Jayapura")
    ]
    assert days == [16, 16, 17]


def test_new_year_and_christmas_are_no_working_days() -> None:
    assert not CALENDAR.is_working_day(date(2026, 12, 25))
    assert not CALENDAR.is_working_day(date(2027, 1, 1))


def test_collective_leave_is_no_working_day() -> None:
    """Cuti bersama: 24 December 2026 by the joint decree of three ministers."""
    assert not CALENDAR.is_working_day(date(2026, 12, 24))


def test_a_deadline_runs_over_the_end_of_the_year() -> None:
    # 23 December is day 0; 24 and 25 are leave and holiday, 1 January is one
    assert CALENDAR.deadline(at(23, 9, month=12), 5) == at(4, 16, month=1, year=2027)


def test_a_year_whose_holidays_are_not_decreed_yet_still_has_working_days() -> None:
    assert CALENDAR.add(date(2035, 1, 1), 5) > date(2035, 1, 1)


def test_a_day_of_the_citys_own_moves_the_deadline() -> None:
    city = build_calendar(CITY_TZ, [date(2026, 11, 17)])
    assert city.deadline(at(16, 10), 1) == at(18, 16)


def test_no_negative_days() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add(date(2026, 11, 16), -1)


@given(MOMENTS, DAYS)
def test_a_deadline_has_exactly_that_many_working_days(start: datetime, days: int) -> None:
    due = CALENDAR.deadline(start, days)
    assert CALENDAR.days_spent(start, due) == days
    assert due.astimezone(CITY_TZ).hour == 16
    if days:
        assert CALENDAR.is_working_day(CALENDAR.day_of(due))


@given(MOMENTS, DAYS, DAYS)
def test_more_days_are_never_sooner(start: datetime, one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert CALENDAR.deadline(start, few) <= CALENDAR.deadline(start, many)


@given(MOMENTS, st.integers(1, 20), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_pause_never_shortens_and_gives_back_what_it_took(
    start: datetime, days: int, pause: timedelta
) -> None:
    due = CALENDAR.deadline(start, days)
    moved = CALENDAR.moved(due, start, start + pause)
    assert moved >= due
    assert CALENDAR.days_spent(due, moved) == CALENDAR.days_spent(start, start + pause)


@given(MOMENTS, st.integers(1, 20), st.timedeltas(timedelta(days=-30), timedelta(days=60)))
def test_escalation_only_ever_goes_on(start: datetime, days: int, offset: timedelta) -> None:
    due = CALENDAR.deadline(start, days)
    now = due + offset
    assert escalation_step(due, now, CALENDAR) <= escalation_step(due, now + timedelta(hours=7), CALENDAR)


DUE = at(20, 16)  # a Friday


@pytest.mark.parametrize(
    ("moment", "step"),
    [
        (at(18, 23, 59), 0),
        (at(19, 0, 0), 1),
        (at(20, 16, 0), 1),
        (at(20, 16, 1), 2),
        (at(24, 23, 59), 2),
        (at(25, 0, 0), 3),
    ],
)
def test_escalation_steps(moment: datetime, step: int) -> None:
    assert escalation_step(DUE, moment, CALENDAR) == step


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(16, 9), Remaining(Urgency.CALM, days=4)),
        (at(19, 9), Remaining(Urgency.SOON, days=1)),
        (at(20, 12), Remaining(Urgency.SOON, hours=4)),
        (at(20, 16), Remaining(Urgency.SOON, hours=0)),
        (at(20, 16, 1), Remaining(Urgency.OVERDUE, days=1)),
        (at(22, 9), Remaining(Urgency.OVERDUE, days=1)),
        (at(25, 9), Remaining(Urgency.OVERDUE, days=3)),
    ],
)
def test_what_is_left_is_said_in_working_days_and_hours(moment: datetime, expected: Remaining) -> None:
    assert remaining(DUE, paused=False, at=moment, calendar=CALENDAR) == expected


def test_a_resting_clock_says_so_and_none_says_nothing() -> None:
    assert remaining(DUE, paused=True, at=DUE, calendar=CALENDAR).urgency is Urgency.PAUSED
    assert remaining(None, paused=False, at=DUE, calendar=CALENDAR).urgency is Urgency.NONE


def test_a_calendar_does_not_change_under_its_users() -> None:
    holidays = {date(2026, 11, 17)}
    city = build_calendar(CITY_TZ, holidays)
    holidays.clear()
    assert isinstance(city, Calendar)
    assert not city.is_working_day(date(2026, 11, 17))


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.integers(min_value=-20, max_value=1200))
def test_counting_by_weeks_is_counting_day_by_day(start: date, days: int) -> None:
    city = build_calendar(CITY_TZ, {date(2026, 4, 2), date(2026, 4, 4)})  # a Thursday and a Saturday
    one_by_one = sum(city.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))
    assert city.between(start, start + timedelta(days=days)) == one_by_one
