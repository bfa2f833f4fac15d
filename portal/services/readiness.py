"""The readiness check: gaps become tasks, tasks are done by the business or by the city, and time tells.

Who may do what follows from the case: its reporter and members of the business on one side, the staff of the
case and of a task's agency on the other.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.text import normalise, screen
from portal.models import (
    Package,
    Proposal,
    ReadinessTask,
    Recipient,
    Role,
    Submission,
)
from portal.queries import people, reference
from portal.queries import readiness as reading
from portal.rules import readiness as rules
from portal.rules.permissions import Actor, can
from portal.rules.proposals import filled, summary
from portal.rules.readiness import BY_CODE, DAYS, HELPING, VERIFICATION, How, Readiness
from portal.rules.workflow import Action
from portal.services import audit, events, outbox, package_changes, pages, uploads
from portal.services.attachments import StoredFile
from portal.services.errors import NotForEveryone, NotPermitted
from portal.services.versions import hold

#: Tasks that one run of the clock takes up.
BATCH = 100


class NotOpen(Exception):
    """The answer is there already, or no such thing is asked of this proposal."""


def refresh(case: Submission, *, at: datetime) -> Readiness | None:
    """Look at a proposal anew: make tasks of gaps, close those that are filled; None for no proposal.

    Idempotent: the same facts leave the same tasks.
    """
    today = city_date(at)
    facts = reading.facts(case, today=today)
    if facts is None:
        return None
    found = rules.evaluate(facts)
    known = reading.tasks(case.id)
    calendar = reference.calendar()
    for item in found.missing:
        task = known.get(item.code)
        if task is not None:
            if task.done_at is not None:
                _reopen(task, due_on=calendar.add(today, DAYS[item.is_citys]))
            continue
        agency_id = case.agency_id if item.is_citys else None
        if item.is_citys and agency_id is None:
            continue  # nobody has the case yet
        prefix = HELPING.get(item.code)
        db.session.add(
            ReadinessTask(
                submission_id=case.id,
                item=item.code,
                agency_id=agency_id,
                program_id=reading.helping_program(prefix) if prefix else None,
                due_on=calendar.add(today, DAYS[item.is_citys]),
                created_at=at,
            )
        )
    for item in found.there:
        task = known.get(item.code)
        if task is not None and task.done_at is None and task.dropped_at is None:
            task.done_at = at
    db.session.execute(
        update(Package).where(Package.submission_id == case.id).values(readiness=found.percent)
    )
    db.session.flush()
    pages.touch()
    return found


def _reopen(task: ReadinessTask, *, due_on: date) -> None:
    """Begin anew what was there and is not any more: a licence that ran out, a photo that was taken away."""
    task.done_at, task.due_on, task.first_due_on = None, due_on, None
    task.escalated, task.version = 0, task.version + 1


def refresh_business(business_id: int, *, at: datetime) -> None:
    """Look anew at the proposals of a business whose profile changed."""
    query = select(Submission).join(Proposal, Proposal.submission_id == Submission.id)
    for case in db.session.scalars(
        query.where(Proposal.business_id == business_id).order_by(Submission.id.desc()).limit(50)
    ).all():
        refresh(case, at=at)


def fill(case: Submission, name: str, value: Any, *, by_id: int | None = None, at: datetime) -> bool:
    """Write an answer that was left empty; tell whether it counts at once.

    The caller asked that it is the business. What is there already is never overwritten. What guests read of
    an accepted package waits as a proposed change until staff accept it, and counts from then on. Raises
    `NotOpen`, `TooMany` where too many changes wait, and `NotForEveryone` for what the public would read
    before anybody of the city did.
    """
    proposal = db.session.get(Proposal, case.id, with_for_update=True)
    facts = reading.facts(case, today=city_date(at))
    if proposal is None or facts is None or not filled(value) or case.status in rules.OVER:
        raise NotOpen
    if name not in rules.fillable(rules.items_of(case.kind), facts.data):
        raise NotOpen
    package = reading.package(case.id)
    waits = package is not None and name not in proposal.proprietary
    if package is not None and waits:
        if name in reading.waiting_answers(package.id):
            raise NotOpen
        package_changes.put(package, {name: value}, by_id=by_id, at=at)
    else:
        said = summary(case.kind, {name: value}, proposal.proprietary, business="")
        if codes := screen(said):
            raise NotForEveryone(codes)
        proposal.data = proposal.data | {name: value}
    db.session.flush()
    events.record(
        case,
        events.PROPOSAL_COMPLETED,
        actor=Actor(reporter_of=frozenset({case.id})),
        at=at,
        public=False,
        data={"field": name},
    )
    refresh(case, at=at)
    return not waits


def give_evidence(
    case: Submission, item: str, file: StoredFile, *, by_id: int | None, at: datetime
) -> ReadinessTask:
    """Take a scan or a photo for a task of the business and tick it. Raises `NotOpen`."""
    task = _open(case, item)
    if BY_CODE[item].how not in (How.EVIDENCE, How.PHOTO):
        raise NotOpen
    task.upload_id = uploads.keep(file, by_id=by_id, at=at).id
    task.done_at, task.done_by_id, task.version = at, by_id, task.version + 1
    db.session.flush()
    refresh(case, at=at)
    return task


def _open(case: Submission, item: str) -> ReadinessTask:
    task = reading.task(case.id, item) if item in BY_CODE else None
    if task is None or task.done_at is not None or task.dropped_at is not None:
        raise NotOpen
    return task


def may_plan(actor: Actor, case: Submission, *, at: datetime) -> bool:
    """Tell whether the actor plans the tasks of a proposal: the staff of its case."""
    return can(Action.NOTE, actor, case, at=at)


def may_do(actor: Actor, task: ReadinessTask, case: Submission, *, at: datetime) -> bool:
    """Tell whether the actor may tick a task: the staff of the case, and of the agency that has the task."""
    return may_plan(actor, case, at=at) or (task.agency_id in actor.agency_ids and not case.secret)


def plan(
    case: Submission,
    item: str,
    *,
    actor: Actor,
    at: datetime,
    version: int,
    agency_id: int | None,
    program_id: int | None,
    due_on: date,
    note: str = "",
) -> ReadinessTask:
    """Say who brings it, what helps and by when; a moved day keeps the first one. Raises `StaleVersion`."""
    task = reading.task(case.id, item)
    if task is None or not may_plan(actor, case, at=at):
        raise NotPermitted
    hold(task, version)
    if task.due_on is not None and due_on != task.due_on and task.first_due_on is None:
        task.first_due_on = task.due_on
    if due_on != task.due_on:
        task.escalated = 0
    task.agency_id, task.program_id, task.due_on = agency_id, program_id, due_on
    task.note, task.version = normalise(note)[:300], task.version + 1
    db.session.flush()
    return task


def tick(case: Submission, item: str, *, actor: Actor, at: datetime) -> None:
    """Note that a task is done; a safety check is written into the package too."""
    task = reading.task(case.id, item)
    # a business is verified where it is looked at, with what was checked
    if task is None or item == VERIFICATION or not may_do(actor, task, case, at=at):
        raise NotPermitted
    if task.done_at is not None:
        return
    task.done_at, task.done_by_id, task.version = at, actor.user_id, task.version + 1
    if item == "safety_check":
        db.session.execute(
            update(Package)
            .where(Package.submission_id == case.id)
            .values(safety_checked_on=city_date(at), safety_checked_by_id=task.agency_id)
        )
    db.session.flush()
    refresh(case, at=at)


def untick(case: Submission, item: str, *, actor: Actor, at: datetime) -> None:
    """Take back a tick of the city that was a mistake; a safety check goes from the package too."""
    task = reading.task(case.id, item)
    if task is None or not may_undo(actor, task, case, at=at):
        raise NotPermitted
    task.done_at, task.done_by_id, task.version = None, None, task.version + 1
    if item == "safety_check":
        db.session.execute(
            update(Package)
            .where(Package.submission_id == case.id)
            .values(safety_checked_on=None, safety_checked_by_id=None)
        )
    audit.note("readiness_untick", "submission", case.id, actor=actor, at=at, data={"item": item})
    db.session.flush()
    refresh(case, at=at)
    pages.touch()


def may_undo(actor: Actor, task: ReadinessTask, case: Submission, *, at: datetime) -> bool:
    """Tell whether the actor may take a tick back: of the city's own tasks, those that somebody ticked."""
    ticked = task.done_by_id is not None and BY_CODE[task.item].how is How.CITY
    return ticked and may_do(actor, task, case, at=at)


