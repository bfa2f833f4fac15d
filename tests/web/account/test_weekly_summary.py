"""A head turns the summary of the week off and on again; nobody else has it."""

from portal.core.database import db as database
from portal.models import Role, User
from tests import factories as make


def test_a_head_turns_the_summary_off_and_on(client, db):
    user = make.make_user(Role.HEAD, make.make_agency())
    make.sign_in(client, user)
    assert "Matikan ringkasan" in client.get("/akun").get_data(as_text=True)
    client.post("/akun/ringkasan", data={"weekly": "tidak"})
    assert not database.session.get(User, user.id).weekly_summary
    assert "Nyalakan ringkasan" in client.get("/akun").get_data(as_text=True)
    client.post("/akun/ringkasan", data={"weekly": "ya"})
    assert database.session.get(User, user.id).weekly_summary


def test_an_officer_has_no_summary(client, db):
    make.sign_in(client, make.make_user(Role.OFFICER, make.make_agency()))
    assert "Ringkasan mingguan" not in client.get("/akun").get_data(as_text=True)
    assert client.post("/akun/ringkasan", data={"weekly": "ya"}).status_code == 404
