"""How an account is reached. Values come out of their seal here and nowhere in a list."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import Contact, ContactKind, Route, User

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


def by_id(contact_id: int, user_id: int, *, seal: Seal) -> Reachable | None:
    """Return one contact of an account, opened; None where it is not its (any more)."""
    row = db.session.scalar(select(Contact).where(Contact.id == contact_id, Contact.user_id == user_id))
    return None if row is None else Reachable(row.id, row.kind, seal.open(row.value), row.preferred)


def route_to(kind: ContactKind, chosen: Route) -> Route:
    """Return by which way a contact is reached: a number by the way its person chose, else by SMS."""
    if kind is ContactKind.EMAIL:
        return Route.EMAIL
    return chosen if chosen is not Route.EMAIL else Route.SMS


def phone_of(user: User, *, seal: Seal) -> str:
    """Return the number (+62...) that short messages to an account go to, or "" where it has none."""
    return _preferred(user.id, ContactKind.PHONE, seal)


def _preferred(user_id: int, kind: ContactKind, seal: Seal) -> str:
    query = select(Contact.value).where(Contact.user_id == user_id, Contact.kind == kind)
    sealed = db.session.scalar(query.order_by(Contact.preferred.desc(), Contact.id).limit(1))
    return seal.open(sealed) if sealed else ""
