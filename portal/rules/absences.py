"""When somebody is away, and what makes a plan of it impossible."""

from datetime import date, timedelta
from enum import StrEnum

#: A longer one is a change of post and not an absence.
MOST_DAYS = 366
#: A beginning further away than this is a slip of the finger.
FURTHEST = timedelta(days=366)


class Problem(StrEnum):
    """Why an absence cannot be planned or changed."""

    PAST = "past"  # begins before today
    BACKWARDS = "backwards"  # ends before it begins
    TOO_LONG = "too_long"
    TOO_FAR = "too_far"
    SAME_PERSON = "same_person"  # one's own deputy
    NOT_TOGETHER = "not_together"  # the two sit in no agency together
    OVERLAP = "overlap"  # away on those days already
    DEPUTY_AWAY = "deputy_away"
    BEGUN = "begun"  # begun, so it cannot be cancelled
    NOT_RUNNING = "not_running"  # not begun or over, so it cannot be ended


def problem_of_days(starts_on: date, ends_on: date, *, today: date) -> Problem | None:
    """Return what is wrong with the days (both included), if anything."""
    if starts_on < today:
        return Problem.PAST
    if ends_on < starts_on:
        return Problem.BACKWARDS
    if (ends_on - starts_on).days >= MOST_DAYS:
        return Problem.TOO_LONG
    if starts_on > today + FURTHEST:
        return Problem.TOO_FAR
    return None


def last_day_when_ended_early(starts_on: date, *, today: date) -> date:
    """Return the last day of an absence whose officer is back today: yesterday, but never before it began."""
    return max(starts_on, today - timedelta(days=1))
