"""A session remembers the hour of its last use, and who is signed in sees it."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from portal.core.clock import now
from portal.models import UserSession
from portal.services.sessions import to_the_hour
from tests.factories import make_citizen, sign_in

LONG_AGO = timedelta(days=2)


@pytest.fixture
def me(app, client, db):
    user = make_citizen(app.extensions["seal"])
    sign_in(client, user)
    db.session.query(UserSession).update({"seen_at": to_the_hour(now() - LONG_AGO)})
    db.session.commit()
    return user


def seen(db):
    db.session.expire_all()
    return db.session.query(UserSession).order_by(UserSession.id).first().seen_at


@pytest.mark.parametrize("path", ["/akun", "/akun/kiriman?dari=bukan-kursor", "/akun/tidak-ada"])
def test_a_page_marks_the_hour_though_its_own_transaction_is_rolled_back(client, db, me, path):
    client.get("/akun")
    client.get(path)
    assert seen(db) == to_the_hour(now())


def test_a_refused_post_marks_it_too(client, db, me):
    assert client.post("/akun/klaim", data={}).status_code == 422
    assert seen(db) == to_the_hour(now())


def test_it_is_written_at_most_once_an_hour(client, db, me):
    written = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE user_session"):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for _ in range(3):
            client.get("/akun")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(written) == 1


def test_a_page_for_everybody_marks_nothing(client, db, me):
    before = seen(db)
    client.get("/kiriman")
    assert seen(db) == before


def test_the_list_of_browsers_tells_when_each_was_used(client, new_client, db, me):
    other = new_client()
    sign_in(other, me)
    assert "Terakhir dipakai" in client.get("/akun").text
