import pytest

from portal.models import HideCode, OutboxMessage, Status, Submission, Support
from portal.services import supports
from tests.factories import MONDAY, make_case

EMAIL = {"email": "ani@contoh.id"}


@pytest.fixture
def token(app, db):
    def token() -> str:
        mail = db.session.query(OutboxMessage).order_by(OutboxMessage.id.desc()).first()
        return app.extensions["seal"].open(mail.data["token"])

    return token


def ask(client, case, **values):
    return client.post(f"/k/{case.reference}/dukung", data=EMAIL | values)


def test_a_support_counts_after_the_link_was_pressed(client, db, token):
    case = make_case()
    assert ask(client, case).status_code == 303
    assert db.session.get(Submission, case.id).support_count == 0
    page = client.get(f"/dukung/{token()}")
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert db.session.get(Submission, case.id).support_count == 0
    answer = client.post(f"/dukung/{token()}")
    assert client.get(answer.headers["Location"]).status_code == 200
    assert db.session.get(Submission, case.id).support_count == 1


def test_the_link_works_in_another_browser(client, new_client, db, token):
    case = make_case()
    ask(client, case)
    assert new_client().post(f"/dukung/{token()}").status_code == 303


def test_pressing_again_counts_nothing_and_says_so_kindly(client, db, token):
    case = make_case()
    ask(client, case)
    client.post(f"/dukung/{token()}")
    again = client.post(f"/dukung/{token()}")
    assert again.status_code == 404
    assert "dukungan Anda sudah dihitung" in again.text
    assert db.session.get(Submission, case.id).support_count == 1


def test_a_known_and_a_new_address_get_the_same_answer(app, client, db):
    case = make_case()
    supports.request(case, EMAIL["email"], "id", MONDAY, app.extensions["seal"])
    support = db.session.query(Support).one()
    support.confirmed_at = MONDAY
    known, new = ask(client, case), ask(client, case, email="baru@contoh.id")
    assert known.status_code == new.status_code == 303
    assert known.headers["Location"] == new.headers["Location"]


@pytest.mark.parametrize("email", ["", "ani", "ani@", "a@b@c.id", "x" * 300 + "@contoh.id"])
def test_an_address_is_checked_by_its_form(client, db, email):
    page = ask(client, make_case(), email=email)
    assert page.status_code == 422
    assert db.session.query(Support).count() == 0


def test_a_machine_that_fills_the_hidden_field_sends_no_mail(client, db):
    assert ask(client, make_case(), website="http://x").status_code == 303
    assert db.session.query(OutboxMessage).count() == 0


def test_an_address_is_not_flooded_with_mail(client, db):
    for _ in range(8):
        assert ask(client, make_case()).status_code == 303
    assert db.session.query(OutboxMessage).count() == 5


def test_one_visitor_cannot_ask_for_ever(app, client, db):
    app.config["LIMIT_SUPPORT_PER_ADDRESS"] = "2/hour"
    case = make_case()
    answers = [ask(client, case, email=f"a{n}@contoh.id").status_code for n in range(3)]
    assert answers == [303, 303, 429]


@pytest.mark.parametrize(
    "trait",
    [
        {"secret": True},
        {"hidden_code": HideCode.INSULT},
        {"status": Status.WITHDRAWN},
        {"text_public": False},
    ],
)
def test_what_nobody_can_read_has_no_support_page(client, db, trait):
    case = make_case(**trait)
    assert client.get(f"/k/{case.reference}/dukung").status_code == 404
    assert ask(client, case).status_code == 404
    assert db.session.query(Support).count() == 0


def test_whoever_supports_a_merged_case_supports_what_it_was_merged_into(client, db):
    target = make_case(Status.ASSIGNED)
    merged = make_case(Status.MERGED, into=target)
    ask(client, merged)
    assert db.session.query(Support).one().submission_id == target.id


def test_a_link_to_a_case_that_became_secret_shows_nothing(client, db, token):
    case = make_case()
    ask(client, case)
    db.session.get(Submission, case.id).listed = False
    db.session.get(Submission, case.id).secret = True
    page = client.get(f"/dukung/{token()}")
    assert page.status_code == 404
    assert case.title not in page.text
    assert client.post(f"/dukung/{token()}").status_code == 404
    assert db.session.get(Submission, case.id).support_count == 0


@pytest.mark.parametrize("token", ["x", "terima-kasih2", "%00"])
def test_a_made_up_link_counts_nothing(client, db, token):
    assert client.get(f"/dukung/{token}").status_code == 404
    assert client.post(f"/dukung/{token}").status_code == 404
