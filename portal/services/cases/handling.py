"""From receipt to the agency that answers: verifying, asking, assigning, handing over, withdrawing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.text import normalise
from portal.models import (
    PROPOSALS,
    Attachment,
    Priority,
    Purpose,
    Question,
    ReasonCode,
    Status,
    Submission,
    TokenPurpose,
)
from portal.rules.deadlines import REPLY_DAYS, VERIFY_DAYS
from portal.rules.permissions import CLOCK, Actor
from portal.rules.workflow import (
    CONTEST_PERIOD,
    Action,
    MissingRequirement,
    Requirement,
    TransitionNotAllowed,
)
from portal.services import events, outbox, readiness, routing, search, tokens
from portal.services.cases import merging
from portal.services.cases.entering import (
    answer_days,
    append_files,
    calendar,
    enter,
    enter_standing,
    reporter_time,
    required,
    seat,
    start_clock,
    state,
    stop_clock,
    the_agency,
    the_category,
)

TITLE_LENGTH = 120


def verify(
    case: Submission,
    *,
    category_id: int | None,
    title: str | None = None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Find a new submission good; its text and files are public from now on (unless it is secret)."""
    row = enter(case, Action.VERIFY, actor=actor, at=at, version=version)
    category = the_category(category_id, row.action)
    case.category_id = category.id
    db.session.expire(case, ["category"])
    new_title = normalise(title or "").replace("\n", " ")[:TITLE_LENGTH]
    if new_title and new_title != case.title:
        case.title = new_title
        search.index(case)
    _mark_verified(case, at)
    events.record(
        case, row.action, actor=actor, at=at, to_status=row.target, data={"category_id": category.id}
    )


def _mark_verified(case: Submission, at: datetime) -> None:
    if case.verified_at is None:
        case.verified_at = at
        case.text_public = case.files_public = True


def ask(
    case: Submission, *, question: str, seal: Seal, actor: Actor, at: datetime, version: int | None = None
) -> Question:
    """Ask the reporter one thing; the clock rests until they reply, for 5 working days.

    The mail carries a link that may answer this question once, without an account; its token is sealed.
    """
    row = enter(case, Action.ASK, actor=actor, at=at, version=version)
    text = required(question, row.action, Requirement.QUESTION)
    if actor.user_id is None:
        raise MissingRequirement(row.action, Requirement.QUESTION)
    asked = Question(
        submission_id=case.id,
        asked_by_id=actor.user_id,
        text=text,
        asked_at=at,
        expires_at=calendar().deadline(at, REPLY_DAYS),
    )
    db.session.add(asked)
    db.session.flush()  # need the id
    raw = tokens.issue(TokenPurpose.ANSWER_QUESTION, asked.id, at, asked.expires_at - at)
    case.resume_status = case.status
    case.paused_at = at
    events.record(
        case,
        row.action,
        actor=actor,
        at=at,
        to_status=row.target,
        data={"question_id": asked.id},
        notice_data=outbox.sealed(seal, raw),
    )
    return asked


def open_question(case: Submission) -> Question | None:
    """Return the question the reporter has not answered yet."""
    return db.session.scalar(
        select(Question)
        .where(Question.submission_id == case.id, Question.replied_at.is_(None))
        .order_by(Question.id.desc())
        .limit(1)
    )


