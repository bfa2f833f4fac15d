"""Signed-in sessions: rows on the server, so that signing out really ends them."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlalchemy.exc import OperationalError

from portal.core.database import db, writing
from portal.core.tokens import digest, new_token
from portal.models import SignInMethod, User, UserSession


def start(
    user: User,
    *,
    at: datetime,
    hours: int,
    method: SignInMethod = SignInMethod.PASSWORD,
    device: str = "",
    second: bool = False,
) -> str:
    """Open a session of that many hours and return its token. `device` says in words what it runs on.

    `second`: the second factor was given too.
    """
    token = new_token()
    db.session.add(
        UserSession(
            token_hash=digest(token),
            user=user,
            created_at=at,
            expires_at=at + timedelta(hours=hours),
            seen_at=to_the_hour(at),
            proved_at=at,
            method=method,
            second_factor=second,
            device=device[:60],
        )
    )
    db.session.execute(delete(UserSession).where(UserSession.expires_at < at))
    return token


def to_the_hour(at: datetime) -> datetime:
    """Return the hour of a moment: enough to recognise one's own telephone by, and no record of a day."""
    return at.replace(minute=0, second=0, microsecond=0)


def see(token: str, *, at: datetime) -> None:
    """Note that a session is used, in a transaction of its own: the one of a page is rolled back.

    Call it when no other is open. Of many at once the first writes, and a busy database is left alone.
    """
    hour = to_the_hour(at)
    unseen = (
        update(UserSession)
        .where(
            UserSession.token_hash == digest(token),
            or_(UserSession.seen_at.is_(None), UserSession.seen_at < hour),
        )
        .values(seen_at=hour)
    )
    with suppress(OperationalError), writing(), db.engine.begin() as connection:
        connection.execute(unseen)


def prove(token: str, *, at: datetime) -> None:
    """Note that the browser of this session just proved who it is."""
    db.session.execute(
        update(UserSession).where(UserSession.token_hash == digest(token)).values(proved_at=at)
    )


def end(token: str) -> None:
    """Close the session with that token."""
    db.session.execute(delete(UserSession).where(UserSession.token_hash == digest(token)))


def end_all(user: User, *, except_token: str | None = None) -> None:
    """Close every session of a user (a changed password ends the others)."""
    query = delete(UserSession).where(UserSession.user_id == user.id)
    if except_token is not None:
        query = query.where(UserSession.token_hash != digest(except_token))
    db.session.execute(query)
