"""Changing a password, and a new one by mail."""

import re
from datetime import timedelta

import pytest

from portal.core.clock import now
from portal.models import OutboxMessage, ScopedToken, TokenPurpose, UserSession
from portal.services import tokens
from tests.support import jobs
from tests.web.account.conftest import PASSWORD
from tests.web.account.test_sign_in import cookie_of, inside, with_cookie

NEW = "empat kata yang acak"


@pytest.fixture
def link(app, db):
    """Return the address in the last reset mail."""

    def read() -> str:
        mail = (
            db.session.query(OutboxMessage).filter_by(kind="password_reset").order_by(OutboxMessage.id.desc())
        )
        return f"/masuk/atur/{app.extensions['seal'].open(mail.first().data['token'])}"

    return read


def forgot(client, email: str):
    return client.post("/masuk/lupa", data={"email": email})


def test_a_link_sets_a_new_password(client, person, enter, link):
    user = person()
    answer = forgot(client, user.email)
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200
    page = client.get(link())
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert 'autocomplete="new-password"' in page.text
    answer = client.post(link(), data={"password": NEW})
    assert client.get(answer.headers["Location"]).status_code == 200
    assert enter(user.email).status_code == 422
    assert enter(user.email, NEW).status_code == 303


def test_a_link_works_once(client, person, link, enter):
    user = person()
    forgot(client, user.email)
    client.post(link(), data={"password": NEW})
    again = client.post(link(), data={"password": "yang ketiga kalinya"})
    assert again.status_code == 404
    assert "sudah dipakai atau kedaluwarsa" in again.text
    assert client.get(link()).status_code == 404
    assert enter(user.email, NEW).status_code == 303


def test_looking_at_the_page_uses_nothing_up(client, db, person, link):
    forgot(client, person().email)
    for _ in range(3):
        assert client.get(link()).status_code == 200
    assert db.session.query(ScopedToken).one().used_at is None


def test_a_weak_password_leaves_the_link_good(client, person, link):
    forgot(client, person().email)
    page = client.post(link(), data={"password": "pendek"})
    assert page.status_code == 422
    assert "paling pendek 8" in page.text
    assert client.post(link(), data={"password": NEW}).status_code == 303


def test_a_new_password_voids_older_links_and_sessions(client, new_client, person, link, enter):
    user = person()
    enter(user.email)
    forgot(client, user.email)
    old = link()
    forgot(client, user.email)
    assert new_client().post(link(), data={"password": NEW}).status_code == 303
    assert client.get(old).status_code == 404
    assert not inside(client)


def test_an_old_link_is_no_good(client, db, person, link):
    forgot(client, person().email)
    db.session.query(ScopedToken).update({"expires_at": now() - timedelta(seconds=1)})
    assert client.get(link()).status_code == 404
    assert client.post(link(), data={"password": NEW}).status_code == 404


def test_a_token_for_something_else_opens_nothing(client, db, person):
    raw = tokens.issue(TokenPurpose.STOP_MAIL, person().id, now(), timedelta(hours=1))
    db.session.commit()
    assert client.post(f"/masuk/atur/{raw}", data={"password": NEW}).status_code == 404


def test_a_closed_account_gets_no_link_and_its_link_opens_nothing(client, db, person, link):
    user = person()
    forgot(client, user.email)
    user.active = False
    db.session.commit()
    assert client.get(link()).status_code == 404
    forgot(client, user.email)
    assert db.session.query(OutboxMessage).count() == 1


def test_nobody_learns_by_a_reset_whether_an_address_has_an_account(client, db, person):
    known, unknown = forgot(client, person().email), forgot(client, "tidak-ada@contoh.example")
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert db.session.query(OutboxMessage).count() == 1


def test_the_token_lies_nowhere_in_clear(client, db, person, link):
    forgot(client, person().email)
    raw = link().rpartition("/")[2]
    mail = db.session.query(OutboxMessage).one()
    assert raw not in str(mail.data)
    assert db.session.query(ScopedToken).one().token_hash != raw


