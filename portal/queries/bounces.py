"""Addresses that mail no longer goes to."""

from sqlalchemy import select

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.text import mask_email
from portal.models import ContactKind, StoppedAddress, User
from portal.queries import contacts


def is_stopped(address: str, *, seal: Seal) -> bool:
    """Tell whether mail to an address came back for good."""
    query = select(StoppedAddress.address_hash).where(
        StoppedAddress.address_hash.in_(seal.keyed_hashes(address.lower())),
        StoppedAddress.stopped_at.is_not(None),
    )
    return db.session.scalar(query) is not None


def stopped_of(user: User, *, seal: Seal) -> list[str]:
    """Return the addresses of an account, masked, to which mail goes no more."""
    own = [user.email] if user.email else []
    own += [one.value for one in contacts.of_user(user.id, seal=seal) if one.kind is ContactKind.EMAIL]
    return [mask_email(one) for one in own if is_stopped(one, seal=seal)]
