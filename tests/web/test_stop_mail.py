"""The link in a mail that stops the mail."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.core import clock
from portal.models import Identity, Recipient, Status, Support, TokenPurpose
from portal.services import outbox, tokens
from tests import factories as make
from tests.factories import at
from tests.support.client import PageClient
from tests.support.jobs import send_due, use
from tests.support.mail import MailServer

NOW = at(12)


@pytest.fixture
def stop_link(app: Flask, db: Any, smtp: MailServer) -> Callable[..., tuple[str, int]]:
    """Send a mail, and return the path of its stop link with the id of whoever got it."""

    def send(to: Recipient) -> tuple[str, int]:
        use(app, smtp)
        seal = app.extensions["seal"]
        case = make.make_case(Status.ANSWERED, email="warga@contoh.example", seal=seal)
        support = make.make_support(case, email=seal.seal("warga@contoh.example"))
        recipient_id = case.id if to is Recipient.REPORTER else support.id
        outbox.queue("answered", to=to, recipient_id=recipient_id, case=case, at=NOW)
        send_due(app, NOW)
        found = re.search(r"(/berhenti/[\w-]+)", smtp.messages[-1].text)
        assert found
        return found[1], recipient_id

    return send


StopLink = Callable[..., tuple[str, int]]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.mark.parametrize(("to", "table"), [(Recipient.REPORTER, Identity), (Recipient.SUPPORTER, Support)])
def test_pressing_the_button_stops_the_mail(
    db: Any, client: PageClient, stop_link: StopLink, to: Recipient, table: type[Any]
) -> None:
    path, row_id = stop_link(to)
    assert "Ya, berhenti" in client.get(path).text
    answer = client.post(path)
    assert (answer.status_code, "sudah dihentikan" in answer.text) == (200, True)
    assert db.session.get(table, row_id).mail_stopped is True


def test_looking_at_the_link_stops_nothing(db: Any, client: PageClient, stop_link: StopLink) -> None:
    path, row_id = stop_link(Recipient.REPORTER)
    client.get(path)
    assert db.session.get(Identity, row_id).mail_stopped is False


def test_a_mail_program_presses_without_cookie_or_origin(app: Flask, db: Any, stop_link: StopLink) -> None:
    path, row_id = stop_link(Recipient.REPORTER)
    bare = app.test_client()
    answer = bare.post(
        path, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "https://mail.example"}
    )
    assert answer.status_code == 200
    assert db.session.get(Identity, row_id).mail_stopped is True


def test_pressing_twice_is_as_good_as_once(client: PageClient, stop_link: StopLink) -> None:
    path, _ = stop_link(Recipient.REPORTER)
    assert [client.post(path).status_code for _ in range(2)] == [200, 200]


def test_a_made_up_link_does_not_exist(client: PageClient) -> None:
    assert client.get("/berhenti/abc").status_code == 404
    assert client.post("/berhenti/abc").status_code == 404


def test_the_token_of_another_purpose_stops_nothing(
    app: Flask, db: Any, client: PageClient, stop_link: StopLink
) -> None:
    stop_link(Recipient.REPORTER)
    raw = tokens.issue(TokenPurpose.ANSWER_QUESTION, 1, NOW, timedelta(days=1))
    assert client.post(f"/berhenti/{raw}").status_code == 404


def test_every_other_form_still_asks_where_it_comes_from(client: PageClient) -> None:
    answer = client.post("/lacak", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
