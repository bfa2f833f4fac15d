"""Cases that belong to an account, and who can tell."""

from flask import Flask

from portal.core.clock import now
from portal.core.database import db
from portal.models import Ownership
from portal.queries import ownership as owned
from portal.services import ownership
from tests.factories import make_case, make_citizen


def test_owning_twice_is_owning_once(app: Flask) -> None:
    with app.app_context():
        seal = app.extensions["seal"]
        person, case = make_citizen(seal), make_case()
        for _ in range(2):
            ownership.own(case.id, person, at=now(), seal=seal)
        assert owned.owned(person.id, seal=seal) == [case.id]
        assert owned.owns(person.id, case.id, seal=seal)


def test_nobody_else_owns_it_and_the_row_names_nobody(app: Flask) -> None:
    with app.app_context():
        seal = app.extensions["seal"]
        person, other, case = make_citizen(seal), make_citizen(seal), make_case()
        ownership.own(case.id, person, at=now(), seal=seal)
        assert not owned.owns(other.id, case.id, seal=seal)
        row = db.session.query(Ownership).one()
        assert row.owner_hash == seal.keyed_hash(f"owner:{person.id}")


def test_letting_go_leaves_the_case_without_an_owner(app: Flask) -> None:
    with app.app_context():
        seal = app.extensions["seal"]
        person, case = make_citizen(seal), make_case()
        ownership.own(case.id, person, at=now(), seal=seal)
        ownership.disown_all(person, seal=seal)
        assert owned.owned(person.id, seal=seal) == []
