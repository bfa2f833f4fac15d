"""Accounts: passwords, and the mailed link that sets a new one."""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import Recipient, TokenPurpose, User, UserSession
from portal.queries import contacts, people
from portal.services import outbox, sessions, tokens

#: OWASP Password Storage Cheat Sheet, second recommendation for Argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: NIST SP 800-63B: at least eight characters, no rules about which.
SHORTEST = 8
#: Longer ones would only make the server work.
LONGEST = 200
RESET_LIFETIME = timedelta(hours=1)
#: Somebody whom an admin added may read mail days later.
INVITATION_LIFETIME = timedelta(days=3)
#: Hash of somebody who has not chosen a password yet; it opens for nobody.
NO_PASSWORD = "!"  # noqa: S105 (no password at all)

_COMMON = Path(__file__).parents[1] / "data" / "reference" / "common_passwords.txt"


class Weakness(StrEnum):
    """Why a password is no good."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"


class WeakPassword(Exception):
    """The password is too easy to guess, or unusable."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness)
        self.weakness = weakness


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return _hasher.hash("nobody's password")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").casefold().split())


def _normal(password: str) -> str:
    """The same letters typed on another keyboard are the same password (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, *, email: str = "") -> Weakness | None:
    """Return what speaks against a password, or None."""
    password = _normal(password)
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    folded = password.casefold()
    if folded in _common() or folded in {email, email.partition("@")[0]} or len(set(folded)) < 3:
        return Weakness.COMMON
    return None


def hashed(password: str) -> str:
    """Return what is stored of a password."""
    return _hasher.hash(_normal(password))


def _matches(password_hash: str, password: str) -> bool:
    # An account without a password, and no account at all, cost as much time as a wrong password.
    usable = password_hash not in ("", NO_PASSWORD)
    try:
        _hasher.verify(password_hash if usable else _dummy_hash(), _normal(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return usable


def authenticate(contact: str, password: str, *, seal: Seal) -> User | None:
    """Return the active user with that contact (in canonical form) and password.

    An unknown contact, a closed account and a wrong password take the same time and say the same: nothing.
    """
    user = people.by_email(contact)
    if user is None:
        user = contacts.holder(contact, seal=seal)
    right = _matches(user.password_hash if user is not None else NO_PASSWORD, password)
    if user is None or not right or not user.active:
        return None
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = hashed(password)
    return user


def knows_password(user: User, password: str) -> bool:
    """Tell whether this is the user's present password."""
    return _matches(user.password_hash, password)


def set_password(user: User, password: str, *, at: datetime, keep_session: str | None = None) -> None:
    """Set a password, end the user's sessions (but the one with that token) and void mailed links.

    Raise `WeakPassword`.
    """
    found = weakness(password, email=user.email or "")
    if found is not None:
        raise WeakPassword(found)
    user.password_hash = hashed(password)
    sessions.end_all(user, except_token=keep_session)
    tokens.void(TokenPurpose.RESET_PASSWORD, user.id, at)


def send_reset(user: User, *, at: datetime, seal: Seal, lifetime: timedelta = RESET_LIFETIME) -> None:
    """Queue the mail with a link that sets a new password once."""
    raw = tokens.issue(TokenPurpose.RESET_PASSWORD, user.id, at, lifetime)
    data = outbox.sealed(seal, raw)
    outbox.queue("password_reset", to=Recipient.USER, recipient_id=user.id, at=at, data=data)


def request_reset(email: str, *, at: datetime, seal: Seal) -> None:
    """Send the link if there is such an account; whoever asks never learns whether there is."""
    user = people.by_email(email)
    if user is not None and user.active:
        send_reset(user, at=at, seal=seal)


def may_reset(raw: str, *, at: datetime) -> User | None:
    """Return whose password a link may set, without using it up."""
    return _active(tokens.peek(raw, TokenPurpose.RESET_PASSWORD, at))


def reset(raw: str, password: str, *, at: datetime) -> User | None:
    """Set the password that a link is for and use the link up; None if it is no good (any more).

    Raise `WeakPassword`, which leaves the link good.
    """
    user = may_reset(raw, at=at)
    if user is None:
        return None
    found = weakness(password, email=user.email or "")
    if found is not None:
        raise WeakPassword(found)
    user = _active(tokens.redeem(raw, TokenPurpose.RESET_PASSWORD, at))
    if user is not None:
        set_password(user, password, at=at)
    return user


def _active(user_id: int | None) -> User | None:
    user = None if user_id is None else people.by_id(user_id)
    return user if user is not None and user.active else None


def set_locale(user: User, locale: str) -> None:
    """Choose the language of the user's mail."""
    user.locale = locale


def set_weekly_summary(user: User, wanted: bool) -> None:
    """Choose whether the user gets the summary of the week by mail."""
    user.weekly_summary = wanted


def end_session(user: User, session_id: int) -> None:
    """Close one of the user's own sessions."""
    db.session.execute(
        delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == user.id)
    )
