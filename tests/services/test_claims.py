"""A case is offered by its contact to the account that confirmed it, unless its reporter is shielded."""

import pytest

from portal.core.clock import now
from portal.models import IdentityContact, IdentityMode, Split
from portal.queries import claims as offers
from portal.queries import ownership
from portal.services import claims
from tests.factories import make_case, make_citizen

ADDRESS = "rosma@contoh.example"
NUMBER = "+6281234567890"


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def rosma(db, seal):
    return make_citizen(seal, ADDRESS)


@pytest.fixture
def sent(db, seal):
    """Make a case that was sent with a contact, and note that."""

    def sent(email: str = ADDRESS, **fields):
        case = make_case(email=email, seal=seal, **fields)
        claims.note(case, (email, NUMBER), seal=seal)
        return case

    return sent


def test_what_was_sent_with_a_confirmed_contact_is_on_offer_and_then_ones_own(db, seal, rosma, sent):
    cases = [sent(), sent()]
    sent("orang.lain@contoh.example")
    assert offers.offered(rosma.id, seal=seal) == [case.id for case in cases]
    assert claims.claim(rosma, at=now(), seal=seal) == 2
    assert sorted(ownership.owned(rosma.id, seal=seal)) == [case.id for case in cases]
    assert claims.claim(rosma, at=now(), seal=seal) == 0


@pytest.mark.parametrize("closed", [{"identity_mode": IdentityMode.SHIELDED}, {"secret": True}])
def test_neither_a_shielded_nor_a_secret_case_is_on_offer(db, seal, rosma, sent, closed):
    case = sent(**closed)
    assert offers.offered(rosma.id, seal=seal) == []
    if case.identity_mode is IdentityMode.SHIELDED:
        assert db.session.query(IdentityContact).count() == 0


def test_the_parts_come_along_but_for_one_that_became_secret(db, seal, rosma, sent):
    case, part, closed = sent(), make_case(), make_case(secret=True)
    for child in (part, closed):
        db.session.add(Split(child_id=child.id, parent_id=case.id, at=now()))
    claims.claim(rosma, at=now(), seal=seal)
    assert sorted(ownership.owned(rosma.id, seal=seal)) == [case.id, part.id]


def test_the_table_tells_no_contact(db, sent):
    sent()
    rows = db.session.query(IdentityContact).all()
    assert len(rows) == 2
    assert all(len(row.contact_hash) == 64 and ADDRESS not in row.contact_hash for row in rows)


def test_the_index_is_filled_for_older_cases_in_batches_and_twice_is_as_good_as_once(
    app, db, seal, rosma, monkeypatch
):
    monkeypatch.setattr(claims, "BATCH", 2)
    cases = [make_case(email=ADDRESS, phone=NUMBER, seal=seal) for _ in range(3)]
    make_case(email=ADDRESS, seal=seal, identity_mode=IdentityMode.SHIELDED)
    make_case(seal=seal)
    db.session.commit()
    rosma_id, ids = rosma.id, [case.id for case in cases]
    for _ in range(2):
        answer = app.test_cli_runner().invoke(args=["identities", "index"])
        assert answer.output == "Cases with a contact: 3\n"
        assert db.session.query(IdentityContact).count() == 6
    assert offers.offered(rosma_id, seal=seal) == ids
