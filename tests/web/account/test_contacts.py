"""How one's account is reached: changed by whoever just proved themselves, told to all who could come in."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal import jobs
from portal.core.clock import now
from portal.models import Contact, OutboxMessage, Role, UserSession
from portal.queries import contacts
from portal.services.accounts import NO_PASSWORD
from tests import factories

OLD, NEW = "lama@contoh.example", "baru@contoh.example"


@pytest.fixture
def citizen(app, client, db):
    user = factories.make_citizen(app.extensions["seal"], OLD)
    factories.sign_in(client, user)
    return user


@pytest.fixture
def token_in_mail(app, db):
    def token(kind: str) -> str:
        rows = db.session.query(OutboxMessage).filter_by(kind=kind).order_by(OutboxMessage.id.desc())
        return app.extensions["seal"].open(rows.first().data["token"])

    return token


@pytest.fixture
def add(client, token_in_mail):
    def add(value: str = NEW):
        asked = client.post("/akun/kontak", data={"email": value})
        assert asked.headers["Location"] == "/akun/kontak/kode/tambah"
        assert client.get("/akun/kontak/kode/tambah").status_code == 200
        return client.post("/akun/kontak/kode/tambah", data={"code": token_in_mail("sign_in_code")})

    return add


@pytest.fixture
def values(app, db):
    def values(user) -> list[str]:
        db.session.expire_all()
        return [one.value for one in contacts.of_user(user.id, seal=app.extensions["seal"])]

    return values


@pytest.fixture
def grow_stale(db):
    def grow_stale() -> None:
        db.session.query(UserSession).update({"proved_at": now() - timedelta(minutes=16)})
        db.session.commit()

    return grow_stale


def test_a_contact_is_added_by_its_code_and_the_old_one_is_told(client, db, citizen, add, values):
    assert add().headers["Location"] == "/akun/kontak"
    assert values(citizen) == [OLD, NEW]
    assert db.session.query(OutboxMessage).filter_by(kind="contact_changed").count() == 1


def test_a_wrong_code_adds_nothing(client, citizen, values, token_in_mail):
    client.post("/akun/kontak", data={"email": NEW})
    wrong = "000000" if token_in_mail("sign_in_code") != "000000" else "111111"
    assert client.post("/akun/kontak/kode/tambah", data={"code": wrong}).status_code == 422
    assert values(citizen) == [OLD]


def test_a_stolen_cookie_changes_nothing_without_a_new_proof(client, db, citizen, values, grow_stale):
    other = factories.add_contact(client.application.extensions["seal"], citizen, NEW)
    db.session.commit()
    grow_stale()
    for path, data in (
        ("/akun/kontak", {"email": "maling@contoh.example"}),
        (f"/akun/kontak/{other.id}/hapus", {}),
        (f"/akun/kontak/{other.id}/utama", {}),
        ("/akun/kontak/sandi", {"password": "ikan bakar Panyabungan"}),
    ):
        assert client.post(path, data=data).status_code == 403
    db.session.refresh(citizen)
    assert citizen.password_hash == NO_PASSWORD
    assert values(citizen) == [OLD, NEW]


def test_a_code_to_ones_own_contact_is_a_new_proof(client, citizen, grow_stale, token_in_mail, values, add):
    grow_stale()
    assert "Buktikan dulu" in client.get("/akun/kontak").text
    client.post("/akun/kontak/bukti")
    answer = client.post("/akun/kontak/kode/bukti", data={"code": token_in_mail("sign_in_code")})
    assert answer.headers["Location"] == "/akun/kontak"
    add()
    assert values(citizen) == [OLD, NEW]


def test_the_last_contact_stays(client, db, citizen, values):
    only = db.session.query(Contact).one()
    page = client.post(f"/akun/kontak/{only.id}/hapus")
    assert page.status_code == 409
    assert "kontak terakhir" in page.text
    assert values(citizen) == [OLD]


def test_a_removed_contact_is_told_too_and_can_come_back(app, client, db, citizen, add, values, new_client):
    add()
    old = db.session.query(Contact).order_by(Contact.id).first()
    client.post(f"/akun/kontak/{old.id}/hapus")
    assert values(citizen) == [NEW]
    seal = app.extensions["seal"]
    rows = db.session.query(OutboxMessage).filter_by(kind="contact_changed").order_by(OutboxMessage.id)
    first = seal.open(rows.first().data["token"])
    visitor = new_client()
    page = visitor.get(f"/akun/kontak/kembali/{first}")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert values(citizen) == [NEW], "looking changes nothing"
    assert visitor.post(f"/akun/kontak/kembali/{first}").status_code == 303
    assert values(citizen) == [OLD]
    assert db.session.query(UserSession).count() == 0
    assert visitor.post(f"/akun/kontak/kembali/{first}").status_code == 404


def test_a_thief_who_was_put_out_comes_back_by_no_link_of_their_own(
    app, client, db, citizen, add, values, new_client
):
    with time_machine.travel(now(), tick=False) as clock:
        add()  # the thief's, told to the old one
        clock.shift(60)
        old = db.session.query(Contact).order_by(Contact.id).first()
        client.post(f"/akun/kontak/{old.id}/hapus")  # told to both
        seal = app.extensions["seal"]
        rows = db.session.query(OutboxMessage).filter_by(kind="contact_changed").order_by(OutboxMessage.id)
        links = [f"/akun/kontak/kembali/{seal.open(row.data['token'])}" for row in rows]
        clock.shift(60)
        visitor = new_client()
        assert visitor.post(links[0]).status_code == 303
        assert values(citizen) == [OLD]
        clock.shift(60)
        for link in links[1:]:
            assert visitor.get(link).status_code == 404
            assert visitor.post(link).status_code == 404
    assert values(citizen) == [OLD]


def test_the_link_is_good_for_a_week(client, db, citizen, add, values, token_in_mail, monkeypatch):
    add()
    token = token_in_mail("contact_changed")
    later = now() + timedelta(days=7, minutes=1)
    monkeypatch.setattr("portal.core.clock.now", lambda: later)
    assert client.get(f"/akun/kontak/kembali/{token}").status_code == 404
    assert client.post(f"/akun/kontak/kembali/{token}").status_code == 404


def test_a_contact_of_another_account_is_told_only_after_its_code(app, client, db, citizen, add, values):
    factories.make_citizen(app.extensions["seal"], NEW)
    db.session.commit()
    page = add()
    assert page.status_code == 409
    assert "milik akun lain" in page.text
    assert values(citizen) == [OLD]


def test_nobody_touches_a_contact_of_somebody_else(app, client, db, citizen, values):
    other = factories.make_citizen(app.extensions["seal"], NEW)
    db.session.commit()
    theirs = db.session.query(Contact).filter_by(user_id=other.id).one()
    assert client.post(f"/akun/kontak/{theirs.id}/hapus").status_code == 404
    assert client.post(f"/akun/kontak/{theirs.id}/utama").status_code == 404
    assert client.post(f"/akun/kontak/{2**40}/hapus").status_code == 404
    assert values(other) == [NEW]


def test_contacts_are_masked_and_staff_have_none_here(client, person, citizen, new_client):
    assert OLD not in client.get("/akun/kontak").text
    officer = new_client()
    factories.sign_in(officer, person(Role.TRIAGE))
    assert officer.get("/akun/kontak").status_code == 404


def test_supports_of_a_new_contact_become_the_accounts_own(app, client, db, citizen, add):
    case = factories.make_case()
    support = factories.make_support(case, person_hash=app.extensions["seal"].keyed_hash(NEW))
    db.session.commit()
    add()
    db.session.refresh(support)
    assert support.user_id == citizen.id


def test_a_password_is_optional_and_opens_the_account(client, citizen, new_client):
    assert client.post("/akun/kontak/sandi", data={"password": "ikan bakar Panyabungan"}).status_code == 303
    data = {"email": OLD, "password": "ikan bakar Panyabungan"}
    assert new_client().post("/masuk", data=data).headers["Location"] == "/akun"


def test_the_mail_to_the_old_contact_carries_the_link_and_no_new_contact(app, db, citizen, add):
    add()
    jobs.sweep()
    mails = [path.read_text() for path in (app.config["DATA_DIR"] / "mail").glob("*.eml")]
    (mail,) = [text for text in mails if "/akun/kontak/kembali/" in text]
    assert OLD in mail
    assert NEW not in mail


def test_news_go_to_the_preferred_contact(app, client, db, citizen, add):
    add()
    new = db.session.query(Contact).order_by(Contact.id.desc()).first()
    client.post(f"/akun/kontak/{new.id}/utama")
    db.session.expire_all()
    assert contacts.email_of(citizen, seal=app.extensions["seal"]) == NEW


def test_the_list_of_browsers_says_what_they_run_on(app, db, new_client, token_in_mail):
    agent = {"User-Agent": "<i>x</i> (Linux; Android 14) Chrome/130.0 Mobile"}
    phone = new_client()
    phone.post("/masuk", data={"email": NEW, "cara": "kode"}, headers=agent)
    phone.post("/masuk/kode", data={"code": token_in_mail("sign_in_code")}, headers=agent)
    page = phone.get("/akun").text
    assert re.search("Chrome, Android · dengan kode", page)
    assert "<i>x" not in page
