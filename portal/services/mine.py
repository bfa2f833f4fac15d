"""What a person takes up again, takes back or lets go on their own pages."""

from datetime import datetime

from sqlalchemy import delete, update

from portal.core.database import db, insert
from portal.core.tokens import digest, new_token
from portal.models import (
    Draft,
    DraftOwner,
    Follow,
    OutboxMessage,
    OutboxState,
    Recipient,
    Submission,
    Support,
    User,
)
from portal.services import pages


def own_draft(draft: Draft, user: User) -> None:
    """Let an account go on with a draft from another device. Sending ends that (`services.submissions`)."""
    row = {"draft_id": draft.id, "user_id": user.id}
    db.session.execute(insert(DraftOwner).values(row).on_conflict_do_nothing())


def take_up(draft: Draft, *, at: datetime) -> str:
    """Return a new token that opens a draft; the one in the other device's cookie opens it no more.

    Two devices that write into one draft would overwrite each other unseen.
    """
    token = new_token()
    draft.token_hash = digest(token)
    draft.updated_at = at
    return token


def withdraw_support(user: User, support_id: int) -> bool:
    """Take a support back, and its share of the counter with it; False where there is none (any more)."""
    taken = db.session.execute(
        delete(Support)
        .where(Support.id == support_id, Support.user_id == user.id)
        .returning(Support.submission_id, Support.confirmed_at)
    ).one_or_none()
    if taken is None:
        return False
    _forget_mail(Recipient.SUPPORTER, support_id)
    if taken.confirmed_at is not None:
        # By the database: others may support the case in the same moment.
        db.session.execute(
            update(Submission)
            .where(Submission.id == taken.submission_id, Submission.support_count > 0)
            .values(support_count=Submission.support_count - 1)
        )
        pages.touch()
    return True


def stop_following(user: User, follow_id: int) -> bool:
    """Follow something no more; False where it is not followed (any more)."""
    gone = db.session.scalar(
        delete(Follow).where(Follow.id == follow_id, Follow.user_id == user.id).returning(Follow.id)
    )
    if gone is not None:
        _forget_mail(Recipient.FOLLOWER, follow_id)
    return gone is not None


def _forget_mail(to: Recipient, row_id: int) -> None:
    """Let nothing leave for a row that is gone: its number may be given to somebody else's."""
    db.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.recipient_kind == to,
            OutboxMessage.recipient_id == row_id,
            OutboxMessage.state == OutboxState.QUEUED,
        )
        .values(state=OutboxState.NO_ADDRESS, last_error="gone")
    )
