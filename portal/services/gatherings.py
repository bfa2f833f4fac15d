"""Meetings for citizens: writing them, publishing, and who gets a seat.

Everything that changes who has a seat first takes the row of the meeting, so that of twenty people who press
at once for the last seat one gets it and nineteen wait, in the order in which they came.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from portal.core import clock
from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.text import normalise
from portal.models import (
    Gathering,
    GatheringItem,
    GatheringSubmission,
    Recipient,
    Registration,
    RegistrationState,
    Submission,
    User,
)
from portal.rules import gatherings as rules
from portal.rules.gatherings import MOST_SEATS, Waiting
from portal.rules.permissions import Actor
from portal.services import audit, outbox, pages
from portal.services.errors import NotPermitted, StaleVersion

#: What `create` and `edit` may set.
FIELDS = frozenset(
    {
        "agency_id",
        "program_id",
        "consultation_id",
        "title_id",
        "title_en",
        "text_id",
        "text_en",
        "place",
        "ward_code",
        "latitude",
        "longitude",
        "starts_at",
        "ends_at",
        "capacity",
        "registration_until",
    }
)
#: Who registered hears of a change of these.
_TOLD = ("starts_at", "ends_at", "place", "ward_code")
#: The hour of the city from which people are reminded of tomorrow.
REMIND_FROM_HOUR = 8


class NotOpen(Exception):
    """One cannot register (any more)."""


class SeatsTaken(Exception):
    """More people have a seat than would be left; `taken` says how many."""

    def __init__(self, taken: int) -> None:
        super().__init__(f"{taken} seats are taken")
        self.taken = taken


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the agenda as it was typed."""

    text_id: str
    text_en: str = ""
    starts_at: datetime | None = None


def create(
    *, actor: Actor, at: datetime, fields: Mapping[str, Any], points: Sequence[Point] = ()
) -> Gathering:
    """Add a draft. `fields` are those of FIELDS; times are aware."""
    _authorise(actor, fields["agency_id"])
    gathering = Gathering(
        **{name: fields[name] for name in FIELDS & fields.keys()},
        slug=_slug(fields["title_id"], fields["starts_at"]),
        created_by_id=actor.user_id,
        created_at=at,
        updated_at=at,
    )
    db.session.add(gathering)
    db.session.flush()  # need the id
    _write_points(gathering, points)
    _note("gathering_create", gathering, actor, at)
    return gathering


def _slug(title: str, starts_at: datetime) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-")
    day = clock.city_date(starts_at).isoformat()
    return "-".join(part for part in (words, day, secrets.token_hex(2)) if part)


def _write_points(gathering: Gathering, points: Sequence[Point]) -> None:
    db.session.execute(delete(GatheringItem).where(GatheringItem.gathering_id == gathering.id))
    for position, point in enumerate(points, start=1):
        db.session.add(
            GatheringItem(
                gathering_id=gathering.id,
                position=position,
                text_id=point.text_id,
                text_en=point.text_en,
                starts_at=point.starts_at,
            )
        )


def edit(
    gathering: Gathering,
    *,
    actor: Actor,
    at: datetime,
    version: int,
    fields: Mapping[str, Any],
    points: Sequence[Point] | None = None,
) -> None:
    """Change a meeting; raise `StaleVersion` or, where seats would be taken away, `SeatsTaken`.

    Those who registered hear of another time or place; more seats go to the waiting list at once.
    """
    gathering = _take(gathering.id)
    _may_change(gathering, actor)
    if gathering.version != version:
        raise StaleVersion(gathering.version)
    if "agency_id" in fields:
        _authorise(actor, fields["agency_id"])
    capacity = fields.get("capacity", gathering.capacity)
    taken = _taken(gathering.id)
    if capacity is not None and capacity < taken:
        raise SeatsTaken(taken)
    before = [getattr(gathering, name) for name in _TOLD]
    for name in FIELDS & fields.keys():
        setattr(gathering, name, fields[name])
    if points is not None:
        _write_points(gathering, points)
    _changed(gathering, at)
    _note("gathering_edit", gathering, actor, at)
    told = [getattr(gathering, name) for name in _TOLD] != before
    if gathering.published_at is not None and gathering.cancelled_at is None:
        if told and gathering.ends_at > at:
            _tell_all("gathering_changed", gathering, at, once=f"v{gathering.version}")
        _move_up(gathering, at)


def publish(gathering: Gathering, *, actor: Actor, at: datetime) -> None:
    """Show a meeting to everybody. Again changes nothing."""
    gathering = _take(gathering.id)
    _authorise_public(actor, gathering.agency_id)
    if gathering.published_at is None:
        gathering.published_at = at
        _changed(gathering, at)
        _note("gathering_publish", gathering, actor, at)


