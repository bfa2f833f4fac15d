"""What the weekly summary of a head tells, read at the moment it leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy import case as when

from portal.core.clock import city_date, midnight
from portal.core.database import db
from portal.models import IdentityMode, Membership, OutboxMessage, Role, Submission, User
from portal.queries import satisfaction
from portal.queries.cases.filters import RUNNING
from portal.queries.cases.queues import drafts_to_publish, visible
from portal.queries.counting import how_many
from portal.rules.permissions import Actor, Seat
from portal.rules.satisfaction import Satisfaction
from portal.rules.workflow import OPEN

#: A case that waits longer than this (about ten working days) is counted apart, whatever its deadline.
UNANSWERED = timedelta(days=14)
#: Cases that are named one by one.
MOST = 10


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A case of the list. `title` is empty for a secret case and for a shielded reporter's."""

    reference: str
    title: str
    due_at: datetime | None
    reopened: bool


@dataclass(frozen=True, slots=True)
class Week:
    """The summary: counts of open cases, the most urgent ones, and what citizens said."""

    agency_ids: tuple[int, ...]
    due: int
    overdue: int
    reopened: int
    unanswered: int
    drafts: int
    lines: tuple[WeekLine, ...]
    said: Satisfaction

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing that a head would have to do."""
        return not (
            self.due or self.overdue or self.reopened or self.unanswered or self.drafts or self.said.not_yet
        )


def recipients() -> list[int]:
    """Return the active heads of an agency who want the summary (at most 500)."""
    query = (
        select(User.id)
        .join(Membership)
        .where(
            Membership.role == Role.HEAD, Membership.agency_id.is_not(None), User.active, User.weekly_summary
        )
        .distinct()
        .order_by(User.id)
        .limit(500)
    )
    return list(db.session.scalars(query))


def told(prefix: str) -> set[str]:
    """Return the keys of the summaries that were queued under a prefix ("staff_weekly:2026-W48:")."""
    # A range, so that the unique index is used: ":" is followed by ";" in both engines' plain order.
    key = OutboxMessage.dedupe_key
    query = select(key).where(key >= prefix, key < f"{prefix[:-1]};").limit(1000)
    return set(db.session.scalars(query))


def week_of(user: User, *, at: datetime) -> Week:
    """Return the summary of the agencies that the user heads, in at most six queries."""
    seats = frozenset(Seat(m.role, m.agency_id) for m in user.memberships if m.role is Role.HEAD)
    head = Actor(user_id=user.id, seats=seats)
    agency_ids = tuple(sorted(head.agency_ids))
    today = city_date(at)
    next_week = midnight(today + timedelta(days=7 - today.weekday()))
    running = Submission.status.in_(sorted(RUNNING))
    is_open = Submission.status.in_(sorted(OPEN))
    long_silent = and_(running, Submission.answered_at.is_(None), Submission.received_at < at - UNANSWERED)
    counts = select(
        how_many(and_(running, Submission.due_at >= at, Submission.due_at < next_week)),
        how_many(and_(running, Submission.due_at < at)),
        how_many(Submission.reopened > 0),
        how_many(long_silent),
    ).where(visible(head), is_open)
    due, overdue, reopened, unanswered = db.session.execute(counts).one()
    figures = satisfaction.by_agency(agency_ids, at=at)
    return Week(
        agency_ids,
        due,
        overdue,
        reopened,
        unanswered,
        drafts_to_publish(head),
        _lines(head, next_week),
        satisfaction.together(list(figures.values())),
    )


def _lines(head: Actor, before: datetime) -> tuple[WeekLine, ...]:
    """Return what is overdue, due this week or open again, the first due first."""
    bare = or_(Submission.secret, Submission.identity_mode == IdentityMode.SHIELDED)
    query = (
        select(
            Submission.reference,
            when((bare, ""), else_=Submission.title),
            Submission.due_at,
            Submission.reopened > 0,
        )
        .where(
            visible(head),
            Submission.status.in_(sorted(RUNNING)),
            or_(Submission.due_at < before, Submission.reopened > 0),
        )
        .order_by(Submission.due_at, Submission.id)
        .limit(MOST)
    )
    return tuple(WeekLine(*row) for row in db.session.execute(query))
