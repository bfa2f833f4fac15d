"""What there is to tell of an event, an absence or a meeting."""

from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from portal.core.database import db
from portal.models import (
    Absence,
    Answer,
    Appeal,
    Event,
    IdentityMode,
    Meeting,
    ModerationDecision,
    OutboxMessage,
    Program,
    ProgramLink,
    ProgramUpdate,
    Question,
    ReasonCode,
    Statement,
    Submission,
    User,
)
from portal.queries import meetings
from portal.queries.letters import consulted, gatherings, partners, talk
from portal.queries.letters.people import Person, actor_of
from portal.queries.letters.values import Decided, Facts, Item, Undeliverable
from portal.rules.meetings import may_see
from portal.rules.permissions import Actor
from portal.rules.visibility import has_page, shows_text

T = TypeVar("T")

#: What staff wrote for everybody; words of the reporter stay on the pages that know who may read them.
_STAFF_SENTENCES = frozenset({"hand_over", "hide", "unhide", "unmerge"})


def is_over(row: OutboxMessage, at: datetime) -> bool:
    """Tell whether there is nothing to tell any more when the daily mail leaves.

    A draft that waited was published or given back; of a discussion nothing new stands.
    """
    if row.kind in talk.KINDS:
        return talk.is_over(row)
    if row.kind in gatherings.KINDS:
        return gatherings.is_over(row, at)
    event = None if row.kind != "staff_draft" or row.event_id is None else db.session.get(Event, row.event_id)
    draft = None if event is None else _row(Answer, event.data.get("answer_id"))
    return draft is not None and (draft.published_at is not None or draft.returned_at is not None)


def item_of(row: OutboxMessage, case: Submission | None, person: Person, at: datetime, *, bare: bool) -> Item:
    """Return one thing to tell, with the facts that this person may know."""
    event = None if row.event_id is None else db.session.get(Event, row.event_id)
    action = "" if event is None else event.action
    if row.data.get("absence_id"):
        return Item(row.kind, action, row.created_at, _absence_facts(row))
    if row.data.get("meeting_id"):
        return Item(row.kind, action, row.created_at, _meeting_facts(row, person, at))
    if row.kind in consulted.KINDS:
        return Item(row.kind, action, row.created_at, consulted.facts(row, person))
    if row.data.get("decision_id"):
        return Item(row.kind, action, row.created_at, Facts() if bare else _decision_facts(row))
    if row.kind in talk.KINDS and not bare:
        return Item(row.kind, action, row.created_at, talk.facts(row))
    if case is None and row.data.get("program_id"):
        return Item(row.kind, action, row.created_at, _program_facts(row))
    if row.kind in gatherings.KINDS:
        return Item(row.kind, action, row.created_at, gatherings.facts(row))
    if row.kind in partners.OF_PACKAGES:
        return Item(row.kind, action, row.created_at, partners.package(row))
    if row.kind == "business_invited":
        return Item(row.kind, action, row.created_at, partners.invitation(row))
    if row.kind == "business_licence":
        return Item(row.kind, action, row.created_at, partners.licence(row))
    if row.kind in partners.KINDS and not bare:
        return Item(row.kind, action, row.created_at, partners.facts(row, event, person))
    if bare or case is None:
        return Item(row.kind, action, row.created_at)
    facts = case_facts(case, event, person)
    return Item(row.kind, action, row.created_at, replace(facts, late=bool(row.data.get("late"))))


def _program_facts(row: OutboxMessage) -> Facts:
    program = _row(Program, row.data["program_id"])
    update = _row(ProgramUpdate, row.data.get("update_id"))
    if program is None:
        raise Undeliverable("gone")
    return Facts(
        agency_id=program.agency_id,
        program_code=program.code,
        program_title_id=program.title_id,
        program_title_en=program.title_en,
        program_text_id=update.text_id if update else "",
        program_text_en=update.text_en if update else "",
        progress=row.data.get("progress"),
    )


