"""Asking to be erased: typed on purpose, told to every contact, shown on every page, taken back by anyone."""

import re

import pytest

from portal import jobs
from portal.core.clock import now
from portal.models import OutboxMessage, User
from portal.services import erasure
from tests import factories as make
from tests.support import jobs as running


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def me(db, client, seal):
    user = make.make_citizen(seal, "rosma@contoh.example", name="Rosma")
    make.sign_in(client, user)
    return user


def ask(client, **data):
    return client.post("/akun/hapus", data={"word": "hapus"} | data)


def test_the_page_says_what_goes_and_what_stays(client, me):
    page = client.get("/akun/hapus").text
    for words in (
        "Yang dihapus",
        "Yang tetap ada, dan mengapa",
        "Hapus juga isi kiriman saya",
        "7 hari",
        "Berapa lama",
    ):
        assert words in page


@pytest.mark.parametrize("word", ["", "ya", "HAPU"])
def test_without_the_word_nothing_is_planned(client, db, me, word):
    page = ask(client, word=word, cases="y")
    assert page.status_code == 422
    assert "Ketik HAPUS untuk melanjutkan." in page.text
    assert re.search(r'name="cases"[^>]*checked|checked[^>]*name="cases"', page.text), (
        "nothing ticked is lost"
    )
    db.session.refresh(me)
    assert me.erase_at is None


def test_the_wish_is_shown_on_every_page_of_the_account_and_taken_back_there(client, db, me):
    assert ask(client).headers["Location"] == "/akun"
    for path in ("/akun", "/akun/draf", "/akun/kabar", "/akun/hapus"):
        assert "Akun ini akan dihapus pada" in client.get(path).text
    client.post("/akun/batal-hapus")
    assert "Penghapusan dibatalkan." in client.get("/akun").text
    assert "akan dihapus pada" not in client.get("/akun").text
    db.session.refresh(me)
    assert me.erase_at is None


def test_the_mail_has_a_link_that_takes_it_back_once(app, client, new_client, db, me, seal):
    ask(client)
    row = db.session.query(OutboxMessage).filter_by(kind="erase_planned").one()
    link = f"/akun/batal-hapus/{seal.open(row.data['token'])}"
    running.run(app, jobs.sweep, now())
    written = [path.read_text() for path in (app.config["DATA_DIR"] / "mail").glob("*erase_planned*.eml")]
    assert len(written) == 1
    assert "rosma@contoh.example" in written[0]
    assert "/akun/batal-hapus/" in written[0]
    visitor = new_client()
    page = visitor.get(link)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert db.session.get(User, me.id).erase_at is not None, "looking presses nothing"
    assert "Akun Anda tetap ada" in visitor.post(link).text
    assert db.session.get(User, me.id).erase_at is None
    assert visitor.get(link).status_code == visitor.post(link).status_code == 404


def test_asking_again_changes_what_goes_but_not_the_day(client, db, me):
    ask(client)
    db.session.refresh(me)
    day = me.erase_at
    ask(client, cases="y")
    db.session.refresh(me)
    assert (me.erase_at, me.erase_cases, me.erase_comments) == (day, True, False)
    assert db.session.query(OutboxMessage).filter_by(kind="erase_planned").count() == 1


def test_staff_are_told_to_ask_an_admin(client, db):
    make.sign_in(client, make.make_user(make.Role.TRIAGE))
    assert "ditutup oleh admin" in client.get("/akun/hapus").text
    assert ask(client).status_code == 404


def test_an_erased_account_is_signed_out_everywhere(app, client, db, me):
    ask(client)
    running.run(app, jobs.erase_due, now() + 2 * erasure.COOLING_OFF)
    answer = client.get("/akun")
    assert answer.status_code == 303
    assert "/masuk" in answer.headers["Location"]
