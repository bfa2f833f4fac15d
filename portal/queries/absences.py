"""Who is away, and who stands in for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from portal.core.database import db
from portal.models import Absence, AbsenceCase, Membership, NamedStaff, Submission, User
from portal.rules.permissions import AGENCY_ROLES
from portal.rules.workflow import OPEN

#: Deputies of deputies that are asked in turn.
MOST_STEPS = 5


def running(on: date) -> ColumnElement[bool]:
    """The condition for absences that hold on a day of the city."""
    return and_(Absence.starts_on <= on, Absence.ends_on >= on, Absence.returned_at.is_(None))


def sits_in(user_id: Any, agency_id: Any) -> ColumnElement[bool]:
    """The condition that somebody is at work in an agency."""
    return exists().where(
        User.id == user_id,
        User.active,
        Membership.user_id == User.id,
        Membership.agency_id == agency_id,
        Membership.role.in_(AGENCY_ROLES),
    )


def works_in(user_id: int, agency_id: int | None) -> bool:
    """Tell whether somebody is at work in an agency."""
    return db.session.scalar(select(sits_in(user_id, agency_id))) is True


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who has the cases of somebody who is away, and by which absences (more than one where a deputy is)."""

    user_id: int
    absence_ids: tuple[int, ...]


def stand_in(user_id: int, agency_id: int | None, *, on: date) -> StandIn | None:
    """Return who stands in for somebody on a day: None where they are not away or nobody is there to."""
    steps: list[int] = []
    present = user_id
    for _ in range(MOST_STEPS):
        row = db.session.execute(
            select(Absence.id, Absence.deputy_id, sits_in(Absence.deputy_id, Absence.agency_id))
            .where(Absence.user_id == present, Absence.agency_id == agency_id, running(on))
            .order_by(Absence.id)
            .limit(1)
        ).first()
        if row is None:
            return StandIn(present, tuple(steps)) if steps else None
        absence_id, deputy_id, works = row
        if not works or deputy_id == user_id:
            return None
        steps.append(absence_id)
        present = deputy_id
    return None


def away_between(user_id: int, agency_id: int, starts_on: date, ends_on: date) -> Absence | None:
    """Return the first absence of somebody in an agency that touches those days."""
    query = (
        select(Absence)
        .where(
            Absence.user_id == user_id,
            Absence.agency_id == agency_id,
            Absence.returned_at.is_(None),
            Absence.starts_on <= ends_on,
            Absence.ends_on >= starts_on,
        )
        .order_by(Absence.starts_on, Absence.id)
        .limit(1)
    )
    return db.session.scalar(query)


def open_cases(absence: Absence, officer_id: int) -> Select[Any]:
    """The open cases that somebody has in the agency of an absence, less those that name the deputy."""
    closed_to = exists().where(
        NamedStaff.submission_id == Submission.id, NamedStaff.user_id == absence.deputy_id
    )
    return (
        select(Submission)
        .where(
            Submission.officer_id == officer_id,
            Submission.status.in_(OPEN),
            Submission.agency_id == absence.agency_id,
            or_(Submission.secret.is_(False), ~closed_to),
        )
        .order_by(Submission.id)
    )


def lent_cases(absence: Absence) -> Select[Any]:
    """The open cases that an absence gave away and that still sit with the deputy, or with theirs."""
    lent, further, by = AbsenceCase, aliased(AbsenceCase), aliased(Absence)
    with_their_deputy = exists().where(
        further.submission_id == Submission.id,
        further.absence_id == by.id,
        by.user_id == absence.deputy_id,
        by.deputy_id == Submission.officer_id,
    )
    return (
        select(Submission)
        .join(lent, lent.submission_id == Submission.id)
        .where(
            lent.absence_id == absence.id,
            Submission.status.in_(OPEN),
            Submission.agency_id == absence.agency_id,
            or_(Submission.officer_id == absence.deputy_id, with_their_deputy),
        )
        .order_by(Submission.id)
    )


def lent_count(absence_id: int) -> int:
    """Return how many cases an absence gave away."""
    query = select(func.count()).select_from(AbsenceCase).where(AbsenceCase.absence_id == absence_id)
    return db.session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence as the page shows it. `lent`: cases that went to the deputy."""

    id: int
    user_id: int
    name: str
    deputy_id: int
    deputy: str
    agency_id: int
    starts_on: date
    ends_on: date
    handed_at: datetime | None
    returned_at: datetime | None
    lent: int


def _rows(*conditions: ColumnElement[bool], limit: int) -> list[AbsenceRow]:
    person, deputy = aliased(User), aliased(User)
    lent = (
        select(func.count())
        .select_from(AbsenceCase)
        .where(AbsenceCase.absence_id == Absence.id)
        .correlate(Absence)
        .scalar_subquery()
    )
    query = (
        select(
            Absence.id,
            Absence.user_id,
            person.name,
            Absence.deputy_id,
            deputy.name,
            Absence.agency_id,
            Absence.starts_on,
            Absence.ends_on,
            Absence.handed_at,
            Absence.returned_at,
            lent,
        )
        .join(person, person.id == Absence.user_id)
        .join(deputy, deputy.id == Absence.deputy_id)
        .where(*conditions)
        .order_by(Absence.starts_on.desc(), Absence.id.desc())
        .limit(limit)
    )
    return [AbsenceRow(*row) for row in db.session.execute(query)]


def of_user(user_id: int | None) -> list[AbsenceRow]:
    """Return somebody's absences, the latest first (at most 20)."""
    return _rows(Absence.user_id == user_id, limit=20)


def deputised_by(user_id: int | None) -> list[AbsenceRow]:
    """Return the absences, present and to come, for which somebody is the deputy (at most 20)."""
    return _rows(Absence.deputy_id == user_id, Absence.returned_at.is_(None), limit=20)


def of_agencies(agency_ids: Collection[int], *, but_user: int | None) -> list[AbsenceRow]:
    """Return the absences, present and to come, of everybody else in these agencies (at most 100)."""
    return _rows(
        Absence.agency_id.in_(agency_ids),
        Absence.user_id != but_user,
        Absence.returned_at.is_(None),
        limit=100,
    )


def by_id(absence_id: int) -> Absence | None:
    """Return an absence."""
    return db.session.get(Absence, absence_id)
