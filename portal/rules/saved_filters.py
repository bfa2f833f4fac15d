"""Filters of a list kept under a name: for oneself, for an agency, or for everybody at the desk."""

from typing import Protocol

from portal.models.kinds import Role
from portal.rules.permissions import Actor

#: Names of one owner: a person, an agency, the desk.
MOST_EACH = 30
NAME_LIMIT = 60
#: Signs of the address that can be kept.
QUERY_LIMIT = 600


class Kept(Protocol):
    """What these rules need to know of a saved filter; both empty: everybody's."""

    @property
    def owner_id(self) -> int | None: ...
    @property
    def agency_id(self) -> int | None: ...


def headed(actor: Actor) -> frozenset[int]:
    """Return the agencies for whose staff the actor may keep filters: those they head."""
    return frozenset(
        seat.agency_id for seat in actor.seats if seat.role is Role.HEAD and seat.agency_id is not None
    )


def may_see(kept: Kept, actor: Actor) -> bool:
    """Tell whether a filter stands in the actor's list: their own, their agencies', and everybody's."""
    if kept.owner_id is not None:
        return kept.owner_id == actor.user_id
    return kept.agency_id in actor.agency_ids if kept.agency_id is not None else actor.is_staff


def may_keep(kept: Kept, actor: Actor) -> bool:
    """Tell whether the actor may make, rename and delete it: its owner, the agency's head, or triage."""
    if kept.owner_id is not None:
        return kept.owner_id == actor.user_id
    return kept.agency_id in headed(actor) if kept.agency_id is not None else actor.has(Role.TRIAGE)
