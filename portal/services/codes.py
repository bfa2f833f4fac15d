"""One-time codes: six digits sent to a contact, which prove that it is in the hands of whoever asked.

A code works in the browser that asked for it, once, for ten minutes, for five tries. A new one voids the
older ones of the same browser and purpose.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.tokens import digest
from portal.models import CodePurpose, ContactKind, OneTimeCode, Recipient, Route
from portal.rules.contacts import TypedContact
from portal.services import bounces, outbox

LIFETIME = timedelta(minutes=10)
TRIES = 5
DIGITS = 6
#: Kind of the mail (templates/email/sign_in_code).
MAIL = "sign_in_code"


@dataclass(frozen=True, slots=True)
class Proved:
    """A contact that is in the hands of whoever entered the code."""

    contact: TypedContact
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A code that a browser may still enter."""

    contact: TypedContact
    expires_at: datetime
    tries_left: int


def request(
    contact: TypedContact,
    purpose: CodePurpose,
    *,
    browser: str,
    at: datetime,
    seal: Seal,
    locale: str,
    route: Route,
    user_id: int | None = None,
    send: bool = True,
) -> None:
    """Make a code for a contact and queue the message that brings it.

    With `send` False nothing leaves and no code can be right: whoever asked learns no difference.
    """
    hashed = digest(browser)
    db.session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.browser_hash == hashed,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
        )
        .values(used_at=at)
    )
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row = OneTimeCode(
        purpose=purpose,
        contact_kind=contact.kind,
        contact_hash=seal.keyed_hash(contact.value),
        destination=seal.seal(contact.value),
        route=route.value,
        user_id=user_id,
        browser_hash=hashed,
        code_hash=_hash(seal, hashed, code) if send else secrets.token_hex(32),
        locale=locale,
        created_at=at,
        expires_at=at + LIFETIME,
    )
    db.session.add(row)
    db.session.flush()  # need the id
    if send:
        data = outbox.sealed(seal, code)
        outbox.queue(MAIL, to=Recipient.CODE, recipient_id=row.id, at=at, data=data)


def pending(browser: str, purpose: CodePurpose, *, at: datetime, seal: Seal) -> Pending | None:
    """Return what this browser may enter a code for, or None."""
    query = select(OneTimeCode).where(
        OneTimeCode.browser_hash == digest(browser),
        OneTimeCode.purpose == purpose,
        OneTimeCode.used_at.is_(None),
        OneTimeCode.expires_at > at,
    )
    row = db.session.scalar(query.order_by(OneTimeCode.id.desc()).limit(1))
    if row is None:
        return None
    contact = TypedContact(ContactKind(row.contact_kind), seal.open(row.destination))
    return Pending(contact, row.expires_at, max(0, TRIES - row.attempts))


def enter(browser: str, purpose: CodePurpose, typed: str, *, at: datetime, seal: Seal) -> Proved | None:
    """Use a code up; None when it is wrong, old, used, or tried too often.

    Counts the try, so the caller commits whatever comes of it. The database counts: parallel guesses get no
    try more.
    """
    hashed = digest(browser)
    tried = db.session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.browser_hash == hashed,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > at,
            OneTimeCode.attempts < TRIES,
        )
        .values(attempts=OneTimeCode.attempts + 1)
        .returning(OneTimeCode.id, OneTimeCode.code_hash)
    ).first()
    code = "".join(char for char in typed if char.isdigit())
    expected = tried.code_hash if tried is not None else "-"
    if not hmac.compare_digest(_hash(seal, hashed, code), expected) or tried is None:
        return None
    used = (
        update(OneTimeCode)
        .where(OneTimeCode.id == tried.id, OneTimeCode.used_at.is_(None))
        .values(used_at=at)
        .returning(OneTimeCode.contact_kind, OneTimeCode.destination, OneTimeCode.user_id)
    )
    row = db.session.execute(used).first()
    if row is None:
        return None
    contact = TypedContact(ContactKind(row.contact_kind), seal.open(row.destination))
    bounces.lift(contact.value, seal=seal)  # what was sent there arrived
    return Proved(contact, row.user_id)


def _hash(seal: Seal, browser_hash: str, code: str) -> str:
    # Keyed: a million codes are quickly tried against a plain digest from a stolen table.
    return seal.keyed_hash(f"code:{browser_hash}:{code}")


def forget_old(at: datetime) -> None:
    """Delete codes that nobody can enter any more."""
    db.session.execute(delete(OneTimeCode).where(OneTimeCode.expires_at < at - timedelta(hours=1)))
