"""What is an account's own: cases, drafts, supports, follows, and what waits for its person.

Cases are found by the keyed hash of their owner, so no row here joins a case with a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.core.sealing import Seal
from portal.models import (
    Consultation,
    Draft,
    DraftOwner,
    Follow,
    IdentityMode,
    Kind,
    Ownership,
    Program,
    Question,
    Status,
    Subject,
    Submission,
    Support,
)
from portal.queries import drafts
from portal.queries.ownership import owner_name

PAGE_SIZE = 20
#: Of what waits, more than this is said in the list itself.
WAITING_MOST = 10
#: Beyond this a count says "more than".
COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One of the account's own cases, whoever else may read it."""

    id: int
    reference: str
    title: str
    kind: Kind
    status: Status
    agency_id: int | None
    received_at: datetime
    promised_on: date | None
    review_on: date | None
    institution: str
    secret: bool
    shielded: bool
    hidden: bool


_CASE: tuple[Any, ...] = (
    Submission.id,
    Submission.reference,
    Submission.title,
    Submission.kind,
    Submission.status,
    Submission.agency_id,
    Submission.received_at,
    Submission.promised_on,
    Submission.review_on,
    Submission.institution,
    Submission.secret,
    Submission.identity_mode == IdentityMode.SHIELDED,
    Submission.hidden_code.is_not(None),
)


def _owned(user_id: int, seal: Seal) -> ColumnElement[bool]:
    return and_(
        Ownership.submission_id == Submission.id,
        Ownership.owner_hash.in_(seal.keyed_hashes(owner_name(user_id))),
    )


def _page_by_id(query: Any, key: Any, after: str | None, size: int, make: Any) -> Page[Any]:
    """Cut a query into pages by a row's id, newest first."""
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        query = query.where(key > cursor.values[0] if backwards else key < cursor.values[0])
    query = query.order_by(key.asc() if backwards else key.desc()).limit(size + 1)
    rows = [make(*row) for row in db.session.execute(query)]
    return page_of(rows, size, cursor, lambda row: (row.id,))


def cases(user_id: int, *, seal: Seal, after: str | None = None, size: int = PAGE_SIZE) -> Page[OwnCase]:
    """Return a page of the account's cases, newest first; secret and hidden ones too."""
    query = select(*_CASE).join(Ownership, _owned(user_id, seal))
    return _page_by_id(query, Submission.id, after, size, OwnCase)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question of the city that only the reporter can answer, and its last day."""

    reference: str
    title: str
    question: str
    expires_at: datetime


def questions(user_id: int, *, seal: Seal, limit: int = WAITING_MOST) -> list[Waiting]:
    """Return the open questions to the account, those that expire first at the top."""
    query = (
        select(Submission.reference, Submission.title, Question.text, Question.expires_at)
        .join(Ownership, _owned(user_id, seal))
        .join(Question, Question.submission_id == Submission.id)
        .where(Submission.status == Status.NEEDS_INFO, Question.replied_at.is_(None))
        .order_by(Question.expires_at, Question.id)
        .limit(limit)
    )
    return [Waiting(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A case that is said to be done; `until` is the last moment to say that it is not."""

    reference: str
    title: str
    until: datetime | None


