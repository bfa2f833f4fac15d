"""Mail that came back stops mail to that address, and a code that arrived there starts it again.

The envelope sender of every mail carries a token (VERP): the row of the outbox, authenticated together with
the address it went to. Whoever makes a notification up has no token, so nobody stops the mail of others.
"""

import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select

from portal.core import bounces
from portal.core.database import db, insert
from portal.core.sealing import Seal
from portal.models import OutboxMessage, StoppedAddress
from portal.queries.letters import Undeliverable, address_of

#: So many soft bounces of an address within PERIOD stop it.
SOFT_MOST = 5
PERIOD = timedelta(days=14)
#: Hexadecimal digits of the token's proof: 96 bits.
_PROOF = 24


class Outcome(StrEnum):
    """What became of a message that came in."""

    IGNORED = "ignored"  # no notification, no token of ours, or nothing failed
    COUNTED = "counted"
    STOPPED = "stopped"


def token(row_id: int, message_id: str, address: str, *, seal: Seal) -> str:
    """Return the token of one mail to one address."""
    return f"{row_id:x}-{seal.keyed_hash(_said(row_id, message_id, address))[:_PROOF]}"


def _said(row_id: int, message_id: str, address: str) -> str:
    return f"bounce:{row_id}:{message_id}:{address.lower()}"


def take(raw: bytes, *, to: str, at: datetime, seal: Seal, recipient: str = "") -> Outcome:
    """Read one message that came to the address for bounces (`to`), and act on it. Again changes nothing."""
    report = bounces.read(raw, to, recipient)
    found = None if report is None else _row(report.tokens, seal)
    if report is None or found is None:
        return Outcome.IGNORED
    row, address = found
    if row.data.get("bounced"):  # one mail bounces once, however often its notification is read
        return Outcome.IGNORED
    row.data = row.data | {"bounced": report.status}
    return _note(address, report, at, seal)


def _row(tokens: tuple[str, ...], seal: Seal) -> tuple[OutboxMessage, str] | None:
    """Return the mail that a genuine token names, with the address it went to."""
    for one in tokens:
        number, _, proof = one.partition("-")
        row = db.session.get(OutboxMessage, int(number, 16)) if len(number) <= 12 else None
        try:
            address = "" if row is None else address_of(row, seal=seal)
        except Undeliverable:
            continue
        if row is None or not address:
            continue
        said = _said(row.id, row.message_id, address)
        if any(hmac.compare_digest(proof, hashed[:_PROOF]) for hashed in seal.keyed_hashes(said)):
            return row, address
    return None


def _note(address: str, report: bounces.Report, at: datetime, seal: Seal) -> Outcome:
    hashed = seal.keyed_hash(address.lower())
    first = {"address_hash": hashed, "reason": report.status, "bounces": 0, "since": at, "updated_at": at}
    db.session.execute(insert(StoppedAddress).values(first).on_conflict_do_nothing())
    query = select(StoppedAddress).where(StoppedAddress.address_hash == hashed).with_for_update()
    noted = db.session.scalars(query).one()
    if at - noted.since > PERIOD:
        noted.since, noted.bounces = at, 0
    noted.bounces += 1
    noted.reason, noted.updated_at = report.status, at
    if noted.stopped_at is None and (report.is_hard or noted.bounces >= SOFT_MOST):
        noted.stopped_at = at
    return Outcome.COUNTED if noted.stopped_at is None else Outcome.STOPPED


def lift(address: str, *, seal: Seal) -> None:
    """Send to an address again: something that was sent to it arrived."""
    hashes = seal.keyed_hashes(address.lower())
    db.session.execute(delete(StoppedAddress).where(StoppedAddress.address_hash.in_(hashes)))
