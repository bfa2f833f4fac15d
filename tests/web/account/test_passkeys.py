"""Adding a passkey to an account and coming in with it."""

from datetime import timedelta

import pytest

from portal.core.clock import now
from portal.models import Passkey, Role, SignInMethod, UserSession
from portal.services import passkeys
from tests import factories
from tests.support.authenticator import Authenticator
from tests.web.account.conftest import PASSWORD


@pytest.fixture
def device(app):
    here = passkeys.site(app.config["BASE_URL"], "")
    return Authenticator(here.host, here.origin)


def add(client, device, name="HP Ibu"):
    options = client.post("/akun/kunci/mulai").text
    return client.post("/akun/kunci", data={"name": name, "credential": device.create(options)})


def come_in(client, device, path="/masuk/kunci"):
    options = client.post("/masuk/kunci/mulai").text
    return client.post(path, data={"credential": device.get(options)})


def grow_stale(db):
    db.session.query(UserSession).update({"proved_at": now() - timedelta(minutes=16)})
    db.session.commit()


def test_a_citizen_adds_a_key_and_comes_in_with_it(app, client, db, device, new_client):
    user = factories.make_citizen(app.extensions["seal"], "warga@contoh.example")
    factories.sign_in(client, user)
    asked = client.post("/akun/kunci/mulai")
    assert "warga@contoh.example" not in asked.text
    assert add(client, device).headers["Location"] == "/akun/kunci"
    assert "HP Ibu" in client.get("/akun/kunci").text
    other = new_client()
    assert come_in(other, device, "/masuk/kunci?next=/akun/kunci").headers["Location"] == "/akun/kunci"
    assert other.get("/akun/kunci").status_code == 200
    methods = [row.method for row in db.session.query(UserSession).order_by(UserSession.id)]
    assert methods[-1] == SignInMethod.PASSKEY
    assert "dengan kunci sandi" in other.get("/akun").text


def test_staff_come_to_the_desk_with_a_key(client, person, enter, device, new_client):
    enter(person(Role.TRIAGE).email)
    add(client, device)
    assert come_in(new_client(), device).headers["Location"].startswith("/meja")


def test_a_used_up_or_missing_challenge_says_so_and_opens_nothing(client, person, enter, device, new_client):
    enter(person().email)
    add(client, device)
    other = new_client()
    answer = device.get(other.post("/masuk/kunci/mulai").text)
    wrong = other.post("/masuk/kunci", data={"credential": "{}"})
    assert wrong.status_code == 422
    assert "Kunci sandi tidak cocok" in wrong.text
    assert other.post("/masuk/kunci", data={"credential": answer}).status_code == 422
    assert other.get("/akun").status_code == 303


def test_a_copied_cookie_and_answer_open_nothing(client, person, enter, device, new_client):
    enter(person().email)
    add(client, device)
    victim, thief = new_client(), new_client()
    answer = device.get(victim.post("/masuk/kunci/mulai").text)
    thief.set_cookie("suara", victim.get_cookie("suara").value)
    assert victim.post("/masuk/kunci", data={"credential": answer}).status_code == 303
    assert thief.post("/masuk/kunci", data={"credential": answer}).status_code == 422


def test_keys_change_only_after_a_fresh_proof(client, db, person, enter, device):
    enter(person().email)
    add(client, device)
    key = db.session.query(Passkey).one().id
    grow_stale(db)
    assert client.post("/akun/kunci/mulai").status_code == 403
    assert client.post("/akun/kunci", data={"name": "x"}).status_code == 403
    assert client.post(f"/akun/kunci/{key}/nama", data={"name": "x"}).status_code == 403
    assert client.post(f"/akun/kunci/{key}/hapus").status_code == 403
    assert "tidak cocok" in client.post("/akun/kunci/bukti", data={"current": "salah"}).text
    assert client.post("/akun/kunci/bukti", data={"current": PASSWORD}).status_code == 303
    assert client.post(f"/akun/kunci/{key}/nama", data={"name": "Laptop"}).status_code == 303
    assert "Laptop" in client.get("/akun/kunci").text
    assert client.post(f"/akun/kunci/{key}/hapus").status_code == 303
    assert "Belum ada." in client.get("/akun/kunci").text


def test_the_key_of_somebody_else_is_not_found(client, db, person, enter, device, new_client):
    enter(person().email)
    add(client, device)
    key = db.session.query(Passkey).one().id
    other = new_client()
    enter(person().email, by=other)
    for number in (key, 2**40):
        assert other.post(f"/akun/kunci/{number}/nama", data={"name": "x"}).status_code == 404
        assert other.post(f"/akun/kunci/{number}/hapus").status_code == 404
    assert db.session.query(Passkey).count() == 1


def test_refused_keys_are_counted(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "LIMIT_SIGN_IN_PER_ADDRESS", "2/hour")
    answers = [client.post("/masuk/kunci", data={"credential": "{}"}).status_code for _ in range(3)]
    assert answers == [422, 422, 429]


def test_the_button_stands_hidden_until_a_script_shows_it(client):
    page = client.get("/masuk?next=/akun").text
    start = page.index("data-passkey=")
    assert "hidden" in page[start : page.index(">", start)]