def cancel(gathering: Gathering, *, actor: Actor, at: datetime, reason: str) -> None:
    """Call a meeting off, with a reason for everybody; whoever registered or waits is told."""
    gathering = _take(gathering.id)
    _authorise_public(actor, gathering.agency_id)
    if gathering.cancelled_at is not None or gathering.published_at is None:
        return
    gathering.cancelled_at, gathering.cancelled_reason = at, normalise(reason)
    _changed(gathering, at)
    _note("gathering_cancel", gathering, actor, at)
    _tell_all("gathering_cancelled", gathering, at, once="cancelled")


def write_minutes(
    gathering: Gathering, *, actor: Actor, at: datetime, version: int, text_id: str, text_en: str = ""
) -> None:
    """Publish what was said and decided; those who were there are told the first time."""
    gathering = _take(gathering.id)
    _authorise_public(actor, gathering.agency_id)
    if gathering.version != version:
        raise StaleVersion(gathering.version)
    if gathering.published_at is None or gathering.cancelled_at is not None or gathering.starts_at > at:
        raise NotPermitted
    first = gathering.minutes_at is None
    gathering.minutes_id, gathering.minutes_en = normalise(text_id), normalise(text_en)
    gathering.minutes_at = at
    _changed(gathering, at)
    _note("gathering_minutes", gathering, actor, at)
    if first:
        _tell_all("gathering_minutes", gathering, at, once="minutes", waiting=False)


def link(gathering: Gathering, references: Iterable[str], *, actor: Actor, at: datetime) -> list[str]:
    """Let a meeting be about these submissions and no others; return the references that nobody can read."""
    gathering = _take(gathering.id)
    _may_change(gathering, actor)
    wanted = list(dict.fromkeys(references))
    query = select(Submission.reference, Submission.id).where(
        Submission.reference.in_(wanted), Submission.listed.is_(True)
    )
    found = {row[0]: row[1] for row in db.session.execute(query)}
    # one that is not listed just now keeps its link, unseen, until it is listed again
    listed = select(Submission.id).where(Submission.listed.is_(True))
    db.session.execute(
        delete(GatheringSubmission).where(
            GatheringSubmission.gathering_id == gathering.id, GatheringSubmission.submission_id.in_(listed)
        )
    )
    db.session.add_all(
        GatheringSubmission(gathering_id=gathering.id, submission_id=case_id) for case_id in found.values()
    )
    _note("gathering_link", gathering, actor, at, {"submission_ids": sorted(found.values())})
    pages.touch()
    return [reference for reference in wanted if reference not in found]


# --- seats --------------------------------------------------------------------------------------------


def register(
    gathering: Gathering, user: User, *, seats: int, needs: str, at: datetime, seal: Seal
) -> Registration:
    """Give somebody seats, or a place on the waiting list where they are not free or others wait already.

    Again changes the number and the needs; more seats than are free are refused (`SeatsTaken`).
    """
    gathering = _take(gathering.id)
    if not rules.is_open(gathering, at) or not 1 <= seats <= MOST_SEATS:
        raise NotOpen
    sealed = seal.seal(normalise(needs)) if normalise(needs) else ""
    found = db.session.scalar(
        select(Registration)
        .where(Registration.gathering_id == gathering.id, Registration.user_id == user.id)
        .execution_options(populate_existing=True)
    )
    if found is not None and found.state is not RegistrationState.CANCELLED:
        return _change_seats(gathering, found, seats, sealed, at)
    if found is not None:  # whoever comes back stands at the end of the line
        db.session.delete(found)
        db.session.flush()
    taken = _taken(gathering.id)
    has_seat = rules.fits(seats, taken=taken, capacity=gathering.capacity) and not _waiting(gathering.id)
    registration = Registration(
        gathering_id=gathering.id,
        user_id=user.id,
        seats=seats,
        state=RegistrationState.REGISTERED if has_seat else RegistrationState.WAITING,
        needs=sealed,
        created_at=at,
        updated_at=at,
    )
    db.session.add(registration)
    db.session.flush()  # need the id
    _tell("gathering_registered", gathering, registration, at, once="registered")
    pages.touch()
    return registration


def _change_seats(
    gathering: Gathering, registration: Registration, seats: int, needs: str, at: datetime
) -> Registration:
    if registration.state is RegistrationState.REGISTERED and seats > registration.seats:
        taken = _taken(gathering.id)
        more = seats - registration.seats
        if not rules.fits(more, taken=taken, capacity=gathering.capacity) or _waiting(gathering.id):
            raise SeatsTaken(taken)
    registration.seats, registration.needs, registration.updated_at = seats, needs, at
    _move_up(gathering, at)
    pages.touch()
    return registration


def unregister(gathering: Gathering, user: User, *, at: datetime) -> bool:
    """Give the seats of somebody back; those who wait move up. False where there is nothing to give back."""
    gathering = _take(gathering.id)
    given_back = db.session.scalar(
        update(Registration)
        .where(
            Registration.gathering_id == gathering.id,
            Registration.user_id == user.id,
            Registration.state != RegistrationState.CANCELLED,
        )
        .values(state=RegistrationState.CANCELLED, needs="", updated_at=at)
        .returning(Registration.id)
    )
    if given_back is None:
        return False
    if gathering.cancelled_at is None and gathering.starts_at > at:
        _move_up(gathering, at)
    pages.touch()
    return True


