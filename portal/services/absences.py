"""Absences: an officer's open cases go to a deputy on the first day and come back after the last.

Each step is safe to repeat: a worker that was stopped half way goes on where it was, and two at once move
nothing twice (the absence is held, and each case is held and looked at anew).
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from portal.core.clock import city_date
from portal.core.database import db
from portal.models import Absence, Recipient, Role, Submission, User
from portal.queries import absences as reads
from portal.queries import outbox as addressees
from portal.rules.absences import Problem, last_day_when_ended_early, problem_of_days
from portal.rules.permissions import CLOCK, Actor
from portal.rules.workflow import OPEN, Action
from portal.services import events, outbox
from portal.services.attempts import each
from portal.services.cases.entering import seat
from portal.services.errors import NotPermitted

#: Cases that one step moves: on SQLite everybody who writes waits meanwhile.
BATCH = 100


class AbsenceRefused(Exception):
    """The absence cannot be planned or changed. `other` is the one in the way, where there is one."""

    def __init__(self, problem: Problem, other: Absence | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.other = other


def may_plan(actor: Actor, user_id: int, agency_id: int) -> bool:
    """Tell whether the actor may say when somebody is away: oneself, or the head of that agency."""
    if actor.user_id == user_id:
        return agency_id in actor.agency_ids
    return any(seat.role is Role.HEAD and seat.agency_id == agency_id for seat in actor.seats)


def plan(
    *,
    user_id: int,
    deputy_id: int,
    agency_id: int,
    starts_on: date,
    ends_on: date,
    actor: Actor,
    at: datetime,
) -> Absence:
    """Plan an absence (both days included); one that begins today begins at once.

    Raises `NotPermitted`, or `AbsenceRefused` with what is wrong.
    """
    if not may_plan(actor, user_id, agency_id):
        raise NotPermitted
    today = city_date(at)
    problem = problem_of_days(starts_on, ends_on, today=today)
    if problem is None and user_id == deputy_id:
        problem = Problem.SAME_PERSON
    if problem is not None:
        raise AbsenceRefused(problem)
    # Held, so that two plans at once do not pass each other unseen.
    people = select(User.id).where(User.id.in_([user_id, deputy_id])).order_by(User.id)
    db.session.execute(people.with_for_update()).all()
    for person in (user_id, deputy_id):
        if not reads.works_in(person, agency_id):
            raise AbsenceRefused(Problem.NOT_TOGETHER)
    for person, problem in ((user_id, Problem.OVERLAP), (deputy_id, Problem.DEPUTY_AWAY)):
        other = reads.away_between(person, agency_id, starts_on, ends_on)
        if other is not None:
            raise AbsenceRefused(problem, other)
    absence = Absence(
        user_id=user_id,
        deputy_id=deputy_id,
        agency_id=agency_id,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )
    db.session.add(absence)
    db.session.flush()  # need the id
    if starts_on <= today:
        _begin(absence, at)
    return absence


def cancel(absence: Absence, *, actor: Actor, at: datetime) -> None:
    """Take an absence back before it begins."""
    _held(absence, actor)
    if absence.handed_at is not None or absence.starts_on <= city_date(at):
        raise AbsenceRefused(Problem.BEGUN)
    db.session.delete(absence)


def end(absence: Absence, *, actor: Actor, at: datetime) -> None:
    """End an absence whose officer is back today: their cases come back at once."""
    _held(absence, actor)
    if absence.handed_at is None or absence.returned_at is not None:
        raise AbsenceRefused(Problem.NOT_RUNNING)
    absence.ends_on = last_day_when_ended_early(absence.starts_on, today=city_date(at))
    # From here on they count as present, or their own cases would be led past them again.
    absence.returned_at = at
    more = True
    while more:
        _, more = _each(reads.lent_cases(absence), lambda case: _give_back(case, absence, at))


def _held(absence: Absence, actor: Actor) -> None:
    if not may_plan(actor, absence.user_id, absence.agency_id):
        raise NotPermitted
    query = select(Absence).where(Absence.id == absence.id).with_for_update()
    if db.session.scalar(query.execution_options(populate_existing=True)) is None:
        raise NotPermitted


def run_due(at: datetime) -> int:
    """Begin and end what is due and lead stray cases to the deputies; return how much was done."""
    today = city_date(at)
    to_begin = select(Absence).where(Absence.handed_at.is_(None), Absence.starts_on <= today)
    to_end = select(Absence).where(
        Absence.handed_at.is_not(None), Absence.returned_at.is_(None), Absence.ends_on < today
    )
    on_leave = select(Absence).where(Absence.handed_at.is_not(None), reads.running(today))
    return (
        _step(to_end, lambda absence: _end(absence, at))
        + _step(to_begin, lambda absence: _begin(absence, at))
        + _step(on_leave, lambda absence: _lead_on(absence, at))
    )


def _step(due: Select[Any], act: Callable[[Absence], int]) -> int:
    # SKIP LOCKED: two workers may run during a deploy
    query = due.order_by(Absence.starts_on, Absence.id).limit(BATCH).with_for_update(skip_locked=True)
    return sum(act(absence) for absence in db.session.scalars(query).all())


def _begin(absence: Absence, at: datetime) -> int:
    """Give the open cases to the deputy; a large pile takes several steps. Then tell the deputy, once."""
    today = city_date(at)
    if absence.ends_on < today or not _works(absence):
        # nobody ran the clock on any of its days, or the officer has left
        absence.handed_at = absence.returned_at = at
        return 1
    moved, more = 0, False
    if reads.stand_in(absence.user_id, absence.agency_id, on=today) is None:
        _tell_heads(absence, at)
    else:
        due = reads.open_cases(absence, absence.user_id)
        moved, more = _each(due, lambda case: _hand_over(case, absence, at))
        if not more:
            _tell_deputy(absence, at)
    if not more:
        absence.handed_at = at
    return moved + 1


def _lead_on(absence: Absence, at: datetime) -> int:
    """Lead cases that came to the absent officer meanwhile to the deputy."""
    if not _works(absence):
        return 0
    if reads.stand_in(absence.user_id, absence.agency_id, on=city_date(at)) is None:
        _tell_heads(absence, at)
        return 0
    return _each(reads.open_cases(absence, absence.user_id), lambda case: _hand_over(case, absence, at))[0]


def _end(absence: Absence, at: datetime) -> int:
    """Give back what is unfinished and still with the deputy."""
    moved, more = 0, False
    if _works(absence):
        moved, more = _each(reads.lent_cases(absence), lambda case: _give_back(case, absence, at))
    if not more:
        absence.returned_at = at
    return moved + 1


def _works(absence: Absence) -> bool:
    return reads.works_in(absence.user_id, absence.agency_id)


def _each(due: Select[Any], act: Callable[[Submission], bool]) -> tuple[int, bool]:
    """Act on a batch of cases.

    Return for how many something was done, and whether another batch is worth trying.
    """
    cases = db.session.scalars(due.limit(BATCH)).all()
    done = each(cases, act, failed="absence_failed")
    return done, done > 0 and len(cases) == BATCH


def _hand_over(case: Submission, absence: Absence, at: datetime) -> bool:
    if case.officer_id != absence.user_id or case.status not in OPEN:
        return False
    # `seat` leads past everybody who is away and notes by which absence
    return _seat(case, absence.user_id, absence, at)


def _give_back(case: Submission, absence: Absence, at: datetime) -> bool:
    if case.officer_id == absence.user_id or case.status not in OPEN:
        return False
    return _seat(case, absence.user_id, absence, at)


def _seat(case: Submission, officer_id: int, absence: Absence, at: datetime) -> bool:
    before = case.officer_id
    seat(case, officer_id, at=at)
    if case.officer_id == before:
        return False
    case.later_until = None  # put off by somebody else
    data = {"officer_id": case.officer_id, "absence_id": absence.id}
    events.record(case, Action.TAKE, actor=CLOCK, at=at, public=False, data=data)
    return True


def _tell_deputy(absence: Absence, at: datetime) -> None:
    outbox.queue(
        "staff_away",
        to=Recipient.USER,
        recipient_id=absence.deputy_id,
        at=at,
        data={"absence_id": absence.id, "count": reads.lent_count(absence.id)},
        dedupe_key=f"staff_away:{absence.id}",
    )


def _tell_heads(absence: Absence, at: datetime) -> None:
    """Tell the heads, once, that nobody is there to stand in and the cases stay where they are."""
    for head_id in set(addressees.heads(absence.agency_id)) - {absence.user_id}:
        outbox.queue(
            "staff_no_deputy",
            to=Recipient.USER,
            recipient_id=head_id,
            at=at,
            data={"absence_id": absence.id},
            dedupe_key=f"staff_no_deputy:{absence.id}:{head_id}",
        )
