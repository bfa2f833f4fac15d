"""What waits for a moderator, and what was decided about whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import (
    Appeal,
    Comment,
    CommentState,
    ModerationAct,
    ModerationDecision,
    Report,
    ReportReason,
    Subject,
    Submission,
    Thread,
    User,
)

PAGE_SIZE = 30
#: Reports of one thing that are read one by one.
REPORTS_SHOWN = 50
#: Decisions about one person that their own page shows.
OWN_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to be decided: a comment that waits, or something reported. `since` is the oldest of it."""

    subject: Subject
    subject_id: int
    since: datetime
    reports: int


def _reported() -> Select[Subject, int, datetime, int, int]:
    """What is reported: since when, how often, and the number of the first report."""
    return (
        select(
            Report.subject, Report.subject_id, func.min(Report.created_at), func.count(),
            func.min(Report.id).label("first"),
        )
        .where(Report.closed_at.is_(None))
        .group_by(Report.subject, Report.subject_id)
    )  # fmt: skip


def reported(after: str | None = None, size: int = PAGE_SIZE) -> Page[Waiting]:
    """Return what readers reported, the longest waiting first."""
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    groups = _reported().subquery()
    first = groups.c.first
    query = select(groups)
    if cursor is not None:
        edge = cursor.values[0]
        query = query.where(first < edge if backwards else first > edge)
    query = query.order_by(first.desc() if backwards else first.asc()).limit(size + 1)
    found = [(Waiting(Subject(row[0]), *row[1:4]), row[4]) for row in db.session.execute(query)]
    page = page_of(found, size, cursor, lambda row: (row[1],))
    return Page([row[0] for row in page.items], page.next_cursor, page.previous_cursor)


def held(after: str | None = None, size: int = PAGE_SIZE) -> Page[Comment]:
    """Return the comments that wait before anybody sees them, the oldest first."""
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    query = select(Comment).where(Comment.state == CommentState.HELD)
    if cursor is not None:
        edge = cursor.values[0]
        query = query.where(Comment.id < edge if backwards else Comment.id > edge)
    query = query.order_by(Comment.id.desc() if backwards else Comment.id.asc()).limit(size + 1)
    return page_of(list(db.session.scalars(query)), size, cursor, lambda row: (row.id,))


def appeals(after: str | None = None, size: int = PAGE_SIZE) -> Page[tuple[Appeal, ModerationDecision]]:
    """Return the appeals that nobody decided, the oldest first."""
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    query = (
        select(Appeal, ModerationDecision)
        .join(ModerationDecision, ModerationDecision.id == Appeal.decision_id)
        .where(Appeal.decided_at.is_(None))
    )
    if cursor is not None:
        edge = cursor.values[0]
        query = query.where(Appeal.id < edge if backwards else Appeal.id > edge)
    query = query.order_by(Appeal.id.desc() if backwards else Appeal.id.asc()).limit(size + 1)
    rows = [(row[0], row[1]) for row in db.session.execute(query)]
    return page_of(rows, size, cursor, lambda row: (row[0].id,))


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits."""

    held: int
    reported: int
    appeals: int

    @property
    def all(self) -> int:
        """Everything together."""
        return self.held + self.reported + self.appeals


def counts() -> Counts:
    """Return how much waits of each sort."""
    held_count = select(func.count()).where(Comment.state == CommentState.HELD).scalar_subquery()
    reported_count = select(func.count()).select_from(_reported().subquery()).scalar_subquery()
    appeal_count = select(func.count()).where(Appeal.decided_at.is_(None)).scalar_subquery()
    return Counts(*db.session.execute(select(held_count, reported_count, appeal_count)).one())


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One open report; who reported is nobody's business."""

    reason: ReportReason
    words: str
    created_at: datetime


def open_reports(subject: Subject, subject_id: int) -> list[ReportRow]:
    """Return the open reports of one thing, oldest first."""
    query = select(Report.reason, Report.words, Report.created_at).where(
        Report.subject == subject, Report.subject_id == subject_id, Report.closed_at.is_(None)
    )
    return [ReportRow(*row) for row in db.session.execute(query.order_by(Report.id).limit(REPORTS_SHOWN))]


