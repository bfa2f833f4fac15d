"""Changing how an account is reached: every older one is told, and can take it back for a week."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.tokens import digest, new_token
from portal.models import (
    CodePurpose,
    Contact,
    ContactKind,
    ExternalLogin,
    OneTimeCode,
    Recipient,
    Route,
    TokenPurpose,
    User,
)
from portal.queries import contacts
from portal.rules.contacts import TypedContact
from portal.services import audit, citizens, outbox, passkeys, sessions, tokens
from portal.services.accounts import NO_PASSWORD

#: How long a change can be taken back.
UNDO_LIFETIME = timedelta(days=7)
#: Kind of the mail (templates/email/contact_changed).
MAIL = "contact_changed"


class NotYours(Exception):
    """The contact belongs to another account."""


class LastContact(Exception):
    """Without this contact nobody could come into the account again."""


class TooMany(Exception):
    """The account has as many contacts as it may have."""


def add(user: User, contact: TypedContact, *, at: datetime, seal: Seal, phone_route: Route | None) -> None:
    """Give an account a contact that was just proved. Raise `NotYours`, `TooMany`.

    `phone_route` is how short messages leave here, or None.
    """
    _hold(user)
    holder = contacts.holder(contact.value, seal=seal)
    if holder is not None:
        if holder.id != user.id:
            raise NotYours
        return
    if _count(user) >= contacts.MOST:
        raise TooMany
    before = contacts.of_user(user.id, seal=seal)
    try:
        with db.session.begin_nested():
            citizens.add_contact(user, contact, at=at, seal=seal)
    except IntegrityError:  # somebody proved it in the same moment
        raise NotYours from None
    citizens.gather_supports(user, contact, seal=seal)
    _tell(user, before, at=at, seal=seal, phone_route=phone_route)
    audit.note("contact_added", "user", user.id, actor=None, at=at, data={"kind": contact.kind.value})


def remove(user: User, contact_id: int, *, at: datetime, seal: Seal, phone_route: Route | None) -> bool:
    """Let go of a contact; False where there is none (any more). Raise `LastContact`."""
    _hold(user)
    before = contacts.of_user(user.id, seal=seal)
    if all(one.id != contact_id for one in before):
        return False
    if len(before) == 1:
        raise LastContact
    db.session.execute(delete(Contact).where(Contact.id == contact_id, Contact.user_id == user.id))
    _tell(user, before, at=at, seal=seal, phone_route=phone_route)
    audit.note("contact_removed", "user", user.id, actor=None, at=at, data={})
    return True


def prefer(user: User, contact_id: int) -> bool:
    """Send news to this one of its kind from now on; False where there is none (any more)."""
    own = Contact.user_id == user.id
    kind = db.session.scalar(select(Contact.kind).where(Contact.id == contact_id, own))
    if kind is None:
        return False
    db.session.execute(
        update(Contact).where(own, Contact.kind == kind).values(preferred=Contact.id == contact_id)
    )
    return True


def _hold(user: User) -> None:
    # Two presses at once must not take the last two contacts away, nor add an eleventh.
    db.session.scalar(select(User.id).where(User.id == user.id).with_for_update())


def _count(user: User) -> int:
    query = select(func.count()).select_from(Contact).where(Contact.user_id == user.id)
    return db.session.scalar(query) or 0


def _tell(
    user: User,
    before: list[contacts.Reachable],
    *,
    at: datetime,
    seal: Seal,
    phone_route: Route | None,
) -> None:
    """Tell everybody who could come in before the change; the link brings back what was."""
    for one in before:
        route = Route.EMAIL if one.kind is ContactKind.EMAIL else phone_route
        if route is None:
            continue
        # Carries the sealed address of somebody who may be no contact any more; no code opens it.
        row = OneTimeCode(
            purpose=CodePurpose.ADD_CONTACT,
            contact_kind=one.kind,
            contact_hash=seal.keyed_hash(one.value),
            destination=seal.seal(one.value),
            route=route.value,
            user_id=user.id,
            browser_hash=digest(new_token()),
            code_hash=digest(new_token()),
            locale=user.locale,
            created_at=at,
            expires_at=at + UNDO_LIFETIME,
        )
        db.session.add(row)
        db.session.flush()  # need the id
        raw = tokens.issue(TokenPurpose.UNDO_CONTACT, row.id, at, UNDO_LIFETIME)
        # Binds the two: once this row is deleted, its number may become somebody else's.
        row.code_hash = digest(raw)
        data = outbox.sealed(seal, raw)
        outbox.queue(MAIL, to=Recipient.CODE, recipient_id=row.id, at=at, data=data)


def may_undo(raw: str, *, at: datetime) -> bool:
    """Tell whether a link still takes a change back, without using it up."""
    row_id = tokens.peek(raw, TokenPurpose.UNDO_CONTACT, at)
    row = None if row_id is None else db.session.get(OneTimeCode, row_id)
    return row is not None and row.code_hash == digest(raw)


def undo(raw: str, *, at: datetime, seal: Seal) -> bool:
    """Bring the contacts back that the mailed address knew, and sign every browser out; False: no good.

    What was added since the mail goes (contacts, passkeys, accounts elsewhere), the address itself comes
    back. The password opens nothing any more:
    whoever changed the contacts may have set it.
    What was added since the mail goes, the address itself comes back. The password and the
    passkeys open nothing any more: whoever changed the contacts may have set them.
    """
    row_id = tokens.redeem(raw, TokenPurpose.UNDO_CONTACT, at)
    row = None if row_id is None else db.session.get(OneTimeCode, row_id)
    user = None if row is None or row.user_id is None else db.session.get(User, row.user_id)
    if row is None or user is None or row.code_hash != digest(raw):
        return False
    _hold(user)
    row.used_at = at
    told = TypedContact(ContactKind(row.contact_kind), seal.open(row.destination))
    holder = contacts.holder(told.value, seal=seal)
    if holder is not None and holder.id != user.id:
        return False
    db.session.execute(
        delete(Contact).where(
            Contact.user_id == user.id,
            Contact.confirmed_at >= row.created_at,
            Contact.value_hash.not_in(seal.keyed_hashes(told.value)),
        )
    )
    if holder is None:
        citizens.add_contact(user, told, at=at, seal=seal)
    _void_later(user, row)
    user.password_hash = NO_PASSWORD
    # whoever changed the contacts may have left themselves a door
    passkeys.remove_all(user)
    since = ExternalLogin.created_at >= row.created_at
    db.session.execute(delete(ExternalLogin).where(ExternalLogin.user_id == user.id, since))
    sessions.end_all(user)
    audit.note("contact_undone", "user", user.id, actor=None, at=at, data={})
    return True


def _void_later(user: User, row: OneTimeCode) -> None:
    """Let no link that was mailed after `row` work any more.

    A contact that a thief added was told of the thief's next change; its link would bring the thief back.
    """
    db.session.execute(
        delete(OneTimeCode).where(
            OneTimeCode.user_id == user.id,
            OneTimeCode.purpose == CodePurpose.ADD_CONTACT,
            OneTimeCode.created_at > row.created_at,
        )
    )
