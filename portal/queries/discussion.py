"""Reads of what people say under a case, a program or a consultation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, true, tuple_
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import (
    Category,
    Comment,
    CommentState,
    CommentVersion,
    CommentVote,
    Consultation,
    HideCode,
    ModerationAct,
    ModerationDecision,
    Premoderation,
    Program,
    Subject,
    Submission,
    Thread,
)
from portal.rules.discussion import Closing, Order, closing_of_case

PAGE_SIZE = 20
#: Replies that stand below their comment; the rest is a page of its own.
REPLIES_SHOWN = 3
REPLY_PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """What a discussion is about, as far as talking needs it."""

    subject: Subject
    subject_id: int
    #: What its address names: a reference, a code, a slug.
    key: str
    title_id: str
    title_en: str
    agency_id: int | None
    #: Why nobody can write, without looking at the thread.
    closing: Closing | None = None
    #: Everybody may read it.
    readable: bool = True
    premoderation: Premoderation = Premoderation.OFF
    #: The case itself, where it is one.
    case: Submission | None = None
    #: The reference that a merged case went to, where everybody may know it.
    merged_into: str = ""


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as it stands on a page. Of a hidden or deleted one neither words nor name are read."""

    id: int
    token: str
    parent_id: int | None
    by_reporter: bool
    agency_id: int | None
    author_name: str
    body: str
    state: CommentState
    hidden_code: HideCode | None
    hidden_reason: str
    helpful_count: int
    reply_count: int
    created_at: datetime
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A page of a discussion: comments, and below each its first replies."""

    comments: Page[CommentRow]
    replies: dict[int, list[CommentRow]] = field(default_factory=dict)


_COLUMNS: tuple[Any, ...] = (
    Comment.id,
    Comment.token,
    Comment.parent_id,
    Comment.by_reporter,
    Comment.agency_id,
    Comment.author_name,
    Comment.body,
    Comment.state,
    Comment.hidden_code,
    Comment.hidden_reason,
    Comment.helpful_count,
    Comment.reply_count,
    Comment.created_at,
    Comment.edited_at,
)


def _row(values: Any) -> CommentRow:
    row = CommentRow(*values)
    if row.state is CommentState.PUBLISHED:
        return row
    return CommentRow(
        row.id, row.token, row.parent_id, False, None, "", "", row.state, row.hidden_code, row.hidden_reason,
        0, row.reply_count, row.created_at, None,
    )  # fmt: skip


# --- where people talk --------------------------------------------------------------------------------


def place_of_case(case: Submission) -> Place:
    """Return the place under a case; `case.merged_into` is loaded where it is merged."""
    closing = closing_of_case(case)
    into = case.merged_into if closing is Closing.MERGED else None
    return Place(
        Subject.SUBMISSION,
        case.id,
        case.reference,
        case.title,
        case.title,
        case.agency_id,
        closing=closing,
        readable=not case.secret and closing in {None, Closing.MERGED},
        case=case,
        merged_into=into.reference if into is not None and not into.secret else "",
    )


def place_of_program(program: Program) -> Place:
    """Return the place under a program."""
    return Place(
        Subject.PROGRAM, program.id, program.code, program.title_id, program.title_en, program.agency_id
    )


def place_of_consultation(consultation: Consultation) -> Place:
    """Return the place under a consultation; before it is published there is none to read."""
    return Place(
        Subject.CONSULTATION,
        consultation.id,
        consultation.slug,
        consultation.title_id,
        consultation.title_en,
        consultation.agency_id,
        closing=Closing.ARCHIVED if consultation.archived_at is not None else None,
        readable=consultation.published_at is not None,
    )


def place_of(thread: Thread) -> Place | None:
    """Return what a thread is about; None when everybody may not read it (any more)."""
    place: Place | None = None
    match thread.subject:
        case Subject.SUBMISSION:
            query = select(Submission).where(Submission.id == thread.subject_id)
            submission = db.session.scalar(query.options(joinedload(Submission.merged_into)))
            place = None if submission is None else place_of_case(submission)
        case Subject.PROGRAM:
            program = db.session.get(Program, thread.subject_id)
            place = None if program is None else place_of_program(program)
        case Subject.CONSULTATION:
            consultation = db.session.get(Consultation, thread.subject_id)
            place = None if consultation is None else place_of_consultation(consultation)
        case Subject.COMMENT:
            place = None
    return place if place is not None and place.readable else None


def consultation_place(slug: str) -> Place | None:
    """Return the place under a consultation that everybody may read."""
    found = db.session.scalar(select(Consultation).where(Consultation.slug == slug))
    place = None if found is None else place_of_consultation(found)
    return place if place is not None and place.readable else None


def premoderation_of(place: Place) -> Premoderation:
    """Return whose comments wait here: a setting of the case's category."""
    category_id = None if place.case is None else place.case.category_id
    category = None if category_id is None else db.session.get(Category, category_id)
    return Premoderation.OFF if category is None else category.premoderation


