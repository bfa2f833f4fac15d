"""Queueing mail: the row commits with the change that causes it, a job delivers it afterwards.

A row names its recipient by id. Address, name, language and text are looked up when it is delivered.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import delete

from portal.core.database import db, insert, on_commit
from portal.core.sealing import Seal, current_seal
from portal.models import (
    Event,
    Follow,
    Identity,
    OutboxMessage,
    OutboxState,
    Pace,
    Recipient,
    Subject,
    Submission,
    Support,
    TokenPurpose,
    Topic,
    User,
)
from portal.queries import choices
from portal.queries import outbox as addressees
from portal.rules.notifications import NOTICES, TOPICS
from portal.rules.paces import refusal
from portal.services import choices as paces
from portal.services import follows, notices, tokens

log = structlog.get_logger("outbox")

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

    `recipient_id` is the id of a submission for REPORTER, of a support for SUPPORTER, of a follow for
    FOLLOWER and of a user for USER. News of a topic (`rules.notifications.TOPICS`) go to an account at the
    pace it chose. `data` holds ids and codes; a scoped token only as `sealed` gives it. The same `dedupe_key`
    (by default made of kind, event and recipient) queues once, however often it is tried. A `digest` mail
    waits for the daily one.
    """
    # the row points to the case and the event, which may not have their ids yet
    db.session.flush()
    row = _paced(kind, to, recipient_id, case, event, at, digest, data, dedupe_key)
    _insert([] if row is None else [row])


def _paced(
    kind: str,
    to: Recipient,
    recipient_id: int,
    case: Submission | None,
    event: Event | None,
    at: datetime,
    digest: bool,
    data: Mapping[str, Any] | None,
    dedupe_key: str | None,
) -> notices.Row | None:
    """Return the row; of news that an account chose a pace for at that pace, None where it wants none."""
    topic = TOPICS.get(kind)
    user_id = addressees.account(to, recipient_id) if topic is not None else None
    pace = None if topic is None or user_id is None else choices.pace(user_id, topic)
    if pace is Pace.NEVER:
        return None
    return notices.row(
        kind,
        to,
        recipient_id,
        case=case,
        event=event,
        at=at,
        digest=digest,
        data=data,
        dedupe_key=dedupe_key,
        user_id=user_id,
        pace=pace,
    )


def queue_notices(
    case: Submission, event: Event, at: datetime, *, data: Mapping[str, Any] | None = None
) -> None:
    """Queue the mails that an event causes (`rules.notifications`), leaving out whoever caused it.

    `data` goes to the case's own reporter only: it may carry the sealed token of a question.
    """
    found = NOTICES.get(event.action, ())
    if not found or _silent.get():
        return
    db.session.flush()  # need the ids of the case and the event
    _insert(notices.rows_of(found, case, event, at, data))


def tell_followers(
    kind: str,
    subject: Subject,
    subject_id: int,
    *,
    at: datetime,
    once: str,
    data: Mapping[str, Any] | None = None,
    but_user: int | None = None,
) -> None:
    """Queue a mail to everybody who follows a program or a consultation, each at their own pace.

    `once` names the occasion ("update_id7"): of it nobody hears twice, by whichever way. `data` holds ids,
    codes and values.
    """
    db.session.flush()  # the followers and the occasion may be as new as this
    _insert(
        notices.followers_rows(
            kind, subject, subject_id, at=at, data=data or {}, once=once, but_user=but_user
        )
    )


def tell_of_talk(kind: str, case: Submission, *, at: datetime, once: str, by_user: int | None) -> None:
    """Queue the news that people talk under a case, for its reporter and followers, once an occasion."""
    db.session.flush()  # the followers and the occasion may be as new as this
    _insert(notices.talk_rows(kind, case, at=at, once=once, by_user=by_user))


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


@dataclass(frozen=True, slots=True)
class Stoppable:
    """What the link of a mail can stop: `one` matter (a case, a program, a group of news), or all news."""

    one: bool
    everything: bool


def stoppable(raw_token: str, *, at: datetime) -> Stoppable | None:
    """Return what a link that stops mail is good for; None where it is no good."""
    row = _stopped_by(raw_token, at)
    if row is None:
        return None
    return Stoppable(not row.data.get("gathered"), _account(row) is not None)


def stop(raw_token: str, *, at: datetime, everything: bool = False) -> bool:
    """Stop the mail that a mail's own link names; False for a link that is no good.

    Of a mail over many matters, and with `everything`, that is all news of the account. Pressing twice is as
    good as once: mail programs do so by themselves (RFC 8058).
    """
    row = _stopped_by(raw_token, at)
    if row is None:
        return False
    user_id = _account(row)
    user = None if user_id is None else db.session.get(User, user_id)
    if user is not None and (everything or row.data.get("gathered")):
        paces.choose(user, {topic: Pace.NEVER for topic in Topic if not refusal(topic, Pace.NEVER)})
    elif row.recipient_kind is Recipient.REPORTER:
        identity = db.session.get(Identity, row.recipient_id)
        if identity is not None:
            identity.mail_stopped = True
    else:
        _stop_one(row, user)
    return True


def _stop_one(row: OutboxMessage, user: User | None) -> None:
    if row.recipient_kind is Recipient.SUPPORTER:
        support = db.session.get(Support, row.recipient_id)
        if support is not None:
            support.mail_stopped = True
    if user is None:
        return
    program_id = row.data.get("program_id")
    consultation_id = row.data.get("consultation_id")
    if row.recipient_kind is Recipient.USER:
        paces.choose(user, {TOPICS[row.kind]: Pace.NEVER})
    elif row.submission_id is not None:
        follows.silence(user.id, row.submission_id)
    elif isinstance(program_id, int):
        follows.unfollow(user, Subject.PROGRAM, program_id)
    elif isinstance(consultation_id, int):
        follows.unfollow(user, Subject.CONSULTATION, consultation_id)
    else:
        _unfollow_by(row.recipient_id, user)


def _unfollow_by(follow_id: int, user: User) -> None:
    follow = db.session.get(Follow, follow_id)
    if follow is not None:
        follows.unfollow(user, follow.subject, follow.subject_id)


def _account(row: OutboxMessage) -> int | None:
    """Return the account behind a row that was mailed, if there is one and the row may tell."""
    if row.person_key:
        return int(row.person_key.partition(":")[2])
    if row.recipient_kind is Recipient.REPORTER:
        return addressees.owners([row.recipient_id], seal=current_seal()).get(row.recipient_id)
    return None


def _stopped_by(raw_token: str, at: datetime) -> OutboxMessage | None:
    row_id = tokens.peek(raw_token, TokenPurpose.STOP_MAIL, at)
    return None if row_id is None else db.session.get(OutboxMessage, row_id)
