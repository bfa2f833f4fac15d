"""Signs of life from open pages. They are no part of a case: no event, no version, gone after a minute.

Callers have asked the policy (`Action.READ`) already.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, literal, null, update

from portal.core.database import UtcDateTime, db, insert
from portal.models import Presence
from portal.rules.presence import FRESH, TOLD_WITHIN


def beat(case_id: int, user_id: int, *, writing: bool, told: bool, at: datetime) -> None:
    """Note that somebody has a case open, and whether they write for the public.

    `told`: they know that a colleague took their writing over. Until then they do not count as a writer.
    One statement, so that a colleague who takes over at the same moment is never overwritten.
    """
    moment = literal(at, UtcDateTime)
    statement = insert(Presence).values(
        submission_id=case_id, user_id=user_id, seen_at=at, writing_since=at if writing else None
    )
    begun = case(
        (and_(Presence.seen_at > at - FRESH, Presence.writing_since.is_not(None)), Presence.writing_since),
        else_=moment,
    )
    since: ColumnElement[Any]
    if not writing:
        since = null()
    elif told:
        since = begun
    else:
        since = case((Presence.taken_over_by_id.is_(None), begun), else_=null())
    changes: dict[str, ColumnElement[Any]] = {"seen_at": moment, "writing_since": since}
    if told:
        changes["taken_over_by_id"] = null()
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["submission_id", "user_id"], set_=changes)
    )


def leave(case_id: int, user_id: int, *, heard_at: datetime) -> None:
    """Forget that somebody has a case open, as far as the page that is left was heard of then.

    A farewell can arrive after the first word of the page that follows it; such a later word stays.
    """
    db.session.execute(
        delete(Presence).where(
            Presence.submission_id == case_id, Presence.user_id == user_id, Presence.seen_at <= heard_at
        )
    )


def take_over(case_id: int, user_id: int, *, at: datetime) -> None:
    """Make somebody the writer of a case; whoever was is told at their next sign of life."""
    db.session.execute(
        update(Presence)
        .where(
            Presence.submission_id == case_id,
            Presence.user_id != user_id,
            Presence.writing_since.is_not(None),
            Presence.seen_at > at - FRESH,
        )
        .values(writing_since=None, taken_over_by_id=user_id)
    )
    beat(case_id, user_id, writing=True, told=True, at=at)


def forget(at: datetime) -> None:
    """Delete what counts no more."""
    waits_to_be_told = and_(Presence.taken_over_by_id.is_not(None), Presence.seen_at > at - TOLD_WITHIN)
    db.session.execute(delete(Presence).where(Presence.seen_at <= at - FRESH, ~waits_to_be_told))
