"""What people may do with their own words: change them for a while, take them back at any time."""

from datetime import datetime

from sqlalchemy import delete, update

from portal.core.database import db
from portal.core.text import normalise, screen, visible_length
from portal.models import Comment, CommentState, CommentVersion, CommentVote, User
from portal.queries import discussion as queries
from portal.queries.discussion import Place
from portal.rules.discussion import LONGEST, SHORTEST, Closing, first_state, handles, may_edit
from portal.rules.permissions import Actor
from portal.services import pages
from portal.services.discussion import states
from portal.services.discussion.errors import Blocked, DiscussionClosed, TooLate
from portal.services.discussion.writing import is_first_time
from portal.services.errors import NotPermitted


def is_own(comment: Comment, place: Place, actor: Actor) -> bool:
    """Tell whether the actor wrote it: by the account, or as the reporter of the case.

    An agency's word is the writer's own only as long as they work on the matter.
    """
    if comment.state is CommentState.DELETED:
        return False
    if comment.by_reporter:
        return place.case is not None and place.case.id in actor.reporter_of
    if comment.author_id is None or comment.author_id != actor.user_id:
        return False
    return comment.agency_id is None or handles(actor, comment.agency_id)


def edit(comment: Comment, text: str, place: Place, *, actor: Actor, user: User | None, at: datetime) -> None:
    """Change the words within the first 15 minutes; what everybody read before stays readable.

    The new words are screened anew and may have to wait. Raises NotPermitted, TooLate, DiscussionClosed and
    Blocked.
    """
    states.hold_row(comment)
    if not is_own(comment, place, actor):
        raise NotPermitted
    if not may_edit(comment.state, comment.created_at, at=at):
        raise TooLate
    if user is not None and user.blocked_until is not None and user.blocked_until > at:
        raise Blocked(user.blocked_until)
    thread = queries.thread_by_id(comment.thread_id)
    if place.closing is not None or thread.closed_at is not None:
        raise DiscussionClosed(place.closing or Closing.STAFF)
    text = normalise(text)
    if visible_length(text) < SHORTEST or len(text) > LONGEST:
        raise ValueError("a comment has 2 visible letters and 2,000 characters at most")
    if text == comment.body:
        return
    if comment.published_at is not None:
        db.session.add(
            CommentVersion(comment_id=comment.id, number=comment.version, body=comment.body, replaced_at=at)
        )
        comment.version += 1
        comment.edited_at = at
    comment.body = text
    codes = sorted(str(code) for code in screen(text))
    comment.screen_codes = ",".join(codes)
    state = first_state(
        codes,
        queries.premoderation_of(place),
        first_timer=is_first_time(None if comment.by_reporter else user, thread, but=comment.id),
        official=comment.agency_id is not None,
    )
    if state is comment.state:
        db.session.flush()
        pages.touch()
    else:
        states.move(comment, state, at=at)


def withdraw(comment: Comment, place: Place, *, actor: Actor, at: datetime) -> None:
    """Delete one's own comment: words, name, earlier wordings and votes go; replies stay below a mark.

    What moderation hid stays until it is settled. Raises NotPermitted.
    """
    states.hold_row(comment)
    if not is_own(comment, place, actor) or comment.state is CommentState.HIDDEN:
        raise NotPermitted
    _empty(comment, at=at)


def erase(comment: Comment, *, at: datetime) -> None:
    """Delete a comment of an account that is erased, a hidden one too."""
    states.hold_row(comment)
    _empty(comment, at=at)


def _empty(comment: Comment, *, at: datetime) -> None:
    comment.body = comment.author_name = comment.screen_codes = ""
    comment.author_id = comment.agency_id = comment.edited_at = None
    comment.by_reporter = False
    comment.helpful_count = 0
    # the same words may be said again
    comment.idempotency_hash = f"deleted:{comment.token}"
    db.session.execute(delete(CommentVersion).where(CommentVersion.comment_id == comment.id))
    db.session.execute(delete(CommentVote).where(CommentVote.comment_id == comment.id))
    states.move(comment, CommentState.DELETED, at=at)


def forget_author(user_id: int) -> None:
    """Let the comments of an account stand without name and account: the account is erased."""
    mine = update(Comment).where(Comment.author_id == user_id)
    db.session.execute(
        mine.values(author_id=None, author_name="").execution_options(synchronize_session="fetch")
    )
    pages.touch()