def drop(case: Submission, item: str, *, reason: str, actor: Actor, at: datetime, version: int) -> None:
    """Say that something is not needed, and why. Raises `ValueError` without a reason, `StaleVersion`."""
    task = reading.task(case.id, item)
    if task is None or not may_plan(actor, case, at=at):
        raise NotPermitted
    words = normalise(reason)
    if not words:
        raise ValueError("a reason")
    hold(task, version)
    task.dropped_at, task.note, task.version = at, words[:300], task.version + 1
    db.session.flush()
    refresh(case, at=at)


def follow(case: Submission, before: int | None) -> None:
    """Pass what is open on with a case from the agency that had it; the new one is told of it anew."""
    for task in reading.tasks(case.id).values():
        if task.agency_id == before is not None and task.done_at is None and task.dropped_at is None:
            task.agency_id, task.escalated, task.version = case.agency_id, 0, task.version + 1
    db.session.flush()


def run_due(at: datetime) -> int:
    """Ask anew for what ran out, and tell of the city's tasks that are due; return the number of both."""
    today = city_date(at)
    return _ask_anew(today, at=at) + _tell_of_due(today, at=at)


def _ask_anew(today: date, *, at: datetime) -> int:
    """Look anew at proposals of businesses whose licence or verification ran out; return how many miss it.

    One that has a newer licence misses nothing: it is found again for some days, and not counted.
    """
    found = reading.businesses_with_something_over(today, size=BATCH)
    for business_id in found:
        refresh_business(business_id, at=at)
    return len(set(found).difference(reading.businesses_with_something_over(today, size=BATCH)))


