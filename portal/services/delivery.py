"""Handing queued mail to the job that sends it: who takes a row, and what becomes of it.

At least once, never lost: a row is leased before it is tried, and one whose lease ran out (the worker was
killed) is taken up again with the same Message-ID.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal.core.database import db
from portal.core.mailer import NotAccepted
from portal.core.sealing import Seal
from portal.models import OutboxMessage, OutboxState, Recipient, TokenPurpose
from portal.queries import letters
from portal.queries.letters import ESSENTIAL, Letter, Undeliverable
from portal.rules.notifications import TOPICS
from portal.rules.workflow import CONTEST_PERIOD
from portal.services import bounces, gathering, tokens

#: Longer than the slowest conversation with a mail server that its time limits allow.
LEASE = timedelta(minutes=5)

#: Waits between attempts double from the first to the longest.
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_WAIT_REFUSED = timedelta(hours=6)

#: A server that says "no such user" this often means it.
REFUSALS = 3
#: A server that says "try later" is believed this often, which takes about five days. Counted and not timed,
#: so that no wrong clock and no outage of our own uses a message up.
DELAYS = 28

STOP_LINK_LIFETIME = timedelta(days=180)

#: Nothing waits longer on purpose: the news of a week, and a clock set right meanwhile.
FARTHEST = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that this worker alone may send now. `letter` is None when there is nobody to send it to."""

    id: int
    message_id: str
    kind: str
    queued_at: datetime
    letter: Letter | None
    #: What the envelope sender carries, so that a bounce can be told from a forgery.
    bounce_token: str = ""


def is_due(at: datetime) -> ColumnElement[bool]:
    """The condition under which a row may be taken up."""
    # The clock of a machine can be wrong by a year and then be put right: times that no honest clock can
    # have written count as passed, or such a row would wait out the difference.
    waiting = and_(
        OutboxMessage.state == OutboxState.QUEUED,
        or_(OutboxMessage.due_at <= at, OutboxMessage.due_at > at + FARTHEST),
    )
    orphaned = and_(
        OutboxMessage.state == OutboxState.SENDING,
        or_(OutboxMessage.lease_until <= at, OutboxMessage.lease_until > at + 2 * LEASE),
    )
    return and_(OutboxMessage.folded_into_id.is_(None), or_(waiting, orphaned))


def due(at: datetime, limit: int = 200) -> list[int]:
    """Return the ids of rows to take up, those that waited longest first."""
    query = select(OutboxMessage.id).where(is_due(at))
    return list(db.session.scalars(query.order_by(OutboxMessage.due_at, OutboxMessage.id).limit(limit)))


def claim(row_id: int, *, at: datetime, seal: Seal) -> Claim | None:
    """Take a row for this worker; None when it is not due or another worker has it.

    The caller commits before it sends, so a worker that dies afterwards leaves a lease that runs out.
    """
    # SKIP LOCKED: two workers may run during a deploy (SQLite lets one writer in at a time anyway)
    query = select(OutboxMessage).where(OutboxMessage.id == row_id, is_due(at))
    row = db.session.scalar(query.with_for_update(skip_locked=True))
    if row is None:
        return None
    account = gathering.account_of(row, seal)
    if row.attempts == 0 and account is not None:
        due = gathering.wanted_at(row, account)
        if due is None:
            _close([row], OutboxState.NO_ADDRESS, "stopped")
            return Claim(row.id, row.message_id, row.kind, row.created_at, None)
        if due > at:
            row.due_at = due
            return None
    others = _same_digest(row, at)
    if account is not None and gathering.joins(row):
        others = and_(gathering.waiting(account, seal), OutboxMessage.due_at <= at)
    else:
        account = None
    if row.digest and row.attempts == 0 and _is_follower(row, others):
        return None
    row.state = OutboxState.SENDING
    row.lease_until = at + LEASE
    row.attempts += 1
    folded = _fold(row, account, at=at, seal=seal) if row.digest else []
    try:
        letter = letters.read(row, folded, seal=seal, at=at)
    except Undeliverable as error:
        _close([row, *folded], OutboxState.NO_ADDRESS, error.reason)
        return Claim(row.id, row.message_id, row.kind, row.created_at, None)
    if letter.parts:
        row.data = row.data | {"gathered": True}
    if _can_be_stopped(row) and not letter.stop_token:
        letter = _with_stop_token(row, folded, at=at, seal=seal)
    if row.kind == "done" and row.recipient_kind is Recipient.SUPPORTER and not letter.parts:
        letter = _with_vote_token(row, letter, at=at, seal=seal)
    token = bounces.token(row.id, row.message_id, letter.address, seal=seal)
    return Claim(row.id, row.message_id, letter.kind, row.created_at, letter, token)


def _can_be_stopped(row: OutboxMessage) -> bool:
    """Tell whether a mail carries the link that stops it: all news, and nothing that somebody asked for."""
    if row.recipient_kind is Recipient.USER:
        return row.kind in TOPICS
    return row.kind not in ESSENTIAL


def _with_stop_token(row: OutboxMessage, folded: list[OutboxMessage], *, at: datetime, seal: Seal) -> Letter:
    """Give the row a link that stops its mail. Kept sealed, so a second attempt says the same."""
    raw = tokens.issue(TokenPurpose.STOP_MAIL, row.id, at, STOP_LINK_LIFETIME)
    row.data = row.data | {"stop": seal.seal(raw)}
    return letters.read(row, folded, seal=seal, at=at)


