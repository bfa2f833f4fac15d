"""Supporters say whether a case is done: counted beside it, small numbers left out, and nothing reopens."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.core import clock
from portal.models import DoneVote, Status, Submission
from portal.rules.workflow import Action
from portal.services import events
from tests import factories as make
from tests.factories import at
from tests.support.client import PageClient
from tests.support.jobs import send_due, use
from tests.support.mail import MailServer

NOW = at(12)


@pytest.fixture
def links(app: Flask, db: Any, smtp: MailServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Finish a case with seven supporters by mail; return it with the path in each one's mail."""
    use(app, smtp)
    seal = app.extensions["seal"]
    case = make.make_case(Status.IN_PROGRESS)
    for number in range(7):
        make.make_support(case, email=seal.seal(f"p{number}@contoh.example"))
    events.record(case, Action.FINISH, actor=make.triage(), at=NOW, to_status=Status.DONE)
    send_due(app, NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    found = [re.search(r"(/selesai/[\w-]+)", mail.text) for mail in smtp.messages]
    return case, [one[1] for one in found if one]


def test_words_are_counted_once_each_and_shown_from_five_on(client: PageClient, db: Any, links: Any) -> None:
    case, paths = links
    assert len(paths) == 7
    for path in paths[:4]:
        assert "Ya, sudah" in client.get(path).text
        assert client.post(path, data={"kata": "sudah"}).status_code == 303
        assert client.post(path, data={"kata": "sudah"}).status_code == 404
    assert "Kata pendukung" not in client.get(f"/k/{case.reference}").text
    client.post(paths[4], data={"kata": "sudah"})
    client.post(paths[5], data={"kata": "belum"})
    page = client.get(f"/k/{case.reference}").text
    assert "5 dari 7 pendukung: sudah selesai" in page
    assert "belum selesai." not in page
    assert db.session.get(Submission, case.id).status is Status.DONE


def test_looking_or_a_word_that_is_none_counts_nothing(client: PageClient, db: Any, links: Any) -> None:
    _, paths = links
    client.get(paths[0])
    assert client.post(paths[0], data={"kata": "entah"}).status_code == 200
    assert db.session.query(DoneVote).count() == 0


def test_a_case_that_went_on_takes_no_word(client: PageClient, db: Any, links: Any) -> None:
    case, paths = links
    later = NOW + timedelta(hours=1)
    events.record(case, Action.NOT_DONE, actor=make.reporter(case), at=later, to_status=Status.ASSIGNED)
    db.session.commit()
    assert client.post(paths[0], data={"kata": "sudah"}).status_code == 404
    assert client.get("/selesai/tiada").status_code == 404
