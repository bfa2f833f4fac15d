"""What supporters say of a case that was finished: counted beside it, small numbers left out."""

from dataclasses import dataclass

from sqlalchemy import func, select

from portal.core.database import db
from portal.models import DoneVote, Event, Status, Submission
from portal.rules.satisfaction import SMALL


@dataclass(frozen=True, slots=True)
class Votes:
    """How many supporters said so, of how many; None where fewer than SMALL did. Silence is neither."""

    done: int | None
    not_yet: int | None
    of: int


def finished_by(case_id: int) -> int | None:
    """Return the event that finished a case last."""
    query = select(Event.id).where(Event.submission_id == case_id, Event.action == "finish")
    return db.session.scalar(query.order_by(Event.id.desc()).limit(1))


def votes(case: Submission) -> Votes | None:
    """Return what the supporters of a finished case say; None where nothing can be said."""
    if case.status is not Status.DONE or case.support_count < SMALL:
        return None
    newest = (
        select(func.max(Event.id))
        .where(Event.submission_id == case.id, Event.action == "finish")
        .scalar_subquery()
    )
    query = select(DoneVote.done, func.count()).where(DoneVote.event_id == newest).group_by(DoneVote.done)
    found = dict(db.session.execute(query).all())
    said = {key: number if number >= SMALL else None for key, number in found.items()}
    if not any(said.values()):
        return None
    return Votes(said.get(True), said.get(False), case.support_count)