def _absence_facts(row: OutboxMessage) -> Facts:
    absence = _row(Absence, row.data["absence_id"])
    if absence is None:
        return Facts()
    person = db.session.get(User, absence.user_id)
    return Facts(
        colleague=person.name if person else "",
        away_until=absence.ends_on,
        count=int(row.data.get("count", 0)),
    )


def _meeting_facts(row: OutboxMessage, person: Person, at: datetime) -> Facts:
    meeting = _row(Meeting, row.data["meeting_id"])
    actor = actor_of(person)
    if meeting is None or actor is None or not may_see(actor, meeting, meetings.invited(meeting.id)):
        raise Undeliverable("not_permitted")
    return Facts(
        meeting_token=meeting.token,
        meeting_title=meeting.title,
        meeting_at=meeting.starts_at,
        decided=tuple(
            _decided(one, actor) for one in meetings.seen(meeting.id, actor, at=at) if one.readable
        ),
    )


def _decision_facts(row: OutboxMessage) -> Facts:
    """Return what a moderator decided; never the words that it was about."""
    decision = _row(ModerationDecision, row.data["decision_id"])
    if decision is None:
        return Facts()
    appeal = _row(Appeal, decision.appeal_id)
    return Facts(
        hidden=decision.code,
        statement=decision.sentence,
        blocked_until=decision.until,
        granted=None if appeal is None else appeal.granted,
    )


def _decided(one: meetings.Seen, actor: Actor) -> Decided:
    yours = one.item.owner_id == actor.user_id
    if one.case.secret or one.case.identity_mode is IdentityMode.SHIELDED:
        return Decided(one.case.reference, "", "", None, yours)
    return Decided(one.case.reference, one.item.decision, one.owner, one.item.due_on, yours)


def case_facts(case: Submission, event: Event | None, person: Person) -> Facts:
    """Return what happened to a case, as far as this person may know it."""
    data: dict[str, Any] = {} if event is None else event.data
    answer = _row(Answer, data.get("answer_id"))
    question = _row(Question, data.get("question_id"))
    statement = _row(Statement, data.get("statement_id"))
    program = _row(Program, data.get("program_id"))
    update = _row(ProgramUpdate, data.get("update_id"))
    own = person.own is not None and person.own.id == case.id
    published = answer is not None and answer.published_at is not None
    return Facts(
        # the title is the reporter's own words, so it is as public as the text
        title=case.title if own or person.user is not None or shows_text(case) else "",
        agency_id=data.get("agency_id") or (answer.agency_id if answer else None) or case.agency_id,
        answer=answer.text if answer is not None and published else "",
        statement=statement.text if statement and statement.action in _STAFF_SENTENCES else "",
        question=question.text if question is not None and own else "",
        question_expires_at=question.expires_at if question is not None and own else None,
        due_at=case.due_at,
        promised_on=case.promised_on,
        review_on=case.review_on,
        planning_year=case.planning_year if own else None,
        contest_until=case.contest_until if own else None,
        reason=ReasonCode(data["code"]) if data.get("code") in set(ReasonCode) else case.reason_code,
        hidden=case.hidden_code,
        institution=str(data.get("institution") or case.institution),
        target=_target(case, data),
        children=tuple(data.get("child_references", ())),
        program_code=program.code if program else "",
        program_title_id=program.title_id if program else "",
        program_title_en=program.title_en if program else "",
        program_sentence=_link_sentence(case, program),
        program_text_id=update.text_id if update else "",
        program_text_en=update.text_en if update else "",
        progress=data.get("progress"),
    )


def _row(table: type[T], row_id: Any) -> T | None:
    return db.session.get(table, row_id) if isinstance(row_id, int) else None


def _target(case: Submission, data: dict[str, Any]) -> str:
    """The reference that a case was merged into, unless that one is secret."""
    target = _row(Submission, data.get("target_id") or case.merged_into_id)
    return target.reference if target is not None and has_page(target) else ""


def _link_sentence(case: Submission, program: Program | None) -> str:
    if program is None:
        return ""
    query = select(ProgramLink.sentence).where(
        ProgramLink.submission_id == case.id, ProgramLink.program_id == program.id
    )
    return db.session.scalar(query) or ""
