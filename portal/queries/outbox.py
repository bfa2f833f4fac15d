"""Whom a mail is for, and the mail that waits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, distinct, func, literal, or_, select, union_all

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.core.sealing import Seal, SealBroken
from portal.core.text import mask_email
from portal.models import (
    Contact,
    Follow,
    Identity,
    IdentityMode,
    OutboxMessage,
    OutboxState,
    Ownership,
    Recipient,
    Role,
    Subject,
    Submission,
    Support,
    User,
)
from portal.queries import contacts, ownership, people

#: A case with more followers than this is a matter for a public announcement.
MOST = 20_000


def _with_merged(case_id: int) -> CTE:
    """The case and everything merged into it, over any number of steps."""
    family = select(Submission.id).where(Submission.id == case_id).cte("family", recursive=True)
    # UNION, not UNION ALL: a circle would end by itself
    return family.union(select(Submission.id).join(family, Submission.merged_into_id == family.c.id))


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who gets a mail. `id` is that of the row that `to` names, `user_id` that of their account."""

    to: Recipient
    id: int
    user_id: int | None


def reporters(case_id: int) -> list[int]:
    """Return the submissions whose reporters hear of a case: its own and those merged into it."""
    family = _with_merged(case_id)
    query = select(Identity.submission_id).join(family, family.c.id == Identity.submission_id)
    query = query.where(Identity.email != "", ~Identity.mail_stopped)
    return list(db.session.scalars(query.order_by(Identity.submission_id).limit(MOST)))


def owners(case_ids: Sequence[int], *, seal: Seal) -> dict[int, int]:
    """Return, by case, the account that it is owned by, where its reporter left a contact of that account.

    The table of owners knows accounts by keyed hash only, so this asks from the other side: whose contact is
    it, and does that account own the case.
    """
    hashes = _contact_hashes(case_ids, seal)
    users = _holders({one for found in hashes.values() for one in found})
    names = {
        user_id: set(seal.keyed_hashes(ownership.owner_name(user_id))) for user_id in set(users.values())
    }
    owned = _owner_hashes(case_ids) if users else {}
    found: dict[int, int] = {}
    for case_id, values in hashes.items():
        for user_id in (users[value] for value in values if value in users):
            if names[user_id] & owned.get(case_id, set()):
                found[case_id] = user_id
    return found


def _contact_hashes(case_ids: Sequence[int], seal: Seal) -> dict[int, list[str]]:
    query = select(Identity.submission_id, Identity.email, Identity.phone)
    query = query.where(Identity.submission_id.in_(case_ids)).order_by(Identity.submission_id).limit(MOST)
    return {
        case_id: [one for value in (email, phone) if value for one in _hashes(value, seal)]
        for case_id, email, phone in db.session.execute(query)
    }


def _hashes(sealed: str, seal: Seal) -> list[str]:
    """Return the hashes of a sealed contact; one that no key opens any more names nobody."""
    try:
        return seal.keyed_hashes(seal.open(sealed))
    except SealBroken:
        return []


def _holders(hashes: Collection[str]) -> dict[str, int]:
    if not hashes:
        return {}
    query = select(Contact.value_hash, Contact.user_id).where(Contact.value_hash.in_(sorted(hashes)))
    return dict(db.session.execute(query).all())


def _owner_hashes(case_ids: Sequence[int]) -> dict[int, set[str]]:
    query = select(Ownership.submission_id, Ownership.owner_hash).where(Ownership.submission_id.in_(case_ids))
    found: dict[int, set[str]] = {}
    for case_id, owner in db.session.execute(query.order_by(Ownership.submission_id).limit(MOST)):
        found.setdefault(case_id, set()).add(owner)
    return found


