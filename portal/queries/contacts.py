"""How an account is reached. Values come out of their seal here and nowhere in a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import Contact, ContactKind, User

#: Contacts of one account.
MOST = 10


@dataclass(frozen=True, slots=True)
class Reachable:
    """A confirmed contact, opened."""

    id: int
    kind: ContactKind
    value: str
    preferred: bool


def of_user(user_id: int, *, seal: Seal) -> list[Reachable]:
    """Return the confirmed contacts of an account: e-mail first, the preferred one of each kind first."""
    query = select(Contact).where(Contact.user_id == user_id).limit(MOST)
    rows: Sequence[Contact] = db.session.scalars(query.order_by(Contact.id)).all()
    order = {ContactKind.EMAIL: 0, ContactKind.PHONE: 1}
    rows = sorted(rows, key=lambda row: (order[row.kind], not row.preferred, row.id))
    return [Reachable(row.id, row.kind, seal.open(row.value), row.preferred) for row in rows]


def holder(value: str, *, seal: Seal) -> User | None:
    """Return whose contact this is. `value` in canonical form (lower case address, +62... number)."""
    query = select(User).join(Contact, Contact.user_id == User.id)
    return db.session.scalar(query.where(Contact.value_hash.in_(seal.keyed_hashes(value))).limit(1))


def email_of(user: User, *, seal: Seal) -> str:
    """Return the address that mail to an account goes to, or "" where it has none."""
    return user.email or _preferred(user.id, ContactKind.EMAIL, seal)


def email_by_id(contact_id: int, user_id: int, *, seal: Seal) -> str:
    """Return the address of one contact of an account, or "" where it has no such address (any more)."""
    query = select(Contact.value).where(
        Contact.id == contact_id, Contact.user_id == user_id, Contact.kind == ContactKind.EMAIL
    )
    sealed = db.session.scalar(query)
    return seal.open(sealed) if sealed else ""


def phone_of(user: User, *, seal: Seal) -> str:
    """Return the number (+62...) that short messages to an account go to, or "" where it has none."""
    return _preferred(user.id, ContactKind.PHONE, seal)


def _preferred(user_id: int, kind: ContactKind, seal: Seal) -> str:
    query = select(Contact.value).where(Contact.user_id == user_id, Contact.kind == kind)
    sealed = db.session.scalar(query.order_by(Contact.preferred.desc(), Contact.id).limit(1))
    return seal.open(sealed) if sealed else ""