def test_the_mailed_address_is_ours_whatever_host_the_request_named(app, client, person, smtp, link):
    jobs.use(app, smtp)
    user = person()
    app.config["BASE_URL"] = "https://suara.contoh.example"
    client.post("/masuk/lupa", data={"email": user.email}, headers={"Host": "jahat.example"})
    jobs.send_due(app, now())
    [mail] = smtp.to(user.email)
    assert f"https://suara.contoh.example{link()}" in mail.text
    assert "jahat" not in mail.text + mail.html


def test_asking_again_and_again_fills_nobodys_mailbox(client, db, person):
    user = person()
    assert {forgot(client, user.email).status_code for _ in range(6)} == {303}
    assert db.session.query(OutboxMessage).count() == 3


def test_asking_too_often_is_told_so(app, client):
    app.config["LIMIT_SIGN_IN_PER_ADDRESS"] = "1/15 minutes"
    forgot(client, "a@contoh.example")
    page = forgot(client, "b@contoh.example")
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0


# --- on one's own page --------------------------------------------------------------------------------


def change(client, current=PASSWORD, password=NEW, **more):
    return client.post("/akun/kata-sandi", data={"current": current, "password": password} | more)


def test_changing_the_password_signs_out_every_other_browser(client, new_client, person, enter):
    user = person()
    other = new_client()
    enter(user.email, by=other)
    enter(user.email)
    thief = with_cookie(new_client, cookie_of(other))
    assert change(client).status_code == 303
    assert "Kata sandi baru berlaku" in client.get("/akun").text
    assert not inside(other)
    assert not inside(thief)
    assert enter(user.email, NEW, by=new_client()).status_code == 303


def test_the_present_password_is_asked_for(client, person, enter):
    user = person()
    enter(user.email)
    page = change(client, current="salah sekali")
    assert page.status_code == 422
    assert "Kata sandi sekarang tidak cocok" in page.text
    assert enter(user.email, NEW).status_code == 422


@pytest.mark.parametrize("password", ["", "pendek", "password", "PASSWORD1", "aaaaaaaaaa", "x" * 300])
def test_a_weak_password_is_refused_with_a_reason(client, person, enter, password):
    enter(person().email)
    page = change(client, password=password)
    assert page.status_code == 422
    assert re.search(r'id="password-error"', page.text)


def test_other_browsers_can_be_signed_out_one_by_one_or_all(db, client, new_client, person, enter):
    user = person()
    one, two = new_client(), new_client()
    for browser in (one, two, client):
        enter(user.email, by=browser)
    page = client.get("/akun").text
    assert page.count("/akhiri") == 3
    oldest = db.session.query(UserSession).order_by(UserSession.id).first().id
    assert client.post(f"/akun/sesi/{oldest}/akhiri").status_code == 303
    assert [inside(one), inside(two), inside(client)] == [False, True, True]
    client.post("/akun/sesi/akhiri")
    assert [inside(two), inside(client)] == [False, True]


def test_nobody_ends_the_session_of_somebody_else(db, client, new_client, person, enter):
    victim, other = person(), new_client()
    enter(victim.email, by=other)
    enter(person().email)
    row = db.session.query(UserSession).filter_by(user_id=victim.id).one()
    client.post(f"/akun/sesi/{row.id}/akhiri")
    assert inside(other)


def test_the_language_of_mail_is_kept_and_the_page_follows(db, client, person, enter):
    user = person()
    enter(user.email)
    answer = client.post("/akun/bahasa", data={"locale": "en", "role": "admin", "active": "0"})
    assert answer.headers["Location"] == "/en/akun"
    db.session.refresh(user)
    assert (user.locale, user.active) == ("en", True)
    assert client.post("/akun/bahasa", data={"locale": "xx"}).status_code == 422


def test_a_session_beyond_the_database_is_nobodys(client, person, enter):
    enter(person().email)
    assert client.post(f"/akun/sesi/{'9' * 30}/akhiri").status_code == 404


def test_an_open_browser_is_no_place_to_guess_the_password(app, client, person, enter):
    app.config["LIMIT_SIGN_IN_PER_ACCOUNT"] = "3/hour"
    enter(person().email)
    for _ in range(3):
        assert change(client, "salah sekali", NEW).status_code == 422
    refused = change(client, PASSWORD, NEW)
    assert refused.status_code == 429
    assert "Terlalu banyak percobaan" in refused.text
