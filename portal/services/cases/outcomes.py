"""What an agency tells the citizen: answers, promises, decisions, and their drafts and later wordings."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select

from portal.core.database import db
from portal.core.text import normalise
from portal.models import (
    Answer,
    AnswerKind,
    AnswerVersion,
    Attachment,
    Event,
    Purpose,
    ReasonCode,
    Submission,
)
from portal.rules import workflow
from portal.rules.permissions import Actor, standing
from portal.rules.workflow import (
    CONTEST_PERIOD,
    OUTCOMES,
    PUBLISHES,
    Action,
    MissingRequirement,
    Requirement,
    Transition,
    Who,
)
from portal.services import events, proposals
from portal.services.cases.entering import (
    append_files,
    calendar,
    enter,
    enter_standing,
    required,
    stop_clock,
)
from portal.services.errors import NotPermitted

INSTITUTION_LENGTH = 160


def answer(case: Submission, *, text: str, actor: Actor, at: datetime, version: int | None = None) -> Answer:
    """Publish an answer."""
    row = enter(case, Action.ANSWER, actor=actor, at=at, version=version)
    words = required(text, row.action, Requirement.PUBLIC_TEXT)
    return _publish(case, row, words, _settle(case, row, at), actor=actor, at=at)[0]


def promise(
    case: Submission, *, text: str, on: date, actor: Actor, at: datetime, version: int | None = None
) -> Answer:
    """Promise work by a day (today or later); that day is the new deadline."""
    row = enter(case, Action.PROMISE, actor=actor, at=at, version=version)
    words = required(text, row.action, Requirement.PUBLIC_TEXT)
    days = calendar()
    if on < days.day_of(at):
        raise MissingRequirement(row.action, Requirement.DATE)
    facts = _settle(case, row, at)
    case.closed_at = None
    case.promised_on = on
    case.due_at = days.closing(on)
    case.due_from, case.due_days = at, None  # a day that was named, not counted
    return _publish(case, row, words, facts | {"promised_on": on.isoformat()}, actor=actor, at=at)[0]


def finish(
    case: Submission,
    *,
    text: str,
    evidence: Sequence[Attachment] = (),
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Answer:
    """Declare the matter done. Where work was ever promised this takes evidence for everybody to see."""
    row = enter(case, Action.FINISH, actor=actor, at=at, version=version)
    words = required(text, row.action, Requirement.PUBLIC_TEXT)
    if not evidence and _was_promised(case):
        raise MissingRequirement(row.action, Requirement.EVIDENCE)
    facts = _settle(case, row, at)
    case.confirmed = None
    published, event = _publish(case, row, words, facts, actor=actor, at=at)
    append_files(case, evidence, Purpose.EVIDENCE, event_id=event.id, by_reporter=False)
    return published


def _was_promised(case: Submission) -> bool:
    promised = exists().where(Event.submission_id == case.id, Event.action == Action.PROMISE.value)
    return db.session.scalar(select(promised)) is True


def accept(case: Submission, *, text: str, actor: Actor, at: datetime, version: int | None = None) -> Answer:
    """Accept a proposal: it becomes a partnership, and a package in the catalogue if it is one."""
    row = enter(case, Action.ACCEPT, actor=actor, at=at, version=version)
    words = required(text, row.action, Requirement.PUBLIC_TEXT)
    facts = _settle(case, row, at)
    case.contest_until = None  # nobody objects to a yes
    published, _ = _publish(case, row, words, facts, actor=actor, at=at)
    proposals.accept_proposal(case, actor=actor, at=at)
    return published


def decline(
    case: Submission,
    *,
    code: ReasonCode,
    text: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Answer:
    """Say no, with a coded reason and a sentence."""
    row = enter(case, Action.DECLINE, actor=actor, at=at, version=version)
    words = required(text, row.action, Requirement.PUBLIC_TEXT)
    if code not in (row.codes or frozenset(ReasonCode)):
        raise MissingRequirement(row.action, Requirement.CODE)
    facts = _settle(case, row, at)
    case.reason_code = ReasonCode(code)
    return _publish(case, row, words, facts | {"code": case.reason_code.value}, actor=actor, at=at)[0]


def defer(
    case: Submission,
    *,
    code: ReasonCode,
    text: str,
    review_on: date,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Answer:
    """Say not yet, with a coded reason and the (later) day on which it is looked at again."""
    row = enter(case, Action.DEFER, actor=actor, at=at, version=version)
    words = required(text, row.action, Requirement.PUBLIC_TEXT)
    if code not in frozenset(ReasonCode):
        raise MissingRequirement(row.action, Requirement.CODE)
    if review_on <= calendar().day_of(at):
        raise MissingRequirement(row.action, Requirement.REVIEW_DATE)
    facts = _settle(case, row, at)
    case.reason_code = ReasonCode(code)
    case.review_on = review_on
    facts |= {"code": case.reason_code.value, "review_on": review_on.isoformat()}
    return _publish(case, row, words, facts, actor=actor, at=at)[0]


def refer(
    case: Submission,
    *,
    institution: str,
    text: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Answer:
    """Say who outside the city administration it is a matter for."""
    row = enter(case, Action.REFER, actor=actor, at=at, version=version)
    whom = required(institution, row.action, Requirement.INSTITUTION).replace("\n", " ")[:INSTITUTION_LENGTH]
    words = required(text, row.action, Requirement.PUBLIC_TEXT)
    facts = _settle(case, row, at)
    case.institution = whom
    return _publish(case, row, words, facts | {"institution": whom}, actor=actor, at=at)[0]


def _settle(case: Submission, row: Transition, at: datetime) -> dict[str, Any]:
    """Stop the clock and forget the last outcome. Return what the event says of the first one.

    The first outcome is what the answer rate and the days count; a later one (after a reopening) changes
    neither.
    """
    facts: dict[str, Any] = {}
    if row.action in OUTCOMES and case.answered_at is None:
        case.answered_at = at
        case.answered_on_time = case.due_at is None or at <= case.due_at
        days = calendar()
        case.answered_in_days = days.days_spent(case.received_at, at)
        facts = {"on_time": case.answered_on_time, "days": case.answered_in_days}
        if case.due_at is not None and not case.answered_on_time:
            facts["late"] = max(1, days.days_spent(case.due_at, at))
    stop_clock(case)
    case.reason_code = case.review_on = None
    case.escalated = 0
    case.institution = ""
    case.closed_at = at
    case.contest_until = at + CONTEST_PERIOD
    return facts


def _publish(
    case: Submission, row: Transition, text: str, facts: Mapping[str, Any], *, actor: Actor, at: datetime
) -> tuple[Answer, Event]:
    """Publish the official text of a step; a draft of the same agency becomes it."""
    agency_id = _speaking_for(case, row, actor)
    published = _draft(case, agency_id) or Answer(submission_id=case.id, agency_id=agency_id, version=1)
    published.kind = PUBLISHES[row.action]
    published.text = text
    published.author_id = actor.user_id
    published.published_at = published.updated_at = at
    published.returned_at = None
    db.session.add(published)
    db.session.flush()  # need the id
    data = {"answer_id": published.id, "agency_id": agency_id, **facts}
    event = events.record(case, row.action, actor=actor, at=at, to_status=row.target, data=data)
    return published, event


def speaking_for(case: Submission, action: Action, actor: Actor) -> int | None:
    """Return the agency in whose name the actor takes a step of the case, None for the coordinator.

    Raises `TransitionNotAllowed` where the case is in no state for it.
    """
    return _speaking_for(case, workflow.row(action, case.status, case.kind), actor)


def _speaking_for(case: Submission, row: Transition, actor: Actor) -> int | None:
    in_its_name = standing(actor, case) & row.who & {Who.PUBLISHER, Who.HEAD_HERE}
    return case.agency_id if in_its_name else None


def _draft(case: Submission, agency_id: int | None) -> Answer | None:
    return db.session.scalar(
        select(Answer)
        .where(
            Answer.submission_id == case.id,
            Answer.published_at.is_(None),
            Answer.agency_id.is_(None) if agency_id is None else Answer.agency_id == agency_id,
        )
        .order_by(Answer.id.desc())
        .limit(1)
    )


def draft_answer(
    case: Submission,
    *,
    kind: AnswerKind,
    text: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Answer:
    """Keep an unpublished text for colleagues; an agency has one draft a case, the newest replaces it."""
    enter_standing(case, Action.DRAFT_ANSWER, actor=actor, at=at, version=version)
    words = required(text, Action.DRAFT_ANSWER, Requirement.TEXT)
    here = standing(actor, case) & {Who.OFFICER_HERE, Who.HEAD_HERE}
    agency_id = case.agency_id if here else None
    draft = _draft(case, agency_id) or Answer(submission_id=case.id, agency_id=agency_id, version=1)
    draft.kind = AnswerKind(kind)
    draft.text = words
    draft.author_id = actor.user_id
    draft.updated_at, draft.returned_at = at, None
    db.session.add(draft)
    db.session.flush()  # need the id
    events.record(case, Action.DRAFT_ANSWER, actor=actor, at=at, public=False, data={"answer_id": draft.id})
    return draft


def edit_answer(
    case: Submission, answer: Answer, *, text: str, actor: Actor, at: datetime, version: int | None = None
) -> Answer:
    """Reword a published answer. The old wording stays readable and everybody concerned is told.

    An agency changes its own words only. Raises `NotPermitted` for any other text.
    """
    enter_standing(case, Action.EDIT_ANSWER, actor=actor, at=at, version=version)
    if answer.submission_id != case.id or answer.published_at is None or answer.agency_id != case.agency_id:
        raise NotPermitted
    words = required(text, Action.EDIT_ANSWER, Requirement.PUBLIC_TEXT)
    if words == normalise(answer.text):
        return answer
    db.session.add(
        AnswerVersion(
            answer_id=answer.id,
            number=answer.version,
            text=answer.text,
            replaced_at=at,
            replaced_by_id=actor.user_id,
        )
    )
    answer.text = words
    answer.version += 1
    answer.updated_at = at
    data = {"answer_id": answer.id, "version": answer.version}
    events.record(case, Action.EDIT_ANSWER, actor=actor, at=at, data=data)
    return answer
