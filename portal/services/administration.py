"""What admins change: users, roles, reference data, settings. Every change of a role leaves a trace.

Nobody gives themselves a role, and one active admin always remains.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core.database import Base, db
from portal.core.sealing import Seal
from portal.models import (
    AccessLog,
    Agency,
    Category,
    Holiday,
    Institution,
    Membership,
    Role,
    Setting,
    User,
)
from portal.rules.permissions import AGENCY_ROLES, Actor
from portal.services import accounts, pages, sessions
from portal.services.errors import NotPermitted

#: Roles that only mean something within an agency.

Row = TypeVar("Row", bound=Base)


class Taken(Exception):
    """Something with that name, code, address or day is there already."""


class LastAdmin(Exception):
    """The change would leave the portal without an active admin."""


class OwnRole(Exception):
    """Nobody gives themselves a role."""


class AgencyNeeded(Exception):
    """The role is one within an agency, and none was named (or one that does not exist)."""


def require_admin(actor: Actor) -> None:
    """Raise `NotPermitted` for anybody but an admin."""
    # a command on the server has no user; it acts as whoever holds the machine
    if not (actor.is_clock or actor.has(Role.ADMIN)):
        raise NotPermitted


def _log(what: str, about: str, *, actor: Actor, at: datetime) -> None:
    db.session.add(AccessLog(at=at, user_id=actor.user_id, what=what, reason=about[:300]))


def added(row: Row) -> Row:
    """Add a row; raise `Taken` where the database says there is one like it."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise Taken from error
    return row


# --- users and roles ----------------------------------------------------------------------------------


def create_user(
    *,
    email: str,
    name: str,
    actor: Actor,
    at: datetime,
    seal: Seal | None = None,
    locale: str = "id",
) -> User:
    """Add a user without a password and, given a seal, mail the link that sets one. Raise `Taken`."""
    require_admin(actor)
    user = added(
        User(
            email=email.strip().lower(),
            name=name,
            password_hash=accounts.NO_PASSWORD,
            locale=locale,
            active=True,
            created_at=at,
        )
    )
    _log("user_created", f"user {user.id}", actor=actor, at=at)
    if seal is not None:
        accounts.send_reset(user, at=at, seal=seal, lifetime=accounts.INVITATION_LIFETIME)
    return user


def rename_user(user: User, name: str, *, actor: Actor) -> None:
    """Correct a name (answers show it to nobody but colleagues)."""
    require_admin(actor)
    user.name = name


def invite_again(user: User, *, actor: Actor, at: datetime, seal: Seal) -> None:
    """Mail a link that sets a password."""
    require_admin(actor)
    if user.active:
        accounts.send_reset(user, at=at, seal=seal, lifetime=accounts.INVITATION_LIFETIME)


def note_password_set(user: User, *, actor: Actor, at: datetime) -> None:
    """Leave a trace of a password that somebody else set."""
    require_admin(actor)
    _log("password_set", f"user {user.id}", actor=actor, at=at)


def set_active(user: User, active: bool, *, actor: Actor, at: datetime) -> None:
    """Close an account, which ends its sessions at once, or open it again. Raise `LastAdmin`."""
    require_admin(actor)
    if user.active == active:
        return
    if not active:
        _require_another_admin(user)
        sessions.end_all(user)
    user.active = active
    _log("user_activated" if active else "user_deactivated", f"user {user.id}", actor=actor, at=at)


def grant(
    user: User,
    role: Role,
    *,
    agency_id: int | None = None,
    publisher: bool = False,
    actor: Actor,
    at: datetime,
) -> Membership:
    """Give a user a role; city-wide roles forget the agency. Raise `AgencyNeeded`, `OwnRole`, `Taken`."""
    require_admin(actor)
    if actor.user_id == user.id:
        raise OwnRole
    if role in AGENCY_ROLES:
        agency = None if agency_id is None else db.session.get(Agency, agency_id)
        if agency is None or not agency.active:
            raise AgencyNeeded
    else:
        agency_id = None
    publisher = publisher and role is Role.OFFICER
    # NULLs are never equal, so the unique constraint does not see a second city-wide role.
    if any(seat.role is role and seat.agency_id == agency_id for seat in user.memberships):
        raise Taken
    seat = Membership(role=role, agency_id=agency_id, publisher=publisher, user_id=user.id)
    added(seat)
    db.session.refresh(user, ["memberships"])
    _log("role_granted", _seat_words(seat), actor=actor, at=at)
    return seat


def revoke(user: User, membership_id: int, *, actor: Actor, at: datetime) -> None:
    """Take a role back; it ends with the next request of that user. Raise `LastAdmin`."""
    require_admin(actor)
    seat = _seat_of(user, membership_id)
    if seat.role is Role.ADMIN:
        _require_another_admin(user)
    _log("role_revoked", _seat_words(seat), actor=actor, at=at)
    user.memberships.remove(seat)
    db.session.flush()


