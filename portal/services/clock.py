"""What time alone brings about: unanswered questions expire, deferred cases come back, deadlines are told."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select

from portal.core.database import db
from portal.models import Question, Status, Submission
from portal.queries import reference
from portal.rules.deadlines import Calendar, escalation_step
from portal.rules.permissions import CLOCK
from portal.rules.workflow import OPEN
from portal.services import absences, events, licence_reminders, presence, readiness
from portal.services.attempts import each
from portal.services.cases import expire, review
from portal.services.partnerships import duties, meetings, monitoring
from portal.services.partnerships import reminding as partnerships

#: Cases of each sort that one run takes up: on SQLite everybody who writes waits meanwhile.
BATCH = 100


def run_due(at: datetime) -> int:
    """Do what is due at a moment, at most BATCH cases of each sort; return for how many something was done.

    Running it again, or twice at once, does nothing twice: each case is held and looked at anew. Call it
    until it returns 0, each time in a transaction of its own.
    """
    calendar = reference.calendar()
    presence.forget(at)
    return (
        _each(_unanswered(at), lambda case: _expire(case, at))
        + _each(_to_review(at, calendar), lambda case: _review(case, at, calendar))
        + _each(_to_tell(at, calendar), lambda case: _escalate(case, at, calendar))
        + absences.run_due(at)
        + partnerships.run_due(at)
        + readiness.run_due(at)
        + duties.run_due(at)
        + meetings.run_due(at)
        + monitoring.run_due(at)
        + licence_reminders.run_due(at)
    )


def _each(due: Select[Any], act: Callable[[Submission], bool]) -> int:
    """Act on the first cases that are due and that no other worker holds."""
    cases: Sequence[Submission] = db.session.scalars(
        # SKIP LOCKED: two workers may run during a deploy
        due.limit(BATCH).with_for_update(skip_locked=True, key_share=True, of=Submission)
    ).all()
    return each(cases, act, failed="clock_failed")


def _unanswered(at: datetime) -> Select[Any]:
    waiting = exists().where(
        Question.submission_id == Submission.id, Question.replied_at.is_(None), Question.expires_at < at
    )
    return select(Submission).where(Submission.status == Status.NEEDS_INFO, waiting).order_by(Submission.id)


def _expire(case: Submission, at: datetime) -> bool:
    if case.status is not Status.NEEDS_INFO:
        return False
    expire(case, actor=CLOCK, at=at)
    return True


def _to_review(at: datetime, calendar: Calendar) -> Select[Any]:
    return (
        select(Submission)
        .where(Submission.status == Status.DEFERRED, Submission.review_on <= calendar.day_of(at))
        .order_by(Submission.review_on, Submission.id)
    )


def _review(case: Submission, at: datetime, calendar: Calendar) -> bool:
    if case.status is not Status.DEFERRED or case.review_on is None or case.review_on > calendar.day_of(at):
        return False
    review(case, actor=CLOCK, at=at)
    return True


def _to_tell(at: datetime, calendar: Calendar) -> Select[Any]:
    """Return the cases whose deadline has come further than was told."""
    today = calendar.day_of(at)
    # due on the next working day, or on days off right after it (a promise may name a Saturday)
    soon = calendar.closing(calendar.add(today, 2) - timedelta(days=1))
    long_over = calendar.closing(_working_days_before(today, 3, calendar))
    return (
        select(Submission)
        .where(
            Submission.status.in_(OPEN - {Status.NEEDS_INFO}),
            or_(
                and_(Submission.escalated == 0, Submission.due_at <= soon),
                and_(Submission.escalated == 1, Submission.due_at < at),
                and_(Submission.escalated == 2, Submission.due_at <= long_over),
            ),
        )
        .order_by(Submission.due_at, Submission.id)
    )


def _working_days_before(day: date, days: int, calendar: Calendar) -> date:
    """Return the last day that has so many working days behind it, up to and including `day`."""
    while days:
        days -= calendar.is_working_day(day)
        day -= timedelta(days=1)
    return day


def _escalate(case: Submission, at: datetime, calendar: Calendar) -> bool:
    """Tell how far a deadline has come, each step once. After a standstill only the last step is told."""
    if case.due_at is None or case.status not in OPEN or case.status is Status.NEEDS_INFO:
        return False
    step = escalation_step(case.due_at, at, calendar)
    if step <= case.escalated:
        return False
    case.escalated = step
    data = {"due_at": case.due_at.isoformat(), "step": step}
    events.record(
        case, events.ESCALATIONS[step], actor=CLOCK, at=at, public=step == max(events.ESCALATIONS), data=data
    )
    return True
