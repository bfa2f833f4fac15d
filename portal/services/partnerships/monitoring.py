"""How the three parties see a partnership: asked each quarter, answered by each alone."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import exists, or_, select

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.text import normalise
from portal.models import MonitoringForm, Partnership, Party, Submission
from portal.rules.partnership_room import ANSWERS, ASK_AGAIN_DAYS, QUESTIONS, REMARK, last_quarter
from portal.rules.partnerships import RUNNING, Act, quarter_of_day
from portal.rules.permissions import Actor
from portal.rules.transitions import TransitionNotAllowed
from portal.services.errors import NotPermitted
from portal.services.partnerships.entering import enter_standing
from portal.services.partnerships.talk import voice_of
from portal.services.partnerships.telling import tell

#: Partnerships that one run asks.
BATCH = 50


class Incomplete(Exception):
    """A question has no answer."""


def answer(
    partnership: Partnership, period: date, answers: Mapping[str, str], *, actor: Actor, at: datetime
) -> MonitoringForm:
    """Give the answers of the actor's party for a quarter that was asked for. They stay as they are.

    Raises `NotPermitted` where the quarter was not asked for, `TransitionNotAllowed` where the party has
    answered, `Incomplete`.
    """
    enter_standing(partnership, Act.MONITOR, actor=actor)
    row = db.session.scalar(
        select(MonitoringForm).where(
            MonitoringForm.partnership_id == partnership.id,
            MonitoringForm.period_start == period,
            MonitoringForm.party == voice_of(partnership, actor).party,
        )
    )
    if row is None:
        raise NotPermitted
    if row.submitted_at is not None:
        raise TransitionNotAllowed(partnership.stage, Act.MONITOR)
    if any(answers.get(question) not in ANSWERS for question in QUESTIONS):
        raise Incomplete
    row.answers = {question: answers[question] for question in QUESTIONS} | {
        REMARK: normalise(answers.get(REMARK, ""))[:1000]
    }
    row.submitted_at, row.by_id = at, actor.user_id
    db.session.flush()
    return row


def ask(partnership: Partnership, period: date, *, at: datetime) -> None:
    """Ask all three parties how the partnership went in a quarter."""
    for party in Party:
        db.session.add(
            MonitoringForm(
                partnership_id=partnership.id, period_start=period, party=party, answers={}, created_at=at
            )
        )
    db.session.flush()
    case = db.session.get_one(Submission, partnership.submission_id)
    tell(partnership, case, "monitoring", at=at, once=period.isoformat(), data={"page": "monitoring"})


def run_due(at: datetime) -> int:
    """Ask for the quarter that is over, and once more who did not answer; return how many were asked."""
    today = city_date(at)
    _ask_again(at, today)
    period, now = last_quarter(today), quarter_of_day(today)
    asked = exists().where(
        MonitoringForm.partnership_id == Partnership.id, MonitoringForm.period_start == period
    )
    query = (
        select(Partnership)
        .where(
            Partnership.stage.in_(RUNNING),
            Partnership.starts_on < now,
            or_(Partnership.ends_on.is_(None), Partnership.ends_on >= period),
            ~asked,
        )
        .order_by(Partnership.id)
        .limit(BATCH)
        # SKIP LOCKED: two workers may run during a deploy
        .with_for_update(skip_locked=True, key_share=True, of=Partnership)
    )
    found = db.session.scalars(query).all()
    for partnership in found:
        ask(partnership, period, at=at)
    return len(found)


def _ask_again(at: datetime, today: date) -> None:
    """Ask once more, in the third week after the question; the key of the mail makes it once."""
    since = at - timedelta(days=ASK_AGAIN_DAYS)
    query = (
        select(MonitoringForm, Partnership)
        .join(Partnership, Partnership.id == MonitoringForm.partnership_id)
        .where(
            Partnership.stage.in_(RUNNING),
            MonitoringForm.period_start == last_quarter(today),
            MonitoringForm.submitted_at.is_(None),
            MonitoringForm.created_at <= since,
            MonitoringForm.created_at > since - timedelta(days=1),
        )
        .order_by(MonitoringForm.id)
        .limit(3 * BATCH)
    )
    for row, partnership in db.session.execute(query).all():
        case = db.session.get_one(Submission, partnership.submission_id)
        once = f"{row.period_start}:again"
        tell(
            partnership,
            case,
            "monitoring",
            at=at,
            once=once,
            parties=frozenset({row.party}),
            data={"page": "monitoring"},
        )
