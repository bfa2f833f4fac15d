"""The follow buttons: for everybody to see, for whoever is known to press."""

from typing import Any

import pytest
from flask import Flask

from portal.models import Follow, HideCode, Status, Subject
from portal.services import ownership
from tests import factories as make
from tests.factories import MONDAY
from tests.support.client import PageClient


@pytest.fixture
def citizen(app: Flask, db: Any) -> Any:
    return make.make_citizen(app.extensions["seal"])


def number_of_follows(db: Any) -> int:
    return db.session.query(Follow).count()


def test_the_page_of_a_case_has_a_button_that_knows_nobody(client: PageClient, db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    db.session.commit()
    page = client.get(f"/k/{case.reference}")
    assert f'action="/k/{case.reference}/ikuti"' in page.text
    assert "Set-Cookie" not in page.headers


def test_pressing_follows_and_says_so(client: PageClient, db: Any, citizen: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    make.sign_in(client, citizen)
    answer = client.post(f"/k/{case.reference}/ikuti")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/k/{case.reference}/ikuti")
    assert "Anda mengikuti kiriman ini" in client.get(answer.headers["Location"]).text
    client.post(f"/k/{case.reference}/ikuti")
    follow = db.session.query(Follow).one()
    assert (follow.subject, follow.subject_id, follow.user_id) == (Subject.SUBMISSION, case.id, citizen.id)
    client.post(f"/k/{case.reference}/ikuti/berhenti")
    assert number_of_follows(db) == 0


def test_a_program_is_followed_in_english_too(client: PageClient, db: Any, citizen: Any) -> None:
    program = make.make_program()
    make.sign_in(client, citizen)
    assert f'action="/en/program/{program.code}/ikuti"' in client.get(f"/en/program/{program.code}").text
    answer = client.post(f"/en/program/{program.code}/ikuti")
    assert answer.headers["Location"] == f"/en/program/{program.code}/ikuti"
    assert number_of_follows(db) == 1


def test_somebody_unknown_is_asked_who_they_are_and_comes_back(
    client: PageClient, db: Any, citizen: Any
) -> None:
    case = make.make_case(Status.ASSIGNED)
    db.session.commit()
    answer = client.post(f"/k/{case.reference}/ikuti")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/masuk?next=")
    assert number_of_follows(db) == 0
    make.sign_in(client, citizen)
    assert "Tekan sekali lagi" in client.get(f"/k/{case.reference}/ikuti").text
    assert number_of_follows(db) == 0


@pytest.mark.parametrize(
    "fields", [{"secret": True}, {"hidden_code": HideCode.INSULT}, {"text_public": False}]
)
def test_what_nobody_may_read_cannot_be_followed(
    client: PageClient, db: Any, citizen: Any, fields: dict[str, Any]
) -> None:
    case = make.make_case(Status.ASSIGNED, **fields)
    make.sign_in(client, citizen)
    paths = (f"/k/{case.reference}/ikuti", f"/k/{case.reference}/ikuti/berhenti")
    assert client.get(paths[0]).status_code == 404
    assert [client.post(path).status_code for path in paths] == [404, 404]
    assert number_of_follows(db) == 0


def test_what_is_not_there_cannot_be_followed(client: PageClient, db: Any, citizen: Any) -> None:
    make.sign_in(client, citizen)
    for path in ("/k/SB-2611-ZZZZ/ikuti", "/program/9.99.9999/ikuti", "/konsultasi/tiada/ikuti"):
        assert client.post(path).status_code == 404


def test_a_case_of_ones_own_is_never_written_beside_the_account(
    app: Flask, client: PageClient, db: Any, citizen: Any
) -> None:
    case = make.make_case(Status.ASSIGNED, secret=True)
    ownership.own(case.id, citizen, at=MONDAY, seal=app.extensions["seal"])
    make.sign_in(client, citizen)
    assert client.post(f"/k/{case.reference}/ikuti").status_code == 303
    assert "Ini kiriman Anda" in client.get(f"/k/{case.reference}/ikuti").text
    assert number_of_follows(db) == 0


def test_a_follower_of_a_case_hidden_since_can_still_stop_and_reads_no_title(
    client: PageClient, db: Any, citizen: Any
) -> None:
    case = make.make_case(Status.ASSIGNED)
    make.sign_in(client, citizen)
    client.post(f"/k/{case.reference}/ikuti")
    case.hidden_code = HideCode.INSULT
    db.session.commit()
    page = client.get(f"/k/{case.reference}/ikuti")
    assert (page.status_code, case.title in page.text) == (200, False)
    assert client.post(f"/k/{case.reference}/ikuti/berhenti").status_code == 303
    assert number_of_follows(db) == 0


def test_supporting_offers_to_hear_of_it_ticked(client: PageClient, db: Any, citizen: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    db.session.commit()
    page = client.get(f"/k/{case.reference}/dukung")
    assert "Kabari saya" in page.text
    assert "checked" in page.text
