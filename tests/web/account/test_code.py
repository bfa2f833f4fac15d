"""Signing in by a code, as a citizen does."""

import re

import pytest

from portal import jobs
from portal.models import Contact, ContactKind, OneTimeCode, OutboxMessage, Role, User, UserSession
from tests.factories import make_citizen

ROSMA = "rosma@contoh.example"


@pytest.fixture
def ask(client):
    def ask(contact: str = ROSMA, by=None, path: str = "/masuk"):
        return (by or client).post(path, data={"email": contact, "cara": "kode"})

    return ask


@pytest.fixture
def newest_code(app, db):
    def newest_code() -> str:
        row = (
            db.session.query(OutboxMessage)
            .filter_by(kind="sign_in_code")
            .order_by(OutboxMessage.id.desc())
            .first()
        )
        return app.extensions["seal"].open(row.data["token"])

    return newest_code


def test_a_citizen_comes_in_with_a_contact_and_a_code(client, db, ask, newest_code):
    assert ask().headers["Location"] == "/masuk/kode"
    page = client.get("/masuk/kode").text
    assert 'autocomplete="one-time-code"' in page
    assert client.post("/masuk/kode", data={"code": newest_code()}).headers["Location"] == "/akun"
    assert client.get("/akun").status_code == 200
    assert db.session.query(Contact).count() == 1


def test_one_goes_on_to_where_one_wanted_to_go(client, ask, newest_code):
    assert ask(path="/masuk?next=/kiriman").headers["Location"] == "/masuk/kode?next=/kiriman"
    answer = client.post("/masuk/kode?next=/kiriman", data={"code": newest_code()})
    assert answer.headers["Location"] == "/kiriman"


def test_a_wrong_code_is_said_at_its_field_and_counted(client, db, ask, newest_code):
    ask()
    wrong = "000000" if newest_code() != "000000" else "111111"
    for _ in range(5):
        page = client.post("/masuk/kode", data={"code": wrong})
        assert page.status_code == 422
        assert "Kode tidak cocok" in page.text
    assert db.session.query(OneTimeCode).one().attempts == 5
    assert client.post("/masuk/kode", data={"code": newest_code()}).status_code == 422


def test_a_code_opens_nothing_in_another_browser(client, new_client, ask, newest_code):
    ask()
    other = new_client()
    ask("lain@contoh.example", by=other)
    ask()
    assert other.post("/masuk/kode", data={"code": newest_code()}).status_code == 422


def test_nobody_learns_whether_a_contact_is_known_or_a_members_of_staff(
    app, db, person, new_client, ask, newest_code
):
    known = "dikenal@contoh.example"
    make_citizen(app.extensions["seal"], known)
    make_citizen(app.extensions["seal"], "tutup@contoh.example", active=False)
    staff = person(Role.TRIAGE).email
    answers = []
    for contact in (known, staff, "tutup@contoh.example", "baru@contoh.example"):
        visitor = new_client()
        first = ask(contact, by=visitor)
        answers.append((first.status_code, first.headers["Location"], visitor.get("/masuk/kode").status_code))
    assert len(set(answers)) == 1


def test_staff_get_no_code_but_a_mail_that_says_how(db, person, ask):
    user = person(Role.TRIAGE)
    ask(user.email)
    assert [row.kind for row in db.session.query(OutboxMessage)] == ["sign_in_password"]


def test_a_closed_account_gets_in_nowhere(app, client, db, ask, newest_code):
    make_citizen(app.extensions["seal"], ROSMA, active=False)
    ask()
    assert client.post("/masuk/kode", data={"code": newest_code()}).status_code == 422
    assert db.session.query(UserSession).count() == 0


def test_too_many_codes_to_one_contact_are_refused_in_the_same_words(app, new_client, ask):
    app.config["LIMIT_CODES_PER_CONTACT"] = "2/hour"
    for _ in range(2):
        assert ask(by=new_client()).status_code == 303
    page = ask(by=new_client())
    assert page.status_code == 422
    assert "Terlalu banyak kode diminta" in page.text


@pytest.mark.parametrize("typed", ["", "bukan", "0631 21122", "+1 212 555 0100", "<script>@x"])
def test_what_is_no_contact_is_said_at_the_field_and_kept(client, db, ask, typed):
    page = ask(typed)
    assert page.status_code == 422
    assert "error-text" in page.text
    assert "<script>@" not in page.text
    assert db.session.query(OneTimeCode).count() == 0


def test_without_a_pending_code_the_page_leads_back(client):
    assert client.get("/masuk/kode").headers["Location"] == "/masuk"
    assert client.post("/masuk/kode", data={"code": "123456"}).headers["Location"] == "/masuk"


def test_the_enter_key_after_a_password_means_the_password(client, person):
    user = person(Role.TRIAGE)
    data = {"email": user.email, "password": "bukan kata sandinya", "cara": "kode"}
    assert "tidak cocok" in client.post("/masuk", data=data).text


def test_signing_in_ends_what_an_earlier_visitor_left_but_keeps_what_was_typed(client, ask, newest_code):
    with client.session_transaction() as session:
        session["tracked"], session["held"] = "x", "token"
    ask()
    client.post("/masuk/kode", data={"code": newest_code()})
    with client.session_transaction() as session:
        assert "tracked" not in session
        assert session["held"] == "token"


def test_an_account_made_so_has_no_role_and_no_way_to_the_desk(client, db, ask, newest_code):
    ask()
    client.post("/masuk/kode", data={"code": newest_code(), "role": "admin", "citizen": ""})
    user = db.session.query(User).one()
    assert (user.memberships, user.citizen, user.email) == ([], True, None)
    assert client.get("/meja").status_code == 404


# --- by telephone ---------------------------------------------------------------------------------------


def test_a_number_in_any_spelling_gets_its_code_by_sms(app, client, db, ask):
    assert ask("0812-3456-7890").headers["Location"] == "/masuk/kode"
    jobs.sweep()
    (file,) = (app.config["DATA_DIR"] / "messages").iterdir()
    text = file.read_text()
    assert text.startswith("+6281234567890\n")
    (code,) = re.findall(r"\b\d{6}\b", text)
    assert "812" in client.get("/masuk/kode").text
    assert client.post("/masuk/kode", data={"code": code}).headers["Location"] == "/akun"
    assert db.session.query(Contact).one().kind is ContactKind.PHONE


def test_without_a_gateway_a_number_is_told_to_use_mail(app, db, ask):
    app.config["ENVIRONMENT"] = "production"
    page = ask("0812-3456-7890")
    assert page.status_code == 422
    assert "belum tersedia" in page.text
