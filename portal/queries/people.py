"""Users and their sessions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.core.database import db
from portal.core.tokens import digest
from portal.models import Membership, Role, SignInMethod, Submission, User, UserSession
from portal.rules.permissions import AGENCY_ROLES


def open_session(token: str, *, at: datetime) -> UserSession | None:
    """Return the unexpired session of an active user with this token; its user comes with it."""
    row = db.session.scalar(select(UserSession).where(UserSession.token_hash == digest(token)))
    if row is None or row.expires_at <= at or not row.user.active:
        return None
    return row


def proved_at(token: str) -> datetime | None:
    """Return when the browser of this session last proved who it is."""
    return db.session.scalar(select(UserSession.proved_at).where(UserSession.token_hash == digest(token)))


def by_email(email: str) -> User | None:
    """Return the user with that address (any case)."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def by_id(user_id: int) -> User | None:
    """Return a user."""
    return db.session.get(User, user_id)


def ids_with_role(role: Role, agency_id: int | None = None) -> list[int]:
    """Return the ids of active users who hold a role (in that agency, if named), at most 500.

    A role of the city that is tied to an agency counts for nothing (`Actor.has`).
    """
    query = select(User.id).join(Membership).where(Membership.role == role, User.active)
    if agency_id is not None:
        query = query.where(Membership.agency_id == agency_id)
    elif role not in AGENCY_ROLES:
        query = query.where(Membership.agency_id.is_(None))
    return list(db.session.scalars(query.distinct().order_by(User.id).limit(500)))


def ids_who_publish(agency_id: int) -> list[int]:
    """Return the ids of active heads of an agency and of the officers whom they named, at most 500."""
    query = (
        select(User.id)
        .join(Membership)
        .where(
            Membership.agency_id == agency_id,
            User.active,
            or_(
                Membership.role == Role.HEAD,
                and_(Membership.role == Role.OFFICER, Membership.publisher),
            ),
        )
    )
    return list(db.session.scalars(query.distinct().order_by(User.id).limit(500)))


def reading_seats(case: Submission) -> ColumnElement[bool]:
    """Return the condition for seats (`Membership`) from which a case may be read.

    `can(READ)` said in SQL, but for those whom a secret case names: the caller leaves them out.
    """
    return or_(
        and_(Membership.agency_id == case.agency_id, Membership.role.in_(AGENCY_ROLES)),
        and_(Membership.agency_id.is_(None), Membership.role == Role.TRIAGE),
    )


def count() -> int:
    """Return how many users there are."""
    return db.session.scalar(select(func.count()).select_from(User)) or 0


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser in which somebody is signed in."""

    id: int
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None
    device: str
    method: SignInMethod
    is_this: bool


def sessions_of(user_id: int, *, at: datetime, this: str) -> list[OpenSession]:
    """Return a user's open sessions, newest first (at most 50); `this` is the token of the present one."""
    query = (
        select(
            UserSession.id,
            UserSession.created_at,
            UserSession.expires_at,
            UserSession.seen_at,
            UserSession.device,
            UserSession.method,
            UserSession.token_hash,
        )
        .where(UserSession.user_id == user_id, UserSession.expires_at > at)
        .order_by(UserSession.id.desc())
        .limit(50)
    )
    mine = digest(this)
    return [OpenSession(*row[:6], row[6] == mine) for row in db.session.execute(query)]
