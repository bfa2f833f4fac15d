"""A deadline can be told: from when, how many days, which days off, which rests; as it is stored."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.core.clock import CITY_TZ
from portal.models import Kind, Status
from portal.rules.deadlines import (
    ANSWER_DAYS,
    Pause,
    PauseKind,
    Step,
    answer_days,
    build_calendar,
    explain,
    national_holiday_names,
    pauses,
)
from tests.factories import CALENDAR, at

MOMENTS = st.datetimes(
    min_value=datetime(2025, 1, 1), max_value=datetime(2028, 12, 31), timezones=st.just(UTC)
)
#: Rests as they follow each other: hours until one begins, hours that it lasts.
RESTS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 400)), max_size=4)
DAYS_OFF = st.lists(st.integers(0, 90), max_size=6)


def _rests(start: datetime, hours: list[tuple[int, int]]) -> list[Pause]:
    made = []
    for before, length in hours:
        begins = start + timedelta(hours=before)
        start = begins + timedelta(hours=length)
        made.append(Pause(PauseKind.QUESTION, begins, start))
    return made


@given(MOMENTS, st.integers(0, 40), RESTS, DAYS_OFF)
def test_what_is_told_is_what_was_set_and_moved(
    start: datetime, days: int, hours: list[tuple[int, int]], off: list[int]
) -> None:
    city = build_calendar(CITY_TZ, {start.date() + timedelta(days=n) for n in off})
    due = city.deadline(start, days)
    rests = _rests(start, hours)
    for rest in rests:
        assert rest.end is not None
        due = city.moved(due, rest.start, rest.end)
    told = explain(start, days, rests, due=due, calendar=city)
    assert told is not None
    assert told.agrees
    assert (told.start, told.days, told.due) == (start, days, due)
    assert sum(rest.days for rest in told.pauses) == city.days_spent(start, due) - days
    for day in told.skipped:
        assert day.weekday() < 5
        assert not city.is_working_day(day)


@given(MOMENTS, st.integers(1, 40), DAYS_OFF)
def test_a_day_off_that_was_added_later_does_not_pass_for_agreement(
    start: datetime, days: int, off: list[int]
) -> None:
    due = CALENDAR.deadline(start, days)
    later = build_calendar(CITY_TZ, {start.date() + timedelta(days=n) for n in off})
    told = explain(start, days, [], due=due, calendar=later)
    assert told is not None
    assert told.agrees == (later.deadline(start, days) == due)


def test_the_days_off_that_were_passed_over_are_told_and_weekends_are_not() -> None:
    told = explain(at(22, month=12), 5, [], due=CALENDAR.deadline(at(22, month=12), 5), calendar=CALENDAR)
    assert told is not None
    assert told.skipped == (date(2026, 12, 24), date(2026, 12, 25))
    assert told.due == at(31, 16, month=12)


def test_a_promised_day_is_its_own_reason_even_on_a_weekend() -> None:
    saturday = date(2026, 12, 12)
    told = explain(at(16), None, [], due=at(12, 16, month=12), named=saturday, calendar=CALENDAR)
    assert told is not None
    assert (told.agrees, told.days, told.skipped) == (True, None, ())


def test_without_a_beginning_nothing_is_told() -> None:
    assert explain(None, None, [], due=at(30, 16), calendar=CALENDAR) is None
    assert explain(at(16), None, [], due=at(30, 16), calendar=CALENDAR) is None


def test_rests_before_the_clock_began_belong_to_another_deadline() -> None:
    earlier = Pause(PauseKind.QUESTION, at(10), at(13))
    told = explain(at(16, 10), 10, [earlier], due=at(30, 16), calendar=CALENDAR)
    assert told is not None
    assert (told.agrees, told.pauses) == (True, ())


def test_a_rest_that_lasts_is_told_and_moves_nothing_yet() -> None:
    told = explain(at(16), 10, [Pause(PauseKind.QUESTION, at(17), None)], due=at(30, 16), calendar=CALENDAR)
    assert told is not None
    assert told.agrees
    assert told.pauses[0].end is None


# --- rests as the history tells them ------------------------------------------------------------------


def _asked(when: datetime, source: Status = Status.ASSIGNED) -> Step:
    return Step("ask", when, source, Status.NEEDS_INFO)


def _replied(when: datetime) -> Step:
    return Step("reply", when, Status.NEEDS_INFO, Status.ASSIGNED)


def test_a_question_rests_the_clock_until_its_reply() -> None:
    history = [_asked(at(17)), Step("note", at(18), Status.NEEDS_INFO, None), _replied(at(19))]
    assert pauses(history) == [Pause(PauseKind.QUESTION, at(17), at(19))]


def test_an_open_question_has_no_end() -> None:
    assert pauses([_asked(at(17))]) == [Pause(PauseKind.QUESTION, at(17), None)]


def test_a_question_that_ran_out_is_no_rest_of_the_next_deadline() -> None:
    expired = Step("expire", at(25), Status.NEEDS_INFO, Status.DECLINED)
    assert pauses([_asked(at(17)), expired]) == []


def test_a_merge_that_was_taken_back_is_a_rest() -> None:
    history = [
        Step("merge", at(17), Status.ASSIGNED, Status.MERGED),
        Step("unmerge", at(20), Status.MERGED, Status.ASSIGNED),
    ]
    assert pauses(history) == [Pause(PauseKind.MERGED, at(17), at(20))]


def test_a_merge_within_an_open_question_is_part_of_that_rest() -> None:
    history = [
        _asked(at(17)),
        Step("merge", at(18), Status.NEEDS_INFO, Status.MERGED),
        Step("unmerge", at(23), Status.MERGED, Status.NEEDS_INFO),
        _replied(at(24)),
    ]
    assert pauses(history) == [Pause(PauseKind.QUESTION, at(17), at(24))]


# --- how many days ------------------------------------------------------------------------------------

LEVELS = {(Kind.QUESTION, 7): 3, (Kind.QUESTION, None): 5}


def test_the_closest_fit_says_how_many_days_an_answer_may_take() -> None:
    assert answer_days(Kind.QUESTION, 7, 12, LEVELS) == 3
    assert answer_days(Kind.PROBLEM, 7, 12, LEVELS) == 12
    assert answer_days(Kind.QUESTION, 8, 12, LEVELS) == 12
    assert answer_days(Kind.QUESTION, None, None, LEVELS) == 5
    assert answer_days(Kind.PROBLEM, None, None, LEVELS) == ANSWER_DAYS


def test_days_off_have_names_in_both_languages() -> None:
    assert national_holiday_names(2026, "id")[date(2026, 12, 25)] == "Hari Raya Natal"
    assert national_holiday_names(2026, "en")[date(2026, 12, 25)] == "Christmas Day"
