"""Reading drafts: only whoever holds the token finds one."""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.core.database import db
from portal.core.tokens import digest
from portal.models import Attachment, Draft, Submission

#: How long an untouched draft is kept.
LIFETIME = timedelta(days=30)


def by_token(token: str, flow: str, *, at: datetime, lock: bool = False) -> Draft | None:
    """Return the living draft behind the token of a signed cookie; with `lock` one request at a time."""
    query = select(Draft).where(
        Draft.token_hash == digest(token), Draft.flow == flow, Draft.updated_at > at - LIFETIME
    )
    return db.session.scalar(query.with_for_update() if lock else query)


def files(draft_id: int) -> list[Attachment]:
    """Return the files of a draft, oldest first (at most 50)."""
    query = select(Attachment).where(Attachment.draft_id == draft_id).order_by(Attachment.id).limit(50)
    return list(db.session.scalars(query))


def sent_with(idempotency_key: str) -> Submission | None:
    """Return the submission that was made with this key, if it was sent already."""
    query = select(Submission).where(Submission.idempotency_hash == digest(idempotency_key))
    return db.session.scalar(query)