def thread_of(subject: Subject, subject_id: int) -> Thread | None:
    """Return the thread of a subject; None where nobody wrote and nobody closed it."""
    query = select(Thread).where(Thread.subject == subject, Thread.subject_id == subject_id)
    return db.session.scalar(query)


# --- pages --------------------------------------------------------------------------------------------


def page(
    thread_id: int, order: Order = Order.NEWEST, after: str | None = None, size: int = PAGE_SIZE
) -> Talk:
    """Return a page of a discussion with the first replies below each comment, in two queries."""
    comments = _roots(thread_id, order, after, size)
    return Talk(comments, _first_replies(thread_id, comments.items))


def _cursor(after: str | None, values: int = 1) -> Cursor | None:
    """Read a cursor of that many numbers; one with a number that no column holds is none."""
    cursor = Cursor.decode(after, (int,) * values)
    return None if cursor is None or any(abs(one) >= 2**31 for one in cursor.values) else cursor


def _roots(thread_id: int, order: Order, after: str | None, size: int) -> Page[CommentRow]:
    helpful = order is Order.HELPFUL
    cursor = _cursor(after, 2 if helpful else 1)
    query = _roots_query(thread_id, order, cursor).limit(size + 1)
    rows = [_row(values) for values in db.session.execute(query)]
    return page_of(rows, size, cursor, lambda row: (row.helpful_count, row.id) if helpful else (row.id,))


def _roots_query(thread_id: int, order: Order, cursor: Cursor | None) -> Select[Any]:
    """Return the comments of a thread from a cursor on, in the direction of reading: along one index."""
    descending = (order is not Order.OLDEST) != (cursor is not None and cursor.backwards)
    columns: list[Any] = [Comment.helpful_count, Comment.id] if order is Order.HELPFUL else [Comment.id]
    query = select(*_COLUMNS).where(*_roots_of(thread_id))
    if cursor is not None:
        here, edge = tuple_(*columns), tuple_(*cursor.values)
        query = query.where(here < edge if descending else here > edge)
    # The empty parent comes first: PostgreSQL does not see that IS NULL leaves nothing to sort by it.
    order_by = [Comment.parent_id, *columns]
    return query.order_by(*(one.desc() if descending else one.asc() for one in order_by))


def _roots_of(thread_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Comment.thread_id == thread_id, Comment.parent_id.is_(None), Comment.listed.is_(true()))


def _replies_of(thread_id: int, parent_id: int) -> Select[Any]:
    query = select(Comment.id).where(
        Comment.thread_id == thread_id, Comment.parent_id == parent_id, Comment.listed.is_(true())
    )
    return query.order_by(Comment.id)


def _first_replies(thread_id: int, comments: Sequence[CommentRow]) -> dict[int, list[CommentRow]]:
    """Return the oldest replies of each comment. They are numbered along the index, without their rows."""
    parents = [row.id for row in comments if row.reply_count]
    if not parents:
        return {}
    number = func.row_number().over(partition_by=Comment.parent_id, order_by=Comment.id).label("number")
    numbered = (
        select(Comment.id, number)
        .where(Comment.thread_id == thread_id, Comment.parent_id.in_(parents), Comment.listed.is_(true()))
        .subquery()
    )
    # written out, so that a prepared plan knows how few they are
    first = select(numbered.c.id).where(numbered.c.number <= literal_column(str(REPLIES_SHOWN)))
    query = select(*_COLUMNS).where(Comment.id.in_(first)).order_by(Comment.id)
    found: dict[int, list[CommentRow]] = {}
    for values in db.session.execute(query):
        row = _row(values)
        found.setdefault(row.parent_id or 0, []).append(row)
    return found


def replies(comment: Comment, after: str | None = None, size: int = REPLY_PAGE_SIZE) -> Page[CommentRow]:
    """Return a page of the replies to a comment, oldest first."""
    cursor = _cursor(after)
    backwards = cursor is not None and cursor.backwards
    query = select(*_COLUMNS).where(
        Comment.thread_id == comment.thread_id,
        Comment.parent_id == comment.id,
        Comment.listed.is_(true()),
    )
    if cursor is not None:
        edge = cursor.values[0]
        query = query.where(Comment.id < edge if backwards else Comment.id > edge)
    query = query.order_by(Comment.id.desc() if backwards else Comment.id.asc()).limit(size + 1)
    rows = [_row(values) for values in db.session.execute(query)]
    return page_of(rows, size, cursor, lambda row: (row.id,))


# --- one comment --------------------------------------------------------------------------------------


def by_token(token: str) -> Comment | None:
    """Return a comment in whatever state; the caller asks who may see it."""
    return db.session.scalar(select(Comment).where(Comment.token == token))


def thread_by_id(thread_id: int) -> Thread:
    """Return a thread that is there, because a comment points to it."""
    thread = db.session.get(Thread, thread_id)
    assert thread is not None
    return thread


