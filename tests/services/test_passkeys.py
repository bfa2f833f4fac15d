"""A passkey opens its own account, on this site, with a challenge that is new."""

from datetime import timedelta

import pytest

from portal.models import AuditEntry, Passkey
from portal.queries import passkeys as reading
from portal.services import passkeys
from portal.services.passkeys import Refused, TooMany
from tests import factories
from tests.factories import MONDAY
from tests.support.authenticator import Authenticator

HERE = passkeys.site("https://lapor.example:8443", "Lapor")
SECOND = timedelta(seconds=1)


def device(**changes) -> Authenticator:
    return Authenticator(HERE.host, HERE.origin, **changes)


@pytest.fixture
def user(app, db):
    made = factories.make_citizen(app.extensions["seal"])
    db.session.flush()
    return made


@pytest.fixture
def other(app, db):
    made = factories.make_citizen(app.extensions["seal"])
    db.session.flush()
    return made


@pytest.fixture
def ask(app):
    def ask(user, at=MONDAY):
        return passkeys.ask_to_add(user, "w•••@contoh.example", here=HERE, at=at, seal=app.extensions["seal"])

    return ask


@pytest.fixture
def add(ask):
    def add(user, holder: Authenticator, name: str = "HP", **client):
        options, asked = ask(user)
        passkeys.add(user, holder.create(options, **client), name, asked, here=HERE, at=MONDAY)

    return add


def enter(holder: Authenticator, at=MONDAY, later=SECOND, **client):
    options, asked = passkeys.ask_to_sign_in(here=HERE, at=at)
    return passkeys.enter(holder.get(options, **client), asked, here=HERE, at=at + later)[0]


def test_a_key_opens_the_account_that_made_it(user, other, add, db):
    mine, theirs = device(), device(counter=1)
    add(user, mine)
    add(other, theirs)
    assert enter(mine).id == user.id
    assert enter(theirs).id == other.id
    assert reading.of_user(user.id)[0].used_at == MONDAY + SECOND
    assert db.session.query(AuditEntry).filter_by(action="passkey_added").count() == 2


def test_the_same_answer_opens_nothing_a_second_time(user, add):
    mine = device()
    add(user, mine)
    options, asked = passkeys.ask_to_sign_in(here=HERE, at=MONDAY)
    answer = mine.get(options)
    assert passkeys.enter(answer, asked, here=HERE, at=MONDAY + SECOND)
    with pytest.raises(Refused):
        passkeys.enter(answer, asked, here=HERE, at=MONDAY + 2 * SECOND)
    assert enter(mine, at=MONDAY + 3 * SECOND).id == user.id


def test_a_challenge_is_answered_within_five_minutes(user, add):
    mine = device()
    add(user, mine)
    with pytest.raises(Refused):
        enter(mine, later=timedelta(minutes=5, seconds=1))
    with pytest.raises(Refused):
        enter(mine, later=-SECOND)
    assert enter(mine, later=timedelta(minutes=5))


def test_an_answer_for_another_site_or_challenge_is_refused(user, add):
    mine = device()
    with pytest.raises(Refused):
        add(user, mine, origin="https://lapor.example.jahat.example")
    add(user, mine)
    for changes in ({"origin": "https://jahat.example"}, {"challenge": "AAAA"}, {"type": "webauthn.create"}):
        with pytest.raises(Refused):
            enter(mine, **changes)
    mine.host = "jahat.example"
    with pytest.raises(Refused):
        enter(mine)


def test_a_key_of_somebody_else_opens_nothing(user, other, add):
    mine, theirs = device(), device()
    add(user, mine)
    add(other, theirs)
    pretending = device(credential_id=mine.credential_id, key=theirs.key)
    with pytest.raises(Refused):
        enter(pretending)
    with pytest.raises(Refused):  # the challenge to add a key was somebody else's
        add(user, device(credential_id=mine.credential_id))


def test_a_challenge_for_one_account_adds_no_key_to_another(user, other, ask):
    options, asked = ask(other)
    with pytest.raises(Refused):
        passkeys.add(user, device().create(options), "", asked, here=HERE, at=MONDAY)
    options, asked = ask(user)
    with pytest.raises(Refused):  # nor does it sign anybody in
        passkeys.enter(device().get(options), asked, here=HERE, at=MONDAY)


def test_a_copied_key_whose_counter_stands_still_is_refused(user, add):
    mine = device(counter=5)
    add(user, mine)
    assert enter(mine)
    mine.counter = 2
    with pytest.raises(Refused):
        enter(mine, at=MONDAY + 5 * SECOND)


def test_a_closed_account_and_a_removed_key_open_nothing(user, add):
    mine = device()
    add(user, mine)
    user.active = False
    with pytest.raises(Refused):
        enter(mine)
    user.active = True
    key = reading.of_user(user.id)[0]
    assert passkeys.remove(user, key.id, at=MONDAY)
    assert not passkeys.remove(user, key.id, at=MONDAY)
    with pytest.raises(Refused):
        enter(mine)


def test_nobody_names_or_removes_the_key_of_somebody_else(user, other, add):
    add(user, device())
    key = reading.of_user(user.id)[0]
    assert not passkeys.rename(other, key.id, "Punya saya")
    assert not passkeys.remove(other, key.id, at=MONDAY)
    assert passkeys.rename(user, key.id, "HP Ibu")
    assert reading.of_user(user.id)[0].name == "HP Ibu"


def test_an_account_has_at_most_ten_keys(user, add, db):
    for _ in range(reading.MOST):
        add(user, device())
    with pytest.raises(TooMany):
        add(user, device())
    assert db.session.query(Passkey).count() == reading.MOST


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", "\0", "[" * 9000, "x" * 20_000, '{"id": 1, "rawId": [], "response": 3}',
     '{"id": "a", "rawId": "a", "type": "public-key", "response": {"clientDataJSON": "a",'
     ' "attestationObject": "_", "authenticatorData": "a", "signature": "a"}}'],
)  # fmt: skip
def test_what_no_device_sends_is_refused(user, ask, answer):
    with pytest.raises(Refused):
        passkeys.add(user, answer, "", ask(user)[1], here=HERE, at=MONDAY)
    _, asked = passkeys.ask_to_sign_in(here=HERE, at=MONDAY)
    with pytest.raises(Refused):
        passkeys.enter(answer, asked, here=HERE, at=MONDAY)