def forget_person(user_id: int, *, at: datetime) -> None:
    """Delete the registrations of an account; whoever waited for their seats moves up."""
    query = select(Registration.gathering_id).where(Registration.user_id == user_id)
    for gathering_id in db.session.scalars(query.order_by(Registration.gathering_id)).all():
        gathering = _take(gathering_id)
        db.session.execute(
            delete(Registration).where(
                Registration.gathering_id == gathering_id, Registration.user_id == user_id
            )
        )
        if gathering.cancelled_at is None and gathering.starts_at > at:
            _move_up(gathering, at)


def _move_up(gathering: Gathering, at: datetime) -> None:
    db.session.flush()
    waiting = _waiting(gathering.id)
    up = rules.moving_up(waiting, taken=_taken(gathering.id), capacity=gathering.capacity)
    for registration in db.session.scalars(
        select(Registration)
        .where(Registration.id.in_(up))
        .order_by(Registration.id)
        .execution_options(populate_existing=True)
    ):
        registration.state, registration.updated_at = RegistrationState.REGISTERED, at
        db.session.flush()
        _tell("gathering_moved_up", gathering, registration, at, once="up")
        pages.touch()


def _taken(gathering_id: int) -> int:
    query = select(func.coalesce(func.sum(Registration.seats), 0)).where(
        Registration.gathering_id == gathering_id, Registration.state == RegistrationState.REGISTERED
    )
    return db.session.scalar(query) or 0


def _waiting(gathering_id: int) -> list[Waiting]:
    query = (
        select(Registration.id, Registration.seats)
        .where(Registration.gathering_id == gathering_id, Registration.state == RegistrationState.WAITING)
        .order_by(Registration.id)
    )
    return [Waiting(row[0], row[1]) for row in db.session.execute(query)]


# --- mail ---------------------------------------------------------------------------------------------


def remind(at: datetime) -> int:
    """Queue the mail of the day before, once a person; return how many people have a seat tomorrow."""
    if clock.city_time(at).hour < REMIND_FROM_HOUR:
        return 0
    tomorrow = clock.city_date(at) + timedelta(days=1)
    query = (
        select(Registration, Gathering)
        .join(Gathering, Gathering.id == Registration.gathering_id)
        .where(
            Gathering.published_at.is_not(None),
            Gathering.cancelled_at.is_(None),
            Gathering.starts_at >= clock.midnight(tomorrow),
            Gathering.starts_at < clock.midnight(tomorrow + timedelta(days=1)),
            Registration.state == RegistrationState.REGISTERED,
        )
        .order_by(Registration.id)
    )
    rows = db.session.execute(query).all()
    for registration, gathering in rows:
        _tell("gathering_reminder", gathering, registration, at, once=tomorrow.isoformat())
    return len(rows)


def _tell_all(kind: str, gathering: Gathering, at: datetime, *, once: str, waiting: bool = True) -> None:
    states = [RegistrationState.REGISTERED, *([RegistrationState.WAITING] if waiting else [])]
    query = select(Registration).where(
        Registration.gathering_id == gathering.id, Registration.state.in_(states)
    )
    for registration in db.session.scalars(query.order_by(Registration.id)).all():
        _tell(kind, gathering, registration, at, once=once)


def _tell(kind: str, gathering: Gathering, registration: Registration, at: datetime, *, once: str) -> None:
    outbox.queue(
        kind,
        to=Recipient.USER,
        recipient_id=registration.user_id,
        at=at,
        data={"gathering_id": gathering.id, "registration_id": registration.id},
        dedupe_key=f"{kind}:{registration.id}:{once}",
    )


# --- what all of them do ------------------------------------------------------------------------------


def _take(gathering_id: int) -> Gathering:
    """Return the row as it stands now and keep others from changing it until this transaction ends."""
    return db.session.execute(
        select(Gathering)
        .where(Gathering.id == gathering_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _authorise(actor: Actor, agency_id: int) -> None:
    if not rules.may_write(actor, agency_id):
        raise NotPermitted


def _authorise_public(actor: Actor, agency_id: int) -> None:
    if not rules.may_publish(actor, agency_id):
        raise NotPermitted


def _may_change(gathering: Gathering, actor: Actor) -> None:
    """A draft may be written by the agency's officers; what everybody sees by those who may publish."""
    _authorise(actor, gathering.agency_id)
    if gathering.published_at is not None:
        _authorise_public(actor, gathering.agency_id)


def _changed(gathering: Gathering, at: datetime) -> None:
    gathering.version += 1
    gathering.updated_at = at
    db.session.flush()
    pages.touch()


def _note(
    action: str, gathering: Gathering, actor: Actor, at: datetime, data: Mapping[str, Any] | None = None
) -> None:
    audit.note(action, "gathering", gathering.id, actor=actor, at=at, data=data)