def public(case_id: int, *, seal: Seal) -> list[Addressee]:
    """Return who hears of a case beside its reporters, each person once: as supporter, else as follower.

    Of the case and of those merged into it. Reporters who support or follow it get the mail of reporters.
    """
    family = _with_merged(case_id)
    supporting, following = _people_of(family)
    if not supporting and not following:
        return []
    authors = _Authors.of(case_id, seal)
    found: dict[str | int, Addressee] = {}
    for support_id, person_hash, user_id in supporting:
        person = person_hash if user_id is None else user_id
        if person_hash not in authors.hashes and not authors.is_one(user_id):
            found.setdefault(person, Addressee(Recipient.SUPPORTER, support_id, user_id))
    for follow_id, user_id in following:
        if user_id not in found and not authors.is_one(user_id):
            found[user_id] = Addressee(Recipient.FOLLOWER, follow_id, user_id)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Authors:
    """By what the reporters of some cases are recognised: hashes of their contacts, and of their accounts."""

    hashes: frozenset[str]
    owners: frozenset[str]
    seal: Seal

    @classmethod
    def of(cls, case_id: int, seal: Seal) -> "_Authors":
        """Return those of a case and of the cases merged into it, as far as they get its mail."""
        ids = reporters(case_id)
        hashes = frozenset(one for found in _contact_hashes(ids, seal).values() for one in found)
        return cls(hashes, frozenset(one for found in _owner_hashes(ids).values() for one in found), seal)

    def is_one(self, user_id: int | None) -> bool:
        """Tell whether an account is a reporter. Without a single owner nobody is asked to be hashed."""
        if user_id is None or not self.owners:
            return False
        return any(name in self.owners for name in self.seal.keyed_hashes(ownership.owner_name(user_id)))


def _people_of(family: CTE) -> tuple[list[tuple[int, str, int | None]], list[tuple[int, int]]]:
    """Return id, hash and account of confirmed supports that want mail, and id and account of follows.

    Who supported by e-mail and has an account by now is that account. One statement: every step of every case
    asks, and most have neither.
    """
    account = func.coalesce(Support.user_id, Contact.user_id)
    supports = (
        select(literal(1).label("supports"), Support.id, Support.person_hash, account.label("user_id"))
        .join(family, family.c.id == Support.submission_id)
        .join(Contact, Contact.value_hash == Support.person_hash, isouter=True)
        .where(Support.confirmed_at.is_not(None), ~Support.mail_stopped)
        .order_by(Support.id + 0)  # the bare id lures SQLite into walking all supports in its order
        .limit(MOST)
        .subquery()
    )
    first = func.min(Follow.id)
    follows = (
        select(
            literal(0).label("supports"), first.label("id"), literal("").label("person_hash"), Follow.user_id
        )
        .join(family, family.c.id == Follow.subject_id)
        .where(Follow.subject == Subject.SUBMISSION)
        .group_by(Follow.user_id)
        .order_by(first)
        .limit(MOST)
        .subquery()
    )
    rows = sorted(db.session.execute(union_all(select(supports), select(follows))), key=lambda row: row[1])
    return [(row[1], row[2], row[3]) for row in rows if row[0]], [
        (row[1], row[3]) for row in rows if not row[0]
    ]


def followers_of(subject: Subject, subject_id: int, *, but_user: int | None = None) -> list[Addressee]:
    """Return who follows a program or a consultation, longest first."""
    query = select(Follow.id, Follow.user_id).where(
        Follow.subject == subject, Follow.subject_id == subject_id, Follow.user_id != (but_user or 0)
    )
    rows = db.session.execute(query.order_by(Follow.id).limit(MOST))
    return [Addressee(Recipient.FOLLOWER, row[0], row[1]) for row in rows]


def account(to: Recipient, recipient_id: int) -> int | None:
    """Return the account that a row is for; None for a reporter, whose account no row may name."""
    if to is Recipient.USER:
        return recipient_id
    if to is Recipient.FOLLOWER:
        return db.session.scalar(select(Follow.user_id).where(Follow.id == recipient_id))
    if to is Recipient.SUPPORTER:
        query = (
            select(func.coalesce(Support.user_id, Contact.user_id))
            .select_from(Support)
            .join(Contact, Contact.value_hash == Support.person_hash, isouter=True)
        )
        return db.session.scalar(query.where(Support.id == recipient_id).limit(1))
    return None


@dataclass(frozen=True, slots=True)
class Followers:
    """Who hears of a case beside its reporter: confirmed supporters who want mail, accounts that follow it
    without supporting it, and reporters of cases that were merged into it (however they follow it).
    """

    supporters: int
    merged: int
    followers: int = 0


