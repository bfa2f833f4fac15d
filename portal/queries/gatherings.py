"""Reads of meetings for citizens. What is not published does not exist for the public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true

from portal.core import clock
from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import (
    Consultation,
    Gathering,
    GatheringItem,
    GatheringSubmission,
    Place,
    Program,
    Registration,
    RegistrationState,
    Status,
    Submission,
    User,
)

PAGE_SIZE = 30
#: Meetings in the calendar that people subscribe to, the newest first in line.
FEED_MOST = 300
#: How far back that calendar reaches.
FEED_PAST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class GatheringFilters:
    """What a visitor asked for; None means anything."""

    ward_code: str | None = None
    agency_id: int | None = None
    past: bool = False


@dataclass(frozen=True, slots=True)
class GatheringRow:
    """One line of the calendar."""

    id: int
    slug: str
    agency_id: int
    title_id: str
    title_en: str
    place: str
    ward_code: str | None
    starts_at: datetime
    ends_at: datetime
    published_at: datetime | None
    cancelled_at: datetime | None
    minutes_at: datetime | None
    capacity: int | None


_ROW = (
    Gathering.id,
    Gathering.slug,
    Gathering.agency_id,
    Gathering.title_id,
    Gathering.title_en,
    Gathering.place,
    Gathering.ward_code,
    Gathering.starts_at,
    Gathering.ends_at,
    Gathering.published_at,
    Gathering.cancelled_at,
    Gathering.minutes_at,
    Gathering.capacity,
)


def listed(
    filters: GatheringFilters, *, at: datetime, after: str | None = None, size: int = PAGE_SIZE
) -> Page[GatheringRow]:
    """Return a page of published meetings: those to come soonest first, those of the past newest first.

    A meeting is past from the day after it ended: what is kept of the page is good for a day.
    """
    today = clock.midnight(clock.city_date(at))
    query = select(*_ROW).where(
        Gathering.published_at.is_not(None),
        Gathering.ends_at < today if filters.past else Gathering.ends_at >= today,
    )
    if filters.ward_code is not None:
        query = query.where(Gathering.ward_code == filters.ward_code)
    if filters.agency_id is not None:
        query = query.where(Gathering.agency_id == filters.agency_id)
    return _page(query, after, size, rising=not filters.past)


def of_desk(agency_ids: Sequence[int] | None, *, after: str | None = None) -> Page[GatheringRow]:
    """Return a page of all meetings, drafts too, of these agencies (None: every one), latest day first."""
    query = select(*_ROW)
    if agency_ids is not None:
        query = query.where(Gathering.agency_id.in_(agency_ids))
    return _page(query, after, PAGE_SIZE, rising=False)


def _page(query: Any, after: str | None, size: int, *, rising: bool) -> Page[GatheringRow]:
    cursor = Cursor.decode(after, (int, int))
    backwards = cursor is not None and cursor.backwards
    up = rising is not backwards
    if cursor is not None:
        moment = clock.moment(min(max(cursor.values[0], 0), 4_102_444_800))
        later: ColumnElement[bool] = or_(
            Gathering.starts_at > moment,
            (Gathering.starts_at == moment) & (Gathering.id > cursor.values[1]),
        )
        earlier: ColumnElement[bool] = or_(
            Gathering.starts_at < moment,
            (Gathering.starts_at == moment) & (Gathering.id < cursor.values[1]),
        )
        query = query.where(later if up else earlier)
    order = (Gathering.starts_at, Gathering.id)
    query = query.order_by(*(one.asc() if up else one.desc() for one in order)).limit(size + 1)
    rows = [GatheringRow(*row) for row in db.session.execute(query)]
    return page_of(rows, size, cursor, lambda row: (int(row.starts_at.timestamp()), row.id))


@dataclass(frozen=True, slots=True)
class Shown:
    """A published meeting with what it belongs to and how full it is."""

    row: Gathering
    taken: int
    waiting: int
    program: Program | None
    consultation: Consultation | None

    @property
    def free(self) -> int | None:
        """Seats left; None where there is no limit."""
        return None if self.row.capacity is None else max(0, self.row.capacity - self.taken)


def seats_of(state: RegistrationState) -> ColumnElement[int]:
    """Return the seats of one state of a meeting, as a column beside it."""
    return (
        select(func.coalesce(func.sum(Registration.seats), 0))
        .where(Registration.gathering_id == Gathering.id, Registration.state == state)
        .correlate(Gathering)
        .scalar_subquery()
    )


def shown(slug: str) -> Shown | None:
    """Return a published meeting, or None."""
    query = (
        select(
            Gathering,
            seats_of(RegistrationState.REGISTERED),
            seats_of(RegistrationState.WAITING),
            Program,
            Consultation,
        )
        .outerjoin(Program, Program.id == Gathering.program_id)
        .outerjoin(
            Consultation,
            (Consultation.id == Gathering.consultation_id) & Consultation.published_at.is_not(None),
        )
        .where(Gathering.slug == slug, Gathering.published_at.is_not(None))
    )
    found = db.session.execute(query).first()
    return None if found is None else Shown(*found)


def by_slug(slug: str) -> Gathering | None:
    """Return a meeting, published or not; the caller asks who may see it."""
    return db.session.scalar(select(Gathering).where(Gathering.slug == slug))


def items_of(gathering_id: int) -> list[GatheringItem]:
    """Return the points of an agenda, in order."""
    query = select(GatheringItem).where(GatheringItem.gathering_id == gathering_id)
    return list(db.session.scalars(query.order_by(GatheringItem.position, GatheringItem.id).limit(50)))


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A submission that everybody can read and a meeting is about."""

    reference: str
    title: str
    status: Status
    place: Place
    ward_code: str | None


