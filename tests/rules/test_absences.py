from datetime import date, timedelta

import pytest

from portal.rules.absences import FURTHEST, MOST_DAYS, Problem, last_day_when_ended_early, problem_of_days

TODAY = date(2026, 11, 24)


def days(first: int, last: int) -> Problem | None:
    return problem_of_days(TODAY + timedelta(days=first), TODAY + timedelta(days=last), today=TODAY)


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (0, 0, None),
        (3, 9, None),
        (0, MOST_DAYS - 1, None),
        (-1, 3, Problem.PAST),
        (3, 2, Problem.BACKWARDS),
        (0, MOST_DAYS, Problem.TOO_LONG),
        (FURTHEST.days + 1, FURTHEST.days + 2, Problem.TOO_FAR),
    ],
)
def test_days_that_make_sense(first, last, problem):
    assert days(first, last) is problem


def test_whoever_is_back_today_was_away_until_yesterday():
    assert last_day_when_ended_early(TODAY - timedelta(days=3), today=TODAY) == TODAY - timedelta(days=1)
    assert last_day_when_ended_early(TODAY, today=TODAY) == TODAY
