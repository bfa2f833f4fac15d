"""What somebody at the desk may still take back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.core.database import db
from portal.models import DeskChange, DeskChangeItem
from portal.rules.permissions import Actor
from portal.rules.workflow import UNDO_PERIOD, Action


@dataclass(frozen=True, slots=True)
class LastChange:
    """The newest press of somebody, and on how many cases it was."""

    id: int
    action: Action
    cases: int


def newest(actor: Actor, *, at: datetime) -> LastChange | None:
    """Return the actor's newest change while it can be taken back; an older one never comes to the front."""
    last = (
        select(DeskChange.id)
        .where(DeskChange.user_id == actor.user_id)
        .order_by(DeskChange.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(DeskChange.id, DeskChange.action, func.count())
        .join(DeskChangeItem, DeskChangeItem.change_id == DeskChange.id)
        .where(DeskChange.id == last, DeskChange.undone_at.is_(None), DeskChange.at >= at - UNDO_PERIOD)
        .group_by(DeskChange.id, DeskChange.action)
    )
    row = db.session.execute(query).first()
    return None if row is None else LastChange(row[0], Action(row[1]), row[2])
