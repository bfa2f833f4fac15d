"""Whether everybody sees a comment, and the counters that follow from it.

Who may and why is decided by the callers: the author's own words in `own`, moderation in `moderation`.
"""

from datetime import datetime

from sqlalchemy import select, true, update

from portal.core.database import db
from portal.models import Comment, CommentState, HideCode, Thread
from portal.rules.discussion import is_listed
from portal.services import pages
from portal.services.discussion import telling


def hide(comment: Comment, *, code: HideCode, reason: str, at: datetime) -> bool:
    """Hide a comment with a coded reason and a sentence for all; False when it is hidden or deleted."""
    hold_row(comment)
    if comment.state not in {CommentState.PUBLISHED, CommentState.HELD}:
        return False
    comment.hidden_code, comment.hidden_reason = code, reason
    move(comment, CommentState.HIDDEN, at=at)
    return True


def restore(comment: Comment, *, at: datetime) -> bool:
    """Show a hidden comment again; False when it is not hidden."""
    hold_row(comment)
    if comment.state is not CommentState.HIDDEN:
        return False
    comment.hidden_code, comment.hidden_reason = None, ""
    move(comment, CommentState.PUBLISHED, at=at)
    return True


def publish(comment: Comment, *, at: datetime) -> bool:
    """Let a comment that waited stand; False when it does not wait (any more)."""
    hold_row(comment)
    if comment.state is not CommentState.HELD:
        return False
    move(comment, CommentState.PUBLISHED, at=at)
    return True


def hold_row(comment: Comment) -> None:
    """Read the row anew and keep it to this transaction: an author and a moderator may press at once."""
    db.session.flush()
    db.session.refresh(comment, with_for_update=True)


def move(comment: Comment, state: CommentState, *, at: datetime) -> None:
    """Put a comment (held by `hold_row`) into a state and count it where everybody counts it."""
    before = comment.state
    comment.state = state
    first = state is CommentState.PUBLISHED and comment.published_at is None
    if state is CommentState.PUBLISHED:
        comment.published_at = comment.published_at or at
    comment.listed = is_listed(
        state,
        was_public=comment.published_at is not None,
        replies=_has_replies(comment),
        hidden=comment.hidden_code,
    )
    db.session.flush()
    step = (state is CommentState.PUBLISHED) - (before is CommentState.PUBLISHED)
    if step:
        count(comment, step)
    if comment.parent_id is not None:
        _settle_parent(comment.parent_id)
    if first:
        telling.published(comment, at=at)
    pages.touch()


def count(comment: Comment, step: int) -> None:
    """Add to the counters of the thread and of the comment replied to, in the database: many write."""
    thread = update(Thread).where(Thread.id == comment.thread_id)
    db.session.execute(
        thread.values(comment_count=Thread.comment_count + step).execution_options(
            synchronize_session="fetch"
        )
    )
    if comment.parent_id is not None:
        parent = update(Comment).where(Comment.id == comment.parent_id)
        db.session.execute(
            parent.values(reply_count=Comment.reply_count + step).execution_options(
                synchronize_session="fetch"
            )
        )


def _has_replies(comment: Comment) -> bool:
    query = select(Comment.id).where(
        Comment.thread_id == comment.thread_id, Comment.parent_id == comment.id, Comment.listed.is_(true())
    )
    return db.session.scalar(query.limit(1)) is not None


def _settle_parent(parent_id: int) -> None:
    """Let the mark of a deleted comment go with the last reply below it."""
    parent = db.session.get(Comment, parent_id)
    if parent is not None and parent.state is CommentState.DELETED and not _has_replies(parent):
        parent.listed = False
