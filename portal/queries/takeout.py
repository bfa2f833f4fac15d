"""Everything that is kept of one person, section by section, for the file that they can take with them.

Nothing of anybody else is in it beyond what the public page says. Every section is read in bounded parts, so
a long life in the portal takes no more memory than a short one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select

from portal.core.database import db, let_go
from portal.core.sealing import Seal
from portal.models import (
    AccessLog,
    Answer,
    Attachment,
    Comment,
    CommentVersion,
    CommentVote,
    Consultation,
    ConsultationAnswer,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationResponse,
    Draft,
    DraftOwner,
    Event,
    Follow,
    Gathering,
    Identity,
    OutboxMessage,
    Program,
    Recipient,
    Registration,
    Submission,
    Support,
    Thread,
    User,
    UserSession,
)
from portal.queries import choices, consultations, contacts, ownership, tracking

#: Name and version of the format; a change that breaks readers raises the version.
FORMAT = "suara-takeout"
VERSION = 1

#: Rows in one question to the database.
_CHUNK = 200

Entry = dict[str, Any]


def sections(user_id: int, *, seal: Seal) -> dict[str, Callable[[], Iterator[Entry]]]:
    """Return the sections by the name of their file; each is read anew whenever it is called."""
    return {
        "account": lambda: _account(user_id, seal),
        "sessions": lambda: _rows(
            select(
                UserSession.id, UserSession.created_at, UserSession.seen_at, UserSession.device,
                UserSession.method, UserSession.expires_at,
            ).where(UserSession.user_id == user_id),
            UserSession.id,
        ),
        "cases": lambda: _cases(user_id, seal),
        "drafts": lambda: _rows(
            select(Draft.id, Draft.flow, Draft.data, Draft.created_at, Draft.updated_at)
            .join(DraftOwner, DraftOwner.draft_id == Draft.id)
            .where(DraftOwner.user_id == user_id),
            Draft.id,
        ),
        "comments": lambda: _comments(user_id),
        "votes": lambda: _rows(
            select(CommentVote.comment_id.label("id"), Comment.token, CommentVote.at)
            .join(Comment, Comment.id == CommentVote.comment_id)
            .where(CommentVote.user_id == user_id),
            CommentVote.comment_id,
        ),
        "supports": lambda: _rows(
            select(Support.id, Submission.reference, Support.created_at, Support.confirmed_at)
            .join(Submission, Submission.id == Support.submission_id)
            .where(Support.user_id == user_id, Submission.secret.is_(False)),
            Support.id,
        ),
        "follows": lambda: _rows(
            select(Follow.id, Follow.subject, Submission.reference, Program.code, Consultation.slug,
                   Follow.created_at)
            .outerjoin(
                Submission,
                (Follow.subject == "submission")
                & (Submission.id == Follow.subject_id)
                & Submission.secret.is_(False),
            )
            .outerjoin(Program, (Follow.subject == "program") & (Program.id == Follow.subject_id))
            .outerjoin(
                Consultation, (Follow.subject == "consultation") & (Consultation.id == Follow.subject_id)
            )
            .where(Follow.user_id == user_id),
            Follow.id,
        ),
        "registrations": lambda: _registrations(user_id, seal),
        "consultations": lambda: _ballots(user_id, seal),
        "mails": lambda: _mails(user_id, seal),
        "who_saw": lambda: _who_saw(user_id, seal),
    }  # fmt: skip


def _registrations(user_id: int, seal: Seal) -> Iterator[Entry]:
    query = (
        select(
            Registration.id, Gathering.slug, Gathering.title_id.label("title"), Gathering.starts_at,
            Registration.seats, Registration.state, Registration.needs, Registration.created_at,
        )
        .join(Gathering, Gathering.id == Registration.gathering_id)
        .where(Registration.user_id == user_id)
    )  # fmt: skip
    for row in _rows(query, Registration.id):
        yield row | {"needs": seal.open(row["needs"]) if row["needs"] else ""}


def plain(value: Any) -> Any:
    """Return a value as JSON knows it; moments in ISO 8601 with their offset."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value


def _entry(row: Any) -> Entry:
    return {key: plain(value) for key, value in row._mapping.items() if key != "id"}


