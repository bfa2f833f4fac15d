"""Taking a slip of the finger back: an assignment, or a title and category."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from portal.core.database import db
from portal.models import Event, RoutingOutcome, Submission
from portal.rules.permissions import Actor
from portal.rules.workflow import Action, TransitionNotAllowed
from portal.services import events, outbox, search
from portal.services.cases.entering import enter, enter_standing

_MOMENTS = ("verified_at", "assigned_at", "due_at", "due_from")
#: What an assignment sets, and a withdrawn one gives back.
ASSIGNED = (
    "agency_id", "category_id", "officer_id", "text_public", "files_public", "due_days", "escalated",
    "priority",
    *_MOMENTS,
)  # fmt: skip


def as_it_was(case: Submission) -> dict[str, Any]:
    """Return what `take_back` needs to know of a case before it is assigned: ids, codes and values."""
    kept = {name: getattr(case, name) for name in (*ASSIGNED, "later_until")}
    return {
        name: value.isoformat() if isinstance(value, date) else value  # a datetime is a date too
        for name, value in kept.items()
    }


def take_back(
    case: Submission, *, before: Mapping[str, Any], actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Take an assignment back within UNDO_PERIOD, if it was the last thing that happened to the case.

    `before` is what `as_it_was` returned. Mails of the assignment that have not left are not sent.
    """
    row = enter(case, Action.TAKE_BACK, actor=actor, at=at, version=version)
    undone = newest_change(case)
    if undone is None or undone.action != row.undoes:
        raise TransitionNotAllowed(case.status, row.action)
    for name in ASSIGNED:
        value = before[name]
        setattr(case, name, datetime.fromisoformat(value) if value and name in _MOMENTS else value)
    db.session.expire(case, ["category", "agency", "officer"])
    if case.assigned_at is None:  # so it was the first one, and says nothing of how good a suggestion was
        db.session.execute(delete(RoutingOutcome).where(RoutingOutcome.submission_id == case.id))
    outbox.cancel(undone)
    events.record(case, row.action, actor=actor, at=at, to_status=undone.from_status)
    until = before["later_until"]
    case.later_until = date.fromisoformat(until) if until else None


def newest_change(case: Submission) -> Event | None:
    """Return the last thing that moved the version of a case."""
    return db.session.scalar(
        select(Event)
        .where(Event.submission_id == case.id, Event.action.not_in([str(one) for one in events.QUIET]))
        .order_by(Event.id.desc())
        .limit(1)
    )


def reclassify(
    case: Submission,
    *,
    title: str,
    category_id: int | None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Give a case back the title and category it had; unlike `classify` it may have had no category."""
    enter_standing(case, Action.CLASSIFY, actor=actor, at=at, version=version)
    case.title, case.category_id = title, category_id
    db.session.expire(case, ["category"])
    search.index(case)
    data = {"category_id": category_id}
    events.record(case, Action.CLASSIFY, actor=actor, at=at, public=False, data=data)
