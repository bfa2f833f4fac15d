"""Signing in through an OpenID Connect provider, honest and not."""

import re
from html import unescape

import pytest
from joserfc.jwk import RSAKey

from portal.core import openid
from portal.models import AuditEntry, ExternalLogin, Role, SignInMethod, User, UserSession
from tests import factories
from tests.support.oidc import CLIENT, SECRET, OpenIdProvider


@pytest.fixture
def provider(app):
    provider = OpenIdProvider()
    app.config |= {
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_NAME": "Akun Sibolga",
        "OIDC_STAFF": False,
    }
    app.extensions.pop("openid", None)
    yield provider
    provider.close()


@pytest.fixture
def go(client, provider):
    """Leave for the provider; return the query that it sends back."""

    def go(path="/masuk/sso"):
        answer = client.post(path)
        assert answer.status_code == 200, answer.text
        address = unescape(re.search(r'content="0; url=([^"]+)"', answer.text)[1])
        return provider.authorize(address)

    return go


@pytest.fixture
def finish(client, go):
    """Make the whole journey and return the answer to its last step."""

    def finish(path="/masuk/sso"):
        back = go(path)
        assert client.get("/masuk/sso/kembali", query_string=back).status_code in (200, 303)
        return client.post("/masuk/sso/selesai", data=back)

    return finish


def test_while_it_is_off_nothing_of_it_is_there(app, client, db):
    assert "sso" not in client.get("/masuk").text
    factories.sign_in(client, factories.make_citizen(app.extensions["seal"]))
    assert client.get("/masuk/sso/kembali?state=a&code=b").status_code == 404
    for path in ("/masuk/sso", "/masuk/sso/selesai", "/akun/sso/1/lepas"):
        assert client.post(path).status_code == 404