def reply(
    case: Submission,
    *,
    text: str,
    attachments: Sequence[Attachment] = (),
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Question:
    """Answer the open question; the case goes on where it was, its deadline later by the days of waiting."""
    row = enter(case, Action.REPLY, actor=actor, at=at, version=version)
    words = required(text, row.action, Requirement.TEXT)
    question = open_question(case)
    if question is None:
        raise TransitionNotAllowed(case.status, row.action)
    at = reporter_time(case, at)
    question.reply = words
    question.replied_at = at
    _resume_clock(case, at)
    target, case.resume_status = case.resume_status or Status.IN_REVIEW, None
    event = events.record(
        case, row.action, actor=actor, at=at, to_status=target, data={"question_id": question.id}
    )
    append_files(case, attachments, Purpose.REPLY, event_id=event.id, by_reporter=True)
    return question


def _resume_clock(case: Submission, at: datetime) -> None:
    if case.due_at is not None and case.paused_at is not None:
        moved = calendar().moved(case.due_at, case.paused_at, at)
        if moved != case.due_at:
            case.due_at, case.escalated = moved, 0
    case.paused_at = None


def expire(case: Submission, *, actor: Actor = CLOCK, at: datetime, version: int | None = None) -> None:
    """Close a case whose question stayed open too long. The reporter may object."""
    row = enter(case, Action.EXPIRE, actor=actor, at=at, version=version)
    question = open_question(case)
    if question is not None and question.expires_at > at:
        raise TransitionNotAllowed(case.status, row.action)
    case.reason_code = ReasonCode.NOT_ENOUGH_INFORMATION
    stop_clock(case)
    case.resume_status = None
    case.closed_at = at
    case.contest_until = at + CONTEST_PERIOD
    events.record(
        case,
        row.action,
        actor=actor,
        at=at,
        to_status=row.target,
        data={"question_id": None if question is None else question.id},
    )


def assign(
    case: Submission,
    *,
    agency_id: int | None,
    category_id: int | None = None,
    officer_id: int | None = None,
    priority: int | None = None,
    advised: bool = True,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Give a case to the agency that answers it: its answer clock starts. It counts as verified.

    `priority` is a value of `Priority`, None leaves it as it is. Whoever is `advised` saw what the
    desk suggests for this very case, so it counts whether they kept it.
    """
    row = enter(case, Action.ASSIGN, actor=actor, at=at, version=version)
    category = the_category(category_id if category_id is not None else case.category_id, row.action)
    agency = the_agency(agency_id, row.action, Requirement.AGENCY)
    suggested = routing.suggestion_now(case) if advised else None
    case.category_id, case.agency_id = category.id, agency.id
    db.session.expire(case, ["category", "agency"])
    seat(case, officer_id, at=at)
    if suggested is not None:
        routing.note_outcome(case, suggested, agency_id=agency.id, category_id=category.id, at=at)
    data = {"agency_id": agency.id, "category_id": category.id}
    if priority is not None and priority != case.priority:
        case.priority = data["priority"] = Priority(priority).value
    _mark_verified(case, at)
    case.assigned_at = case.assigned_at or at
    start_clock(case, at, answer_days(case))
    events.record(
        case,
        row.action,
        actor=actor,
        at=at,
        to_status=row.target,
        data=data,
    )
    if case.kind in PROPOSALS:
        readiness.refresh(case, at=at)  # what the city owes has an agency now


def take(
    case: Submission,
    *,
    officer_id: int | None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Choose who in the agency has the case, or nobody."""
    enter_standing(case, Action.TAKE, actor=actor, at=at, version=version)
    if case.agency_id is None:
        raise MissingRequirement(Action.TAKE, Requirement.AGENCY)
    if officer_id != case.officer_id:
        case.later_until = None  # put off by somebody else
    seat(case, officer_id, at=at)
    events.record(case, Action.TAKE, actor=actor, at=at, public=False, data={"officer_id": case.officer_id})


def hand_over(
    case: Submission,
    *,
    agency_id: int | None,
    reason: str,
    officer_id: int | None = None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Pass a case on to another agency, with a reason for everybody. The clock runs on."""
    row = enter(case, Action.HAND_OVER, actor=actor, at=at, version=version)
    agency = the_agency(agency_id, row.action, Requirement.OTHER_AGENCY)
    if agency.id == case.agency_id:
        raise MissingRequirement(row.action, Requirement.OTHER_AGENCY)
    words = required(reason, row.action, Requirement.REASON)
    data: dict[str, object] = {"from_agency_id": case.agency_id, "agency_id": agency.id}
    before, case.agency_id = case.agency_id, agency.id
    db.session.expire(case, ["agency"])
    readiness.follow(case, before)
    seat(case, officer_id, at=at)
    case.handovers += 1
    data |= state(case, row.action, words, by_reporter=False, at=at)
    events.record(case, row.action, actor=actor, at=at, to_status=row.target, data=data)


def withdraw(case: Submission, *, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Take a submission back. The public reads its text no more; what was merged into it goes on."""
    row = enter(case, Action.WITHDRAW, actor=actor, at=at, version=version)
    at = reporter_time(case, at)
    stop_clock(case)
    case.resume_status = None
    case.closed_at = at
    events.record(case, row.action, actor=actor, at=at, to_status=row.target)
    merging.release_followers(case, at=at)


def review(case: Submission, *, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Look again at a deferred case; it is verified anew within the usual days."""
    row = enter(case, Action.REVIEW, actor=actor, at=at, version=version)
    start_clock(case, at, VERIFY_DAYS)
    case.closed_at = case.contest_until = case.review_on = case.reason_code = None
    events.record(case, row.action, actor=actor, at=at, to_status=row.target)
