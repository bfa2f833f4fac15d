"""The queues of the desk: lists and counts, each narrowed to what its actor may see before anything else.

Lists return rows, not entities.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    String,
    Subquery,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)

from portal.core.clock import city_date, midnight
from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import Answer, Event, Kind, NamedStaff, Place, Role, Status, Submission, User
from portal.queries.cases.filters import RUNNING, Filters, without_index
from portal.queries.cases.filters import conditions as narrowing
from portal.queries.cases.ordering import NEVER, Order, by_due, chosen, packed
from portal.queries.counting import how_many
from portal.queries.submissions import matching
from portal.rules.permissions import Actor
from portal.rules.workflow import OPEN

PAGE_SIZE = 30


class Queue(StrEnum):
    """A pile of work. `ALL` is everything the actor may see, for searching."""

    TO_SORT = "to_sort"
    MINE = "mine"
    AGENCY = "agency"
    DRAFTS = "drafts"
    OVERDUE = "overdue"
    WAITING = "waiting"
    LATER = "later"
    DEFERRED = "deferred"
    DONE = "done"
    ALL = "all"


TO_SORT = frozenset({Status.RECEIVED, Status.IN_REVIEW})
#: What counts as finished by the city (withdrawn by the reporter is not).
FINISHED = frozenset(
    {Status.ANSWERED, Status.DONE, Status.ACCEPTED, Status.DECLINED, Status.REFERRED, Status.MERGED}
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a queue. `key` holds the sort values of the list it was read for."""

    id: int
    reference: str
    title: str
    kind: Kind
    status: Status
    secret: bool
    place: Place
    ward_code: str | None
    category_id: int | None
    agency_id: int | None
    officer: str | None
    received_at: datetime
    due_at: datetime | None
    support_count: int
    file_count: int
    priority: int
    later_until: date | None
    version: int
    handovers: int
    #: A colleague's text waits for somebody who may publish it.
    has_draft: bool
    reopened: int
    key: tuple[Any, ...]


#: States in which a draft can still be published.
_DRAFTED = OPEN | {Status.ANSWERED}
_DRAFT = and_(
    Answer.published_at.is_(None),
    Answer.returned_at.is_(None),
    Answer.agency_id == Submission.agency_id,
    Submission.status.in_(_DRAFTED),
)
_COLUMNS = (
    Submission.id,
    Submission.reference,
    Submission.title,
    Submission.kind,
    Submission.status,
    Submission.secret,
    Submission.place,
    Submission.ward_code,
    Submission.category_id,
    Submission.agency_id,
    User.name,
    Submission.received_at,
    Submission.due_at,
    Submission.support_count,
    Submission.file_count,
    Submission.priority,
    Submission.later_until,
    Submission.version,
    Submission.handovers,
    exists().where(Answer.submission_id == Submission.id, _DRAFT),
    Submission.reopened,
)


def queues_of(actor: Actor) -> tuple[Queue, ...]:
    """Return the queues that mean something to the actor, in the order of the rail."""
    without = set()
    if not actor.has(Role.TRIAGE):
        without.add(Queue.TO_SORT)
    if not actor.agency_ids:
        without.add(Queue.AGENCY)
    if not _publishes_for(actor):
        without.add(Queue.DRAFTS)
    return tuple(queue for queue in Queue if queue not in without)


def _publishes_for(actor: Actor) -> list[int]:
    """Return the agencies in whose name the actor may publish."""
    return sorted(
        seat.agency_id
        for seat in actor.seats
        if seat.agency_id is not None and (seat.role is Role.HEAD or seat.publisher)
    )


