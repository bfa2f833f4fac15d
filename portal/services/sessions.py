"""Signed-in sessions: rows on the server, so that signing out really ends them."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from portal.core.database import db
from portal.core.tokens import digest, new_token
from portal.models import SignInMethod, User, UserSession


def start(
    user: User,
    *,
    at: datetime,
    hours: int,
    method: SignInMethod = SignInMethod.PASSWORD,
    device: str = "",
) -> str:
    """Open a session of that many hours and return its token. `device` says in words what it runs on."""
    token = new_token()
    db.session.add(
        UserSession(
            token_hash=digest(token),
            user=user,
            created_at=at,
            expires_at=at + timedelta(hours=hours),
            seen_at=at,
            proved_at=at,
            method=method,
            device=device[:60],
        )
    )
    db.session.execute(delete(UserSession).where(UserSession.expires_at < at))
    return token


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
