"""What /healthz says to those who watch the site."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal.core import clock, heartbeat
from portal.models import Recipient
from portal.queries import outbox as backlogs
from portal.services import outbox
from portal.web import ops
from tests.support.client import PageClient


def test_all_is_well_with_a_database_and_no_mail_waiting(client: PageClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "database": "ok",
        "worker": "off",
        "mail_waiting": 0,
        "mail_oldest_seconds": 0,
        "mail_failed": 0,
        "mail_server": "folder",
    }


@pytest.mark.parametrize(("minutes", "status"), [(59, 200), (61, 503)])
def test_mail_that_waits_for_an_hour_is_an_alarm(
    db: Any, client: PageClient, minutes: int, status: int
) -> None:
    queued = clock.now() - timedelta(minutes=minutes)
    outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=1, at=queued)
    answer = client.get("/healthz")
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["mail_oldest_seconds"] == pytest.approx(minutes * 60, abs=30)


def test_a_digest_waits_on_purpose(db: Any, client: PageClient) -> None:
    queued = clock.now() - timedelta(hours=20)
    outbox.queue("linked", to=Recipient.REPORTER, recipient_id=1, at=queued, digest=True)
    assert client.get("/healthz").status_code == 200


def test_a_silent_worker_is_an_alarm_once_the_site_is_warm(
    app: Flask, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["WORKER"] = "apart"
    shelf = app.extensions["jobs"].storage
    heartbeat.beat(shelf, at=clock.now() - timedelta(minutes=5))
    monkeypatch.setattr(ops, "_started", ops.monotonic())
    assert client.get("/healthz").status_code == 200
    monkeypatch.setattr(ops, "_started", ops.monotonic() - 600)
    assert client.get("/healthz").status_code == 503
    heartbeat.beat(shelf, at=clock.now())
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["worker"] == "alive"


def test_a_database_that_is_gone_is_said_so(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(**_: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("secret words of the server"))

    monkeypatch.setattr(backlogs, "backlog", gone)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {"status": "bad", "database": "down", "worker": "off"}


def test_production_without_a_mail_server_says_so(app: Flask, client: PageClient) -> None:
    app.config["ENVIRONMENT"] = "production"
    answer = client.get("/healthz")
    assert answer.json is not None
    assert answer.json["mail_server"] == "missing"
