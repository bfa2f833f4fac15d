"""In which order the desk turns to its cases: how urgent they are, and which can wait until a day."""

from datetime import date, datetime

from portal.models import Priority, Status, Submission
from portal.rules import later as rule
from portal.rules.permissions import Actor
from portal.rules.workflow import Action
from portal.services import events
from portal.services.cases.entering import calendar, enter_standing


def prioritise(
    case: Submission, *, priority: Priority, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Say how soon the city should turn to a case. Staff see it, the public does not."""
    enter_standing(case, Action.PRIORITISE, actor=actor, at=at, version=version)
    wanted = Priority(priority)
    if case.priority == wanted:
        return
    data = {"priority": int(wanted), "from": case.priority}
    case.priority = int(wanted)
    events.record(case, Action.PRIORITISE, actor=actor, at=at, public=False, data=data)


def later(
    case: Submission, *, until: date | None, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Take an open case out of the piles of work until a day of the city; None brings it back at once.

    Its deadline runs on. Raises `rules.later.CannotWait` for today, a day gone by, or one too close to the
    deadline.
    """
    enter_standing(case, Action.LATER, actor=actor, at=at, version=version)
    if until == case.later_until:
        return
    if until is not None:
        last = latest_day(case, at)
        if last is None or not calendar().day_of(at) < until <= last:
            raise rule.CannotWait(last)
    case.later_until = until
    data = {"until": None if until is None else until.isoformat()}
    events.record(case, Action.LATER, actor=actor, at=at, public=False, data=data)


def latest_day(case: Submission, at: datetime) -> date | None:
    """Return the last day until which a case may be put off, None where it cannot wait at all."""
    return rule.latest(case.due_at, paused=case.status is Status.NEEDS_INFO, at=at, calendar=calendar())
