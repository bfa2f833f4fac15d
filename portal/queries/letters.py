"""What a queued mail says and to whom, read at the moment it leaves.

The one place that joins a mail with a person. What a recipient may not know is left out here, so no
template can say it: a mail to a shielded reporter or about a secret case has no facts at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select

from portal.core.database import db
from portal.core.locale import DEFAULT
from portal.core.sealing import Seal
from portal.models import (
    Absence,
    Answer,
    Event,
    Follow,
    HideCode,
    Identity,
    IdentityMode,
    Meeting,
    OutboxMessage,
    Program,
    ProgramLink,
    ProgramUpdate,
    Question,
    ReasonCode,
    Recipient,
    Statement,
    Submission,
    Support,
    User,
)
from portal.queries import contacts, meetings, weekly
from portal.queries.weekly import Week
from portal.rules.meetings import may_see
from portal.rules.permissions import Actor, Seat, can
from portal.rules.visibility import has_page, shows_text
from portal.rules.workflow import Action

T = TypeVar("T")

#: Wanted even by those who stopped their mail: they asked for it, or their case waits for them.
ESSENTIAL = frozenset({"receipt", "question", "support_confirm", "password_reset"})

#: The summary of the week, which is about no single case.
WEEKLY = "staff_weekly"

#: What staff wrote for everybody; words of the reporter stay on the pages that know who may read them.
_STAFF_SENTENCES = frozenset({"hand_over", "hide", "unhide", "unmerge"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened, as plain values. Empty where it does not apply or is not for this recipient."""

    title: str = ""
    agency_id: int | None = None
    answer: str = ""
    statement: str = ""
    question: str = ""
    question_expires_at: datetime | None = None
    due_at: datetime | None = None
    promised_on: date | None = None
    review_on: date | None = None
    contest_until: datetime | None = None
    reason: ReasonCode | None = None
    hidden: HideCode | None = None
    institution: str = ""
    target: str = ""
    #: References of the cases that were made of this one.
    children: tuple[str, ...] = ()
    program_code: str = ""
    program_title_id: str = ""
    program_title_en: str = ""
    program_sentence: str = ""
    program_text_id: str = ""
    program_text_en: str = ""
    progress: int | None = None
    #: Of an absence: whose, until when, and how many cases it gave away.
    colleague: str = ""
    away_until: date | None = None
    count: int = 0
    #: Of a meeting: its page, and what was decided there.
    meeting_token: str = ""
    meeting_title: str = ""
    meeting_at: datetime | None = None
    decided: tuple["Decided", ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What a meeting decided on a case that the recipient may read; of a secret one only its reference."""

    reference: str
    decision: str
    owner: str
    due_on: date | None
    yours: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to tell."""

    kind: str
    action: str
    at: datetime
    facts: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it has words. `items` are newest first; more than one makes a digest."""

    address: str
    name: str
    locale: str
    to: Recipient
    #: The reference the recipient knows: of their own case, which may be merged into `case_reference`.
    reference: str
    case_reference: str
    #: Only reference and link may be said.
    bare: bool
    #: Everybody can open the page of the case.
    public_page: bool
    items: tuple[Item, ...]
    #: The scoped token of a link, opened.
    token: str = ""
    #: Opened too; empty where the mail cannot be stopped.
    stop_token: str = ""
    #: The summary of a head's week.
    week: Week | None = None

    @property
    def kind(self) -> str:
        """The folder in templates/email."""
        return "digest" if len(self.items) > 1 else self.items[0].kind


class Undeliverable(Exception):
    """There is nobody to send it to (any more); `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Person:
    address: str
    name: str
    locale: str
    own: Submission | None = None
    shielded: bool = False
    user: User | None = None


def read(lead: OutboxMessage, folded: Iterable[OutboxMessage], *, seal: Seal, at: datetime) -> Letter:
    """Return the letter of a row and of those folded into it. Raise `Undeliverable`."""
    case = None if lead.submission_id is None else db.session.get(Submission, lead.submission_id)
    person = _person(lead, seal)
    if not person.address:
        raise Undeliverable("no_address")
    if not _may_know(lead, person, case, at):
        raise Undeliverable("not_permitted")
    week = _week(lead, person, at)
    bare = _is_bare(person, case)
    newest_first = sorted([lead, *folded], key=lambda row: (row.created_at, row.id), reverse=True)
    rows = [row for row in newest_first if not _is_over(row)]
    if not rows:
        raise Undeliverable("over")
    own = person.own or case
    return Letter(
        address=person.address,
        name="" if bare else person.name,
        locale=person.locale,
        to=lead.recipient_kind,
        reference="" if own is None else own.reference,
        case_reference="" if case is None or (bare and case is not own) else case.reference,
        bare=bare,
        public_page=case is not None and has_page(case),
        items=tuple(_item(row, case, person, at, bare=bare) for row in rows),
        token=seal.open(lead.data["token"]) if lead.data.get("token") else "",
        stop_token=seal.open(lead.data["stop"]) if lead.data.get("stop") else "",
        week=week,
    )


def _week(row: OutboxMessage, person: _Person, at: datetime) -> Week | None:
    """Return the summary that a row asks for. It is gathered now: whoever is head no more gets none."""
    if row.kind != WEEKLY or person.user is None:
        return None
    found = weekly.week_of(person.user, at=at)
    if not person.user.weekly_summary:
        raise Undeliverable("stopped")
    if found.is_empty:
        raise Undeliverable("nothing_to_tell")
    return found


def to_reporter(
    case: Submission, *, kind: str, action: str, at: datetime, changes: Mapping[str, Any]
) -> Letter:
    """Return the letter that the reporter of a case would get of a step that was not taken yet.

    `changes` are the facts (fields of `Facts`) that the step will bring. It has neither address nor name:
    whoever looks ahead sees who the reporter is as little as on the page. It is written as such a mail is by
    default, in Indonesian, and its link that stops the mail leads nowhere.
    """
    shielded = case.identity_mode is IdentityMode.SHIELDED
    person = _Person("", "", DEFAULT, own=case, shielded=shielded)
    bare = _is_bare(person, case)
    facts = Facts() if bare else replace(_facts(case, None, person), **changes)
    return Letter(
        address="",
        name="",
        locale=DEFAULT,
        to=Recipient.REPORTER,
        reference=case.reference,
        case_reference=case.reference,
        bare=bare,
        public_page=has_page(case),
        items=(Item(kind, action, at, facts),),
        stop_token="pratinjau",  # noqa: S106 (opens nothing)
    )


def _person(row: OutboxMessage, seal: Seal) -> _Person:
    match row.recipient_kind:
        case Recipient.REPORTER:
            return _reporter(row, seal)
        case Recipient.SUPPORTER:
            return _supporter(row, seal)
        case Recipient.USER:
            user = db.session.get(User, row.recipient_id)
            if user is None or not user.active:
                raise Undeliverable("gone")
            return _Person(contacts.email_of(user, seal=seal), user.name, user.locale, user=user)
        case Recipient.FOLLOWER:
            return _follower(row, seal)
        case Recipient.CODE:
            raise Undeliverable("gone")


def _reporter(row: OutboxMessage, seal: Seal) -> _Person:
    identity = db.session.get(Identity, row.recipient_id)
    own = db.session.get(Submission, row.recipient_id)
    if identity is None or own is None:
        raise Undeliverable("gone")
    if identity.mail_stopped and row.kind not in ESSENTIAL:
        raise Undeliverable("stopped")
    shielded = own.identity_mode is IdentityMode.SHIELDED
    return _Person(_open(seal, identity.email), _open(seal, identity.name), identity.locale, own, shielded)


def _supporter(row: OutboxMessage, seal: Seal) -> _Person:
    support = db.session.get(Support, row.recipient_id)
    if support is None:
        raise Undeliverable("gone")
    if row.kind not in ESSENTIAL and (support.mail_stopped or support.confirmed_at is None):
        raise Undeliverable("stopped")
    if support.user_id is not None:
        user = db.session.get(User, support.user_id)
        if user is None or not user.active:
            raise Undeliverable("gone")
        return _Person(contacts.email_of(user, seal=seal), user.name, user.locale)
    return _Person(_open(seal, support.email), "", support.locale)


def _follower(row: OutboxMessage, seal: Seal) -> _Person:
    follow = db.session.get(Follow, row.recipient_id)
    user = None if follow is None else db.session.get(User, follow.user_id)
    if user is None or not user.active:
        raise Undeliverable("gone")
    return _Person(contacts.email_of(user, seal=seal), user.name, user.locale)


def _open(seal: Seal, value: str) -> str:
    return seal.open(value) if value else ""


def _may_know(row: OutboxMessage, person: _Person, case: Submission | None, at: datetime) -> bool:
    """Ask the policy again: since it was queued a role may have ended or a case become secret."""
    if case is None:
        return True
    if row.recipient_kind in {Recipient.SUPPORTER, Recipient.FOLLOWER}:
        return has_page(case)
    actor = _actor(person)
    return actor is None or can(Action.READ, actor, case, at=at)


def _is_bare(person: _Person, case: Submission | None) -> bool:
    if person.shielded or (person.own is not None and person.own.secret):
        return True
    if case is None:
        return False
    # staff read about a shielded case at the desk, where it is noted who did
    return case.secret or (person.user is not None and case.identity_mode is IdentityMode.SHIELDED)


def _is_over(row: OutboxMessage) -> bool:
    """Tell whether a draft that waited was published or given back before the daily mail left."""
    event = None if row.kind != "staff_draft" or row.event_id is None else db.session.get(Event, row.event_id)
    draft = None if event is None else _row(Answer, event.data.get("answer_id"))
    return draft is not None and (draft.published_at is not None or draft.returned_at is not None)


def _item(row: OutboxMessage, case: Submission | None, person: _Person, at: datetime, *, bare: bool) -> Item:
    event = None if row.event_id is None else db.session.get(Event, row.event_id)
    action = "" if event is None else event.action
    if row.data.get("absence_id"):
        return Item(row.kind, action, row.created_at, _absence_facts(row))
    if row.data.get("meeting_id"):
        return Item(row.kind, action, row.created_at, _meeting_facts(row, person, at))
    if bare or case is None:
        return Item(row.kind, action, row.created_at)
    return Item(row.kind, action, row.created_at, _facts(case, event, person))


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


def _meeting_facts(row: OutboxMessage, person: _Person, at: datetime) -> Facts:
    meeting = _row(Meeting, row.data["meeting_id"])
    actor = _actor(person)
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


def _decided(one: meetings.Seen, actor: Actor) -> Decided:
    yours = one.item.owner_id == actor.user_id
    if one.case.secret or one.case.identity_mode is IdentityMode.SHIELDED:
        return Decided(one.case.reference, "", "", None, yours)
    return Decided(one.case.reference, one.item.decision, one.owner, one.item.due_on, yours)


def _actor(person: _Person) -> Actor | None:
    if person.user is None:
        return None
    seats = frozenset(Seat(one.role, one.agency_id, one.publisher) for one in person.user.memberships)
    return Actor(user_id=person.user.id, seats=seats)


def _facts(case: Submission, event: Event | None, person: _Person) -> Facts:
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
