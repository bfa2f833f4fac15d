"""Meetings as their people see them: the list, the agenda, who comes, and which cases may be put on it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import joinedload, selectinload

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import (
    Meeting,
    MeetingItem,
    MeetingPerson,
    MeetingStatus,
    Membership,
    Role,
    Status,
    Submission,
    User,
)
from portal.queries import cases
from portal.rules import meetings as rules
from portal.rules.permissions import Actor, can
from portal.rules.workflow import OPEN, Action

PAGE_SIZE = 20
#: A deferred case is offered this long before its day.
REVIEW_AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One line of the list."""

    id: int
    token: str
    title: str
    place: str
    starts_at: datetime
    agency_id: int | None
    status: MeetingStatus
    items: int
    decided: int
    people: int


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Return `rules.meetings.may_see` said in SQL."""
    if not actor.is_staff:
        return false()
    if actor.has(Role.TRIAGE):
        return true()
    invited = exists().where(MeetingPerson.meeting_id == Meeting.id, MeetingPerson.user_id == actor.user_id)
    return or_(Meeting.agency_id.in_(actor.agency_ids), invited)


def listed(actor: Actor, after: str | None = None, *, size: int = PAGE_SIZE) -> Page[MeetingRow]:
    """Return a page of the actor's meetings, planned and closed, the latest first."""

    def number(table: Any, *more: ColumnElement[bool]) -> Any:
        query = select(func.count()).select_from(table).where(table.meeting_id == Meeting.id, *more)
        return query.correlate(Meeting).scalar_subquery()

    query = select(
        Meeting.id,
        Meeting.token,
        Meeting.title,
        Meeting.place,
        Meeting.starts_at,
        Meeting.agency_id,
        Meeting.status,
        number(MeetingItem),
        number(MeetingItem, MeetingItem.decided_at.is_not(None)),
        number(MeetingPerson),
    ).where(_visible(actor))
    keys = (Meeting.starts_at, Meeting.id)
    cursor = Cursor.decode(after, (str, int))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        moment = _moment(cursor.values[0])
        if moment is not None:
            edge = tuple_(literal(moment, Meeting.starts_at.type), literal(cursor.values[1]))
            place = tuple_(*keys)
            query = query.where(place > edge if backwards else place < edge)
    query = query.order_by(*(key.asc() if backwards else key.desc() for key in keys)).limit(size + 1)
    rows = [MeetingRow(*row) for row in db.session.execute(query)]
    return page_of(rows, size, cursor, lambda row: (row.starts_at.isoformat(), row.id))


def _moment(text: str) -> datetime | None:
    """Read a moment of a cursor; None for what was meddled with, the edges of the calendar included."""
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def by_token(token: str, actor: Actor) -> Meeting | None:
    """Return a meeting that the actor may see, else None: for others it does not exist."""
    # a token may come from a form, and PostgreSQL takes no NUL, not even in a question
    known = token[:60].replace("\0", "")
    return db.session.scalar(select(Meeting).where(Meeting.token == known, _visible(actor)))


