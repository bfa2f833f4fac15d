"""What there is to tell of a discussion, counted when the mail leaves: hidden comments are no news."""

from sqlalchemy import ColumnElement, func, or_, select

from portal.core.database import db
from portal.models import Comment, CommentState, OutboxMessage, Subject, Thread
from portal.queries import discussion
from portal.queries.discussion import Place
from portal.queries.letters.values import Facts

#: Kinds of mail about a discussion.
KINDS = frozenset({"comment_new", "comment_reply"})
#: More are said as this many.
_MOST = 99

_PAGES = {Subject.SUBMISSION: "/k/", Subject.PROGRAM: "/program/", Subject.CONSULTATION: "/konsultasi/"}


def is_over(row: OutboxMessage) -> bool:
    """Tell whether nothing is left to tell: it was hidden or deleted, or nobody may read the place."""
    return _news(row) is None


def facts(row: OutboxMessage) -> Facts:
    """Return where people talk and how many comments came since; never a word of them."""
    news = _news(row)
    if news is None:
        return Facts()
    place, path, count = news
    return Facts(talk_path=path, talk_title_id=place.title_id, talk_title_en=place.title_en, talk_count=count)


def _news(row: OutboxMessage) -> tuple[Place, str, int] | None:
    parent = _parent(row)
    thread = _thread(row, parent)
    place = None if thread is None else discussion.place_of(thread)
    if thread is None or place is None:
        return None
    came: list[ColumnElement[bool]] = [
        Comment.thread_id == thread.id,
        Comment.state == CommentState.PUBLISHED,
        Comment.published_at >= row.created_at.replace(second=0, microsecond=0),
    ]
    path = f"{_PAGES[place.subject]}{place.key}#diskusi"
    if row.kind == "comment_reply":
        if parent is None or parent.state is not CommentState.PUBLISHED:
            return None
        came.append(Comment.parent_id == parent.id)
        came.append(or_(Comment.author_id.is_(None), Comment.author_id != parent.author_id))
        path = f"/komentar/{parent.token}/balasan"
    counted = select(Comment.id).where(*came).limit(_MOST).subquery()
    count = db.session.scalar(select(func.count()).select_from(counted)) or 0
    return (place, path, count) if count else None


def _parent(row: OutboxMessage) -> Comment | None:
    comment_id = row.data.get("comment_id")
    return db.session.get(Comment, comment_id) if isinstance(comment_id, int) else None


def _thread(row: OutboxMessage, parent: Comment | None) -> Thread | None:
    if parent is not None:
        return db.session.get(Thread, parent.thread_id)
    if row.submission_id is not None:
        return discussion.thread_of(Subject.SUBMISSION, row.submission_id)
    thread_id = row.data.get("thread_id")
    return db.session.get(Thread, thread_id) if isinstance(thread_id, int) else None