def _rows(query: Any, key: Any) -> Iterator[Entry]:
    """Yield the rows of a query in the order of a number, a part at a time, holding nothing in between."""
    last = 0
    while True:
        part = db.session.execute(query.where(key > last).order_by(key).limit(_CHUNK)).all()
        entries = [_entry(row) for row in part]
        if not part:
            return
        last = part[-1]._mapping["id"]
        let_go()
        yield from entries


def _account(user_id: int, seal: Seal) -> Iterator[Entry]:
    user = db.session.get_one(User, user_id)
    entry = {
        "name": user.name,
        "locale": user.locale,
        "ward_code": user.ward_code,
        "created_at": plain(user.created_at),
        "route": user.route.value,
        "erase_at": plain(user.erase_at),
        "blocked_until": plain(user.blocked_until),
        "contacts": [
            {"kind": one.kind.value, "value": one.value, "preferred": one.preferred}
            for one in contacts.of_user(user_id, seal=seal)
        ],
        "news": {topic.value: pace.value for topic, pace in choices.chosen(user_id).items()},
    }
    if user.email:
        entry["contacts"].append({"kind": "email", "value": user.email, "preferred": True})
    let_go()
    yield entry


def own_case_ids(user_id: int, *, seal: Seal) -> list[int]:
    """Return the ids of the account's cases, newest first (bounded as `queries.ownership` bounds them)."""
    return ownership.owned(user_id, seal=seal)


def _cases(user_id: int, seal: Seal) -> Iterator[Entry]:
    for case_id in own_case_ids(user_id, seal=seal):
        case = db.session.get_one(Submission, case_id)
        entry = _case(case, seal)
        let_go()
        yield entry


def _case(case: Submission, seal: Seal) -> Entry:
    identity = db.session.get(Identity, case.id)
    sealed = (
        {} if identity is None else {"name": identity.name, "email": identity.email, "phone": identity.phone}
    )
    names = (
        "reference", "kind", "status", "title", "body", "place", "ward_code", "landmark", "latitude",
        "longitude", "identity_mode", "secret", "shown_name", "received_at", "answered_at", "closed_at",
        "due_at", "promised_on", "review_on", "contest_until", "support_count", "confirmed",
    )  # fmt: skip
    return {name: plain(getattr(case, name)) for name in names} | {
        "reporter": {key: seal.open(value) if value else "" for key, value in sealed.items()},
        "history": _listed(
            select(Event.at, Event.action, Event.to_status)
            .where(Event.submission_id == case.id, Event.public.is_(True))
            .order_by(Event.id)
            .limit(300)
        ),
        "answers": _listed(
            select(Answer.kind, Answer.text, Answer.published_at)
            .where(Answer.submission_id == case.id, Answer.published_at.is_not(None))
            .order_by(Answer.id)
            .limit(50)
        ),
        "questions": [
            {"text": one.text, "asked_at": plain(one.asked_at), "reply": one.reply}
            for one in [*tracking.questions(case.id), *filter(None, [tracking.open_question(case.id)])]
        ],
        "added": [
            {"action": one.action, "text": one.text, "created_at": plain(one.created_at)}
            for one in tracking.statements(case.id)
        ],
        "files": [file_name(one) for one in tracking.files(case.id)],
    }


def _listed(query: Any) -> list[Entry]:
    return [_entry(row) for row in db.session.execute(query)]


def file_name(file: Attachment) -> str:
    """Return the name of a file inside the archive: ours and random, so nothing typed becomes a path."""
    extension = {"image/webp": "webp", "application/pdf": "pdf"}.get(file.mime, "bin")
    return f"files/{file.id}-{file.token[:8]}.{extension}"


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file of the person's: its name in the archive and where its bytes lie."""

    name: str
    storage_key: str


def files(user_id: int, *, seal: Seal) -> Iterator[OwnFile]:
    """Yield the person's own files, of cases and drafts."""
    for case_id in own_case_ids(user_id, seal=seal):
        found = [OwnFile(file_name(one), one.storage_key) for one in tracking.files(case_id)]
        let_go()
        yield from found
    query = (
        select(Attachment)
        .join(DraftOwner, DraftOwner.draft_id == Attachment.draft_id)
        .where(DraftOwner.user_id == user_id)
        .order_by(Attachment.id)
        .limit(1_000)
    )
    found = [OwnFile(file_name(one), one.storage_key) for one in db.session.scalars(query)]
    let_go()
    yield from found


