"""What a phone may keep, and the page that sends from there, once."""

import json
import secrets

import pytest

from portal.models import Attachment, Draft, Identity, Kind, Submission
from tests.factories import a_ward, make_citizen, sign_in
from tests.support.pictures import jpeg

TEXT = "Lampu dermaga ke Poncan mati sejak Senin, penumpang takut jatuh."
JSON = {"Accept": "application/json"}


@pytest.fixture
def story(db) -> dict[str, str]:
    key = secrets.token_urlsafe(32)
    return {"kind": "problem", "text": TEXT, "ward": a_ward().code, "identity": "hidden", "key": key}


def test_the_manifest_names_icons_that_are_there_in_the_language_of_the_page(client):
    indonesian = json.loads(client.get("/manifest.webmanifest").data)
    english = json.loads(client.get("/en/manifest.webmanifest").data)
    assert (indonesian["lang"], english["lang"]) == ("id", "en")
    assert indonesian["id"] == english["id"] == "/"
    assert english["start_url"] == "/en/"
    for icon in indonesian["icons"]:
        assert client.get(icon["src"]).status_code == 200
    assert client.get("/manifest.webmanifest").mimetype == "application/manifest+json"


def test_every_page_names_the_manifest(client):
    assert 'rel="manifest" href="/en/manifest.webmanifest"' in client.get("/en/").get_data(as_text=True)


def test_the_worker_knows_every_file_of_the_pages_that_work_without_a_line(client):
    answer = client.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    first_line = answer.get_data(as_text=True).partition("\n")[0]
    shell = json.loads(first_line[first_line.index("SHELL = ") + 8 : -1])
    assert "/en/kirim/luring" in shell
    for address in shell:
        assert client.get(address).status_code == 200, address


def test_an_unchanged_worker_costs_a_304(client):
    first = client.get("/sw.js")
    assert client.get("/sw.js", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/luring", "/penyimpanan"])
def test_a_page_that_the_phone_keeps_is_the_same_for_everybody(client, path):
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public")


def test_the_form_carries_nothing_of_whoever_asked_for_it(client, app, db):
    sign_in(client, make_citizen(app.extensions["seal"], name="Rosmaida Contoh"))
    answer = client.get("/kirim/luring")
    assert "Rosmaida" not in answer.get_data(as_text=True)
    assert "csrf_token" not in answer.get_data(as_text=True)


def test_a_kept_story_is_received_with_its_photo(client, db, story):
    answer = client.post("/kirim/luring", data=story | {"photos": (jpeg(), "a.jpg")}, headers=JSON)
    assert answer.status_code == 200, answer.data
    case = db.session.query(Submission).one()
    assert (case.reference, case.body, case.kind) == (answer.json["reference"], TEXT, Kind.PROBLEM)
    assert case.file_count == 1
    receipt = client.get("/kirim/selesai").get_data(as_text=True)
    assert answer.json["code"] in receipt
    assert client.get(answer.json["url"]).status_code == 200


def test_sending_again_gets_the_same_receipt_and_makes_no_second_case(new_client, db, story):
    answers = [
        new_client().post("/kirim/luring", data=story | {"photos": (jpeg(), "a.jpg")}, headers=JSON).json
        for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert db.session.query(Submission).count() == 1
    assert db.session.query(Attachment).count() == 1


def test_what_is_wrong_is_said_by_field_and_nothing_is_kept(client, db, story):
    story |= {"text": "..", "ward": "", "identity": "shown"}
    answer = client.post("/kirim/luring", data=story | {"photos": (jpeg(), "a.jpg")}, headers=JSON)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"text", "ward", "name"}
    assert db.session.query(Submission).count() == 0
    assert db.session.query(Attachment).count() == 0


def test_without_a_script_the_page_comes_back_filled_in(client, db, story):
    page = client.post("/kirim/luring", data=story | {"ward": ""})
    assert page.status_code == 422
    assert TEXT in page.get_data(as_text=True)
    assert client.post("/kirim/luring", data=story).headers["Location"] == "/kirim/selesai"
    assert db.session.query(Submission).count() == 1


@pytest.mark.parametrize("key", ["", "x", "a" * 200])
def test_a_key_of_another_shape_sends_nothing(client, db, story, key):
    answer = client.post("/kirim/luring", data=story | {"key": key}, headers=JSON)
    assert answer.status_code == 422
    assert db.session.query(Draft).count() == 0


def test_a_machine_that_fills_the_hidden_field_sends_nothing(client, db, story):
    assert client.post("/kirim/luring", data=story | {"website": "x"}, headers=JSON).status_code == 422
    assert db.session.query(Submission).count() == 0


def test_another_site_cannot_send_from_this_phone(client, db, story):
    answer = client.post("/kirim/luring", data=story, headers=JSON | {"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert db.session.query(Submission).count() == 0


def test_too_many_from_one_place_are_told_to_come_again(client, app, db, story):
    app.config["LIMIT_SUBMIT_PER_ADDRESS"] = "1/hour"
    client.post("/kirim/luring", data=story, headers=JSON)
    other = story | {"key": secrets.token_urlsafe(32)}
    assert client.post("/kirim/luring", data=other, headers=JSON).status_code == 429
    # the first one again is no new one
    assert client.post("/kirim/luring", data=story, headers=JSON).status_code == 200


def test_a_shielded_reporter_leaves_no_name(client, db, story):
    story |= {"identity": "shielded", "name": "Rosmaida"}
    client.post("/kirim/luring", data=story, headers=JSON)
    assert db.session.query(Identity).one().name == ""


def test_clearing_ends_the_session_and_asks_the_browser_to_clear(client, app, db):
    sign_in(client, make_citizen(app.extensions["seal"]))
    assert client.get("/akun").status_code == 200
    answer = client.post("/penyimpanan/hapus")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/akun").status_code == 303
    assert "sudah dihapus" in client.get(answer.headers["Location"]).get_data(as_text=True)
