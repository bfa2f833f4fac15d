"""What was typed before signing in comes back afterwards, to its own page only."""

from datetime import timedelta

from flask import Flask

from portal.core.clock import now
from portal.core.database import db
from portal.models import HeldForm
from portal.services import held_forms


def test_what_was_typed_comes_back_to_the_same_page_only(app: Flask) -> None:
    with app.app_context():
        seal = app.extensions["seal"]
        token = held_forms.hold("/k/SB-1/komentar", {"text": "Jalan ini gelap."}, at=now(), seal=seal)
        kept = held_forms.held(token, "/k/SB-1/komentar", at=now(), seal=seal)
        assert kept == {"text": "Jalan ini gelap."}
        assert held_forms.held(token, "/k/SB-2/komentar", at=now(), seal=seal) == {}


def test_the_table_cannot_be_read(app: Flask) -> None:
    with app.app_context():
        held_forms.hold("/x", {"text": "Jalan ini gelap."}, at=now(), seal=app.extensions["seal"])
        assert "gelap" not in db.session.query(HeldForm).one().data


def test_after_a_day_it_is_gone(app: Flask) -> None:
    with app.app_context():
        seal = app.extensions["seal"]
        token = held_forms.hold("/x", {"text": "a"}, at=now() - timedelta(hours=25), seal=seal)
        assert held_forms.held(token, "/x", at=now(), seal=seal) == {}
        held_forms.forget_old(now())
        assert db.session.query(HeldForm).count() == 0