def decisions_about(subject: str, subject_id: int) -> Sequence[ModerationDecision]:
    """Return what was decided about one thing, newest first."""
    query = select(ModerationDecision).where(
        ModerationDecision.subject == subject, ModerationDecision.subject_id == subject_id
    )
    return db.session.scalars(query.order_by(ModerationDecision.id.desc()).limit(OWN_SHOWN)).all()


@dataclass(frozen=True, slots=True)
class Record:
    """How somebody has been moderated so far, in numbers."""

    published: int
    hidden: int
    warnings: int
    blocks: int


def record_of(user_id: int) -> Record:
    """Return how somebody has been moderated so far."""
    acts = dict(
        db.session.execute(
            select(ModerationDecision.act, func.count())
            .where(ModerationDecision.user_id == user_id)
            .group_by(ModerationDecision.act)
        ).all()
    )
    published = select(func.count()).where(
        Comment.author_id == user_id, Comment.state == CommentState.PUBLISHED
    )
    return Record(
        db.session.scalar(published) or 0,
        acts.get(ModerationAct.HIDE, 0),
        acts.get(ModerationAct.WARN, 0),
        acts.get(ModerationAct.BLOCK, 0),
    )


def comment(comment_id: int) -> Comment | None:
    """Return a comment in whatever state."""
    return db.session.get(Comment, comment_id)


def own_words(rows: Sequence[tuple[ModerationDecision, Appeal | None]]) -> dict[int, str]:
    """Return the words of the comments that decisions are about, by the id of the comment."""
    ids = {row.subject_id for row, _appeal in rows if row.subject == Subject.COMMENT}
    return dict(db.session.execute(select(Comment.id, Comment.body).where(Comment.id.in_(ids))).all())


def thread(thread_id: int) -> Thread:
    """Return a thread that is there, because a comment points to it."""
    return db.session.get_one(Thread, thread_id)


def case(case_id: int) -> Submission | None:
    """Return a submission in whatever state."""
    return db.session.get(Submission, case_id)


def user(user_id: int) -> User | None:
    """Return an account."""
    return db.session.get(User, user_id)


def decision(decision_id: int) -> ModerationDecision | None:
    """Return a decision."""
    return db.session.get(ModerationDecision, decision_id)


def appeal(appeal_id: int) -> Appeal | None:
    """Return an appeal."""
    return db.session.get(Appeal, appeal_id)


def of_person(user_id: int) -> list[tuple[ModerationDecision, Appeal | None]]:
    """Return the decisions about an account with their appeals, newest first, at most OWN_SHOWN."""
    query = (
        select(ModerationDecision, Appeal)
        .outerjoin(Appeal, Appeal.decision_id == ModerationDecision.id)
        .where(
            ModerationDecision.user_id == user_id,
            ModerationDecision.act.notin_([ModerationAct.DISMISS, ModerationAct.PUBLISH]),
        )
        .order_by(ModerationDecision.id.desc())
        .limit(OWN_SHOWN)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def of_case(case_id: int, comment_ids: Sequence[int] = ()) -> list[tuple[ModerationDecision, Appeal | None]]:
    """Return the decisions about a submission (and comments of its reporter), newest first."""
    concerned = (ModerationDecision.subject == Subject.SUBMISSION) & (
        ModerationDecision.subject_id == case_id
    )
    if comment_ids:
        concerned |= (ModerationDecision.subject == Subject.COMMENT) & ModerationDecision.subject_id.in_(
            comment_ids
        )
    query = (
        select(ModerationDecision, Appeal)
        .outerjoin(Appeal, Appeal.decision_id == ModerationDecision.id)
        .where(concerned, ModerationDecision.act.notin_([ModerationAct.DISMISS, ModerationAct.PUBLISH]))
        .order_by(ModerationDecision.id.desc())
        .limit(OWN_SHOWN)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def reporters_comments(case_id: int) -> list[int]:
    """Return the ids of the newest comments that a case's reporter wrote as such, at most OWN_SHOWN."""
    query = (
        select(Comment.id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Thread.subject == Subject.SUBMISSION, Thread.subject_id == case_id, Comment.by_reporter)
    )
    return list(db.session.scalars(query.order_by(Comment.id.desc()).limit(OWN_SHOWN)))
