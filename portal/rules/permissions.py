"""Who may do what: one policy for every route, format, count, feed and mail. Default deny.

Source: WORKFLOW section 5 (docs/access.md is generated from here). An action is allowed to a set of
`Who`, relative to the case; `can` finds out which of them an actor is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.models.kinds import PROPOSALS, BusinessRole, IdentityMode, Kind, Role, Status
from portal.rules import workflow
from portal.rules.workflow import Action, Who

#: These are held in an agency; every other role is the city's and opens nothing when tied to one.
AGENCY_ROLES = (Role.OFFICER, Role.HEAD)


@dataclass(frozen=True, slots=True)
class Seat:
    """One role of an actor; `agency_id` is None for city-wide roles."""

    role: Role
    agency_id: int | None = None
    publisher: bool = False


@dataclass(frozen=True, slots=True)
class BusinessSeat:
    """What an actor is in a business."""

    business_id: int
    role: BusinessRole


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. A visitor has nothing; a reporter proved a tracking code or a scoped token."""

    user_id: int | None = None
    seats: frozenset[Seat] = frozenset()
    reporter_of: frozenset[int] = frozenset()
    is_clock: bool = False
    #: Known only where a route asks for it (`web.access.member_actor`).
    businesses: frozenset[BusinessSeat] = frozenset()

    def has(self, role: Role) -> bool:
        """Tell whether a seat carries that role; one of the city counts only where no agency binds it."""
        return any(
            seat.role is role and (role in AGENCY_ROLES or seat.agency_id is None) for seat in self.seats
        )

    @property
    def is_staff(self) -> bool:
        """Tell whether the desk is open to this actor (admin and competency alone see no cases)."""
        return any(self.has(role) for role in (Role.TRIAGE, *AGENCY_ROLES))

    @property
    def agency_ids(self) -> frozenset[int]:
        """The agencies in which the actor handles cases."""
        return frozenset(
            seat.agency_id for seat in self.seats if seat.role in AGENCY_ROLES and seat.agency_id is not None
        )

    @property
    def speaks_for_business(self) -> bool:
        """Tell whether this is a member of a business and nobody of the city."""
        return bool(self.businesses) and not self.seats

    def role_in(self, business_id: int) -> BusinessRole | None:
        """Return what the actor is in a business, None for a stranger."""
        for seat in self.businesses:
            if seat.business_id == business_id:
                return seat.role
        return None


VISITOR = Actor()
CLOCK = Actor(is_clock=True)


class Case(Protocol):
    """What the policy needs to know of a case; `Submission` is one."""

    @property
    def id(self) -> int: ...
    @property
    def status(self) -> Status: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def agency_id(self) -> int | None: ...
    @property
    def secret(self) -> bool: ...
    @property
    def identity_mode(self) -> IdentityMode: ...
    @property
    def handovers(self) -> int: ...
    @property
    def objected(self) -> bool: ...
    @property
    def contest_until(self) -> datetime | None: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def confirmed(self) -> bool | None: ...
    @property
    def answered_at(self) -> datetime | None: ...
    @property
    def named_user_ids(self) -> frozenset[int]: ...


class Naming(Protocol):
    """What tells whether a case is closed to somebody whom it names."""

    @property
    def secret(self) -> bool: ...
    @property
    def named_user_ids(self) -> frozenset[int]: ...


def is_about(actor: Actor, case: Naming) -> bool:
    """Tell whether a secret case names the actor: it stays closed to them, whatever they work at."""
    return case.secret and actor.user_id in case.named_user_ids


def standing(actor: Actor, case: Case) -> frozenset[Who]:
    """Return what the actor is to this case."""
    if actor.is_clock:
        return frozenset({Who.CLOCK})
    found: set[Who] = set()
    if case.id in actor.reporter_of:
        found.add(Who.REPORTER)
    if actor.has(Role.TRIAGE):
        found.add(Who.TRIAGE)
    if case.agency_id is not None and not is_about(actor, case):
        for seat in actor.seats:
            if seat.agency_id != case.agency_id:
                continue
            if seat.role is Role.OFFICER:
                found.add(Who.OFFICER_HERE)
                if seat.publisher:
                    found.add(Who.PUBLISHER)
            elif seat.role is Role.HEAD:
                found |= {Who.OFFICER_HERE, Who.HEAD_HERE, Who.PUBLISHER}
                if case.handovers == 0:
                    found.add(Who.HEAD_HERE_FIRST)
    return frozenset(found)


def can(action: Action, actor: Actor, case: Case, *, at: datetime) -> bool:
    """Tell whether the actor may do this to the case as it stands at that moment."""
    who = standing(actor, case)
    if action in workflow.STANDING:
        return bool(who & workflow.STANDING[action]) and _circumstances(action, case, at)
    for row in workflow.rows(action, case.status, case.kind):
        if who & row.who:
            if row.undoes is not None and at > case.updated_at + workflow.UNDO_PERIOD:
                return False
            return not row.contest or _may_contest(action, case, at)
    return False


def could(action: Action, actor: Actor, case: Case) -> bool:
    """Tell whether the actor's standing alone allows this, in some state of the case.

    For telling "you came too late" (409) from "this does not exist for you" (404).
    """
    who = standing(actor, case)
    if action in workflow.STANDING:
        return bool(who & workflow.STANDING[action])
    return any(row.who & who for row in workflow.TRANSITIONS if row.action is action)


def _may_contest(action: Action, case: Case, at: datetime) -> bool:
    if case.contest_until is None or at > case.contest_until:
        return False
    return not (action is Action.OBJECT and case.objected)


def _circumstances(action: Action, case: Case, at: datetime) -> bool:
    match action:
        case Action.REVEAL_IDENTITY:
            # Sealed: the two-person opening is another path, not this click.
            return case.identity_mode is not IdentityMode.SHIELDED
        case Action.CONFIRM:
            return case.status is Status.DONE and case.confirmed is None
        case Action.LOWER_SECRECY:
            return case.secret
        case Action.RATE:
            return case.answered_at is not None
        case Action.SPLIT:
            return case.status in workflow.SPLITTABLE and case.kind not in PROPOSALS
        case Action.ADD_INFORMATION | Action.LATER:
            return case.status in workflow.OPEN
        case _:
            return True


def allowed(actor: Actor, case: Case, *, at: datetime) -> frozenset[Action]:
    """Return every action open to the actor; the desk draws its buttons from this."""
    return frozenset(action for action in Action if can(action, actor, case, at=at))
