"""What waits for somebody today: counts and numbers for the front of the desk, within what they may read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from portal.core.clock import city_date, midnight
from portal.core.database import db
from portal.models import Question, Role, Status, Submission
from portal.queries.cases.filters import RUNNING
from portal.queries.cases.queues import TO_SORT, drafts_to_publish, visible
from portal.queries.counting import how_many
from portal.rules.permissions import Actor
from portal.rules.workflow import OPEN

#: Replies are led to one by one; nobody works off more in a morning.
MOST = 30
#: A reply that old was overlooked for other reasons than this list could mend.
REPLIES_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Today:
    """Counts of cases; `replied` are references, the longest waiting first (at most MOST)."""

    overdue: int
    due_today: int
    reopened: int
    to_sort: int
    unconfirmed: int
    replied: tuple[str, ...]
    drafts: int


def today(actor: Actor, *, at: datetime) -> Today:
    """Return what waits for an actor. Triage looks at what came back to be sorted, others at their agency.

    Silence is the agencies' to end, so triage is not told of it.
    """
    triage = actor.has(Role.TRIAGE)
    overdue, due_today, reopened, to_sort = _of_the_city(at) if triage else _of_agencies(actor, at)
    return Today(
        overdue,
        due_today,
        reopened,
        to_sort,
        0 if triage else _unconfirmed(actor),
        _replied(actor, at),
        drafts_to_publish(actor),
    )


def _deadlines(at: datetime) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return columns that count what is overdue and what is due until midnight, of what has a deadline."""
    tonight, running = _tonight(at), Submission.status.in_(sorted(RUNNING))
    return (
        how_many(and_(running, Submission.due_at < at)),
        how_many(and_(running, Submission.due_at >= at, Submission.due_at < tonight)),
    )


def _tonight(at: datetime) -> datetime:
    return midnight(city_date(at) + timedelta(days=1))


def _of_agencies(actor: Actor, at: datetime) -> tuple[int, int, int, int]:
    columns = (*_deadlines(at), how_many(Submission.reopened > 0))
    query = select(*columns).where(visible(actor), Submission.status.in_(sorted(OPEN)))
    overdue, due_today, reopened = db.session.execute(query).one()
    return overdue, due_today, reopened, 0


def _of_the_city(at: datetime) -> tuple[int, int, int, int]:
    """Return the same of everything, by ranges of an index: the city has thousands of open cases."""
    running = Submission.status.in_(sorted(RUNNING))
    due = select(*_deadlines(at)).where(running, Submission.due_at < _tonight(at))
    overdue, due_today = db.session.execute(due).one()
    sorting = select(how_many(Submission.reopened > 0), func.count()).where(
        Submission.status.in_(sorted(TO_SORT))
    )
    reopened, to_sort = db.session.execute(sorting).one()
    return overdue, due_today, reopened, to_sort


def _unconfirmed(actor: Actor) -> int:
    """Return of how many finished cases the citizen said nothing; the agency is who can ask."""
    query = select(func.count()).where(
        visible(actor), Submission.status == Status.DONE, Submission.confirmed.is_(None)
    )
    return db.session.scalar(query) or 0


def _replied(actor: Actor, at: datetime) -> tuple[str, ...]:
    """Return the cases whose newest change is the citizen's reply."""
    query = (
        select(Submission.reference)
        .join(Question, Question.submission_id == Submission.id)
        .where(
            visible(actor),
            Submission.status.in_(sorted(OPEN - {Status.NEEDS_INFO})),
            Question.replied_at >= at - REPLIES_WITHIN,
            Question.replied_at >= Submission.updated_at,
        )
        .order_by(Question.replied_at, Submission.id)
        .limit(MOST)
    )
    return tuple(db.session.scalars(query))
