"""Public reads of submissions. Hot lists return rows, not entities; every query asks for `listed` first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    and_,
    bindparam,
    column,
    false,
    func,
    literal_column,
    select,
    table,
    true,
    tuple_,
)
from sqlalchemy.orm import joinedload

from portal.core.database import UtcDateTime, db
from portal.core.pagination import Cursor, Page, page_of
from portal.core.text import search_query
from portal.models import (
    Answer,
    AnswerKind,
    AnswerVersion,
    Attachment,
    Event,
    Kind,
    LinkType,
    Place,
    Program,
    ProgramLink,
    ProgramStatus,
    Purpose,
    SearchDocument,
    Statement,
    Status,
    Submission,
)

PAGE_SIZE = 20
#: A count of matches beyond this is said as "more than".
COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a visitor asked for; None means anything. All values were checked against an allow-list."""

    words: str = ""
    kind: Kind | None = None
    status: Status | None = None
    ward_code: str | None = None
    category_id: int | None = None
    agency_id: int | None = None

    @property
    def any(self) -> bool:
        """Tell whether the list is narrowed at all."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """One line of a public list."""

    id: int
    reference: str
    title: str
    kind: Kind
    status: Status
    place: Place
    ward_code: str | None
    category_id: int | None
    agency_id: int | None
    received_at: datetime
    support_count: int
    promised_on: date | None
    review_on: date | None
    institution: str
    answer: str | None = None


_COLUMNS: tuple[Any, ...] = (
    Submission.id,
    Submission.reference,
    Submission.title,
    Submission.kind,
    Submission.status,
    Submission.place,
    Submission.ward_code,
    Submission.category_id,
    Submission.agency_id,
    Submission.received_at,
    Submission.support_count,
    Submission.promised_on,
    Submission.review_on,
    Submission.institution,
)


def matching(words: str) -> tuple[ColumnElement[int], ColumnElement[bool], FromClause] | None:
    """Return (id column, condition, table) that find the words, or None when nothing can be looked for.

    Both engines hold the same stems, so they find the same submissions. On SQLite the full-text table
    hands its rows out by falling id, so a common word costs no more than a rare one.
    """
    stems = search_query(words)
    if not stems:
        return None
    if db.engine.dialect.name == "sqlite":
        index = table("search_index", column("rowid", Integer), column("search_index", Text))
        wanted = " ".join(f'"{stem}"' for stem in stems)
        return index.c.rowid, index.c.search_index.op("MATCH")(wanted), index
    document: ColumnElement[Any] = literal_column(
        "search_document.words"
    )  # a column of PostgreSQL's own, see the migration
    query = func.to_tsquery(literal_column("'simple'"), " & ".join(stems))
    return (
        cast(ColumnElement[int], SearchDocument.submission_id),
        document.op("@@")(query),
        SearchDocument.__table__,
    )


def narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions of a public list: listed ones that pass every filter but the words."""
    conditions: list[ColumnElement[bool]] = [Submission.listed.is_(true())]
    for column_, wanted in (
        (Submission.kind, filters.kind),
        (Submission.status, filters.status),
        (Submission.ward_code, filters.ward_code),
        (Submission.category_id, filters.category_id),
        (Submission.agency_id, filters.agency_id),
    ):
        if wanted is not None:
            conditions.append(column_ == wanted)
    return conditions


def listed(filters: Filters, after: str | None = None, size: int = PAGE_SIZE) -> Page[SubmissionRow]:
    """Return a page of the public list, newest first. `after` is a cursor from a page before or behind."""
    if filters.words:
        return _found(filters, after, size)
    cursor = Cursor.decode(after, (int, int))
    backwards = cursor is not None and cursor.backwards
    query = select(*_COLUMNS).where(*narrowed(filters))
    if cursor is not None:
        micros = min(max(cursor.values[0], 0), 4_102_444_800_000_000)
        edge = tuple_(bindparam("edge_at", _from_micros(micros), UtcDateTime), cursor.values[1])
        pair = tuple_(Submission.received_at, Submission.id)
        query = query.where(pair > edge if backwards else pair < edge)
    order = (Submission.received_at, Submission.id)
    query = query.order_by(*(column_.asc() if backwards else column_.desc() for column_ in order))
    rows = [SubmissionRow(*row) for row in db.session.execute(query.limit(size + 1))]
    return page_of(rows, size, cursor, lambda row: (_micros(row.received_at), row.id))


def _found(filters: Filters, after: str | None, size: int) -> Page[SubmissionRow]:
    search = matching(filters.words)
    if search is None:
        return Page([])
    key, condition, index = search
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    query = (
        select(*_COLUMNS)
        .select_from(index)
        .join(Submission, Submission.id == key)
        .where(condition, *narrowed(filters))
    )
    if cursor is not None:
        query = query.where(key > cursor.values[0] if backwards else key < cursor.values[0])
    query = query.order_by(key.asc() if backwards else key.desc()).limit(size + 1)
    rows = [SubmissionRow(*row) for row in db.session.execute(query)]
    return page_of(rows, size, cursor, lambda row: (row.id,))