def set_publisher(seat: Membership, publisher: bool, *, actor: Actor, at: datetime) -> None:
    """Say whether an officer publishes answers: the head of the agency, or an admin.

    Raise `NotPermitted` for anybody else and for a seat that is not an officer's.
    """
    heads = any(s.role is Role.HEAD and s.agency_id == seat.agency_id for s in actor.seats)
    if seat.role is not Role.OFFICER or not (heads or actor.has(Role.ADMIN)) or seat.user_id == actor.user_id:
        raise NotPermitted
    if seat.publisher == publisher:
        return
    seat.publisher = publisher
    _log("publisher_granted" if publisher else "publisher_revoked", _seat_words(seat), actor=actor, at=at)


def _seat_of(user: User, membership_id: int) -> Membership:
    for seat in user.memberships:
        if seat.id == membership_id:
            return seat
    raise NotPermitted


def _seat_words(seat: Membership) -> str:
    agency = None if seat.agency_id is None else db.session.get(Agency, seat.agency_id)
    where = "" if agency is None else f" {agency.code}"
    return f"user {seat.user_id}: {seat.role}{where}{' publisher' if seat.publisher else ''}"


def _require_another_admin(user: User) -> None:
    """Raise `LastAdmin` unless an active admin other than this user remains.

    The rows are locked: two admins who remove each other at the same moment wait for one another.
    """
    admins = db.session.scalars(
        select(User.id)
        .join(Membership)
        .where(Membership.role == Role.ADMIN, User.active)
        .order_by(User.id)
        .with_for_update()
    ).all()
    if user.id in admins and set(admins) <= {user.id}:
        raise LastAdmin


# --- reference data and settings ----------------------------------------------------------------------


def _save(kind: type[Row], row_id: int | None, fields: dict[str, Any], actor: Actor) -> Row:
    require_admin(actor)
    pages.touch_reference()
    if row_id is None:
        return added(kind(**fields))
    row = db.session.get(kind, row_id)
    if row is None:
        raise NotPermitted
    try:
        with db.session.begin_nested():
            for name, value in fields.items():
                setattr(row, name, value)
            db.session.flush()
    except IntegrityError as error:
        raise Taken from error
    return row


def trace(kind: str, row_id: object, *, actor: Actor, at: datetime) -> None:
    """Write down who changed which row of the reference data."""
    _log("reference_changed", f"{kind} {row_id}", actor=actor, at=at)


def save_agency(agency_id: int | None, *, actor: Actor, at: datetime, **fields: Any) -> Agency:
    """Add an agency or change one. Code and slug stand in addresses and stay. Raise `Taken`."""
    if agency_id is None:
        fields["slug"] = fields["code"].lower()
    else:
        fields.pop("code", None)
    row = _save(Agency, agency_id, fields, actor)
    trace("agency", row.code, actor=actor, at=at)
    return row


def save_category(category_id: int | None, *, actor: Actor, at: datetime, **fields: Any) -> Category:
    """Add a category or change one; deadlines that are set stay. `answer_days` are working days.

    Raise `Taken`.
    """
    if category_id is not None:
        fields.pop("slug", None)
    else:
        last = db.session.scalar(select(Category.position).order_by(Category.position.desc()).limit(1))
        fields["position"] = (last or 0) + 1
    row = _save(Category, category_id, fields, actor)
    trace("category", row.slug, actor=actor, at=at)
    return row


def save_institution(institution_id: int | None, *, actor: Actor, at: datetime, **fields: Any) -> Institution:
    """Add an institution or change one. Raise `Taken`."""
    row = _save(Institution, institution_id, fields, actor)
    trace("institution", row.id, actor=actor, at=at)
    return row


def add_holiday(day: date, *, name_id: str, name_en: str, actor: Actor, at: datetime) -> Holiday:
    """Add a day on which the city does not work. Raise `Taken`."""
    require_admin(actor)
    pages.touch_reference()
    if db.session.get(Holiday, day) is not None:
        raise Taken
    row = added(Holiday(day=day, name_id=name_id, name_en=name_en))
    trace("holiday", day.isoformat(), actor=actor, at=at)
    return row


def remove_holiday(day: date, *, actor: Actor, at: datetime) -> None:
    """Make a day a working day again."""
    require_admin(actor)
    row = db.session.get(Holiday, day)
    if row is None:
        raise NotPermitted
    pages.touch_reference()
    db.session.delete(row)
    trace("holiday", day.isoformat(), actor=actor, at=at)


def set_setting(key: str, value: Iterable[float], *, actor: Actor, at: datetime) -> None:
    """Store a value that the application reads with `queries.reference.setting`."""
    require_admin(actor)
    pages.touch_reference()
    row = db.session.get(Setting, key)
    if row is None:
        db.session.add(Setting(key=key, value=list(value)))
    else:
        row.value = list(value)
    trace("setting", key, actor=actor, at=at)
