"""Who may see and run a meeting. What somebody reads of a case on its agenda is asked per case, as always."""

from collections.abc import Collection
from typing import Protocol

from portal.models.kinds import Role
from portal.rules.permissions import Actor

#: More than any honest meeting gets through in a day.
MOST_ITEMS = 100
#: More than the largest hall holds.
MOST_PEOPLE = 200


class Gathering(Protocol):
    """What these rules need to know of a meeting; `Meeting` is one."""

    @property
    def agency_id(self) -> int | None: ...
    @property
    def chair_id(self) -> int | None: ...
    @property
    def created_by_id(self) -> int | None: ...


def may_see(actor: Actor, meeting: Gathering, invited: Collection[int]) -> bool:
    """Tell whether a meeting exists for the actor: staff of its agency, the coordinators, the invited.

    Whoever is no longer staff of anything sees none, invited or not.
    """
    if not actor.is_staff:
        return False
    if actor.has(Role.TRIAGE) or actor.user_id in invited:
        return True
    return meeting.agency_id is not None and meeting.agency_id in actor.agency_ids


def may_edit(actor: Actor, meeting: Gathering, invited: Collection[int]) -> bool:
    """Tell whether the actor may prepare, run and close a meeting.

    They are whoever called it, the chair, the heads of its agency and the coordinators.
    """
    if not may_see(actor, meeting, invited):
        return False
    if actor.has(Role.TRIAGE) or actor.user_id in {meeting.chair_id, meeting.created_by_id}:
        return True
    return any(
        seat.role is Role.HEAD and seat.agency_id is not None and seat.agency_id == meeting.agency_id
        for seat in actor.seats
    )


def may_call(actor: Actor, agency_id: int | None) -> bool:
    """Tell whether the actor may call a meeting of an agency, or (None) of several."""
    return actor.has(Role.TRIAGE) or (agency_id is not None and agency_id in actor.agency_ids)
