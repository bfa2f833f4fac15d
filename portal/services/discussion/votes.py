"""Finding a comment helpful: once a person, and back."""

from datetime import datetime

from sqlalchemy import delete, update

from portal.core.database import db, insert
from portal.models import Comment, CommentState, CommentVote, User
from portal.queries.discussion import Place
from portal.rules.permissions import Actor
from portal.services import pages
from portal.services.discussion.errors import Blocked
from portal.services.discussion.own import is_own
from portal.services.errors import NotPermitted


def find_helpful(comment: Comment, place: Place, *, actor: Actor, at: datetime) -> bool:
    """Count the actor's word for a comment; False when it was counted before.

    Raises NotPermitted for one's own comment and for one that is not there to be read, and Blocked.
    """
    if actor.user_id is None or comment.state is not CommentState.PUBLISHED:
        raise NotPermitted
    if is_own(comment, place, actor) or comment.author_id == actor.user_id:
        raise NotPermitted
    user = db.session.get(User, actor.user_id)
    if user is not None and user.blocked_until is not None and user.blocked_until > at:
        raise Blocked(user.blocked_until)
    row = insert(CommentVote).values(comment_id=comment.id, user_id=actor.user_id, at=at)
    new = db.session.scalar(row.on_conflict_do_nothing().returning(CommentVote.comment_id))
    if new is None:
        return False
    _count(comment, 1)
    return True


def take_back(comment: Comment, *, actor: Actor) -> bool:
    """Take the actor's word back; False when there was none."""
    mine = delete(CommentVote).where(
        CommentVote.comment_id == comment.id, CommentVote.user_id == actor.user_id
    )
    if db.session.scalar(mine.returning(CommentVote.comment_id)) is None:
        return False
    _count(comment, -1)
    return True


def _count(comment: Comment, step: int) -> None:
    counted = update(Comment).where(Comment.id == comment.id)
    db.session.execute(
        counted.values(helpful_count=Comment.helpful_count + step).execution_options(
            synchronize_session="fetch"
        )
    )
    pages.touch()