def count(filters: Filters) -> int:
    """Return how many submissions match, at most COUNT_CAP + 1: counting all costs more than the page."""
    query = select(Submission.id).where(*narrowed(filters))
    if filters.words:
        search = matching(filters.words)
        if search is None:
            return 0
        key, condition, index = search
        query = (
            select(Submission.id)
            .select_from(index)
            .join(Submission, Submission.id == key)
            .where(condition, *narrowed(filters))
        )
        if db.engine.dialect.name == "sqlite":
            # Without an order SQLite walks the listed submissions and asks the index about each: seconds.
            query = query.order_by(key.desc())
    capped = query.limit(COUNT_CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _from_micros(value: int) -> datetime:
    return datetime.fromtimestamp(value // 1_000_000, UTC).replace(microsecond=value % 1_000_000)


def newly_answered(size: int = 4) -> list[SubmissionRow]:
    """Return the public cases with the newest official answers, each with its newest text."""
    newest = (
        select(Answer.text)
        .where(Answer.submission_id == Submission.id, Answer.published_at.is_not(None))
        .order_by(Answer.published_at.desc(), Answer.id.desc())
        .limit(1)
        .correlate(Submission)
        .scalar_subquery()
    )
    query = (
        select(*(*_COLUMNS, newest))
        .where(Submission.listed.is_(true()), Submission.answered_at.is_not(None))
        .order_by(Submission.answered_at.desc(), Submission.id.desc())
        .limit(size)
    )
    return [SubmissionRow(*row) for row in db.session.execute(query)]


def by_reference(reference: str) -> Submission | None:
    """Return a submission with ward, category, agency and merge target; the caller asks who may see it."""
    query = (
        select(Submission)
        .where(Submission.reference == reference)
        .options(
            joinedload(Submission.ward),
            joinedload(Submission.category),
            joinedload(Submission.agency),
            joinedload(Submission.merged_into),
            joinedload(Submission.thread),
        )
    )
    return db.session.scalar(query)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A public event with the erasable words it points to (a sentence for everybody, an official text)."""

    id: int
    at: datetime
    action: str
    actor_kind: str
    from_status: Status | None
    to_status: Status | None
    data: dict[str, Any]
    statement: str
    answer_id: int | None
    answer_kind: AnswerKind | None
    answer_text: str | None
    answer_version: int | None
    answer_agency_id: int | None
    answer_published_at: datetime | None


#: More events than any honest case has; keeps the page bounded.
TIMELINE_MOST = 300


def timeline(submission_id: int) -> list[TimelineEntry]:
    """Return the public events of a case, oldest first, with their sentences and official texts.

    What the screen found in a reporter's sentence keeps it closed, like a text that was not verified.
    """
    columns: tuple[Any, ...] = (
        Event.id,
        Event.at,
        Event.action,
        Event.actor_kind,
        Event.from_status,
        Event.to_status,
        Event.data,
        func.coalesce(Statement.text, ""),
        Answer.id,
        Answer.kind,
        Answer.text,
        Answer.version,
        Answer.agency_id,
        Answer.published_at,
    )
    query = (
        select(*columns)
        .outerjoin(Statement, Statement.id == Event.data["statement_id"].as_integer())
        .outerjoin(
            Answer,
            and_(Answer.id == Event.data["answer_id"].as_integer(), Answer.published_at.is_not(None)),
        )
        .where(Event.submission_id == submission_id, Event.public.is_(true()))
        .order_by(Event.id)
        .limit(TIMELINE_MOST)
    )
    entries = [TimelineEntry(*row) for row in db.session.execute(query)]
    return [replace(entry, statement="") if entry.data.get("screened") else entry for entry in entries]


def official_answers(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    """Return the entries that published the official texts, newest first, each text once."""
    by_answer = {entry.answer_id: entry for entry in reversed(entries) if entry.answer_id is not None}
    return sorted(by_answer.values(), key=lambda entry: entry.id, reverse=True)


def answer_versions(answer_ids: Sequence[int]) -> dict[int, list[AnswerVersion]]:
    """Return the earlier wordings of these answers, newest first."""
    found: dict[int, list[AnswerVersion]] = {}
    if answer_ids:
        query = (
            select(AnswerVersion)
            .where(AnswerVersion.answer_id.in_(answer_ids))
            .order_by(AnswerVersion.answer_id, AnswerVersion.number.desc())
            .limit(100)
        )
        for version in db.session.scalars(query):
            found.setdefault(version.answer_id, []).append(version)
    return found


@dataclass(frozen=True, slots=True)
class LinkedProgram:
    """A program that a submission is linked to."""

    code: str
    title_id: str
    title_en: str
    agency_id: int
    budget: int
    progress: int
    status: ProgramStatus
    type: LinkType
    sentence: str


def programs_of(submission_id: int) -> list[LinkedProgram]:
    """Return the programs a submission is linked to, oldest link first (at most 20)."""
    query = (
        select(
            Program.code,
            Program.title_id,
            Program.title_en,
            Program.agency_id,
            Program.budget,
            Program.progress,
            Program.status,
            ProgramLink.type,
            ProgramLink.sentence,
        )
        .join(Program, Program.id == ProgramLink.program_id)
        .where(ProgramLink.submission_id == submission_id)
        .order_by(ProgramLink.id)
        .limit(20)
    )
    return [LinkedProgram(*row) for row in db.session.execute(query)]


def files(submission_id: int) -> list[Attachment]:
    """Return the files of a case that everybody may see once the case shows files (at most 40)."""
    query = (
        select(Attachment)
        .where(
            Attachment.submission_id == submission_id,
            Attachment.purpose.in_([Purpose.STORY, Purpose.PROPOSAL, Purpose.EVIDENCE]),
            Attachment.proprietary.is_(false()),
            Attachment.cleared.is_(true()),
        )
        .order_by(Attachment.id)
        .limit(40)
    )
    return list(db.session.scalars(query))
