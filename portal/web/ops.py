"""For those who run the portal: health."""

from datetime import timedelta
from time import monotonic
from typing import Any

import structlog
from flask import Blueprint, current_app

from portal.core import clock, heartbeat
from portal.queries import outbox
from portal.web.access import public

log = structlog.get_logger("health")
blueprint = Blueprint("ops", __name__)

#: Mail that should have left this long ago means that nobody hears from us.
MAIL_LATE = timedelta(hours=1)
#: A process that has just started may find no worker yet.
WARM_UP_SECONDS = 60

_started = monotonic()


@blueprint.get("/healthz")
@public
def healthz() -> tuple[dict[str, Any], int]:
    """Say whether the database answers, mail leaves and a worker lives: 200, or 503 when one does not."""
    worker, worker_good = _worker()
    try:
        backlog = outbox.backlog(at=clock.now())
    except Exception as error:  # whatever is wrong with the database, this page answers
        log.error("database_down", kind=type(error).__name__)
        return {"status": "bad", "database": "down", "worker": worker}, 503
    good = worker_good and backlog.oldest_seconds < MAIL_LATE.total_seconds()
    state = {
        "status": "ok" if good else "bad",
        "database": "ok",
        "worker": worker,
        "mail_waiting": backlog.waiting,
        "mail_oldest_seconds": backlog.oldest_seconds,
        "mail_failed": backlog.failed,
        "mail_server": _mail_server(),
    }
    return state, 200 if good else 503


def _worker() -> tuple[str, bool]:
    if current_app.config["WORKER"] == "off":
        return "off", True
    try:
        lives = heartbeat.lives(current_app.extensions["jobs"].storage, at=clock.now())
    except Exception as error:  # the queue's storage is a server of its own when there is Redis
        log.error("queue_down", kind=type(error).__name__)
        return "queue down", False
    if lives:
        return "alive", True
    return "silent", monotonic() - _started < WARM_UP_SECONDS


def _mail_server() -> str:
    if current_app.config["MAIL_SERVER"]:
        return "set"
    return "missing" if current_app.config["ENVIRONMENT"] == "production" else "folder"
