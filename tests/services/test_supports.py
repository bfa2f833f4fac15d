from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.core.database import transaction
from portal.models import HideCode, OutboxMessage, Status, Submission, Support
from portal.services import supports
from tests.factories import MONDAY, make_case, make_user

EMAIL = "ani@contoh.id"


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


def token_of(seal, mail) -> str:
    return seal.open(mail.data["token"])


def test_asking_counts_nothing_and_sends_a_link(db, seal):
    case = make_case()
    supports.request(case, EMAIL, "id", MONDAY, seal)
    mail = db.session.query(OutboxMessage).one()
    assert (mail.kind, case.support_count) == ("support_confirm", 0)
    assert EMAIL not in str(mail.data)


def test_the_address_is_sealed_and_found_by_a_keyed_hash(db, seal):
    supports.request(make_case(), EMAIL, "id", MONDAY, seal)
    support = db.session.query(Support).one()
    assert seal.open(support.email) == EMAIL
    assert support.person_hash == seal.keyed_hash(EMAIL)


def test_the_link_counts_once(db, seal):
    case = make_case()
    supports.request(case, EMAIL, "id", MONDAY, seal)
    token = token_of(seal, db.session.query(OutboxMessage).one())
    assert supports.opened(token, MONDAY) is case
    assert supports.confirm(token, MONDAY) is case
    assert supports.confirm(token, MONDAY) is None
    assert supports.opened(token, MONDAY) is None
    assert case.support_count == 1


def test_two_links_of_one_address_count_once(db, seal):
    case = make_case()
    for _ in range(2):
        supports.request(case, EMAIL, "id", MONDAY, seal)
    for mail in db.session.query(OutboxMessage).all():
        assert supports.confirm(token_of(seal, mail), MONDAY) is case
    assert case.support_count == 1


def test_whoever_confirmed_gets_no_second_mail(db, seal):
    case = make_case()
    supports.request(case, EMAIL, "id", MONDAY, seal)
    supports.confirm(token_of(seal, db.session.query(OutboxMessage).one()), MONDAY)
    supports.request(case, EMAIL, "id", MONDAY, seal)
    assert db.session.query(OutboxMessage).count() == 1


def test_the_link_is_good_for_a_week(db, seal):
    case = make_case()
    supports.request(case, EMAIL, "id", MONDAY, seal)
    token = token_of(seal, db.session.query(OutboxMessage).one())
    assert supports.confirm(token, MONDAY + timedelta(days=7, seconds=1)) is None
    assert case.support_count == 0


def test_a_signed_in_user_counts_once_and_the_same_as_by_mail(db, seal):
    case, user = make_case(), make_user()
    assert supports.support_as_user(case, user, MONDAY, seal=seal)
    assert not supports.support_as_user(case, user, MONDAY, seal=seal)
    supports.request(case, user.email, "id", MONDAY, seal)
    assert db.session.query(OutboxMessage).count() == 0
    assert case.support_count == 1


@pytest.mark.parametrize(
    "trait",
    [
        {"secret": True},
        {"status": Status.WITHDRAWN},
        {"status": Status.MERGED},
        {"hidden_code": HideCode.INSULT},
        {"text_public": False},
    ],
)
def test_what_nobody_can_read_cannot_be_supported(db, trait):
    assert not supports.can_be_supported(make_case(**trait))


def test_twenty_presses_at_once_count_one(app, db, seal):
    case = make_case()
    supports.request(case, EMAIL, "id", MONDAY, seal)
    token = token_of(seal, db.session.query(OutboxMessage).one())
    db.session.commit()

    def press(_number: int) -> bool:
        with app.app_context(), transaction():
            return supports.confirm(token, MONDAY) is not None

    with ThreadPoolExecutor(8) as threads:
        counted = list(threads.map(press, range(20)))
    db.session.expire_all()
    assert counted.count(True) == 1
    assert db.session.get(Submission, case.id).support_count == 1


def test_twenty_people_at_once_count_twenty(app, db, seal):
    case = make_case()
    for number in range(20):
        supports.request(case, f"warga{number}@contoh.id", "id", MONDAY, seal)
    tokens = [token_of(seal, mail) for mail in db.session.query(OutboxMessage)]
    db.session.commit()

    def press(token: str) -> None:
        with app.app_context(), transaction():
            supports.confirm(token, MONDAY)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(press, tokens))
    db.session.expire_all()
    assert db.session.get(Submission, case.id).support_count == 20


def test_one_address_asked_for_twenty_times_at_once_is_one_row(app, db, seal):
    case = make_case()
    db.session.commit()

    def ask(_number: int) -> None:
        with app.app_context(), transaction():
            supports.request(db.session.get(Submission, case.id), EMAIL, "id", MONDAY, seal)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(20)))
    assert db.session.query(Support).count() == 1


def test_a_link_of_a_support_taken_back_counts_for_nobody_who_comes_after(db, seal):
    case = make_case()
    supports.request(case, EMAIL, "id", MONDAY, seal)
    token = token_of(seal, db.session.query(OutboxMessage).one())
    row = db.session.query(Support).one()
    number = row.id
    db.session.delete(row)
    db.session.flush()
    supports.request(case, "budi@contoh.id", "id", MONDAY + timedelta(minutes=1), seal)
    later = db.session.query(Support).one()
    later.id = number  # SQLite gives the number away by itself
    db.session.flush()
    at = MONDAY + timedelta(minutes=2)
    assert supports.opened(token, at) is None
    assert supports.confirm(token, at) is None
    assert case.support_count == 0
