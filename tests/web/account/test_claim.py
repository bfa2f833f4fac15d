"""A case sent without an account becomes an account's own by its tracking code, or by its contact."""

import pytest

from portal.models import Ownership
from portal.queries import ownership
from tests import factories


@pytest.fixture
def citizen(app, client, db):
    user = factories.make_citizen(app.extensions["seal"])
    factories.sign_in(client, user)
    return user


@pytest.fixture
def own_code(app):
    def own_code(case) -> str:
        return factories.tracking_code(case)

    return own_code


def test_what_was_sent_with_my_contact_before_is_offered_and_becomes_mine_by_one_press(
    app, client, new_client, db, own_code
):
    app.config["MIN_SECONDS_TO_SEND"] = 0
    address = "dulu@contoh.example"
    story = {"kind": "problem", "text": "Selokan tersumbat sampah sejak Senin."}
    for identity in ("hidden", "shielded"):
        visitor = new_client()
        visitor.post("/kirim/1", data=story)
        visitor.post("/kirim/2", data={"ward": "unknown", "category": ""})
        visitor.post("/kirim/3", data={"identity": identity, "email": address})
    citizen = factories.make_citizen(app.extensions["seal"], address)
    factories.sign_in(client, citizen)
    for path in ("/akun", "/akun/klaim"):
        assert "1 kiriman dengan kontak Anda" in client.get(path).text
    assert client.post("/akun/klaim/kontak").headers["Location"] == "/akun/kiriman"
    page = client.get("/akun/kiriman").text
    assert "1 kiriman sekarang milik akun ini." in page
    assert page.count("Selokan tersumbat") == 1
    assert "kiriman dengan kontak Anda" not in client.get("/akun").text
    client.post("/akun/klaim/kontak")
    assert len(ownership.owned(citizen.id, seal=app.extensions["seal"])) == 1


def test_number_and_code_make_a_case_ones_own(app, client, db, citizen, own_code):
    case = factories.make_case()
    db.session.commit()
    data = {"reference": case.reference.lower(), "code": own_code(case)}
    assert client.post("/akun/klaim", data=data).headers["Location"] == "/akun/kiriman"
    client.post("/akun/klaim", data=data)
    assert ownership.owned(citizen.id, seal=app.extensions["seal"]) == [case.id]
    assert case.title in client.get("/akun/kiriman").text


def test_the_row_of_an_own_case_names_no_account(client, db, citizen, own_code):
    case = factories.make_case()
    db.session.commit()
    client.post("/akun/klaim", data={"reference": case.reference, "code": own_code(case)})
    row = db.session.query(Ownership).one()
    assert len(row.owner_hash) == 64
    assert not hasattr(row, "user_id")


def test_a_wrong_code_and_a_number_that_is_not_there_say_the_same(client, db, citizen):
    case = factories.make_case(secret=True)
    db.session.commit()
    answers = [
        client.post("/akun/klaim", data={"reference": reference, "code": "ABCD-EFGH-JKMN"})
        for reference in (case.reference, "SB-2611-ZZZZ")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("tidak cocok" in answer.text for answer in answers)
    assert db.session.query(Ownership).count() == 0


def test_guesses_are_limited(app, client, citizen):
    app.config["LIMIT_TRACK_PER_ADDRESS"] = "2/hour"
    data = {"reference": "SB-2611-ZZZZ", "code": "ABCD-EFGH-JKMN"}
    codes = [client.post("/akun/klaim", data=data).status_code for _ in range(3)]
    assert codes == [422, 422, 429]


def test_what_was_typed_is_kept(client, citizen):
    page = client.post("/akun/klaim", data={"reference": "SB-2611-K7RM", "code": ""})
    assert page.status_code == 422
    assert "SB-2611-K7RM" in page.text
