"""Signing in and out."""

import statistics
import time

import pytest
import time_machine

from portal.models import Role, UserSession
from tests import factories
from tests.web.account.conftest import PASSWORD

WRONG = "bukan kata sandinya"


def inside(client) -> bool:
    return client.get("/akun").status_code == 200


def cookie_of(client) -> str:
    return client.get_cookie("suara").value


def with_cookie(new_client, value: str):
    other = new_client()
    other.set_cookie("suara", value)
    return other


def test_staff_come_to_the_desk_and_admins_to_the_administration(person, enter, new_client):
    assert enter(person(Role.TRIAGE).email).headers["Location"] == "/meja"
    assert enter(person(Role.ADMIN).email, by=new_client()).headers["Location"] == "/admin"
    assert enter(person(None).email, by=new_client()).headers["Location"] == "/akun"


def test_the_address_may_be_written_in_capitals(client, person, enter):
    assert enter(person(email="rosma@contoh.example").email.upper()).status_code == 303
    assert inside(client)


def test_a_wrong_password_says_so_and_keeps_the_address(client, person, enter):
    user = person()
    page = enter(user.email, WRONG)
    assert page.status_code == 422
    assert "E-mail atau kata sandi tidak cocok" in page.text
    assert 'id="error-summary"' in page.text
    assert f'value="{user.email}"' in page.text
    assert WRONG not in page.text
    assert "<title>Galat: " in page.text
    assert not inside(client)


@time_machine.travel(factories.at(24, 10), tick=False)  # the form token says in which second it was made
def test_nobody_learns_whether_an_address_has_an_account(person, enter):
    known, closed = person().email, person(active=False).email
    pages = [enter(known, WRONG), enter("tidak-ada@contoh.example", WRONG), enter(closed)]
    assert {page.status_code for page in pages} == {422}
    emails = (known, "tidak-ada@contoh.example", closed)
    assert len({page.text.replace(email, "…") for page, email in zip(pages, emails, strict=True)}) == 1


def test_an_unknown_address_takes_as_long_as_a_wrong_password(app, db, person):
    from portal.services import accounts

    email = person().email

    def took(address: str) -> float:
        """Return the seconds of processor time, which a busy machine does not stretch."""
        begun = time.process_time()
        accounts.authenticate(address, WRONG, seal=app.extensions["seal"])
        return time.process_time() - begun

    took(email)  # the dummy hash and the words are read once
    known, unknown = zip(*((took(email), took("tidak-ada@contoh.example")) for _ in range(7)), strict=True)
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


@pytest.mark.parametrize("data", [{}, {"email": "bukan alamat", "password": "x"}, {"email": "a@contoh.id"}])
def test_what_is_missing_is_named_at_its_field(client, data):
    page = client.post("/masuk", data=data)
    assert page.status_code == 422
    assert "error-text" in page.text


def test_the_fields_tell_password_managers_what_they_are(client):
    page = client.get("/masuk").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_one_goes_on_to_where_one_wanted_to_go(person, enter):
    assert enter(person().email, path="/masuk?next=/meja/program").headers["Location"] == "/meja/program"


@pytest.mark.parametrize(
    "target", ["//jahat.example", "https://jahat.example", "/\\jahat.example", "javascript:alert(1)", "jahat"]
)
def test_no_address_leads_off_the_site(person, enter, target):
    assert enter(person().email, path=f"/masuk?next={target}").headers["Location"] == "/meja"


def test_the_english_page_stays_english(person, enter, client):
    page = enter(person().email, WRONG, path="/en/masuk")
    assert page.status_code == 422
    assert '<html lang="en">' in page.text
    assert enter(person().email, path="/en/masuk").headers["Location"] == "/en/meja"


def test_extra_fields_give_nothing(db, client, person, enter):
    user = person(Role.OFFICER, factories.make_agency())
    enter(user.email, role="admin", agency="1", admin="1", active="1")
    assert [seat.role for seat in user.memberships] == [Role.OFFICER]
    assert client.get("/admin").status_code == 404


# --- sessions -----------------------------------------------------------------------------------------


def test_signing_in_makes_a_new_session(client, person, enter):
    enter(person().email)
    first = cookie_of(client)
    with client.session_transaction() as session:
        token = session["_user_id"]
    client.post("/keluar")
    enter(person().email)
    with client.session_transaction() as session:
        assert session["_user_id"] != token
    assert cookie_of(client) != first


def test_a_session_that_somebody_planted_does_not_survive_signing_in(client, person, enter):
    with client.session_transaction() as session:
        session["_user_id"] = "planted"
        session["tracked"] = [[1, 9_999_999_999]]
    enter(person().email)
    with client.session_transaction() as session:
        assert session["_user_id"] != "planted"
        assert "tracked" not in session


def test_a_copied_cookie_dies_with_signing_out(client, new_client, person, enter):
    enter(person().email)
    thief = with_cookie(new_client, cookie_of(client))
    assert inside(thief)
    assert client.post("/keluar").status_code == 303
    assert not inside(thief)
    assert not inside(client)


def test_signing_out_without_being_signed_in_leads_home(client):
    assert client.post("/keluar").headers["Location"] == "/"


def test_an_expired_session_is_none(db, client, person, enter):
    user = person()
    enter(user.email)
    db.session.query(UserSession).update({"expires_at": factories.MONDAY.replace(year=2020)})
    db.session.commit()
    assert not inside(client)


def test_the_session_lies_in_the_database_only_as_a_hash(db, client, person, enter):
    enter(person().email)
    with client.session_transaction() as session:
        token = session["_user_id"]
    assert db.session.query(UserSession).one().token_hash != token


# --- guessing -----------------------------------------------------------------------------------------


@pytest.fixture
def few_tries(app):
    app.config["LIMIT_SIGN_IN_PER_ACCOUNT"] = "2/15 minutes"
    app.config["LIMIT_SIGN_IN_PER_ADDRESS"] = "4/15 minutes"


def test_guessing_at_an_account_is_slowed_down(few_tries, person, enter):
    user = person()
    for _ in range(2):
        assert enter(user.email, WRONG).status_code == 422
    page = enter(user.email)
    assert page.status_code == 429
    assert 1 <= int(page.headers["Retry-After"]) <= 900
    assert "Terlalu banyak percobaan" in page.text
    assert f'value="{user.email}"' in page.text


def test_guessing_at_many_accounts_is_slowed_down(few_tries, enter):
    for number in range(4):
        assert enter(f"orang{number}@contoh.example", WRONG).status_code == 422
    assert enter("lain@contoh.example", WRONG).status_code == 429


def test_a_stranger_cannot_lock_the_owner_out(few_tries, person, enter, new_client):
    user = person()
    assert enter(user.email).status_code == 303
    stranger = new_client()
    stranger.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    codes = [enter(user.email, WRONG, by=stranger).status_code for _ in range(3)]
    assert codes == [422, 422, 429]
    assert enter(user.email, by=new_client()).status_code == 303


def test_a_request_of_another_site_is_refused(client, person):
    data = {"email": person().email, "password": PASSWORD}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert client.post("/masuk", data=data, headers=headers).status_code == 403
        assert client.post("/keluar", headers=headers).status_code == 403
    assert not inside(client)
