"""Obligations and milestones of both sides: written, ticked, and reminded of."""

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.text import normalise
from portal.models import Duty, DutyKind, Partnership, Party, Submission
from portal.rules import partnerships as rules
from portal.rules.partnership_room import DUTY_REMIND_DAYS, duty_reminder
from portal.rules.partnerships import RUNNING, Act, Partner
from portal.rules.permissions import Actor
from portal.rules.repeats import SAME_PRESS
from portal.services import audit, pages
from portal.services.errors import NotPermitted
from portal.services.partnerships.entering import enter_standing
from portal.services.partnerships.telling import tell
from portal.services.versions import hold

#: Promises that one run reminds of.
BATCH = 100


class NoDay(Exception):
    """A milestone has a day."""


def add(
    partnership: Partnership,
    *,
    kind: DutyKind,
    party: Party,
    title_id: str,
    title_en: str = "",
    public: bool,
    due_on: date | None,
    actor: Actor,
    at: datetime,
) -> Duty:
    """Write down what a side promises. Raises `NoDay` for a milestone without one.

    One that was written down a moment ago is answered with, not written twice.
    """
    enter_standing(partnership, Act.PLAN, actor=actor)
    if kind is DutyKind.MILESTONE and due_on is None:
        raise NoDay
    asked = {
        "partnership_id": partnership.id,
        "kind": kind,
        "party": party,
        "agency_id": partnership.agency_id if party is Party.AGENCY else None,
        "title_id": normalise(title_id)[:200],
        "title_en": normalise(title_en)[:200],
        "public": public,
        "due_on": due_on,
    }
    same = select(Duty).filter_by(**asked).where(Duty.created_at > at - SAME_PRESS).limit(1)
    written = db.session.scalar(same)
    if written is not None:
        return written
    row = Duty(**asked, created_at=at, version=1)
    db.session.add(row)
    db.session.flush()
    pages.touch()
    return row


def edit(
    partnership: Partnership,
    duty: Duty,
    *,
    title_id: str,
    title_en: str = "",
    public: bool,
    due_on: date | None,
    actor: Actor,
    at: datetime,
    version: int,
) -> None:
    """Put right what was written down; who promised and what sort of promise stay.

    A day that moves is told of anew. Raises `StaleVersion`, `NoDay`, or `NotPermitted` once it is kept.
    """
    _hold(partnership, duty, actor, version)
    if duty.done_on is not None:
        raise NotPermitted
    if duty.kind is DutyKind.MILESTONE and due_on is None:
        raise NoDay
    before = duty.due_on
    if before != due_on:
        duty.reminded = None
    duty.title_id, duty.title_en = normalise(title_id)[:200], normalise(title_en)[:200]
    duty.public, duty.due_on, duty.version = public, due_on, duty.version + 1
    _note("duty_edit", partnership, duty, before, actor, at)


def remove(partnership: Partnership, duty: Duty, *, actor: Actor, at: datetime, version: int) -> None:
    """Take away what was written down by mistake; that somebody did is kept. Raises as `edit` does."""
    _hold(partnership, duty, actor, version)
    if duty.done_on is not None:
        raise NotPermitted
    _note("duty_remove", partnership, duty, duty.due_on, actor, at)
    db.session.delete(duty)
    db.session.flush()


def _hold(partnership: Partnership, duty: Duty, actor: Actor, version: int) -> None:
    enter_standing(partnership, Act.PLAN, actor=actor)
    if duty.partnership_id != partnership.id:
        raise NotPermitted
    hold(duty, version)


def _note(
    action: str, partnership: Partnership, duty: Duty, before: date | None, actor: Actor, at: datetime
) -> None:
    """Keep in the audit that a promise changed, with its days."""
    days = {"from": before and before.isoformat(), "to": duty.due_on and duty.due_on.isoformat()}
    data = {"duty_id": duty.id, "public": duty.public} | days
    audit.note(action, "partnership", partnership.id, actor=actor, at=at, data=data)
    pages.touch()


def may_tick(actor: Actor, partnership: Partnership, duty: Duty) -> bool:
    """Tell whether the actor ticks this: one's own side, and the lead both."""
    who = rules.standing(actor, partnership)
    lead = who & {Partner.LEAD_OFFICER, Partner.LEAD_HEAD, Partner.COORDINATOR}
    own = Partner.BUSINESS in who if duty.party is Party.BUSINESS else duty.agency_id in actor.agency_ids
    return rules.can(Act.TICK_DUTY, actor, partnership) and (bool(lead) or own)


def tick(
    partnership: Partnership, duty: Duty, *, done: bool, actor: Actor, at: datetime, version: int
) -> None:
    """Say that a promise is kept, or take that back."""
    enter_standing(partnership, Act.TICK_DUTY, actor=actor)
    if duty.partnership_id != partnership.id or not may_tick(actor, partnership, duty):
        raise NotPermitted
    hold(duty, version)
    duty.done_on = city_date(at) if done else None
    duty.done_by_id = actor.user_id if done else None
    duty.version += 1
    db.session.flush()
    pages.touch()


def run_due(at: datetime) -> int:
    """Remind both sides, and whoever promised, of what is due; return of how many promises.

    Again does nothing twice.
    """
    today = city_date(at)
    query = (
        select(Duty, Partnership)
        .join(Partnership, Partnership.id == Duty.partnership_id)
        .where(
            Partnership.stage.in_(RUNNING),
            Duty.done_on.is_(None),
            or_(
                *(
                    (Duty.due_on <= today + timedelta(days=days))
                    & or_(Duty.reminded.is_(None), Duty.reminded > days)
                    for days in DUTY_REMIND_DAYS
                )
            ),
        )
        .order_by(Duty.due_on, Duty.id)
        .limit(BATCH)
        # SKIP LOCKED: two workers may run during a deploy
        .with_for_update(skip_locked=True, key_share=True, of=Duty)
    )
    told = 0
    for duty, partnership in db.session.execute(query).all():
        due = None if duty.due_on is None else duty_reminder(duty.due_on, today, duty.reminded)
        if due is None:
            continue
        duty.reminded = due
        case = db.session.get_one(Submission, partnership.submission_id)
        tell(
            partnership,
            case,
            "duty",
            at=at,
            once=f"{duty.id}:{duty.due_on}:{due}",
            parties=frozenset({Party.BUSINESS, Party.AGENCY, duty.party}),
            data={"page": "duties"},
        )
        told += 1
    return told
