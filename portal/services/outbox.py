"""Queueing mail: the row commits with the change that causes it, a job delivers it afterwards.

A row names its recipient by id. Address, name, language and text are looked up when it is delivered.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete

from portal.core.clock import city_time
from portal.core.database import db, insert, on_commit
from portal.core.sealing import Seal
from portal.models import (
    Event,
    Identity,
    OutboxMessage,
    OutboxState,
    Recipient,
    Submission,
    Support,
    TokenPurpose,
)
from portal.queries import outbox as addressees
from portal.queries import watches
from portal.rules.notifications import NOTICES, Audience, Notice
from portal.services import tokens

log = structlog.get_logger("outbox")

#: Hour on the city's wall clock at which the gathered mails of a day leave.
DIGEST_HOUR = 17

#: These concern only whoever sent the case, not those whose cases were merged into it.
_OWN_REPORTER = frozenset({"receipt", "question"})

#: Where the ids of committed rows go; the job queue puts itself here (services know no queue).
_announce: Callable[[list[int]], None] | None = None


def announce_to(listener: Callable[[list[int]], None] | None) -> None:
    """Let `listener` hear of rows that may leave at once, after their transaction committed."""
    global _announce
    _announce = listener


#: True while history is replayed: what happened long ago writes to nobody.
_silent: ContextVar[bool] = ContextVar("silent", default=False)


@contextmanager
def silenced() -> Iterator[None]:
    """Queue nothing inside: for data that tells of the past (demonstration, import of an older system)."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def next_digest(at: datetime) -> datetime:
    """Return the next moment after `at` when the gathered mails of a day leave."""
    there = city_time(at).replace(minute=0, second=0, microsecond=0)
    due = there.replace(hour=DIGEST_HOUR)
    return due if due > at else due + timedelta(days=1)


def sealed(seal: Seal, raw_token: str) -> dict[str, str]:
    """Return `data` for `queue` that carries a scoped token which nobody can read in the table."""
    return {"token": seal.seal(raw_token)}


def queue(
    kind: str,
    *,
    to: Recipient,
    recipient_id: int,
    case: Submission | None = None,
    event: Event | None = None,
    at: datetime,
    digest: bool = False,
    data: Mapping[str, Any] | None = None,
    dedupe_key: str | None = None,
) -> None:
    """Queue one mail of a kind (a folder in templates/email) to one recipient.

    `recipient_id` is the id of a submission for REPORTER, of a support for SUPPORTER and of a user for
    USER. `data` holds ids and codes; a scoped token only as `sealed` gives it. The same `dedupe_key`
    (by default made of kind, event and recipient) queues once, however often it is tried. A `digest` mail
    waits for the daily one.
    """
    # the row points to the case and the event, which may not have their ids yet
    db.session.flush()
    _insert([_row(kind, to, recipient_id, case, event, at, digest, data, dedupe_key)])


def queue_notices(
    case: Submission, event: Event, at: datetime, *, data: Mapping[str, Any] | None = None
) -> None:
    """Queue the mails that an event causes (`rules.notifications`), leaving out whoever caused it.

    `data` goes to the case's own reporter only: it may carry the sealed token of a question.
    """
    notices = NOTICES.get(event.action, ())
    if not notices or _silent.get():
        return
    db.session.flush()  # need the ids of the case and the event
    rows = []
    told: set[tuple[Recipient, int]] = set()
    for notice in notices:
        recipients = _recipients(notice, case, event)
        if Audience.WATCHERS in notice.audience:
            recipients -= told  # their own mail says the same, and at once
        told |= recipients
        for to, recipient_id in recipients:
            own = to is Recipient.REPORTER and recipient_id == case.id
            once = _once(notice, event, at)
            rows.append(
                _row(
                    notice.kind,
                    to,
                    recipient_id,
                    case,
                    event,
                    at,
                    notice.digest,
                    data if own else None,
                    f"{notice.kind}:{once}:{to}:{recipient_id}" if once else None,
                )
            )
    _insert(rows)


def _once(notice: Notice, event: Event, at: datetime) -> str:
    """Name what is told once a day, or "" where every event is."""
    number = event.data.get(notice.once) if notice.once else None
    return "" if number is None else f"{notice.once}{number}:{next_digest(at).date().isoformat()}"