def _comments(user_id: int) -> Iterator[Entry]:
    query = (
        select(
            Comment.id, Comment.token, Thread.subject, Comment.body, Comment.state, Comment.author_name,
            Comment.hidden_code, Comment.hidden_reason, Comment.helpful_count, Comment.created_at,
            Comment.edited_at,
        )
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.author_id == user_id)
    )  # fmt: skip
    for entry in _rows(query, Comment.id):
        entry["earlier"] = _listed(
            select(CommentVersion.number, CommentVersion.body, CommentVersion.replaced_at)
            .join(Comment, Comment.id == CommentVersion.comment_id)
            .where(Comment.token == entry["token"])
            .order_by(CommentVersion.number)
            .limit(50)
        )
        yield entry


def ballots(user_id: int, *, seal: Seal) -> list[tuple[int, int]]:
    """Return (consultation, response) of every answer that the keyed hash of an account leads to."""
    found: list[tuple[int, int]] = []
    for consultation_id in list(db.session.scalars(select(Consultation.id).order_by(Consultation.id))):
        hashes = consultations.person_hashes(consultation_id, f"user:{user_id}", seal=seal)
        query = select(ConsultationResponse.id).where(
            ConsultationResponse.consultation_id == consultation_id,
            ConsultationResponse.person_hash.in_(hashes),
        )
        found += [(consultation_id, response_id) for response_id in db.session.scalars(query)]
    return found


def _ballots(user_id: int, seal: Seal) -> Iterator[Entry]:
    for consultation_id, response_id in ballots(user_id, seal=seal):
        consultation = db.session.get_one(Consultation, consultation_id)
        response = db.session.get_one(ConsultationResponse, response_id)
        answers = (
            select(
                ConsultationQuestion.text_id.label("question"),
                ConsultationOption.text_id.label("option"),
                ConsultationAnswer.value,
                ConsultationAnswer.text,
            )
            .join(ConsultationQuestion, ConsultationQuestion.id == ConsultationAnswer.question_id)
            .outerjoin(ConsultationOption, ConsultationOption.id == ConsultationAnswer.option_id)
            .where(ConsultationAnswer.response_id == response_id)
            .order_by(ConsultationQuestion.position, ConsultationAnswer.id)
            .limit(500)
        )
        entry = {
            "slug": consultation.slug,
            "title": consultation.title_id,
            "ward_code": response.ward_code,
            "created_at": plain(response.created_at),
            "answers": _listed(answers),
        }
        let_go()
        yield entry


def _mails(user_id: int, seal: Seal) -> Iterator[Entry]:
    """What was queued to the person: which kind and when, as the words were never kept."""
    case_ids = own_case_ids(user_id, seal=seal)
    supports = select(Support.id).where(Support.user_id == user_id)
    follows = select(Follow.id).where(Follow.user_id == user_id)
    to = OutboxMessage.recipient_kind
    query = select(
        OutboxMessage.id, OutboxMessage.kind, OutboxMessage.state, OutboxMessage.created_at,
        OutboxMessage.sent_at,
    ).where(
        or_(
            (to == Recipient.USER) & (OutboxMessage.recipient_id == user_id),
            (to == Recipient.REPORTER) & OutboxMessage.recipient_id.in_(case_ids),
            (to == Recipient.SUPPORTER) & OutboxMessage.recipient_id.in_(supports),
            (to == Recipient.FOLLOWER) & OutboxMessage.recipient_id.in_(follows),
        )
    )  # fmt: skip
    yield from _rows(query, OutboxMessage.id)


def _who_saw(user_id: int, seal: Seal) -> Iterator[Entry]:
    """When somebody opened the identity of a case, and why; officers appear as their office, not by name."""
    query = (
        select(AccessLog.id, AccessLog.at, Submission.reference, AccessLog.what, AccessLog.reason)
        .join(Submission, Submission.id == AccessLog.submission_id)
        .where(AccessLog.submission_id.in_(own_case_ids(user_id, seal=seal)))
    )
    yield from _rows(query, AccessLog.id)