def test_a_verified_address_makes_an_account_that_a_code_opens_too(app, client, db, provider, finish):
    assert "Masuk lewat Akun Sibolga" in client.get("/masuk?next=/agenda").text
    assert finish("/masuk/sso?next=/agenda").headers["Location"] == "/agenda"
    user = db.session.query(User).one()
    assert (user.citizen, user.email, user.name) == (True, None, "")
    assert db.session.query(UserSession).one().method is SignInMethod.SSO
    login = db.session.query(ExternalLogin).one()
    assert (login.user_id, login.issuer, login.subject) == (user.id, provider.issuer, "warga-1")
    actions = [row.action for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["account_made", "external_login_linked"]
    page = client.get("/akun").text
    assert "Lepas tautan" in page
    assert "dewi@contoh.example" not in page


def test_whoever_has_the_address_here_already_keeps_their_account(app, db, finish):
    user = factories.make_citizen(app.extensions["seal"], "dewi@contoh.example")
    finish()
    assert db.session.query(UserSession).one().user_id == user.id


def test_a_link_opens_the_account_whatever_the_address_is_now(client, db, provider, finish):
    finish()
    client.post("/keluar")
    provider.person = {"sub": "warga-1", "email": "lain@contoh.example", "email_verified": False}
    assert finish().status_code == 303
    assert db.session.query(User).count() == 1


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_opens_nothing(app, db, provider, finish, verified):
    factories.make_citizen(app.extensions["seal"], "dewi@contoh.example")
    provider.person["email_verified"] = verified
    answer = finish()
    assert answer.status_code == 403
    assert "belum memastikan e-mail" in answer.text
    assert db.session.query(UserSession).count() == db.session.query(ExternalLogin).count() == 0


@pytest.mark.parametrize(
    "fault",
    [
        "wrong nonce", "wrong audience", "two audiences", "wrong issuer", "expired", "unsigned", "forged",
        "signed with the secret", "swapped", "mixed up",
    ],
)  # fmt: skip
def test_an_answer_that_proves_nothing_opens_nothing(client, db, provider, finish, fault):
    provider.fault = fault
    answer = finish()
    assert answer.status_code == 400
    assert "tidak bisa dipercaya" in answer.text
    assert db.session.query(User).count() == 0
    assert client.get("/akun").status_code == 303


def test_a_state_is_good_once_even_with_a_copied_cookie(client, db, go):
    back = go()
    with client.session_transaction() as session:
        copied = dict(session["sso"])
    assert client.post("/masuk/sso/selesai", data=back).status_code == 303
    client.post("/keluar")
    assert client.post("/masuk/sso/selesai", data=back).status_code == 400
    with client.session_transaction() as session:
        session["sso"] = copied
    assert client.post("/masuk/sso/selesai", data=back).status_code == 400


def test_a_state_of_another_browser_is_refused(new_client, db, go):
    back = go()
    other = new_client()
    assert other.get("/masuk/sso/kembali", query_string=back).status_code == 400
    assert other.post("/masuk/sso/selesai", data=back).status_code == 400
    assert db.session.query(User).count() == 0


def test_looking_at_the_way_back_changes_nothing(client, db, go):
    back = go()
    for _ in range(2):
        assert client.get("/masuk/sso/kembali", query_string=back).status_code == 200
    assert db.session.query(User).count() == 0
    assert client.post("/masuk/sso/selesai", data=back).status_code == 303


def test_who_gave_up_at_the_provider_hears_so(client, go):
    back = {"state": go()["state"], "error": "access_denied"}
    answer = client.get("/masuk/sso/kembali", query_string=back)
    assert answer.status_code == 400
    assert "tidak jadi masuk" in answer.text


def test_the_way_back_speaks_the_language_of_the_way_out(client, go):
    back = go("/en/masuk/sso")
    answer = client.get("/masuk/sso/kembali", query_string=back)
    assert answer.headers["Location"].startswith("/en/masuk/sso/kembali?")
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("fault", ["down", "other issuer", "in the clear"])
def test_a_provider_that_is_no_good_leaves_the_usual_ways(client, provider, fault):
    provider.fault = fault
    answer = client.post("/masuk/sso")
    assert answer.status_code == 503
    assert "tidak bisa dihubungi" in answer.text
    asked = len(provider.asked)
    assert client.post("/masuk/sso").status_code == 503
    assert len(provider.asked) == asked  # it rests a while
    assert client.get("/masuk").status_code == 200


def test_what_the_provider_publishes_is_asked_for_once_and_new_keys_when_they_come(
    client, provider, finish, monkeypatch
):
    finish()
    client.post("/keluar")
    finish()
    assert provider.asked.count("/.well-known/openid-configuration") == provider.asked.count("/jwks") == 1
    client.post("/keluar")
    provider.key = provider.signing_key = RSAKey.generate_key(2048, {"kid": "dua"})
    monkeypatch.setattr(openid, "NEW_KEYS_EVERY", 0)
    assert finish().status_code == 303


def test_staff_come_in_only_where_the_city_says_so(app, client, db, provider, finish):
    user = factories.make_user(Role.TRIAGE, email="dewi@contoh.example")
    db.session.commit()
    answer = finish()
    assert (answer.status_code, "Pakai kata sandi" in answer.text) == (403, True)
    app.config["OIDC_STAFF"] = True
    assert finish().headers["Location"] == "/meja"
    assert db.session.query(ExternalLogin).one().user_id == user.id


def test_staff_come_in_no_more_once_the_address_is_not_theirs(app, client, db, provider, finish):
    app.config["OIDC_STAFF"] = True
    factories.make_user(Role.TRIAGE, email="dewi@contoh.example")
    db.session.commit()
    finish()
    client.post("/keluar")
    provider.person["email"] = "lain@contoh.example"
    assert finish().status_code == 403
    provider.person |= {"email": "dewi@contoh.example", "email_verified": False}
    assert finish().status_code == 403


def test_a_closed_account_stays_closed(app, db, finish):
    factories.make_citizen(app.extensions["seal"], "dewi@contoh.example", active=False)
    db.session.commit()
    assert finish().status_code == 403
    assert db.session.query(UserSession).count() == 0


def test_a_link_is_let_go_by_its_owner_only(app, client, new_client, db, finish):
    finish()
    login_id = db.session.query(ExternalLogin).one().id
    other = new_client()
    factories.sign_in(other, factories.make_citizen(app.extensions["seal"]))
    other.post(f"/akun/sso/{login_id}/lepas")
    assert db.session.query(ExternalLogin).count() == 1
    client.post(f"/akun/sso/{login_id}/lepas")
    assert db.session.query(ExternalLogin).count() == 0
    assert "Lepas tautan" not in client.get("/akun").text


def test_attempts_are_limited(app, client, provider):
    app.config["LIMIT_SIGN_IN_PER_ADDRESS"] = "1/hour"
    client.post("/masuk/sso")
    assert client.post("/masuk/sso").status_code == 429


def test_no_other_site_starts_or_finishes_a_sign_in(client, provider):
    for path in ("/masuk/sso", "/masuk/sso/selesai"):
        assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://sso.example", True), ("http://127.0.0.1:9", True), ("http://localhost", True),
        ("http://sso.example", False), ("https://", False), ("ftp://sso.example", False), ("http://[", False),
    ],
)  # fmt: skip
def test_only_https_is_asked_beyond_this_machine(url, good):
    assert openid.is_confidential(url) is good
