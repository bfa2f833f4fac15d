"""What an account keeps of what it sends: asked first, and never by itself of a shielded reporter."""

import secrets

import pytest

from portal.models import Identity, Ownership, Submission
from portal.queries import ownership
from tests.factories import a_ward, make_citizen, sign_in

TEXT = "Pungutan tanpa karcis di pintu pasar setiap pagi."
ADDRESS = "rosma@contoh.example"


@pytest.fixture
def me(app, client, db):
    app.config["MIN_SECONDS_TO_SEND"] = 0
    user = make_citizen(app.extensions["seal"], ADDRESS, name="Rosma")
    sign_in(client, user)
    return user


@pytest.fixture
def check_page(client):
    def check_page(who=client) -> str:
        who.post("/kirim/1", data={"kind": "problem", "text": TEXT})
        who.post("/kirim/2", data={"ward": "unknown", "category": ""})
        return who.get("/kirim/3").text

    return check_page


@pytest.fixture
def owned(app, me):
    return lambda: ownership.owned(me.id, seal=app.extensions["seal"])


def box(page: str, name: str) -> str:
    return next(part for part in page.split("<input")[1:] if f'name="{name}"' in part).split(">")[0]


def test_the_box_is_ticked_for_the_others_and_empty_for_the_shielded(client, me, check_page):
    page = check_page()
    assert "checked" in box(page, "keep")
    assert "checked" not in box(page, "keep_shielded")
    assert "tanda terkunci" in page


def test_a_visitor_is_asked_nothing_about_an_account(new_client, db, check_page):
    assert "Simpan di akun saya" not in check_page(new_client())


@pytest.mark.parametrize("keep", [{}, {"keep": "y"}])
def test_a_shielded_case_without_its_own_tick_leads_to_no_account(app, client, db, check_page, owned, keep):
    check_page()
    # what a page without JavaScript sends: the contact that was filled in stands there still
    data = {"identity": "shielded", "email": ADDRESS} | keep
    assert client.post("/kirim/3", data=data).status_code == 303
    assert db.session.query(Ownership).count() == 0
    assert owned() == []
    identity = db.session.query(Identity).one()
    assert (identity.email, identity.phone) == ("", "")
    assert TEXT[:20] not in client.get("/akun/kiriman").text


def test_another_address_that_a_shielded_reporter_writes_themselves_is_kept(app, client, db, me, check_page):
    check_page()
    client.post("/kirim/3", data={"identity": "shielded", "email": "lain@contoh.example"})
    assert app.extensions["seal"].open(db.session.query(Identity).one().email) == "lain@contoh.example"


def test_a_shielded_case_with_its_tick_is_the_accounts_own(app, client, db, check_page, owned):
    check_page()
    client.post("/kirim/3", data={"identity": "shielded", "email": ADDRESS, "keep_shielded": "y"})
    assert owned() == [db.session.query(Submission).one().id]
    assert app.extensions["seal"].open(db.session.query(Identity).one().email) == ADDRESS


@pytest.mark.parametrize(("keep", "number"), [({"keep": "y"}, 1), ({}, 0), ({"keep_shielded": "y"}, 0)])
def test_any_other_case_is_kept_unless_the_tick_was_taken_out(client, check_page, owned, keep, number):
    check_page()
    client.post("/kirim/3", data={"identity": "hidden", "email": ADDRESS} | keep)
    assert len(owned()) == number


@pytest.mark.parametrize(
    ("identity", "keep", "number"),
    [("hidden", {"keep": "y"}, 1), ("shielded", {"keep": "y"}, 0), ("shielded", {"keep_shielded": "y"}, 1)],
)
def test_what_a_phone_kept_asks_the_same(client, owned, identity, keep, number):
    key = secrets.token_urlsafe(32)
    story = {"kind": "problem", "text": TEXT, "ward": a_ward().code, "identity": identity, "key": key}
    answer = client.post("/kirim/luring", data=story | keep, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert len(owned()) == number


def test_the_contact_of_a_proposal_is_filled_in_beforehand(client, me, new_client):
    page = client.get("/usaha/kemitraan/1").text
    assert ADDRESS in page
    assert 'value="Rosma"' in page
    assert ADDRESS not in new_client().get("/usaha/kemitraan/1").text
