"""Background jobs: thin, carrying row ids only, safe to run twice.

The queue only says *when*; what is to be done stands in the database. A job that gets lost (a killed
worker loses the one it runs, on every kind of queue) is found again by the sweep.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import structlog
from flask import Flask, current_app
from huey import Huey, crontab
from huey.serializer import SignedSerializer
from huey.storage import RedisStorage, SqliteStorage

from portal.core import clock
from portal.core.bounces import return_address
from portal.core.database import db, forget_deleted, learn_sizes, transaction
from portal.core.gateway import gateway_for
from portal.core.mailer import NotAccepted, Transport, transport_for
from portal.core.storage import StorageError
from portal.models import Route
from portal.queries.letters import Letter
from portal.services import (
    businesses,
    changes,
    codes,
    consultations,
    delivery,
    drafts,
    erasure,
    gatherings,
    held_forms,
    outbox,
    packages,
    search,
    tokens,
    weekly,
)
from portal.services import clock as due_dates
from portal.web import mails, short_messages

log = structlog.get_logger("jobs")

#: Messages a sweep takes up before it lets other jobs pass.
SWEEP_MOST = 2_000
#: Batches of cases that one run of the clock takes up.
DUE_MOST = 50
#: Bounded steps that take removed words out of the search index.
MERGE_MOST = 500
#: Batches of old drafts that one night drops.
TIDY_MOST = 50


class _DurableEnough(SqliteStorage):  # type: ignore[misc]
    """Survives a crash of the process without waiting for the disk; a power cut may lose the newest jobs,
    which the sweep brings back.
    """

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


def init_jobs(app: Flask) -> None:
    """Make the job queue of the application and register its jobs."""
    signed = SignedSerializer(secret=app.config["SECRET_KEY"])  # jobs are pickles: only our own are opened
    where: dict[str, Any] = (
        {"storage_class": RedisStorage, "url": _with_time_limits(app.config["REDIS_URL"])}
        if app.config["REDIS_URL"]
        else {"storage_class": _DurableEnough, "filename": str(app.config["DATA_DIR"] / "jobs.db")}
    )
    queue = Huey(
        app.config["JOBS_NAME"],
        results=False,
        serializer=signed,
        immediate=app.config["JOBS_IMMEDIATE"],
        **where,
    )

    def inside(job: Callable[..., None]) -> Callable[..., None]:
        """Run the job in a context (and so a database session) of its own."""

        @wraps(job)
        def run(*args: Any) -> None:
            with app.app_context():
                try:
                    job(*args)
                finally:
                    db.session.remove()

        return run

    app.extensions["jobs"] = queue
    app.extensions["deliver"] = queue.task(name="deliver")(inside(deliver))
    for job, when, expires in PERIODIC:
        queue.periodic_task(when, name=job.__name__, expires=expires)(inside(job))
    outbox.announce_to(_announce)


def _with_time_limits(url: str) -> str:
    """Let a Redis that does not answer cost a visitor seconds; without limits it would be minutes."""
    parts = urlsplit(url)
    limits = {"socket_connect_timeout": "2", "socket_timeout": "5"} | dict(parse_qsl(parts.query))
    return urlunsplit(parts._replace(query=urlencode(limits)))


def _announce(row_ids: list[int]) -> None:
    current_app.extensions["deliver"](row_ids)


def deliver(row_ids: list[int]) -> None:
    """Send these rows of the outbox, as far as they are due and no other worker has them."""
    with transport_for(current_app.config) as transport:
        for row_id in row_ids:
            if not _deliver_one(row_id, transport):
                break


def sweep() -> None:
    """Send what is due: retries, daily digests, and what a killed worker left behind."""
    with transport_for(current_app.config) as transport:
        for _ in range(SWEEP_MOST // 200):
            with transaction():
                row_ids = delivery.due(clock.now())
            for row_id in row_ids:
                if not _deliver_one(row_id, transport):
                    return
            if not row_ids:
                return


def _deliver_one(row_id: int, transport: Transport) -> bool:
    """Send one row. Return False when the server is down and the others had better wait too."""
    seal = current_app.extensions["seal"]
    with transaction():
        claim = delivery.claim(row_id, at=clock.now(), seal=seal)
    if claim is None or claim.letter is None:
        return True
    try:
        _hand_over(claim, claim.letter, transport)
    except NotAccepted as error:
        with transaction():
            delivery.failed(row_id, error, at=clock.now())
        log.warning("mail_not_sent", id=row_id, kind=claim.kind, reason=error.reason)
        return not error.server_down
    except Exception as error:
        # A fault of our own must not keep the mails behind this one, nor use this one up.
        with transaction():
            delivery.failed(row_id, NotAccepted("internal"), at=clock.now())
        log.error("mail_not_sent", id=row_id, kind=claim.kind, reason="internal", exc_info=error)
        return True
    with transaction():
        delivery.sent(row_id, at=clock.now())
    return True


def _hand_over(claim: delivery.Claim, letter: Letter, transport: Transport) -> None:
    """Give a letter to the mail server, or to the gateway of its route. Raise `NotAccepted`."""
    if letter.route is Route.EMAIL:
        outgoing = mails.compose(
            letter, message_id=claim.message_id, kind=claim.kind, queued_at=claim.queued_at
        )
        back = current_app.config["MAIL_BOUNCE_ADDRESS"]
        transport.send(
            replace(outgoing, return_to=return_address(back, claim.bounce_token)) if back else outgoing
        )
        return
    try:
        gateway_for(current_app.config, letter.route).send(
            short_messages.compose(letter, message_id=claim.message_id)
        )
    except NotAccepted as error:
        # A gateway that is down says nothing of the mail server: the others go on.
        raise NotAccepted(error.reason, permanent=error.permanent) from error


def due() -> None:
    """Let time act: questions expire, deferred cases come back, deadlines are told, weeks summed up."""
    for _ in range(DUE_MOST):
        with transaction():
            done = due_dates.run_due(clock.now())
        if not done:
            break
    with transaction():
        weekly.queue_due(clock.now())
    with transaction():
        consultations.remind(clock.now())
        gatherings.remind(clock.now())


def tidy() -> None:
    """Once a night: drop what has served its time, in bounded steps that let visitors write in between."""
    storage = current_app.extensions["storage"]
    with transaction():
        tokens.forget_expired(clock.now())
        codes.forget_old(clock.now())
        held_forms.forget_old(clock.now())
        packages.forget_contacts(clock.now())
        businesses.forget_invitations(clock.now())
    for _ in range(TIDY_MOST):
        with transaction():
            dropped = changes.forget_old(clock.now())
        if not dropped:
            break
    for _ in range(TIDY_MOST):
        with transaction():
            dropped = drafts.purge(at=clock.now(), storage=storage)
        if not dropped:
            break
    if db.engine.dialect.name == "sqlite":  # PostgreSQL has a process for that
        with transaction():
            learn_sizes(db.session.connection())
    forget_deleted()


def erase_due() -> None:
    """Erase the accounts whose days of thinking it over are past, one transaction each."""
    seal, storage = current_app.extensions["seal"], current_app.extensions["storage"]
    with transaction():
        waiting = erasure.due(clock.now())
    erased = False
    for user_id in waiting:
        try:
            with transaction():
                erased |= erasure.erase(user_id, at=clock.now(), seal=seal, storage=storage)
        except StorageError as error:
            # nothing of it was erased; the next run tries again
            log.error("not_erased", id=user_id, reason=type(error).__name__)
    if erased:
        forget_deleted_bytes()


def forget_deleted_bytes() -> None:
    """Let what was deleted leave the search index and the log of the database file."""
    for step in range(MERGE_MOST):
        with transaction():
            more = search.forget_words(first=step == 0)
        if not more:
            break
    if not forget_deleted():
        log.warning("log_kept_by_reader")  # the next run, or the nightly one, empties it


#: Job, when, and after how many seconds of waiting it is dropped: the next run does the same work.
PERIODIC: tuple[tuple[Callable[[], None], Callable[..., bool], int], ...] = (
    (sweep, crontab(minute="*"), 50),
    (due, crontab(minute="*/5"), 290),
    (erase_due, crontab(minute="*/10"), 590),
    (tidy, crontab(minute="17", hour="20"), 3600),  # 03:17 in the city
)


def run_all() -> None:
    """Do everything periodic now, once."""
    for job, _when, _expires in PERIODIC:
        job()
