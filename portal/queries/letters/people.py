"""Whom a row of the outbox reaches, and what they may know of the case."""

from dataclasses import dataclass
from datetime import datetime

from portal.core.database import db
from portal.core.locale import DEFAULT
from portal.core.sealing import Seal
from portal.models import (
    BusinessInvitation,
    Follow,
    Identity,
    IdentityMode,
    OneTimeCode,
    OutboxMessage,
    Recipient,
    Route,
    Submission,
    Support,
    User,
    VisitorQuestion,
)
from portal.queries import contacts
from portal.queries.letters.values import ESSENTIAL, Undeliverable
from portal.rules import contacts as rules
from portal.rules.notifications import TOPICS
from portal.rules.permissions import Actor, Seat, can
from portal.rules.visibility import has_page
from portal.rules.workflow import Action


@dataclass(frozen=True, slots=True)
class Person:
    """A recipient, opened. `own` is the case that they sent; `user` is set where they read as staff."""

    address: str
    name: str
    locale: str
    own: Submission | None = None
    shielded: bool = False
    user: User | None = None
    route: Route = Route.EMAIL


def person_of(row: OutboxMessage, seal: Seal) -> Person:
    """Return the recipient of a row. Raise `Undeliverable` where there is none (any more)."""
    match row.recipient_kind:
        case Recipient.REPORTER:
            return _reporter(row, seal)
        case Recipient.SUPPORTER:
            return _supporter(row, seal)
        case Recipient.USER:
            return _user(row, seal)
        case Recipient.FOLLOWER:
            return _follower(row, seal)
        case Recipient.CODE:
            return _code(row, seal)
        case Recipient.VISITOR:
            return _visitor(row, seal)
        case Recipient.INVITED:
            return _invited(row, seal)


def _user(row: OutboxMessage, seal: Seal) -> Person:
    if row.data.get("address"):  # the last mail to an account that is erased
        return Person(
            seal.open(row.data["address"]),
            "",
            str(row.data.get("locale") or DEFAULT),
            route=Route(row.data.get("route", Route.EMAIL)),
        )
    user = db.session.get(User, row.recipient_id)
    if user is None or not user.active:
        raise Undeliverable("gone")
    if row.data.get("contact_id"):  # to one certain contact
        found = contacts.by_id(int(row.data["contact_id"]), user.id, seal=seal)
        if found is None:
            raise Undeliverable("gone")
        way = contacts.route_to(found.kind, user.route)
        return Person(found.value, user.name, user.locale, user=_as_staff(user), route=way)
    if row.kind in TOPICS and _as_staff(user) is None:
        return _account(user.id, seal)
    return Person(contacts.email_of(user, seal=seal), user.name, user.locale, user=_as_staff(user))


def _as_staff(user: User) -> User | None:
    """Return the user where they read as staff, and nothing of a citizen."""
    return None if user.citizen and not user.memberships else user


def _reporter(row: OutboxMessage, seal: Seal) -> Person:
    identity = db.session.get(Identity, row.recipient_id)
    own = db.session.get(Submission, row.recipient_id)
    if identity is None or own is None:
        raise Undeliverable("gone")
    if identity.mail_stopped and row.kind not in ESSENTIAL:
        raise Undeliverable("stopped")
    shielded = own.identity_mode is IdentityMode.SHIELDED
    return Person(_open(seal, identity.email), _open(seal, identity.name), identity.locale, own, shielded)


def _supporter(row: OutboxMessage, seal: Seal) -> Person:
    support = db.session.get(Support, row.recipient_id)
    if support is None:
        raise Undeliverable("gone")
    if row.kind not in ESSENTIAL and (support.mail_stopped or support.confirmed_at is None):
        raise Undeliverable("stopped")
    if support.user_id is not None:
        return _account(support.user_id, seal)
    return Person(_open(seal, support.email), "", support.locale)


def _code(row: OutboxMessage, seal: Seal) -> Person:
    code = db.session.get(OneTimeCode, row.recipient_id)
    if code is None or code.used_at is not None:
        raise Undeliverable("gone")
    return Person(_open(seal, code.destination), "", code.locale, route=Route(code.route))


def _visitor(row: OutboxMessage, seal: Seal) -> Person:
    question = db.session.get(VisitorQuestion, row.recipient_id)
    if question is None or not question.contact:
        raise Undeliverable("gone")
    contact = rules.parse(seal.open(question.contact))
    return Person(
        contact.value, question.name, question.locale, route=contacts.route_to(contact.kind, Route.EMAIL)
    )


def _invited(row: OutboxMessage, seal: Seal) -> Person:
    invitation = db.session.get(BusinessInvitation, row.recipient_id)
    if invitation is None:
        raise Undeliverable("gone")
    contact = rules.parse(seal.open(invitation.contact))
    return Person(contact.value, "", DEFAULT, route=contacts.route_to(contact.kind, Route.EMAIL))


def _follower(row: OutboxMessage, seal: Seal) -> Person:
    follow = db.session.get(Follow, row.recipient_id)
    if follow is None:
        raise Undeliverable("gone")
    return _account(follow.user_id, seal)


def _account(user_id: int, seal: Seal) -> Person:
    """Return a citizen, reached by the way they chose, or by the only one there is."""
    user = db.session.get(User, user_id)
    if user is None or not user.active:
        raise Undeliverable("gone")
    email, phone = contacts.email_of(user, seal=seal), contacts.phone_of(user, seal=seal)
    if phone and (user.route is not Route.EMAIL or not email):
        route = Route.SMS if user.route is Route.EMAIL else user.route
        return Person(phone, user.name, user.locale, route=route)
    return Person(email, user.name, user.locale)


def _open(seal: Seal, value: str) -> str:
    return seal.open(value) if value else ""


def may_know(row: OutboxMessage, person: Person, case: Submission | None, at: datetime) -> bool:
    """Ask the policy again: since it was queued a role may have ended or a case become secret."""
    if case is None:
        return True
    if row.recipient_kind in {Recipient.SUPPORTER, Recipient.FOLLOWER}:
        return has_page(case)
    actor = actor_of(person)
    if actor is None and row.recipient_kind is Recipient.USER:
        return has_page(case)
    return actor is None or can(Action.READ, actor, case, at=at)


def is_bare(person: Person, case: Submission | None) -> bool:
    """Tell whether only reference and link may be said."""
    if person.shielded or (person.own is not None and person.own.secret):
        return True
    if case is None:
        return False
    # staff read about a shielded case at the desk, where it is noted who did
    return case.secret or (person.user is not None and case.identity_mode is IdentityMode.SHIELDED)


def actor_of(person: Person) -> Actor | None:
    """Return what the policy makes of a member of staff; None of everybody else."""
    if person.user is None:
        return None
    seats = frozenset(Seat(one.role, one.agency_id, one.publisher) for one in person.user.memberships)
    return Actor(user_id=person.user.id, seats=seats)
