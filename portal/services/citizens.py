"""Accounts of citizens: made when a contact is proved for the first time."""

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import Contact, Support, User
from portal.queries import contacts
from portal.rules.contacts import TypedContact
from portal.services import audit
from portal.services.accounts import NO_PASSWORD


def enter(contact: TypedContact, *, at: datetime, seal: Seal, locale: str) -> User | None:
    """Return the account of a proved contact, made now where there is none; None where it is closed.

    What was supported with the contact before becomes the account's own.
    """
    user = contacts.holder(contact.value, seal=seal) or _new(contact, at=at, seal=seal, locale=locale)
    if not user.active:
        return None
    gather_supports(user, contact, seal=seal)
    return user


def _new(contact: TypedContact, *, at: datetime, seal: Seal, locale: str) -> User:
    try:
        with db.session.begin_nested():
            user = User(
                email=None, name="", password_hash=NO_PASSWORD, locale=locale, citizen=True, created_at=at
            )
            db.session.add(user)
            db.session.flush()  # need the id
            add_contact(user, contact, at=at, seal=seal)
    except IntegrityError:  # the same contact, twice at once
        found = contacts.holder(contact.value, seal=seal)
        assert found is not None  # that is whose it became
        return found
    audit.note("account_made", "user", user.id, actor=None, at=at, data={"kind": contact.kind.value})
    return user


def add_contact(user: User, contact: TypedContact, *, at: datetime, seal: Seal) -> None:
    """Give an account a proved contact. Raises IntegrityError where it is somebody's already."""
    db.session.add(
        Contact(
            user_id=user.id,
            kind=contact.kind,
            value_hash=seal.keyed_hash(contact.value),
            value=seal.seal(contact.value),
            confirmed_at=at,
        )
    )
    db.session.flush()


def gather_supports(user: User, contact: TypedContact, *, seal: Seal) -> None:
    """Make what was supported with a proved contact the account's own, one for each case."""
    other = aliased(Support)
    mine = exists().where(other.user_id == user.id, other.submission_id == Support.submission_id)
    hashes = seal.keyed_hashes(contact.value)
    rows = select(Support.id).where(Support.person_hash.in_(hashes), Support.user_id.is_(None), ~mine)
    db.session.execute(
        update(Support)
        .where(Support.id.in_(rows.scalar_subquery()))
        .values(user_id=user.id)
        .execution_options(synchronize_session=False)
    )