def to_confirm(user_id: int, *, seal: Seal, at: datetime, limit: int = WAITING_MOST) -> list[ToConfirm]:
    """Return the cases whose end the account was asked to confirm, those that close first at the top."""
    query = (
        select(Submission.reference, Submission.title, Submission.contest_until)
        .join(Ownership, _owned(user_id, seal))
        .where(
            Submission.status == Status.DONE, Submission.confirmed.is_(None), Submission.contest_until > at
        )
        .order_by(Submission.contest_until, Submission.id)
        .limit(limit)
    )
    return [ToConfirm(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class OwnDraft:
    """Something begun and not sent."""

    id: int
    flow: str
    data: dict[str, Any]
    updated_at: datetime

    @property
    def text(self) -> str:
        """The words so far."""
        return str(self.data.get("text") or self.data.get("title") or self.data.get("name") or "")


def _unsent(user_id: int, at: datetime) -> Select[Any]:
    return (
        select(Draft.id, Draft.flow, Draft.data, Draft.updated_at)
        .join(DraftOwner, DraftOwner.draft_id == Draft.id)
        .where(
            DraftOwner.user_id == user_id,
            Draft.updated_at > at - drafts.LIFETIME,
            Draft.data["sent"].as_integer().is_(None),
        )
    )


def own_drafts(
    user_id: int, *, at: datetime, after: str | None = None, size: int = PAGE_SIZE
) -> Page[OwnDraft]:
    """Return a page of the account's living drafts, newest first."""
    return _page_by_id(_unsent(user_id, at), Draft.id, after, size, OwnDraft)


def own_draft(user_id: int, draft_id: int, *, at: datetime) -> Draft | None:
    """Return one of the account's living drafts; another's does not exist here."""
    if not 0 < draft_id < 2**31:
        return None
    query = _unsent(user_id, at).where(Draft.id == draft_id).with_only_columns(Draft)
    return db.session.scalar(query)


@dataclass(frozen=True, slots=True)
class OwnSupport:
    """A case that the account supports. `title` is empty where not everybody may read it (any more)."""

    id: int
    reference: str
    title: str
    status: Status
    agency_id: int | None
    created_at: datetime


def _public_title() -> ColumnElement[str]:
    """The title where everybody may read it, as `rules.visibility.shows_text` says it; else nothing."""
    readable = and_(
        Submission.text_public, Submission.hidden_code.is_(None), Submission.status != Status.WITHDRAWN
    )
    return case((readable, Submission.title), else_="")


def supports(user_id: int, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[OwnSupport]:
    """Return a page of the cases that the account supports, newest first. Secret ones do not exist."""
    query = (
        select(
            Support.id,
            Submission.reference,
            _public_title(),
            Submission.status,
            Submission.agency_id,
            Support.created_at,
        )
        .join(Submission, Submission.id == Support.submission_id)
        .where(Support.user_id == user_id, Support.confirmed_at.is_not(None), Submission.secret.is_(false()))
    )
    return _page_by_id(query, Support.id, after, size, OwnSupport)


@dataclass(frozen=True, slots=True)
class OwnFollow:
    """Something the account follows. Names are empty where it is not for everybody (any more)."""

    id: int
    subject: Subject
    name_id: str
    name_en: str
    #: What its address is made of: a reference, a code or a slug; empty where there is no page.
    address: str
    created_at: datetime


def follows(user_id: int, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[OwnFollow]:
    """Return a page of what the account follows, newest first."""
    query = select(Follow.id, Follow.subject, Follow.subject_id, Follow.created_at).where(
        Follow.user_id == user_id
    )
    page = _page_by_id(query, Follow.id, after, size, _Followed)
    names = _names(page.items)
    items = [
        OwnFollow(
            row.id, row.subject, *names.get((row.subject, row.subject_id), ("", "", "")), row.created_at
        )
        for row in page.items
    ]
    return Page(items, page.next_cursor, page.previous_cursor)


@dataclass(frozen=True, slots=True)
class _Followed:
    id: int
    subject: Subject
    subject_id: int
    created_at: datetime


def _names(rows: Iterable[_Followed]) -> dict[tuple[Subject, int], tuple[str, str, str]]:
    """Return names and addresses of what is followed, one question to the database for each kind of it."""
    ids: dict[Subject, list[int]] = {}
    for row in rows:
        ids.setdefault(row.subject, []).append(row.subject_id)
    found: dict[tuple[Subject, int], tuple[str, str, str]] = {}
    title = _public_title()
    queries: dict[Subject, Any] = {
        Subject.SUBMISSION: select(Submission.id, title, title, Submission.reference).where(
            Submission.secret.is_(false()), Submission.id.in_(ids.get(Subject.SUBMISSION, []))
        ),
        Subject.PROGRAM: select(Program.id, Program.title_id, Program.title_en, Program.code).where(
            Program.id.in_(ids.get(Subject.PROGRAM, []))
        ),
        Subject.CONSULTATION: select(
            Consultation.id, Consultation.title_id, Consultation.title_en, Consultation.slug
        ).where(
            Consultation.published_at.is_not(None), Consultation.id.in_(ids.get(Subject.CONSULTATION, []))
        ),
    }
    for subject, query in queries.items():
        if subject in ids:
            for row_id, name_id, name_en, address in db.session.execute(query):
                found[subject, row_id] = (name_id, name_en, address)
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of each, at most COUNT_CAP + 1."""

    cases: int
    drafts: int
    supports: int
    follows: int


def counts(user_id: int, *, seal: Seal, at: datetime) -> Counts:
    """Return how many cases, drafts, supports and follows an account has, in one question."""
    case_ids = select(Submission.id).join(Ownership, _owned(user_id, seal))
    supported = (
        select(Support.id)
        .join(Submission, Submission.id == Support.submission_id)
        .where(Support.user_id == user_id, Support.confirmed_at.is_not(None), Submission.secret.is_(false()))
    )
    followed = select(Follow.id).where(Follow.user_id == user_id)
    wanted = (case_ids, _unsent(user_id, at).with_only_columns(Draft.id), supported, followed)
    columns = [
        select(func.count()).select_from(query.limit(COUNT_CAP + 1).subquery()).scalar_subquery()
        for query in wanted
    ]
    return Counts(*(int(number) for number in db.session.execute(select(*columns)).one()))
