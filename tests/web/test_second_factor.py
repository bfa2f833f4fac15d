"""After the password a code of the app is asked for, and where the city says so nobody works without one."""

import pyotp
import pytest

from portal.core import clock
from portal.core.sealing import current_seal
from portal.models import Role
from portal.queries import second_factors
from portal.services import accounts, second_factor
from tests import factories as make

PASSWORD = "empat-kata-acak-sekali"


@pytest.fixture
def user(db):
    user = make.make_user(Role.TRIAGE)
    user.password_hash = accounts.hashed(PASSWORD)
    db.session.commit()
    return user


@pytest.fixture
def secret(user, db):
    secret = second_factor.begin(user, seal=current_seal())
    seal, earlier = current_seal(), int(clock.now().timestamp()) // 30 - 1
    second_factor.confirm(user, pyotp.TOTP(secret).generate_otp(earlier), at=clock.now(), seal=seal)
    db.session.commit()
    return secret


def now(secret):
    return pyotp.TOTP(secret).at(clock.now())


def password(client, user, wanted="/meja"):
    return client.post(f"/masuk?next={wanted}", data={"email": user.email, "password": PASSWORD})


def test_the_password_alone_opens_nothing(client, user, secret):
    answer = password(client, user)
    assert answer.status_code == 303
    assert answer.location.startswith("/masuk/kedua")
    assert client.get("/meja").location.startswith("/masuk")


def test_the_code_opens_what_was_wanted(client, user, secret):
    password(client, user)
    answer = client.post("/masuk/kedua?next=/meja", data={"code": now(secret)})
    assert (answer.status_code, answer.location) == (303, "/meja")
    assert client.get("/meja").status_code == 200


def test_a_wrong_code_says_what_to_do(client, user, secret):
    password(client, user)
    page = client.post("/masuk/kedua", data={"code": "000000"})
    assert page.status_code == 422
    assert "tidak cocok" in page.text


def test_tries_end_after_ten(client, user, secret):
    password(client, user)
    for _ in range(10):
        client.post("/masuk/kedua", data={"code": "000000"})
    page = client.post("/masuk/kedua", data={"code": now(secret)})
    assert page.status_code == 429
    assert client.get("/meja").location.startswith("/masuk")


def test_without_the_password_there_is_no_second_step(client, user, secret):
    for answer in (client.get("/masuk/kedua"), client.post("/masuk/kedua", data={"code": now(secret)})):
        assert answer.status_code == 303
        assert answer.location.startswith("/masuk")


def test_a_closed_account_does_not_get_in_between_the_steps(client, user, secret, db):
    password(client, user)
    user.active = False
    db.session.commit()
    assert client.post("/masuk/kedua", data={"code": now(secret)}).location.startswith("/masuk")


def test_foreign_addresses_are_not_followed(client, user, secret):
    password(client, user)
    answer = client.post("/masuk/kedua?next=//jahat.example", data={"code": now(secret)})
    assert answer.location == "/akun"


def test_it_is_set_up_with_a_picture_and_the_first_code(client, user):
    make.sign_in(client, user)
    assert client.post("/akun/pengaman/mulai").status_code == 303
    page = client.get("/akun/pengaman?mulai=1")
    secret = second_factor.pending_secret(user.id, seal=current_seal())
    assert "data:image/svg+xml" in page.text
    assert secret[:4] in page.text
    done = client.post("/akun/pengaman", data={"code": now(secret)})
    assert done.status_code == 200
    assert done.text.count("<code>") == 10
    assert second_factors.is_on(user.id)
    assert client.get("/meja").status_code == 200


def test_a_wrong_first_code_keeps_the_picture(client, user):
    make.sign_in(client, user)
    client.post("/akun/pengaman/mulai")
    page = client.post("/akun/pengaman", data={"code": "000000"})
    assert page.status_code == 422
    assert "data:image/svg+xml" in page.text


def test_citizens_have_no_such_page(client, db):
    make.sign_in(client, make.make_citizen(current_seal()))
    assert client.get("/akun/pengaman").status_code == 404


def test_where_it_is_required_the_desk_waits_for_it(client, user, app):
    app.config["STAFF_SECOND_FACTOR"] = True
    try:
        make.sign_in(client, user)
        answer = client.get("/meja")
        assert (answer.status_code, answer.location) == (303, "/akun/pengaman")
        assert client.get("/akun").status_code == 200
    finally:
        app.config["STAFF_SECOND_FACTOR"] = False


def test_an_admin_lets_go_of_it_for_somebody_else_only(client, user, secret, db):
    admin = make.make_user(Role.ADMIN)
    make.sign_in(client, admin)
    assert client.post(f"/admin/pengguna/{admin.id}/pengaman").status_code == 404
    assert client.post(f"/admin/pengguna/{user.id}/pengaman").status_code == 303
    assert not second_factors.is_on(user.id)
    assert client.post(f"/admin/pengguna/{user.id}/pengaman").status_code == 404


def test_taking_it_away_needs_a_code(client, user, secret):
    password(client, user)
    client.post("/masuk/kedua", data={"code": now(secret)})
    assert client.post("/akun/pengaman/lepas", data={"code": "000000"}).status_code == 422
    assert second_factors.is_on(user.id)