def submissions_of(gathering_id: int) -> list[LinkedCase]:
    """Return the listed submissions that a meeting is about."""
    query = (
        select(
            Submission.reference, Submission.title, Submission.status, Submission.place, Submission.ward_code
        )
        .join(GatheringSubmission, GatheringSubmission.submission_id == Submission.id)
        .where(GatheringSubmission.gathering_id == gathering_id, Submission.listed.is_(true()))
        .order_by(Submission.id)
        .limit(50)
    )
    return [LinkedCase(*row) for row in db.session.execute(query)]


def references_of(gathering_id: int) -> list[str]:
    """Return the references of the listed submissions that a meeting is about."""
    return [one.reference for one in submissions_of(gathering_id)]


def calendar(*, at: datetime) -> list[Gathering]:
    """Return the published meetings of the last months and of those to come, cancelled ones too."""
    query = (
        select(Gathering)
        .where(Gathering.published_at.is_not(None), Gathering.ends_at >= at - FEED_PAST)
        .order_by(Gathering.starts_at.desc(), Gathering.id)
        .limit(FEED_MOST)
    )
    return list(db.session.scalars(query))


def registration_of(gathering_id: int, user_id: int) -> Registration | None:
    """Return what somebody wished for a meeting, cancelled or not."""
    return db.session.scalar(
        select(Registration).where(Registration.gathering_id == gathering_id, Registration.user_id == user_id)
    )


def ahead_of(registration: Registration) -> int:
    """Return how many seats wait before somebody on the waiting list."""
    query = select(func.coalesce(func.sum(Registration.seats), 0)).where(
        Registration.gathering_id == registration.gathering_id,
        Registration.state == RegistrationState.WAITING,
        Registration.id < registration.id,
    )
    return db.session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class Attendant:
    """A line of the organiser's list; `needs` is sealed."""

    id: int
    name: str
    seats: int
    state: RegistrationState
    needs: str
    created_at: datetime


def attendants(gathering_id: int) -> list[Attendant]:
    """Return who comes, then who waits, each in the order in which they registered (at most 2,000)."""
    query = (
        select(
            Registration.id,
            User.name,
            Registration.seats,
            Registration.state,
            Registration.needs,
            Registration.created_at,
        )
        .join(User, User.id == Registration.user_id)
        .where(
            Registration.gathering_id == gathering_id,
            Registration.state != RegistrationState.CANCELLED,
        )
        .order_by(Registration.state, Registration.id)
        .limit(2_000)
    )
    return [Attendant(*row) for row in db.session.execute(query)]


def open_consultations() -> list[tuple[int, str]]:
    """Return (id, Indonesian title) of the published consultations, newest first."""
    query = (
        select(Consultation.id, Consultation.title_id)
        .where(Consultation.published_at.is_not(None))
        .order_by(Consultation.closes_at.desc(), Consultation.id.desc())
        .limit(100)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