def _tell_of_due(today: date, *, at: datetime) -> int:
    """Tell the officer of a task of the city that is due, and the head once it is late; each once."""
    late = (
        select(ReadinessTask)
        .join(Submission, Submission.id == ReadinessTask.submission_id)
        .where(
            Submission.status.not_in(rules.RESTING),
            ReadinessTask.agency_id.is_not(None),
            ReadinessTask.done_at.is_(None),
            ReadinessTask.dropped_at.is_(None),
            ((ReadinessTask.escalated == 0) & (ReadinessTask.due_on <= today))
            | ((ReadinessTask.escalated == 1) & (ReadinessTask.due_on < today)),
        )
        .order_by(ReadinessTask.due_on, ReadinessTask.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=ReadinessTask)
    )
    rows = db.session.scalars(late).all()
    for task in rows:
        case = db.session.get_one(Submission, task.submission_id)
        is_late = task.due_on is not None and task.due_on < today
        task.escalated = 2 if is_late else 1
        whom = set(people.ids_with_role(Role.HEAD, task.agency_id)) if is_late else set()
        if case.officer_id is not None and case.agency_id == task.agency_id:
            whom.add(case.officer_id)
        for user_id in sorted(whom or people.ids_with_role(Role.HEAD, task.agency_id)):
            outbox.queue(
                "staff_readiness",
                to=Recipient.USER,
                recipient_id=user_id,
                case=case,
                at=at,
                data={"item": task.item, "late": is_late},
                dedupe_key=f"staff_readiness:{task.id}:{task.escalated}:{task.due_on}:{user_id}",
            )
    return len(rows)
