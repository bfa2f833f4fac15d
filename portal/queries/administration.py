"""What the administration lists: users, and the traces of what admins did. No case, ever."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import (
    AccessLog,
    Agency,
    AuditEntry,
    Category,
    Holiday,
    Institution,
    Membership,
    Role,
    User,
)


@dataclass(frozen=True, slots=True)
class Trace:
    """One act of an admin or a head."""

    id: int
    at: datetime
    who: str
    what: str
    about: str


def _like(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def users(*, words: str = "", after: str | None = None, size: int = 50) -> Page[User]:
    """Return a page of users by name; `words` is looked for in name and address."""
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    edge = None if cursor is None else db.session.get(User, cursor.values[0])
    query = select(User)
    if words:
        pattern = _like(words[:100])
        query = query.where(
            or_(User.name.ilike(pattern, escape="\\"), User.email.ilike(pattern, escape="\\"))
        )
    if edge is not None:
        query = query.where(
            or_(User.name < edge.name, (User.name == edge.name) & (User.id < edge.id))
            if backwards
            else or_(User.name > edge.name, (User.name == edge.name) & (User.id > edge.id))
        )
    order = (User.name.desc(), User.id.desc()) if backwards else (User.name, User.id)
    rows = db.session.scalars(query.order_by(*order).limit(size + 1)).all()
    return page_of(rows, size, cursor, lambda row: (row.id,))


def traces(*, after: str | None = None, size: int = 50) -> Page[Trace]:
    """Return what admins and heads changed, newest first. What concerns a case is not among it."""
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    query = (
        select(AccessLog.id, AccessLog.at, User.name, AccessLog.what, AccessLog.reason)
        .outerjoin(User, User.id == AccessLog.user_id)
        .where(AccessLog.submission_id.is_(None))
    )
    if cursor is not None:
        edge = cursor.values[0]
        query = query.where(AccessLog.id > edge if backwards else AccessLog.id < edge)
    query = query.order_by(AccessLog.id.asc() if backwards else AccessLog.id.desc())
    rows = [
        Trace(row[0], row[1], row[2] or "", *row[3:]) for row in db.session.execute(query.limit(size + 1))
    ]
    return page_of(rows, size, cursor, lambda row: (row.id,))


def audited(*, after: str | None = None, size: int = 50) -> Page[Trace]:
    """Return what was done to accounts, comments and other things that are no case, newest first.

    Only staff are named (`who` is empty for a citizen or the clock), and nobody's words are among it.
    """
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    query = select(
        AuditEntry.id, AuditEntry.at, User.name, AuditEntry.action, AuditEntry.subject, AuditEntry.subject_id
    ).outerjoin(User, (User.id == AuditEntry.actor_id) & User.citizen.is_(False))
    if cursor is not None:
        edge = cursor.values[0]
        query = query.where(AuditEntry.id > edge if backwards else AuditEntry.id < edge)
    query = query.order_by(AuditEntry.id.asc() if backwards else AuditEntry.id.desc())
    rows = [
        Trace(row[0], row[1], row[2] or "", row[3], row[4] if row[5] is None else f"{row[4]} {row[5]}")
        for row in db.session.execute(query.limit(size + 1))
    ]
    return page_of(rows, size, cursor, lambda row: (row.id,))


def seat(membership_id: int) -> Membership | None:
    """Return one role of somebody."""
    return db.session.get(Membership, membership_id)


def officers(agency_ids: frozenset[int]) -> list[Membership]:
    """Return the officers' seats of agencies, active people only, by name (at most 500)."""
    return list(
        db.session.scalars(
            select(Membership)
            .join(User)
            .where(Membership.role == Role.OFFICER, Membership.agency_id.in_(agency_ids), User.active)
            .order_by(Membership.agency_id, User.name, User.id)
            .limit(500)
        )
    )


def agency(agency_id: int) -> Agency | None:
    """Return an agency as it is in this transaction."""
    return db.session.get(Agency, agency_id)


def category(category_id: int) -> Category | None:
    """Return a category as it is in this transaction."""
    return db.session.get(Category, category_id)


def institution(institution_id: int) -> Institution | None:
    """Return an institution as it is in this transaction."""
    return db.session.get(Institution, institution_id)


def holidays() -> list[Holiday]:
    """Return the city's own days off, latest first (at most 500)."""
    return list(db.session.scalars(select(Holiday).order_by(Holiday.day.desc()).limit(500)))