def _with_vote_token(row: OutboxMessage, letter: Letter, *, at: datetime, seal: Seal) -> Letter:
    """Give a supporter the link by which they say whether it is done. A second attempt says the same."""
    if "vote" not in row.data:
        raw = tokens.issue(TokenPurpose.CONFIRM_DONE, row.id, at, CONTEST_PERIOD)
        row.data = row.data | {"vote": seal.seal(raw)}
    return replace(letter, vote_token=seal.open(row.data["vote"]))


def _same_digest(row: OutboxMessage, at: datetime) -> ColumnElement[bool]:
    """The other rows that the same person is to get about the same case today."""
    return and_(
        OutboxMessage.digest.is_(True),
        OutboxMessage.recipient_kind == row.recipient_kind,
        OutboxMessage.recipient_id == row.recipient_id,
        OutboxMessage.submission_id == row.submission_id,
        OutboxMessage.id != row.id,
        OutboxMessage.state == OutboxState.QUEUED,
        OutboxMessage.folded_into_id.is_(None),
        OutboxMessage.attempts == 0,
        OutboxMessage.due_at <= at,
    )


def _is_follower(row: OutboxMessage, others: ColumnElement[bool]) -> bool:
    """Tell whether an earlier row leads the digest. Two workers then agree on one message."""
    earlier = select(OutboxMessage.id).where(others, OutboxMessage.id < row.id)
    return db.session.scalar(earlier.limit(1)) is not None


def _fold(lead: OutboxMessage, account: int | None, *, at: datetime, seal: Seal) -> list[OutboxMessage]:
    """Gather the digest into its first row: of an account everything, else what is of the same case.

    What was folded stays so: a message tried again tomorrow says what it said today.
    """
    inside = select(OutboxMessage).where(OutboxMessage.folded_into_id == lead.id)
    if lead.attempts > 1:
        return list(db.session.scalars(inside.order_by(OutboxMessage.id)))
    if account is not None:
        return gathering.gather(lead, account, at=at, seal=seal)
    # waits for a worker that looks at one of them this moment; it finds itself a follower and lets go
    followers = select(OutboxMessage).where(_same_digest(lead, at)).with_for_update()
    rows = list(db.session.scalars(followers.order_by(OutboxMessage.id)))
    for row in rows:
        row.folded_into_id = lead.id
        row.state = OutboxState.SENDING
    return rows


def sent(row_id: int, *, at: datetime) -> None:
    """Note that the server accepted the message, with all that was folded into it."""
    values = {"state": OutboxState.SENT, "sent_at": at, "lease_until": None, "last_error": ""}
    db.session.execute(update(OutboxMessage).where(_row_and_folded(row_id)).values(values))
    row = db.session.get(OutboxMessage, row_id)
    if row is not None:
        _drop_address(row)
    gathering.part(row_id)


def _drop_address(row: OutboxMessage) -> None:
    """Forget the address that the last mail to an erased account carried itself."""
    if "address" in row.data:
        row.data = {}


def failed(row_id: int, error: NotAccepted, *, at: datetime) -> None:
    """Note that the message did not leave, and when to try again; give up where that is pointless."""
    row = db.session.get(OutboxMessage, row_id)
    if row is None or row.state is not OutboxState.SENDING:
        return
    row.lease_until = None
    row.last_error = error.reason
    if not error.server_down:
        counter, most = ("refusals", REFUSALS) if error.permanent else ("delays", DELAYS)
        times = int(row.data.get(counter, 0)) + 1
        row.data = row.data | {counter: times}
        if times >= most:
            rows = db.session.scalars(select(OutboxMessage).where(_row_and_folded(row_id)))
            _close(list(rows), OutboxState.FAILED, error.reason)
            return
    row.state = OutboxState.QUEUED
    row.due_at = at + wait_after(row.attempts, server_down=error.server_down)


def wait_after(attempts: int, *, server_down: bool) -> timedelta:
    """Return how long to wait after so many attempts (1, 2, 4 ... minutes)."""
    longest = LONGEST_WAIT if server_down else LONGEST_WAIT_REFUSED
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_WAIT * (1 << doublings), longest)


def retry_failed(*, at: datetime) -> int:
    """Queue again everything that was given up; return how many rows."""
    again = select(OutboxMessage).where(OutboxMessage.state == OutboxState.FAILED)
    rows = list(db.session.scalars(again.order_by(OutboxMessage.id).limit(10_000)))
    for row in rows:
        row.state = OutboxState.SENDING if row.folded_into_id is not None else OutboxState.QUEUED
        row.due_at = at
        row.data = {key: value for key, value in row.data.items() if key not in {"refusals", "delays"}}
    return len(rows)


def _row_and_folded(row_id: int) -> ColumnElement[bool]:
    return or_(OutboxMessage.id == row_id, OutboxMessage.folded_into_id == row_id)


def _close(rows: list[OutboxMessage], state: OutboxState, reason: str) -> None:
    for row in rows:
        row.state = state
        row.lease_until = None
        row.last_error = reason
        _drop_address(row)
