"""A code works in the browser that asked for it, once, for ten minutes, for five tries."""

from datetime import datetime, timedelta

import pytest

from portal.core.clock import now
from portal.core.tokens import new_token
from portal.models import CodePurpose, ContactKind, OneTimeCode, OutboxMessage, Route, User
from portal.rules.contacts import TypedContact
from portal.services import citizens, codes
from tests.factories import make_case, make_support
from tests.support.parallel import MANY, at_once

ROSMA = TypedContact(ContactKind.EMAIL, "rosma@contoh.example")
SIGN_IN = CodePurpose.SIGN_IN


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def ask(db, seal):
    """Ask for a code; return it as the message brings it."""

    def ask(
        browser: str, at: datetime | None = None, contact: TypedContact = ROSMA, send: bool = True
    ) -> str:
        codes.request(
            contact,
            SIGN_IN,
            browser=browser,
            at=at or now(),
            seal=seal,
            locale="id",
            route=Route.EMAIL,
            send=send,
        )
        row = db.session.query(OutboxMessage).order_by(OutboxMessage.id.desc()).first()
        return seal.open(row.data["token"]) if row is not None else ""

    return ask


def enter(seal, browser: str, code: str, at: datetime | None = None):
    return codes.enter(browser, SIGN_IN, code, at=at or now(), seal=seal)


def test_the_right_code_proves_the_contact_once(ask, seal):
    browser = new_token()
    code = ask(browser)
    assert enter(seal, browser, f" {code[:3]} {code[3:]} ").contact == ROSMA
    assert enter(seal, browser, code) is None


def test_it_works_in_no_other_browser(ask, seal):
    code = ask(new_token())
    assert enter(seal, new_token(), code) is None


def test_after_ten_minutes_it_is_worth_nothing(ask, seal):
    browser = new_token()
    code = ask(browser, at=now() - timedelta(minutes=11))
    assert enter(seal, browser, code) is None


def test_the_sixth_try_is_one_too_many_even_with_the_right_code(ask, seal):
    browser = new_token()
    code = ask(browser)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(codes.TRIES):
        assert enter(seal, browser, wrong) is None
    assert enter(seal, browser, code) is None


def test_of_twenty_guesses_at_once_five_are_counted_and_then_the_right_code_is_worth_nothing(
    app, ask, db, seal
):
    browser = new_token()
    code = ask(browser)
    guess = "000000" if code != "000000" else "111111"
    db.session.commit()

    def act(_number: int) -> str:
        return "in" if enter(seal, browser, guess) is not None else "out"

    assert at_once(app, act) == {"out": MANY}
    db.session.expire_all()
    assert db.session.query(OneTimeCode).one().attempts == codes.TRIES
    assert enter(seal, browser, code) is None


def test_the_right_code_twenty_times_at_once_opens_once(app, ask, db, seal):
    browser = new_token()
    code = ask(browser)
    db.session.commit()

    def act(_number: int) -> str:
        return "in" if enter(seal, browser, code) is not None else "out"

    assert at_once(app, act) == {"in": 1, "out": MANY - 1}


def test_a_new_code_voids_the_older_one(ask, seal):
    browser = new_token()
    old = ask(browser)
    new = ask(browser)
    assert old == new or enter(seal, browser, old) is None
    assert enter(seal, browser, new) is not None


def test_where_nothing_was_sent_no_code_is_right(ask, db, seal):
    browser = new_token()
    ask(browser, send=False)
    assert db.session.query(OutboxMessage).count() == 0
    assert codes.pending(browser, SIGN_IN, at=now(), seal=seal).contact == ROSMA
    assert enter(seal, browser, "123456") is None


def test_the_table_tells_neither_code_nor_contact(ask, db):
    code = ask(new_token())
    row = db.session.query(OneTimeCode).one()
    mail = db.session.query(OutboxMessage).one()
    told = " ".join(str(value) for value in (*vars(row).values(), mail.data))
    assert code not in told
    assert ROSMA.value not in told


def test_a_contact_proved_for_the_first_time_makes_an_account_and_then_opens_it(db, seal):
    first = citizens.enter(ROSMA, at=now(), seal=seal, locale="id")
    again = citizens.enter(ROSMA, at=now(), seal=seal, locale="en")
    assert first.id == again.id
    assert first.citizen
    assert db.session.query(User).count() == 1


def test_a_closed_account_stays_closed(db, seal):
    citizens.enter(ROSMA, at=now(), seal=seal, locale="id").active = False
    assert citizens.enter(ROSMA, at=now(), seal=seal, locale="id") is None


def test_what_was_supported_by_that_address_before_becomes_the_accounts_own(db, seal):
    support = make_support(make_case(), person_hash=seal.keyed_hash(ROSMA.value))
    user = citizens.enter(ROSMA, at=now(), seal=seal, locale="id")
    db.session.refresh(support)
    assert support.user_id == user.id
