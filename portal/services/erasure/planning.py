"""The wish to be erased, and taking it back."""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import Recipient, TokenPurpose, User
from portal.queries import contacts
from portal.services import audit, outbox, tokens

#: How long a person may think it over, and whoever pressed in their name be stopped.
COOLING_OFF = timedelta(days=7)
#: Kinds of the mails (templates/email).
PLANNED_MAIL = "erase_planned"
DONE_MAIL = "erased"


def may_erase(user: User) -> bool:
    """Tell whether somebody can erase themselves. What staff wrote for the city is the city's record."""
    return user.citizen and not user.memberships


def plan(user: User, *, comments: bool, cases: bool, at: datetime, seal: Seal) -> None:
    """Plan the erasure of an account and tell every contact, each with a link that takes it back.

    `comments` and `cases`: the words said there go too. Planning again changes these, not the day.
    Raises ValueError for an account of staff.
    """
    if not may_erase(user):
        raise ValueError("an account of staff is closed by an admin")
    user.erase_comments, user.erase_cases = comments, cases
    if user.erase_at is not None:
        return
    user.erase_at = at + COOLING_OFF
    audit.note("erase_planned", "user", user.id, actor=None, at=at)
    for contact in contacts.of_user(user.id, seal=seal):
        raw = tokens.issue(TokenPurpose.KEEP_ACCOUNT, user.id, at, COOLING_OFF)
        outbox.queue(
            PLANNED_MAIL,
            to=Recipient.USER,
            recipient_id=user.id,
            at=at,
            data=outbox.sealed(seal, raw) | {"contact_id": contact.id},
        )


def keep(user: User, *, at: datetime) -> None:
    """Take the wish back; the mailed links work no more."""
    if user.erase_at is None:
        return
    user.erase_at = None
    user.erase_comments = user.erase_cases = False
    tokens.void(TokenPurpose.KEEP_ACCOUNT, user.id, at)
    audit.note("erase_taken_back", "user", user.id, actor=None, at=at)


def can_be_kept(raw_token: str, *, at: datetime) -> bool:
    """Tell whether a link that keeps an account is any good."""
    return tokens.peek(raw_token, TokenPurpose.KEEP_ACCOUNT, at) is not None


def keep_by_link(raw_token: str, *, at: datetime) -> bool:
    """Keep the account that a mailed link names; False for a link that is no good (any more)."""
    user_id = tokens.redeem(raw_token, TokenPurpose.KEEP_ACCOUNT, at)
    user = None if user_id is None else db.session.get(User, user_id)
    if user is None or user.erase_at is None:
        return False
    keep(user, at=at)
    return True


def due(at: datetime, limit: int = 20) -> list[int]:
    """Return the accounts whose days of thinking it over are past, those that waited longest first."""
    query = select(User.id).where(User.erase_at <= at).order_by(User.erase_at, User.id)
    return list(db.session.scalars(query.limit(limit)))
