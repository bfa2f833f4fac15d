"""Whom a mail is for, and the mail that waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, Select, func, or_, select

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.core.sealing import Seal
from portal.core.text import mask_email
from portal.models import (
    Identity,
    IdentityMode,
    OutboxMessage,
    OutboxState,
    Recipient,
    Role,
    Submission,
    Support,
    User,
)
from portal.queries import contacts, people

#: A case with more followers than this is a matter for a public announcement.
MOST = 20_000


def _with_merged(case_id: int) -> CTE:
    """The case and everything merged into it, over any number of steps."""
    family = select(Submission.id).where(Submission.id == case_id).cte("family", recursive=True)
    # UNION, not UNION ALL: a circle would end by itself
    return family.union(select(Submission.id).join(family, Submission.merged_into_id == family.c.id))


def reporters(case_id: int) -> list[int]:
    """Return the submissions whose reporters hear of a case: its own and those merged into it."""
    family = _with_merged(case_id)
    query = select(Identity.submission_id).join(family, family.c.id == Identity.submission_id)
    query = query.where(Identity.email != "", ~Identity.mail_stopped)
    return list(db.session.scalars(query.order_by(Identity.submission_id).limit(MOST)))


def supporters(case_id: int, *, but_user: int | None = None) -> list[int]:
    """Return the supports (of the case and of those merged into it) that are confirmed and want mail."""
    query = _supporters(_with_merged(case_id), but_user)
    return list(db.session.scalars(query.limit(MOST)))


def _supporters(family: CTE, but_user: int | None) -> Select[int]:
    query = (
        select(Support.id)
        .join(family, family.c.id == Support.submission_id)
        .where(Support.confirmed_at.is_not(None), ~Support.mail_stopped)
        .order_by(Support.id + 0)  # the bare id lures SQLite into walking all supports in its order
    )
    if but_user is not None:
        query = query.where(or_(Support.user_id.is_(None), Support.user_id != but_user))
    return query


@dataclass(frozen=True, slots=True)
class Followers:
    """Who hears of a case beside its reporter: confirmed supporters who want mail, and reporters of cases
    that were merged into it (however they follow it).
    """

    supporters: int
    merged: int


def followers(case_id: int, *, but_user: int | None = None) -> Followers:
    """Return how many people follow a case; `but_user` is whoever tells them."""
    family = _with_merged(case_id)
    merged = select(func.count()).select_from(family).where(family.c.id != case_id)
    supporting = _supporters(family, but_user).with_only_columns(func.count()).order_by(None)
    supporters, others = db.session.execute(
        select(supporting.scalar_subquery(), merged.scalar_subquery())
    ).one()
    return Followers(int(supporters), int(others))


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
    if row.recipient_kind is Recipient.SUPPORTER:
        support = db.session.get(Support, row.recipient_id)
        return mask_email(seal.open(support.email)) if support and support.email else ""
    identity = db.session.get(Identity, row.recipient_id)
    case = db.session.get(Submission, row.recipient_id)
    if identity is None or case is None or not identity.email or case.identity_mode is IdentityMode.SHIELDED:
        return ""
    return mask_email(seal.open(identity.email))
