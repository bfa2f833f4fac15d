"""What a member of staff pressed at the desk and may take back for a few minutes, on one case or on many.

Publishing is final: whoever answered or promised has `edit_answer`, whose earlier wordings stay readable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, select

from portal.core.database import db
from portal.models import DeskChange, DeskChangeItem, Priority, Statement, Submission
from portal.rules.later import CannotWait
from portal.rules.permissions import Actor, could
from portal.rules.workflow import UNDO_PERIOD, Action
from portal.services import cases, outbox
from portal.services.attempts import Outcome, attempt, hold
from portal.services.cases.undoing import as_it_was, newest_change, reclassify, take_back

#: Presses that one call of `forget_old` drops, so that visitors write in between.
_FORGET_MOST = 500

UNDOABLE = frozenset(
    {Action.TAKE, Action.CLASSIFY, Action.PRIORITISE, Action.LATER, Action.MERGE, Action.ASSIGN}
)


@dataclass(frozen=True, slots=True)
class Before:
    """A case as it is right before a press."""

    version: int
    title: str
    values: dict[str, Any]


def before(case: Submission) -> Before:
    """Remember a case before something is done to it."""
    return Before(case.version, case.title, as_it_was(case))


def keep(
    action: Action, pressed: Sequence[tuple[Submission, Before]], *, actor: Actor, at: datetime
) -> DeskChange | None:
    """Note a press, so that it can be taken back; None where nothing changed or it cannot be.

    Belongs into the transaction of the press itself.
    """
    changed = [
        (case, was) for case, was in pressed if case.version != was.version and _can_end(case, action, actor)
    ]
    if action not in UNDOABLE or actor.user_id is None or not changed:
        return None
    change = DeskChange(user_id=actor.user_id, action=action.value, at=at)
    db.session.add(change)
    db.session.flush()  # need the id
    for case, was in changed:
        item = DeskChangeItem(
            change_id=change.id,
            submission_id=case.id,
            version=case.version,
            before=_what_counts(action, case, was, at),
        )
        db.session.add(item)
    db.session.flush()
    return change


def _can_end(case: Submission, action: Action, actor: Actor) -> bool:
    # an officer may merge, but only the head and triage may part again
    return action is not Action.MERGE or could(Action.UNMERGE, actor, case)


def _what_counts(action: Action, case: Submission, was: Before, at: datetime) -> dict[str, Any]:
    match action:
        case Action.ASSIGN:
            return was.values
        case Action.TAKE:
            return {"officer_id": was.values["officer_id"]}
        case Action.PRIORITISE:
            return {"priority": was.values["priority"]}
        case Action.LATER:
            return {"later_until": was.values["later_until"]}
        case Action.CLASSIFY:
            kept = {"category_id": was.values["category_id"]}
            if case.title != was.title:
                kept["statement_id"] = _words(case, was.title, at)
            return kept
        case _:
            return {}


def _words(case: Submission, title: str, at: datetime) -> int:
    """Keep a title in a row of its own, which is erased with the person."""
    words = Statement(submission_id=case.id, action=Action.CLASSIFY.value, text=title, created_at=at)
    db.session.add(words)
    db.session.flush()  # need the id
    return words.id


def by_id(change_id: int, actor: Actor) -> DeskChange | None:
    """Return a change of the actor's own; those of others do not exist for them."""
    change = db.session.get(DeskChange, change_id)
    return change if change is not None and change.user_id == actor.user_id else None


def forget_old(at: datetime) -> int:
    """Drop what nobody can take back any more, with the titles kept for it; return how many presses."""
    old = (
        select(DeskChange.id)
        .where(DeskChange.at < at - UNDO_PERIOD)
        .order_by(DeskChange.id)
        .limit(_FORGET_MOST)
    )
    ids = list(db.session.scalars(old))
    items = select(DeskChangeItem.before).where(DeskChangeItem.change_id.in_(ids))
    titles = [was["statement_id"] for was in db.session.scalars(items) if "statement_id" in was]
    db.session.execute(delete(DeskChangeItem).where(DeskChangeItem.change_id.in_(ids)))
    db.session.execute(delete(DeskChange).where(DeskChange.id.in_(ids)))
    db.session.execute(delete(Statement).where(Statement.id.in_(titles)))
    return len(ids)


def undo(change: DeskChange, *, reason: str, actor: Actor, at: datetime) -> Outcome | None:
    """Take a change back where nothing else happened since; None when it is too late or was done already.

    `reason` is what a public timeline says of a merge that is taken back. Cases that moved on are left alone.
    """
    db.session.refresh(change, with_for_update=True)
    if change.undone_at is not None or at > change.at + UNDO_PERIOD:
        return None
    change.undone_at = at
    found = db.session.execute(
        select(DeskChangeItem, Submission)
        .join(Submission, Submission.id == DeskChangeItem.submission_id)
        .where(DeskChangeItem.change_id == change.id)
        .order_by(Submission.id)
    ).all()
    items = [(item, case) for item, case in found]
    hold([case for _, case in items])
    outcome = Outcome()
    for item, case in items:
        attempt(case, partial(_undo, change, item, case, reason, actor, at), outcome)
    return outcome


def _undo(
    change: DeskChange, item: DeskChangeItem, case: Submission, reason: str, actor: Actor, at: datetime
) -> None:
    was = item.before
    who: dict[str, Any] = {"actor": actor, "at": at, "version": item.version}
    match Action(change.action):
        case Action.ASSIGN:
            take_back(case, before=was, **who)
        case Action.TAKE:
            cases.take(case, officer_id=was["officer_id"], **who)
        case Action.PRIORITISE:
            cases.prioritise(case, priority=Priority(was["priority"]), **who)
        case Action.LATER:
            until = was["later_until"]
            try:
                cases.later(case, until=date.fromisoformat(until) if until else None, **who)
            except CannotWait:  # that day has come
                cases.later(case, until=None, **who)
        case Action.CLASSIFY:
            words = db.session.get(Statement, was["statement_id"]) if "statement_id" in was else None
            title = case.title if words is None else words.text
            reclassify(case, title=title, category_id=was["category_id"], **who)
        case Action.MERGE:
            merged = newest_change(case)
            cases.unmerge(case, reason=reason, **who)
            parted = newest_change(case)
            if merged is not None and parted is not None and outbox.cancel(merged):
                outbox.cancel(parted)  # nobody was told of the one, so nobody need hear of the other
        case _:  # pragma: no cover (nothing else is kept)
            raise ValueError(change.action)
