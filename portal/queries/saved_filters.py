"""Filters kept under a name."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from portal.core.database import db
from portal.models import SavedFilter
from portal.rules.permissions import Actor
from portal.rules.saved_filters import MOST_EACH, may_see


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A saved filter as lists draw it."""

    id: int
    owner_id: int | None
    agency_id: int | None
    name: str
    queue: str
    query: str


def listed(actor: Actor) -> list[SavedRow]:
    """Return what the actor may open: their own first, then their agencies', then everybody's; by name."""
    if not actor.is_staff:
        return []
    shared = and_(SavedFilter.owner_id.is_(None), SavedFilter.agency_id.is_(None))
    columns: tuple[Any, ...] = (
        SavedFilter.id,
        SavedFilter.owner_id,
        SavedFilter.agency_id,
        SavedFilter.name,
        SavedFilter.queue,
        SavedFilter.query,
    )
    query = (
        select(*columns)
        .where(
            or_(
                SavedFilter.owner_id == actor.user_id,
                SavedFilter.agency_id.in_(sorted(actor.agency_ids)),
                shared,
            )
        )
        .order_by(
            SavedFilter.owner_id.is_(None),
            SavedFilter.agency_id.is_(None),
            SavedFilter.agency_id,
            SavedFilter.name,
            SavedFilter.id,
        )
        .limit(MOST_EACH * (2 + len(actor.agency_ids)))
    )
    return [SavedRow(*row) for row in db.session.execute(query)]


def by_id(filter_id: int, actor: Actor) -> SavedFilter | None:
    """Return a saved filter that the actor may open, else None: for others it does not exist."""
    found = db.session.get(SavedFilter, filter_id)
    return found if found is not None and may_see(found, actor) else None
