"""What is gathered for an account: one message a day, or a week, over everything it hears of.

The pace that counts is that of the moment of delivery. A reporter's own case joins in while the message is on
its way only: no row names an account beside a case that it sent, and after sending none points to another.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import IdentityMode, OutboxMessage, OutboxState, Pace, Recipient, Submission
from portal.queries import choices, ownership
from portal.queries import outbox as addressees
from portal.rules.notifications import TOPICS
from portal.services.notices import due_by, person_key

#: Rows of one gathered message. What is more waits for the next.
MOST = 2_000


def account_of(row: OutboxMessage, seal: Seal) -> int | None:
    """Return the account that chose the pace of a row; None where nobody did."""
    if row.kind not in TOPICS:
        return None
    if row.person_key:
        return int(row.person_key.partition(":")[2])
    if row.recipient_kind is Recipient.REPORTER:
        return addressees.owners([row.recipient_id], seal=seal).get(row.recipient_id)
    return None


def joins(row: OutboxMessage) -> bool:
    """Tell whether a row may stand in one message with others. Of a sealed case it goes alone."""
    if row.recipient_kind is not Recipient.REPORTER:
        return True
    case = db.session.get(Submission, row.recipient_id)
    return case is not None and not case.secret and case.identity_mode is not IdentityMode.SHIELDED


def wanted_at(row: OutboxMessage, user_id: int) -> datetime | None:
    """Return when a row is to leave as its account wishes by now; None where it wants it no more."""
    pace = choices.pace(user_id, TOPICS[row.kind])
    if pace is Pace.NEVER:
        return None
    if pace is not Pace.NOW:
        row.digest = True
    return due_by(pace, row.created_at)


def waiting(user_id: int, seal: Seal) -> ColumnElement[bool]:
    """The gathered rows of an account that nobody took up yet."""
    mine: ColumnElement[bool] = OutboxMessage.person_key == person_key(user_id)
    own = _own_cases(user_id, seal)
    if own:
        mine = or_(
            mine,
            and_(OutboxMessage.recipient_kind == Recipient.REPORTER, OutboxMessage.recipient_id.in_(own)),
        )
    return and_(mine, _UNTOUCHED)


_UNTOUCHED = and_(
    OutboxMessage.digest.is_(True),
    OutboxMessage.state == OutboxState.QUEUED,
    OutboxMessage.folded_into_id.is_(None),
    OutboxMessage.attempts == 0,
)


def _own_cases(user_id: int, seal: Seal) -> list[int]:
    """Return the account's own cases of which something waits that may join in."""
    owned = ownership.owned(user_id, seal=seal)
    if not owned:
        return []
    query = (
        select(OutboxMessage.recipient_id)
        .join(Submission, Submission.id == OutboxMessage.recipient_id)
        .where(
            OutboxMessage.recipient_kind == Recipient.REPORTER,
            OutboxMessage.recipient_id.in_(owned),
            Submission.secret.is_(False),
            Submission.identity_mode != IdentityMode.SHIELDED,
            _UNTOUCHED,
        )
        .distinct()
    )
    ids = list(db.session.scalars(query))
    known = addressees.owners(ids, seal=seal)
    return [one for one in ids if known.get(one) == user_id]


def gather(lead: OutboxMessage, user_id: int, *, at: datetime, seal: Seal) -> list[OutboxMessage]:
    """Take what else is due for the account into the message that `lead` leads; drop what is not wanted."""
    others = select(OutboxMessage).where(waiting(user_id, seal), OutboxMessage.id != lead.id)
    rows = db.session.scalars(others.order_by(OutboxMessage.id).limit(MOST).with_for_update()).all()
    folded = []
    for row in rows:
        due = wanted_at(row, user_id) if row.kind in TOPICS else row.due_at
        if due is None:
            row.state, row.last_error = OutboxState.NO_ADDRESS, "stopped"
        elif due <= at:
            row.folded_into_id, row.state = lead.id, OutboxState.SENDING
            folded.append(row)
    return folded


def part(row_id: int) -> None:
    """Let go of each other what was one message, where a reporter's own case was in it."""
    lead = db.session.get(OutboxMessage, row_id)
    if lead is None:
        return
    folded = list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.folded_into_id == row_id)))
    rows = [lead, *folded]
    matters = {(one.recipient_kind, one.submission_id) for one in rows}
    if len(matters) == 1 or all(one.recipient_kind is not Recipient.REPORTER for one in rows):
        return
    ids = [one.id for one in folded]
    db.session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(folded_into_id=None))
    for one in rows:
        if one.recipient_kind is Recipient.REPORTER and one.sent_at is not None:
            # the same microsecond would tie them just as well
            one.sent_at = one.sent_at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