def waiting_drafts(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the conditions for cases with a draft that this actor may publish."""
    mine = _publishes_for(actor)
    # By number: an index holds the few drafts among all answers.
    drafts = select(Answer.submission_id).where(
        Answer.published_at.is_(None), Answer.returned_at.is_(None), Answer.agency_id.in_(mine)
    )
    return [Submission.id.in_(drafts), Submission.agency_id.in_(mine), Submission.status.in_(_DRAFTED)]


def drafts_to_publish(actor: Actor) -> int:
    """Return how many cases have a draft that waits for this actor to publish it."""
    if not _publishes_for(actor):
        return 0
    query = select(func.count()).select_from(Submission).where(visible(actor), *waiting_drafts(actor))
    return db.session.scalar(query) or 0


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for cases that the actor may read: `can(READ)` said in SQL."""
    if actor.has(Role.TRIAGE):
        return true()
    if not actor.agency_ids:
        return false()
    return and_(_here(actor), not_about(actor.user_id))


def not_about(user_id: int | None) -> ColumnElement[bool]:
    """Return the condition that leaves out secret cases that name somebody: `is_about` said in SQL."""
    named = exists().where(NamedStaff.submission_id == Submission.id, NamedStaff.user_id == user_id)
    return or_(Submission.secret.is_(false()), ~named)


def _here(actor: Actor) -> ColumnElement[bool]:
    # Most sit in one agency: with = an index hands its cases out in order, with IN they must be sorted.
    if len(actor.agency_ids) == 1:
        return Submission.agency_id == next(iter(actor.agency_ids))
    return Submission.agency_id.in_(actor.agency_ids)


def _monday(at: datetime) -> datetime:
    today = city_date(at)
    return midnight(today - timedelta(days=today.weekday()))


def _put_off(at: datetime) -> ColumnElement[bool]:
    """Return the condition for cases that wait at the desk: back at midnight of their day, by no job."""
    return and_(Submission.later_until.is_not(None), Submission.later_until > city_date(at))


def _awake(at: datetime) -> ColumnElement[bool]:
    return or_(Submission.later_until.is_(None), Submission.later_until <= city_date(at))


def _in_queue(queue: Queue, actor: Actor, at: datetime) -> list[ColumnElement[bool]]:
    match queue:
        case Queue.TO_SORT:
            return [Submission.status.in_(TO_SORT), _awake(at)]
        case Queue.MINE:
            return [Submission.officer_id == actor.user_id, Submission.status.in_(OPEN), _awake(at)]
        case Queue.AGENCY:
            return [_here(actor), Submission.status.in_(OPEN), _awake(at)]
        case Queue.DRAFTS:
            return waiting_drafts(actor)
        case Queue.LATER:
            return [_put_off(at), Submission.status.in_(OPEN)]
        case Queue.OVERDUE:
            return [Submission.status.in_(RUNNING), Submission.due_at < at]
        case Queue.WAITING:
            return [Submission.status == Status.NEEDS_INFO]
        case Queue.DEFERRED:
            return [Submission.status == Status.DEFERRED]
        case Queue.DONE:
            return [Submission.status.in_(FINISHED)]
        case Queue.ALL:
            return []


def _order(queue: Queue, number: ColumnElement[Any], finished: Subquery) -> Order:
    match queue:
        case Queue.DEFERRED:
            return Order((func.coalesce(Submission.review_on, NEVER.date()), number))
        case Queue.LATER:
            return Order((Submission.later_until.expression, number))
        case Queue.WAITING:
            return Order((func.coalesce(Submission.paused_at, NEVER), number))
        case Queue.DONE:
            return Order((finished.c.last_event, number), descending=True)
        case Queue.ALL:
            return Order((number,), descending=True)
        case _:
            return by_due(number)


def _finished_since(moment: datetime) -> Subquery:
    """Return (submission_id, last_event) of what reached an end since a moment: reads one week of events."""
    # + 0: grouping by the bare column lures SQLite into walking all events by case instead of a week by time
    subject = Event.submission_id + 0
    return (
        select(subject.label("submission_id"), func.max(Event.id).label("last_event"))
        .where(Event.at >= moment, Event.to_status.in_(FINISHED))
        .group_by(subject)
        .subquery()
    )


def queue(
    actor: Actor,
    queue: Queue,
    filters: Filters,
    *,
    at: datetime,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[CaseRow]:
    """Return a page of a queue in the order asked for, else the most urgent first (finished, all: newest)."""
    found = chosen_ids(actor, queue, filters, at=at)
    if found is None:
        return Page([])
    query, order = found
    cursor = Cursor.decode(after, order.shape)
    # Ids and sort keys first: an index holds them, and only the rows of this page are fetched.
    page = order.after(query, cursor).limit(size + 1).subquery()
    keys = [page.c[f"key_{number}"] for number in range(len(order.keys))]
    backwards = cursor is not None and cursor.backwards
    rows = (
        select(*_COLUMNS, *keys)
        .select_from(page)
        .join(Submission, Submission.id == page.c.id)
        .outerjoin(User, User.id == Submission.officer_id)
        .order_by(*(key.desc() if order.descending != backwards else key.asc() for key in keys))
    )
    width = len(_COLUMNS)
    read: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(rows)]
    lines = [CaseRow(*(*row[:width], row[width:])) for row in read]
    return page_of(lines, size, cursor, lambda line: packed(line.key))


def chosen_ids(
    actor: Actor, queue: Queue, filters: Filters, *, at: datetime
) -> tuple[Select[Any], Order] | None:
    """Return the query for (id, key_0, key_1, ...) of the cases in a list, without order, and its order.

    None when nothing can be found. Every list of the desk, on a page or in a file, begins here.
    """
    everywhere = queue is Queue.ALL
    number: ColumnElement[Any] = Submission.id.expression
    narrowed = not everywhere or replace(filters, sort=None) != Filters()
    index: FromClause | None = None
    if everywhere and filters.words and filters == Filters(words=filters.words):
        # SQLite's full-text table hands its rows out by falling id, so a common word costs no more.
        search = matching(filters.words)
        if search is None:
            return None
        number, condition, index = search
        conditions: list[ColumnElement[bool]] | None = [condition]
    else:
        if everywhere and narrowed:
            number = without_index(number)
        conditions = narrowing(filters, actor, at=at, everywhere=everywhere)
    if conditions is None:
        return None
    finished = _finished_since(_monday(at))
    order = (
        _order(queue, number, finished)
        if filters.sort is None
        else chosen(filters.sort, number, narrowed=narrowed)
    )
    keys = (key.label(f"key_{place}") for place, key in enumerate(order.keys))
    query: Select[Any] = select(Submission.id.label("id"), *keys).select_from(Submission)
    if queue is Queue.DONE:
        query = query.join(finished, finished.c.submission_id == Submission.id)
    if index is not None:
        query = query.join(index, number == Submission.id)
    return query.where(visible(actor), *_in_queue(queue, actor, at), *conditions), order


def counts(actor: Actor, *, at: datetime) -> dict[Queue, int]:
    """Return how much lies in each queue of the actor: one query over what is open and a week of events."""
    awake = _awake(at)
    mine = and_(Submission.officer_id == actor.user_id, awake)
    here = and_(_here(actor), awake)
    late = and_(Submission.status.in_(RUNNING), Submission.due_at < at)
    by_status = (
        select(
            type_coerce(Submission.status, String),
            func.count(),
            how_many(awake),
            how_many(mine),
            how_many(here),
            how_many(late),
        )
        .where(visible(actor), Submission.status.in_(OPEN))
        .group_by(Submission.status)
    )
    finished = _finished_since(_monday(at))
    zero = literal(0)
    deferred = select(literal(Queue.DEFERRED.value), func.count(), zero, zero, zero, zero).where(
        visible(actor), Submission.status == Status.DEFERRED
    )
    ended = (
        select(literal(Queue.DONE.value), func.count(), zero, zero, zero, zero)
        .select_from(Submission)
        .join(finished, finished.c.submission_id == Submission.id)
        .where(visible(actor), Submission.status.in_(FINISHED))
    )
    legs = [by_status, deferred, ended]
    found = dict.fromkeys(queues_of(actor), 0)
    del found[Queue.ALL]
    if Queue.DRAFTS in found:
        waiting = select(literal(Queue.DRAFTS.value), func.count(), zero, zero, zero, zero)
        legs.append(waiting.where(visible(actor), *waiting_drafts(actor)))

    def add(queue: Queue, count: int) -> None:
        if queue in found:
            found[queue] += int(count)

    for word, total, awake_now, own, agency, overdue in db.session.execute(union_all(*legs)):
        if word in {Queue.DONE, Queue.DEFERRED, Queue.DRAFTS}:  # later legs; no open state is called so
            add(Queue(word), total)
            continue
        status = Status(word)
        if status in TO_SORT:
            add(Queue.TO_SORT, awake_now)
        if status is Status.NEEDS_INFO:
            add(Queue.WAITING, total)
        add(Queue.LATER, total - awake_now)
        add(Queue.MINE, own)
        add(Queue.AGENCY, agency)
        add(Queue.OVERDUE, overdue)
    return found
