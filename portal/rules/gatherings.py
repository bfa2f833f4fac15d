"""Meetings for citizens: who may write them, when one can register, and who gets a seat."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.models.kinds import Role
from portal.rules.permissions import Actor

#: Seats that one person may ask for.
MOST_SEATS = 5


class Attendable(Protocol):
    """What these rules need to know of a meeting."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def registration_until(self) -> datetime | None: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on the waiting list."""

    id: int
    seats: int


def may_write(actor: Actor, agency_id: int) -> bool:
    """Tell whether the actor may prepare meetings of that agency: its officers and heads, and triage."""
    return actor.has(Role.TRIAGE) or agency_id in actor.agency_ids


def may_publish(actor: Actor, agency_id: int) -> bool:
    """Tell whether the actor may publish, change in public, cancel and give minutes to everybody."""
    return actor.has(Role.TRIAGE) or any(
        seat.agency_id == agency_id and (seat.role is Role.HEAD or seat.publisher) for seat in actor.seats
    )


def is_open(gathering: Attendable, at: datetime) -> bool:
    """Tell whether one can register: until the last moment named, else until it begins."""
    if gathering.published_at is None or gathering.cancelled_at is not None:
        return False
    return at < (gathering.registration_until or gathering.starts_at) and at < gathering.starts_at


def fits(seats: int, *, taken: int, capacity: int | None) -> bool:
    """Tell whether so many seats are free."""
    return capacity is None or taken + seats <= capacity


def moving_up(waiting: Iterable[Waiting], *, taken: int, capacity: int | None) -> list[int]:
    """Return the ids that get their seats now, in the order of the list.

    Nobody overtakes: where the first does not fit, those behind wait too. The first may ask for fewer seats.
    """
    up: list[int] = []
    for one in waiting:
        if not fits(one.seats, taken=taken, capacity=capacity):
            break
        taken += one.seats
        up.append(one.id)
    return up
