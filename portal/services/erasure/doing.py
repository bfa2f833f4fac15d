"""Erasing one account in one transaction: all of it or nothing, and once however many workers try.

What is left of the account is a number that nobody else gets: a row without contact, name or password, so
that what the city's record points to still points somewhere, and no later account inherits anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.storage import Storage
from portal.models import (
    Contact,
    ExternalLogin,
    Follow,
    Membership,
    NotificationChoice,
    OneTimeCode,
    OutboxMessage,
    OutboxState,
    Passkey,
    Recipient,
    RecoveryCode,
    Route,
    ScopedToken,
    SecondFactor,
    StoppedAddress,
    TokenPurpose,
    User,
    UserSession,
)
from portal.queries import contacts
from portal.queries.contacts import Reachable
from portal.services import audit, businesses, gatherings, held_forms, outbox, pages
from portal.services.accounts import NO_PASSWORD
from portal.services.erasure import cases, words
from portal.services.erasure.planning import DONE_MAIL

#: Rows that are of the account alone, by the column that names it.
_OWN_ROWS: tuple[Any, ...] = (
    UserSession.user_id,
    Passkey.user_id,
    ExternalLogin.user_id,
    SecondFactor.user_id,
    RecoveryCode.user_id,
    NotificationChoice.user_id,
    Contact.user_id,
)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What goes beside the account."""

    locale: str
    route: Route
    comments: bool
    cases: bool


def erase(user_id: int, *, at: datetime, seal: Seal, storage: Storage) -> bool:
    """Erase an account whose time has come; False where it was erased or kept meanwhile.

    Files go before the transaction ends, so whatever cannot be deleted now (`StorageUnavailable`) leaves
    everything as it was, to be tried again.
    """
    wish = _claim(user_id, at)
    if wish is None:
        return False
    reached = contacts.of_user(user_id, seal=seal)
    hashes = [one for contact in reached for one in seal.keyed_hashes(contact.value)]
    businesses.forget_member(user_id, at=at, storage=storage)
    support_ids = words.forget_supports(user_id, hashes)
    case_ids = cases.forget_reporter(user_id, hashes, seal=seal)
    if wish.cases:
        cases.empty(case_ids, at=at, storage=storage)
    words.forget_drafts(user_id, storage=storage)
    words.forget_comments(user_id, case_ids, remove=wish.comments, at=at)
    words.forget_moderation(user_id)
    words.forget_reports(user_id, seal=seal)
    words.forget_ballots(user_id, seal=seal)
    follow_ids = list(
        db.session.scalars(delete(Follow).where(Follow.user_id == user_id).returning(Follow.id))
    )
    code_ids = list(
        db.session.scalars(
            delete(OneTimeCode)
            .where(or_(OneTimeCode.user_id == user_id, OneTimeCode.contact_hash.in_(hashes)))
            .returning(OneTimeCode.id)
        )
    )
    gatherings.forget_person(user_id, at=at)
    for column in _OWN_ROWS:
        db.session.execute(delete(column.class_).where(column == user_id))
    db.session.execute(delete(StoppedAddress).where(StoppedAddress.address_hash.in_(hashes)))
    db.session.execute(
        delete(ScopedToken).where(
            ScopedToken.subject_id == user_id,
            ScopedToken.purpose.in_([TokenPurpose.KEEP_ACCOUNT, TokenPurpose.RESET_PASSWORD]),
        )
    )
    held_forms.forget_old(at)
    _forget_mail(
        {
            Recipient.USER: [user_id],
            Recipient.SUPPORTER: support_ids,
            Recipient.FOLLOWER: follow_ids,
            Recipient.CODE: code_ids,
            Recipient.REPORTER: case_ids,
        }
    )
    _say_goodbye(user_id, reached, wish.locale, wish.route, at=at, seal=seal)
    audit.note("erased", "user", user_id, actor=None, at=at)
    pages.touch()
    return True


def _claim(user_id: int, at: datetime) -> _Wish | None:
    """Empty the account's own row, which only one of many can do at its time, and return what was wished."""
    wished = db.session.execute(
        update(User)
        .where(
            User.id == user_id,
            User.erase_at <= at,
            User.citizen,
            ~User.id.in_(select(Membership.user_id)),
        )
        .values(erase_at=None, active=False)
        .returning(User.locale, User.route, User.erase_comments, User.erase_cases)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if wished is None:
        return None
    db.session.execute(
        update(User)
        .where(User.id == user_id)
        .values(
            name="",
            email=None,
            password_hash=NO_PASSWORD,
            locale="id",
            created_at=at,
            route=Route.EMAIL,
            ward_code=None,
            blocked_until=None,
            erase_comments=False,
            erase_cases=False,
        )
        .execution_options(synchronize_session=False)
    )
    return _Wish(*wished)


#: Ids in one question to the database.
_CHUNK = 500


def _forget_mail(recipients: dict[Recipient, Sequence[int]]) -> None:
    """Empty what was queued for them; what did not leave yet never will."""
    for to, ids in recipients.items():
        for start in range(0, len(ids), _CHUNK):
            theirs: ColumnElement[bool] = and_(
                OutboxMessage.recipient_kind == to,
                OutboxMessage.recipient_id.in_(ids[start : start + _CHUNK]),
            )
            db.session.execute(
                update(OutboxMessage)
                .where(theirs, OutboxMessage.state.in_([OutboxState.QUEUED, OutboxState.FAILED]))
                .values(state=OutboxState.NO_ADDRESS, last_error="erased")
            )
            db.session.execute(update(OutboxMessage).where(theirs).values(data={}, person_key=""))


def _say_goodbye(
    user_id: int, reached: list[Reachable], locale: str, route: Route, *, at: datetime, seal: Seal
) -> None:
    """Queue the last mail. It carries its address, sealed, and loses it when it has left or was given up."""
    for contact in reached:
        way = contacts.route_to(contact.kind, route)
        data = {"address": seal.seal(contact.value), "locale": locale, "route": way.value}
        outbox.queue(DONE_MAIL, to=Recipient.USER, recipient_id=user_id, at=at, data=data)