def public(token: str) -> tuple[Comment, Place] | None:
    """Return a comment that everybody may read, with its place; None for any other."""
    found = listed(token)
    return found if found is not None and found[0].state is CommentState.PUBLISHED else None


def listed(token: str) -> tuple[Comment, Place] | None:
    """Return a comment that stands on a page everybody may read, if only as a mark; None for any other.

    A reply to a comment that waits or vanished vanished with it.
    """
    comment = by_token(token)
    if comment is None or not comment.listed:
        return None
    parent = None if comment.parent_id is None else db.session.get(Comment, comment.parent_id)
    if parent is not None and not parent.listed:
        return None
    place = place_of(thread_by_id(comment.thread_id))
    return None if place is None else (comment, place)


def row_of(comment: Comment) -> CommentRow:
    """Return a comment as a page shows it."""
    return _row(tuple(getattr(comment, column.key) for column in _COLUMNS))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a comment stands: on the page of the thread or of the replies to `root`, after a cursor."""

    root: str | None
    cursor: str | None


def spot_of(comment: Comment) -> Spot:
    """Return where a listed comment stands (newest first; replies oldest first)."""
    if comment.parent_id is None:
        newer = select(Comment.id).where(*_roots_of(comment.thread_id), Comment.id > comment.id)
        return Spot(None, _before(newer.order_by(Comment.id), PAGE_SIZE, comment.id + 1))
    parent = db.session.get(Comment, comment.parent_id)
    assert parent is not None
    older = _replies_of(comment.thread_id, parent.id).where(Comment.id < comment.id)
    if _count(older, REPLIES_SHOWN) < REPLIES_SHOWN:
        return spot_of(parent)
    return Spot(parent.token, _before(older, REPLY_PAGE_SIZE, comment.id - 1))


def _before(query: Select[Any], size: int, edge: int) -> str | None:
    """Return the cursor of the page that begins with a comment, or None where the first page shows it."""
    return None if _count(query, size) < size else Cursor((edge,)).encode()


def _count(query: Select[Any], most: int) -> int:
    return db.session.scalar(select(func.count()).select_from(query.limit(most).subquery())) or 0


def versions(comment_id: int) -> list[CommentVersion]:
    """Return the earlier wordings of a comment, newest first (15 minutes make no long list)."""
    query = select(CommentVersion).where(CommentVersion.comment_id == comment_id)
    return list(db.session.scalars(query.order_by(CommentVersion.number.desc()).limit(100)))


def found_helpful(comment_id: int, user_id: int) -> bool:
    """Tell whether somebody found a comment helpful."""
    return db.session.get(CommentVote, (comment_id, user_id)) is not None


def has_written(author_id: int, *, but: int = 0, published: bool = False) -> bool:
    """Tell whether an account wrote a comment before (beside the one with the id `but`)."""
    query = select(Comment.id).where(Comment.author_id == author_id, Comment.id != but)
    if published:
        query = query.where(Comment.state == CommentState.PUBLISHED)
    return db.session.scalar(query.limit(1)) is not None


def block_reason(user_id: int) -> str:
    """Return the sentence of the newest block of an account, for the account itself."""
    query = select(ModerationDecision.sentence).where(
        ModerationDecision.user_id == user_id, ModerationDecision.act == ModerationAct.BLOCK
    )
    return db.session.scalar(query.order_by(ModerationDecision.id.desc()).limit(1)) or ""


def reporter_has_spoken(thread_id: int, *, but: int = 0) -> bool:
    """Tell whether the reporter, speaking as such, has a published comment here (beside `but`)."""
    query = select(Comment.id).where(
        Comment.thread_id == thread_id,
        Comment.by_reporter.is_(true()),
        Comment.state == CommentState.PUBLISHED,
        Comment.id != but,
    )
    return db.session.scalar(query.limit(1)) is not None


def by_reporter(thread_id: int, size: int = 50) -> list[Comment]:
    """Return what the reporter said here as such, newest first, in whatever state, for the reporter only."""
    query = select(Comment).where(Comment.thread_id == thread_id, Comment.by_reporter.is_(true()))
    return list(db.session.scalars(query.order_by(Comment.id.desc()).limit(size)))


def written_by(author_id: int, after: str | None = None, size: int = 30) -> Page[Comment]:
    """Return a page of what an account wrote, newest first, in whatever state (deleted ones are nobody's)."""
    cursor = _cursor(after)
    backwards = cursor is not None and cursor.backwards
    query = select(Comment).where(Comment.author_id == author_id)
    if cursor is not None:
        query = query.where(Comment.id > cursor.values[0] if backwards else Comment.id < cursor.values[0])
    query = query.order_by(Comment.id.asc() if backwards else Comment.id.desc()).limit(size + 1)
    return page_of(list(db.session.scalars(query)), size, cursor, lambda row: (row.id,))
