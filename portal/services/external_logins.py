"""Accounts that an OpenID Connect provider vouches for."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.openid import Identity
from portal.core.sealing import Seal
from portal.models import ContactKind, ExternalLogin, User
from portal.queries import external_logins, people
from portal.rules import contacts
from portal.rules.contacts import NoContact
from portal.services import audit, citizens


class Why(StrEnum):
    """Why the provider's word opens no account here."""

    NO_EMAIL = "no_email"
    STAFF = "staff"
    CLOSED = "closed"


class Refused(Exception):
    """The identity opens no account."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def enter(identity: Identity, *, staff: bool, at: datetime, seal: Seal, locale: str) -> User:
    """Return the account of an identity: linked before, or found or made by its verified address.

    Raises `Refused`. Staff come in only where `staff` says so, and only while the provider's verified
    address is theirs: an address taken from them at either end closes this door at once.
    """
    linked = external_logins.holder(identity.issuer, identity.subject)
    email = _canonical(identity.email)
    user = linked or (people.by_email(email) if email else None)
    if user is None:
        if not email:
            raise Refused(Why.NO_EMAIL)
        contact = contacts.TypedContact(ContactKind.EMAIL, email)
        user = citizens.enter(contact, at=at, seal=seal, locale=locale)
    if user is None or not user.active:
        raise Refused(Why.CLOSED)
    if (not user.citizen or user.memberships) and not (staff and email and user.email == email):
        raise Refused(Why.STAFF)
    if linked is None:
        return _link(user, identity, at=at)
    return user


def _canonical(email: str) -> str:
    try:
        contact = contacts.parse(email)
    except NoContact:
        return ""
    return contact.value if contact.kind is ContactKind.EMAIL else ""


def _link(user: User, identity: Identity, *, at: datetime) -> User:
    try:
        with db.session.begin_nested():
            db.session.add(
                ExternalLogin(
                    user_id=user.id, issuer=identity.issuer, subject=identity.subject, created_at=at
                )
            )
    except IntegrityError:  # the same person, twice at once
        found = external_logins.holder(identity.issuer, identity.subject)
        if found is None or found.id != user.id:
            raise Refused(Why.CLOSED) from None
        return user
    audit.note("external_login_linked", "user", user.id, actor=None, at=at)
    return user


def unlink(user: User, login_id: int, *, at: datetime) -> bool:
    """Take a link away from its account; tell whether there was one. Codes and passwords stay."""
    gone = db.session.scalar(
        delete(ExternalLogin)
        .where(ExternalLogin.id == login_id, ExternalLogin.user_id == user.id)
        .returning(ExternalLogin.id)
    )
    if gone is not None:
        audit.note("external_login_unlinked", "user", user.id, actor=None, at=at)
    return gone is not None
