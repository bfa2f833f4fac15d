"""The second factor of staff: one code opens once, and nothing readable is stored."""

from datetime import timedelta

import pyotp
import pytest

from portal.core.sealing import current_seal
from portal.models import AuditEntry, RecoveryCode, Role, SecondFactor, UserSession
from portal.queries import second_factors
from portal.rules.permissions import Actor
from portal.services import second_factor
from tests import factories as make
from tests.factories import MONDAY

STEP = timedelta(seconds=30)


@pytest.fixture
def seal(app):
    return current_seal()


@pytest.fixture
def user(db):
    return make.make_user(Role.TRIAGE)


def code(secret, at):
    return pyotp.TOTP(secret).at(at)


@pytest.fixture
def switched_on(user, seal):
    secret = second_factor.begin(user, seal=seal)
    codes = second_factor.confirm(user, code(secret, MONDAY), at=MONDAY, seal=seal)
    return secret, codes


def test_a_secret_stays_the_same_until_its_first_code_came(user, seal):
    assert second_factor.begin(user, seal=seal) == second_factor.begin(user, seal=seal)
    assert not second_factors.is_on(user.id)


def test_a_wrong_first_code_switches_nothing_on(user, seal):
    secret = second_factor.begin(user, seal=seal)
    wrong = code(secret, MONDAY + timedelta(hours=1))
    assert second_factor.confirm(user, wrong, at=MONDAY, seal=seal) is None
    assert not second_factors.is_on(user.id)


def test_the_code_that_switched_it_on_opens_nothing_more(user, seal, switched_on):
    secret, _codes = switched_on
    assert not second_factor.check(user.id, code(secret, MONDAY), at=MONDAY, seal=seal)
    later = MONDAY + 2 * STEP
    assert second_factor.check(user.id, code(secret, later), at=later, seal=seal)
    assert not second_factor.check(user.id, code(secret, later), at=later, seal=seal)


@pytest.mark.parametrize(("off", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(user, seal, switched_on, off, opens):
    secret, _codes = switched_on
    at = MONDAY + 10 * STEP
    assert second_factor.check(user.id, code(secret, at + off * STEP), at=at, seal=seal) is opens


def test_an_older_code_is_no_good_after_a_newer_one(user, seal, switched_on):
    secret, _codes = switched_on
    at = MONDAY + 10 * STEP
    assert second_factor.check(user.id, code(secret, at + STEP), at=at, seal=seal)
    assert not second_factor.check(user.id, code(secret, at), at=at, seal=seal)


def test_a_recovery_code_opens_once_however_it_is_typed(user, seal, switched_on):
    _secret, codes = switched_on
    assert len(set(codes)) == 10
    assert second_factor.check(user.id, codes[0].lower().replace("-", " "), at=MONDAY, seal=seal)
    assert not second_factor.check(user.id, codes[0], at=MONDAY, seal=seal)
    assert second_factors.codes_left(user.id) == 9


def test_recovery_codes_of_one_account_open_no_other(user, seal, switched_on):
    other = make.make_user(Role.TRIAGE)
    secret = second_factor.begin(other, seal=seal)
    second_factor.confirm(other, code(secret, MONDAY), at=MONDAY, seal=seal)
    assert not second_factor.check(other.id, switched_on[1][0], at=MONDAY, seal=seal)


def test_new_recovery_codes_void_the_old_ones(user, seal, switched_on):
    fresh = second_factor.renew_codes(user, at=MONDAY)
    assert not second_factor.check(user.id, switched_on[1][0], at=MONDAY, seal=seal)
    assert second_factor.check(user.id, fresh[0], at=MONDAY, seal=seal)


def test_neither_secret_nor_recovery_codes_can_be_read_in_the_database(user, seal, switched_on, db):
    secret, codes = switched_on
    assert secret not in db.session.get(SecondFactor, user.id).secret
    kept = {row.code_hash for row in db.session.query(RecoveryCode)}
    assert not kept & {codes[0], codes[0].replace("-", "")}


def test_switching_it_on_or_off_ends_every_session_and_is_noted(user, seal, client, db):
    make.sign_in(client, user)
    secret = second_factor.begin(user, seal=seal)
    second_factor.confirm(user, code(secret, MONDAY), at=MONDAY, seal=seal)
    assert db.session.query(UserSession).count() == 0
    second_factor.remove(user, by=Actor(user_id=user.id), at=MONDAY)
    assert not second_factors.is_on(user.id)
    noted = [row.action for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert noted == ["second_factor_on", "recovery_codes_new", "second_factor_off"]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-" * 20])
def test_what_is_no_code_opens_nothing(user, seal, switched_on, typed):
    assert not second_factor.check(user.id, typed, at=MONDAY, seal=seal)