def _recipients(notice: Notice, case: Submission, event: Event) -> set[tuple[Recipient, int]]:
    acting = event.actor_id
    found: set[tuple[Recipient, int]] = set()
    if Audience.REPORTER in notice.audience:
        ids = [case.id] if notice.kind in _OWN_REPORTER else addressees.reporters(case.id)
        found |= {(Recipient.REPORTER, one) for one in ids}
    if Audience.SUPPORTERS in notice.audience:
        found |= {(Recipient.SUPPORTER, one) for one in addressees.supporters(case.id, but_user=acting)}
    # A secret case stays closed to the members of staff whom it names, and so does its mail.
    closed_to = case.named_user_ids if case.secret else frozenset()
    users = _users(notice.audience, case, event) - closed_to - {acting}
    return found | {(Recipient.USER, one) for one in users if one is not None}


def _users(audience: Iterable[Audience], case: Submission, event: Event) -> set[int | None]:
    users: set[int | None] = set()
    if Audience.OFFICER in audience:
        users.add(case.officer_id)
    if Audience.HEADS in audience and case.agency_id is not None:
        users |= set(addressees.heads(case.agency_id))
    if Audience.PUBLISHERS in audience and case.agency_id is not None:
        users |= set(addressees.publishers(case.agency_id))
    if Audience.TRIAGE in audience:
        users |= set(addressees.triage())
    if Audience.MENTIONED in audience:
        users |= set(event.data.get("mention_ids", ()))
    if Audience.WATCHERS in audience:
        users |= set(watches.watchers(case.id))
    return users


def _row(
    kind: str,
    to: Recipient,
    recipient_id: int,
    case: Submission | None,
    event: Event | None,
    at: datetime,
    digest: bool,
    data: Mapping[str, Any] | None,
    dedupe_key: str | None,
) -> dict[str, Any]:
    if dedupe_key is None:
        occasion = f"event{event.id}" if event is not None else secrets.token_hex(16)
        dedupe_key = f"{kind}:{occasion}:{to}:{recipient_id}"
    return {
        "dedupe_key": dedupe_key,
        "message_id": secrets.token_hex(16),
        "kind": kind,
        "recipient_kind": to,
        "recipient_id": recipient_id,
        "submission_id": None if case is None else case.id,
        "event_id": None if event is None else event.id,
        "data": dict(data or {}),
        "digest": digest,
        "state": OutboxState.QUEUED,
        "attempts": 0,
        "created_at": at,
        "due_at": next_digest(at) if digest else at,
        "last_error": "",
    }


def _insert(rows: list[dict[str, Any]]) -> None:
    if not rows or _silent.get():
        return
    statement = insert(OutboxMessage).on_conflict_do_nothing(index_elements=["dedupe_key"])
    inserted = db.session.execute(statement.returning(OutboxMessage.id, OutboxMessage.digest), rows)
    prompt = [row_id for row_id, digest in inserted if not digest]
    if prompt:
        on_commit(lambda: _tell(prompt))


def _tell(ids: list[int]) -> None:
    """Tell the listener. A job queue that is down must not fail what is committed: the sweeper finds it."""
    if _announce is None:
        return
    try:
        _announce(ids)
    except Exception as error:
        log.warning("mail_not_announced", error=type(error).__name__, count=len(ids))


def cancel(event: Event) -> int:
    """Drop what an event queued and has not left yet; return how many mails that were. Sent is sent."""
    waiting = delete(OutboxMessage).where(
        OutboxMessage.event_id == event.id,
        OutboxMessage.state == OutboxState.QUEUED,
        OutboxMessage.attempts == 0,  # one that was tried may carry others
    )
    return len(db.session.scalars(waiting.returning(OutboxMessage.id)).all())


def can_stop(raw_token: str, *, at: datetime) -> bool:
    """Tell whether a link that stops mail is any good."""
    return _stopped_by(raw_token, at) is not None


def stop(raw_token: str, *, at: datetime) -> bool:
    """Stop the mail of the person and case that a mail's own link names; False for a link that is no good.

    Pressing twice is as good as once: mail programs do so by themselves (RFC 8058).
    """
    person = _stopped_by(raw_token, at)
    if person is not None:
        person.mail_stopped = True
    return person is not None


def _stopped_by(raw_token: str, at: datetime) -> Identity | Support | None:
    row_id = tokens.peek(raw_token, TokenPurpose.STOP_MAIL, at)
    row = None if row_id is None else db.session.get(OutboxMessage, row_id)
    if row is not None and row.recipient_kind is Recipient.REPORTER:
        return db.session.get(Identity, row.recipient_id)
    if row is not None and row.recipient_kind is Recipient.SUPPORTER:
        return db.session.get(Support, row.recipient_id)
    return None