def invited(meeting_id: int) -> frozenset[int]:
    """Return the ids of those who were invited."""
    query = select(MeetingPerson.user_id).where(MeetingPerson.meeting_id == meeting_id)
    return frozenset(db.session.scalars(query))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was invited."""

    user_id: int
    name: str
    present: bool


def people(meeting_id: int) -> list[Person]:
    """Return who was invited, by name."""
    query = (
        select(User.id, User.name, MeetingPerson.present)
        .join(MeetingPerson, MeetingPerson.user_id == User.id)
        .where(MeetingPerson.meeting_id == meeting_id)
        .order_by(User.name, User.id)
        .limit(rules.MOST_PEOPLE)
    )
    return [Person(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """An item with its case. Before anything of the case or the decision is shown, ask the policy."""

    item: MeetingItem
    case: Submission
    owner: str | None
    decided_by: str | None


def agenda(meeting_id: int) -> list[AgendaItem]:
    """Return the items in their order (at most MOST_ITEMS)."""
    owner, writer = User.__table__.alias("owner"), User.__table__.alias("writer")
    query = (
        select(MeetingItem, Submission, owner.c.name, writer.c.name)
        .join(Submission, Submission.id == MeetingItem.submission_id)
        .outerjoin(owner, owner.c.id == MeetingItem.owner_id)
        .outerjoin(writer, writer.c.id == MeetingItem.decided_by_id)
        .where(MeetingItem.meeting_id == meeting_id)
        .options(joinedload(Submission.ward), selectinload(Submission.named_staff))
        .order_by(MeetingItem.position, MeetingItem.id)
        .limit(rules.MOST_ITEMS)
    )
    return [AgendaItem(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Seen:
    """An item as one person sees it. Not `readable`: they may know the reference, and nothing else."""

    number: int
    item: MeetingItem
    case: Submission
    readable: bool
    owner: str
    decided_by: str

    @property
    def title(self) -> str:
        """Return what may stand on a shared screen or on paper: never the title of a secret case."""
        return self.case.title if self.readable and not self.case.secret else ""


def seen(meeting_id: int, actor: Actor, *, at: datetime) -> list[Seen]:
    """Return the agenda for one person, numbered as they see it.

    A secret case that they may not read is not there at all: that it exists is a secret too.
    """
    found: list[Seen] = []
    for row in agenda(meeting_id):
        readable = can(Action.READ, actor, row.case, at=at)
        if readable or not row.case.secret:
            found.append(
                Seen(len(found) + 1, row.item, row.case, readable, row.owner or "", row.decided_by or "")
            )
    return found


def item(meeting_id: int, item_id: int) -> MeetingItem | None:
    """Return an item of that meeting."""
    return db.session.scalar(
        select(MeetingItem).where(MeetingItem.id == item_id, MeetingItem.meeting_id == meeting_id)
    )


def planned(actor: Actor, *, limit: int = 30) -> list[tuple[str, str, datetime]]:
    """Return (token, title, start) of the planned meetings that the actor may edit, the next first."""
    seats = [seat.agency_id for seat in actor.seats if seat.role is Role.HEAD and seat.agency_id is not None]
    mine = or_(
        Meeting.created_by_id == actor.user_id,
        Meeting.chair_id == actor.user_id,
        Meeting.agency_id.in_(seats),
    )
    query = (
        select(Meeting.token, Meeting.title, Meeting.starts_at)
        .where(
            Meeting.status == MeetingStatus.PLANNED,
            _visible(actor),
            true() if actor.has(Role.TRIAGE) else mine,
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be invited; without an agency: a coordinator."""

    user_id: int
    name: str
    agency_id: int | None


def colleagues(actor: Actor) -> list[Colleague]:
    """Return whom the actor may invite: staff of their agencies; a coordinator invites from everywhere."""
    everywhere = actor.has(Role.TRIAGE)
    found = [
        Colleague(row.user_id, row.name, row.agency_id)
        for row in cases.staff(None if everywhere else sorted(actor.agency_ids))
    ]
    if not everywhere:
        return found
    query = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role == Role.TRIAGE, Membership.agency_id.is_(None), User.active)
        .distinct()
        .order_by(User.name, User.id)
        .limit(100)
    )
    return [*(Colleague(row[0], row[1], None) for row in db.session.execute(query)), *found]


class Pile(StrEnum):
    """Cases that a meeting is for."""

    OVERDUE = "overdue"
    REOPENED = "reopened"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Offered:
    """A case that may be put on the agenda with one press."""

    reference: str
    title: str
    secret: bool
    status: Status
    due_at: datetime | None
    review_on: date | None


def offered(meeting: Meeting, pile: Pile, actor: Actor, *, at: datetime, limit: int = 10) -> list[Offered]:
    """Return cases of the meeting's agency (of all, where it has none) that wait for a decision.

    Only what the actor may read, and nothing that is on the agenda already.
    """
    on_agenda = exists().where(
        MeetingItem.meeting_id == meeting.id, MeetingItem.submission_id == Submission.id
    )
    query = select(
        Submission.reference,
        Submission.title,
        Submission.secret,
        Submission.status,
        Submission.due_at,
        Submission.review_on,
    ).where(cases.visible(actor), ~on_agenda)
    if meeting.agency_id is not None:
        query = query.where(Submission.agency_id == meeting.agency_id)
    query = query.where(_in_pile(pile, at))
    order: Any = Submission.review_on if pile is Pile.DEFERRED else Submission.due_at
    query = query.order_by(order, Submission.id).limit(limit)
    return [Offered(*row) for row in db.session.execute(query)]


def _in_pile(pile: Pile, at: datetime) -> ColumnElement[bool]:
    match pile:
        case Pile.OVERDUE:
            return and_(Submission.status.in_(cases.RUNNING), Submission.due_at < at)
        case Pile.REOPENED:
            return and_(Submission.status.in_(OPEN), Submission.reopened > 0)
        case Pile.DEFERRED:
            return and_(
                Submission.status == Status.DEFERRED,
                Submission.review_on <= city_date(at) + REVIEW_AHEAD,
            )