def followers(case_id: int, *, but_user: int | None = None) -> Followers:
    """Return how many people follow a case; `but_user` is whoever tells them."""
    family = _with_merged(case_id)
    merged = select(func.count()).select_from(family).where(family.c.id != case_id)
    supporting = (
        select(Support.user_id, Support.id)
        .join(family, family.c.id == Support.submission_id)
        .where(Support.confirmed_at.is_not(None), ~Support.mail_stopped)
        .where(or_(Support.user_id.is_(None), Support.user_id != (but_user or 0)))
        .subquery()
    )
    as_supporters = select(supporting.c.user_id).where(supporting.c.user_id.is_not(None))
    following = (
        select(func.count(distinct(Follow.user_id)))
        .join(family, family.c.id == Follow.subject_id)
        .where(
            Follow.subject == Subject.SUBMISSION,
            Follow.user_id != (but_user or 0),
            Follow.user_id.not_in(as_supporters),
        )
    )
    supporters, others, accounts = db.session.execute(
        select(
            select(func.count()).select_from(supporting).scalar_subquery(),
            merged.scalar_subquery(),
            following.scalar_subquery(),
        )
    ).one()
    return Followers(int(supporters), int(others), int(accounts))


def heads(agency_id: int) -> list[int]:
    """Return the active heads of an agency."""
    return people.ids_with_role(Role.HEAD, agency_id)


def publishers(agency_id: int) -> list[int]:
    """Return those who may publish in the name of an agency."""
    return people.ids_who_publish(agency_id)


def triage() -> list[int]:
    """Return the active triage officers."""
    return people.ids_with_role(Role.TRIAGE)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits. `oldest_seconds` is the age of the oldest mail that should have left at once."""

    waiting: int
    oldest_seconds: int
    failed: int


def backlog(*, at: datetime) -> Backlog:
    """Return how much mail waits, and since when (daily digests wait on purpose)."""
    unsent = [
        OutboxMessage.state.in_([OutboxState.QUEUED, OutboxState.SENDING]),
        OutboxMessage.digest.is_(False),
    ]
    waiting, oldest = db.session.execute(
        select(func.count(), func.min(OutboxMessage.created_at)).where(*unsent)
    ).one()
    failed = select(func.count()).where(OutboxMessage.state == OutboxState.FAILED)
    age = 0 if oldest is None else max(0, int((at - oldest).total_seconds()))
    return Backlog(waiting, age, db.session.scalar(failed) or 0)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an admin may see of a mail: no case, no words, and a recipient who stays a stranger."""

    id: int
    kind: str
    to: Recipient
    recipient: str
    digest: bool
    state: OutboxState
    attempts: int
    last_error: str
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None


def envelopes(
    *, seal: Seal, state: OutboxState | None = None, after: str | None = None, size: int = 50
) -> Page[Envelope]:
    """Return a page of mails, newest first. `recipient` is masked, and empty for a shielded reporter."""
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    query = select(OutboxMessage)
    if state is not None:
        query = query.where(OutboxMessage.state == state)
    if cursor is not None:
        edge = cursor.values[0]
        query = query.where(OutboxMessage.id > edge if backwards else OutboxMessage.id < edge)
    query = query.order_by(OutboxMessage.id.asc() if backwards else OutboxMessage.id.desc())
    rows = [_envelope(row, seal) for row in db.session.scalars(query.limit(size + 1))]
    return page_of(rows, size, cursor, lambda row: (row.id,))


def _envelope(row: OutboxMessage, seal: Seal) -> Envelope:
    return Envelope(
        row.id, row.kind, row.recipient_kind, _masked(row, seal), row.digest, row.state, row.attempts,
        row.last_error, row.created_at, row.due_at, row.sent_at,
    )  # fmt: skip


def _masked(row: OutboxMessage, seal: Seal) -> str:
    if row.recipient_kind is Recipient.USER:
        user = db.session.get(User, row.recipient_id)
        return mask_email(contacts.email_of(user, seal=seal)) if user else ""
    if row.recipient_kind is Recipient.FOLLOWER:
        follow = db.session.get(Follow, row.recipient_id)
        follower = None if follow is None else db.session.get(User, follow.user_id)
        return mask_email(contacts.email_of(follower, seal=seal)) if follower else ""
    if row.recipient_kind is Recipient.CODE:
        return ""
    if row.recipient_kind is Recipient.SUPPORTER:
        support = db.session.get(Support, row.recipient_id)
        return mask_email(seal.open(support.email)) if support and support.email else ""
    identity = db.session.get(Identity, row.recipient_id)
    case = db.session.get(Submission, row.recipient_id)
    if identity is None or case is None or not identity.email or case.identity_mode is IdentityMode.SHIELDED:
        return ""
    return mask_email(seal.open(identity.email))
