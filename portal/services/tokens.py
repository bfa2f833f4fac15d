"""Scoped tokens: a link in a mail that may do one thing to one row, once."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from portal.core.database import db
from portal.core.tokens import digest, new_token
from portal.models import ScopedToken, TokenPurpose


def issue(purpose: TokenPurpose, subject_id: int, at: datetime, lifetime: timedelta) -> str:
    """Return a new raw token; only its digest is stored."""
    raw = new_token()
    db.session.add(
        ScopedToken(
            token_hash=digest(raw),
            purpose=purpose,
            subject_id=subject_id,
            created_at=at,
            expires_at=at + lifetime,
        )
    )
    return raw


def peek(raw: str, purpose: TokenPurpose, at: datetime) -> int | None:
    """Return the row a good token may act on, without using it up."""
    query = select(ScopedToken.subject_id).where(
        ScopedToken.token_hash == digest(raw),
        ScopedToken.purpose == purpose,
        ScopedToken.used_at.is_(None),
        ScopedToken.expires_at > at,
    )
    return db.session.scalar(query)


def issued_at(raw: str) -> datetime | None:
    """Return when a token was issued; None where there is none."""
    return db.session.scalar(select(ScopedToken.created_at).where(ScopedToken.token_hash == digest(raw)))


def redeem(raw: str, purpose: TokenPurpose, at: datetime) -> int | None:
    """Use a token up and return the row it may act on; None when it is no good (any more)."""
    used = (
        update(ScopedToken)
        .where(
            ScopedToken.token_hash == digest(raw),
            ScopedToken.purpose == purpose,
            ScopedToken.used_at.is_(None),
            ScopedToken.expires_at > at,
        )
        .values(used_at=at)
        .returning(ScopedToken.subject_id)
    )
    return db.session.scalar(used)


def void(purpose: TokenPurpose, subject_id: int, at: datetime) -> None:
    """Use up every token of a purpose for a row, so that none of the mailed links works any more."""
    db.session.execute(
        update(ScopedToken)
        .where(
            ScopedToken.purpose == purpose,
            ScopedToken.subject_id == subject_id,
            ScopedToken.used_at.is_(None),
        )
        .values(used_at=at)
    )


#: How long an expired link still gets an explanation.
KEPT_AFTER = timedelta(days=30)


def forget_expired(at: datetime) -> None:
    """Delete the tokens that expired more than a month ago (until then a late click gets an explanation)."""
    db.session.execute(delete(ScopedToken).where(ScopedToken.expires_at < at - KEPT_AFTER))
