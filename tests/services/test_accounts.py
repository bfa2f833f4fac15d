"""Passwords, and what admins may change about people."""

import pytest
from argon2 import extract_parameters

from portal.core.clock import now
from portal.core.sealing import current_seal
from portal.models import AccessLog, Membership, Role, UserSession
from portal.rules.permissions import CLOCK, VISITOR
from portal.services import accounts, administration, sessions
from portal.services.errors import NotPermitted
from tests import factories as make
from tests.factories import MONDAY

PASSWORD = "ikan bakar Panyabungan"


@pytest.fixture
def admin(db):
    return make.actor(make.make_user(Role.ADMIN))


def traces(db) -> list[str]:
    return [row.what for row in db.session.query(AccessLog).order_by(AccessLog.id)]


# --- passwords ----------------------------------------------------------------------------------------


def test_passwords_are_kept_as_argon2id_with_the_agreed_cost(db):
    user = make.make_user()
    accounts.set_password(user, PASSWORD, at=MONDAY)
    found = extract_parameters(user.password_hash)
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 19_456, 2, 1)
    assert PASSWORD not in user.password_hash


def test_a_hash_of_another_cost_is_renewed_at_sign_in(db):
    from argon2 import PasswordHasher

    user = make.make_user(password_hash=PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD))
    old = user.password_hash
    assert accounts.authenticate(user.email, PASSWORD, seal=current_seal()) is user
    assert user.password_hash != old
    assert accounts.authenticate(user.email, PASSWORD, seal=current_seal()) is user


@pytest.mark.parametrize("password_hash", ["!", "", "not a hash"])
def test_without_a_password_nothing_opens(db, password_hash):
    user = make.make_user(password_hash=password_hash)
    for guess in ("", "!", "nobody's password", password_hash):
        assert accounts.authenticate(user.email, guess, seal=current_seal()) is None


def test_the_same_letters_typed_otherwise_are_the_same_password(db):
    user = make.make_user()
    accounts.set_password(user, "cafe\u0301 di pelabuhan", at=MONDAY)
    assert accounts.authenticate(user.email, "caf\u00e9 di pelabuhan", seal=current_seal()) is user


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("1234567", accounts.Weakness.SHORT),
        ("x1y2z3" * 60, accounts.Weakness.LONG),
        ("password", accounts.Weakness.COMMON),
        ("PassWord", accounts.Weakness.COMMON),
        ("abababababab", accounts.Weakness.COMMON),
        ("rosma@contoh.example", accounts.Weakness.COMMON),
        ("delapan8", None),
        (" berspasi ", None),
    ],
)
def test_weak_passwords_are_known(password, weakness):
    assert accounts.weakness(password, email="rosma@contoh.example") is weakness


def test_a_weak_password_changes_nothing(db):
    user = make.make_user()
    with pytest.raises(accounts.WeakPassword):
        accounts.set_password(user, "password", at=MONDAY)
    assert user.password_hash == "!"


# --- users and roles ----------------------------------------------------------------------------------


def test_a_new_user_gets_a_link_and_has_no_password(app, db, admin):
    user = administration.create_user(
        email=" Baru@Contoh.Example ", name="Baru", actor=admin, at=now(), seal=app.extensions["seal"]
    )
    assert user.email == "baru@contoh.example"
    assert user.password_hash == accounts.NO_PASSWORD
    assert user.memberships == []
    assert traces(db) == ["user_created"]


def test_an_address_has_one_account(db, admin):
    administration.create_user(email="a@contoh.example", name="A", actor=admin, at=now())
    with pytest.raises(administration.Taken):
        administration.create_user(email="A@contoh.example", name="B", actor=admin, at=now())


def test_roles_are_given_and_taken_with_a_trace(db, admin):
    agency, user = make.make_agency(), make.make_user()
    seat = administration.grant(
        user, Role.OFFICER, agency_id=agency.id, publisher=True, actor=admin, at=now()
    )
    assert [(s.role, s.agency_id, s.publisher) for s in user.memberships] == [(Role.OFFICER, agency.id, True)]
    administration.revoke(user, seat.id, actor=admin, at=now())
    assert user.memberships == []
    assert traces(db) == ["role_granted", "role_revoked"]
    log = db.session.query(AccessLog).first()
    assert (log.user_id, log.reason) == (admin.user_id, f"user {user.id}: officer {agency.code} publisher")


def test_the_same_role_is_given_once(db, admin):
    user, agency = make.make_user(Role.TRIAGE), make.make_agency()
    with pytest.raises(administration.Taken):
        administration.grant(user, Role.TRIAGE, actor=admin, at=now())
    administration.grant(user, Role.HEAD, agency_id=agency.id, actor=admin, at=now())
    with pytest.raises(administration.Taken):
        administration.grant(user, Role.HEAD, agency_id=agency.id, actor=admin, at=now())


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD])
def test_officers_and_heads_need_an_agency(db, admin, role):
    for agency_id in (None, 999_999, make.make_agency(active=False).id):
        with pytest.raises(administration.AgencyNeeded):
            administration.grant(make.make_user(), role, agency_id=agency_id, actor=admin, at=now())


def test_a_city_wide_role_forgets_the_agency(db, admin):
    agency = make.make_agency()
    seat = administration.grant(
        make.make_user(), Role.TRIAGE, agency_id=agency.id, publisher=True, actor=admin, at=now()
    )
    assert (seat.agency_id, seat.publisher) == (None, False)


def test_nobody_gives_themselves_a_role(db):
    user = make.make_user(Role.ADMIN)
    with pytest.raises(administration.OwnRole):
        administration.grant(user, Role.TRIAGE, actor=make.actor(user), at=now())


def test_the_last_admin_stays(db):
    user = make.make_user(Role.ADMIN)
    make.make_user(Role.ADMIN, active=False)
    actor = make.actor(user)
    with pytest.raises(administration.LastAdmin):
        administration.revoke(user, user.memberships[0].id, actor=actor, at=now())
    with pytest.raises(administration.LastAdmin):
        administration.set_active(user, False, actor=actor, at=now())
    make.make_user(Role.ADMIN)
    administration.set_active(user, False, actor=actor, at=now())
    assert not user.active


def test_closing_an_account_ends_its_sessions(db, admin):
    user = make.make_user(Role.TRIAGE)
    sessions.start(user, at=now(), hours=1)
    administration.set_active(user, False, actor=admin, at=now())
    assert db.session.query(UserSession).count() == 0
    assert traces(db) == ["user_deactivated"]


def test_a_head_names_the_publishers_of_the_own_agency_only(db):
    mine, other = make.make_agency(), make.make_agency()
    head = make.head(mine)
    here = make.make_user(Role.OFFICER, mine).memberships[0]
    there = make.make_user(Role.OFFICER, other).memberships[0]
    administration.set_publisher(here, True, actor=head, at=now())
    assert here.publisher
    with pytest.raises(NotPermitted):
        administration.set_publisher(there, True, actor=head, at=now())
    with pytest.raises(NotPermitted):
        administration.set_publisher(here, False, actor=make.officer(mine, publisher=True), at=now())
    assert traces(db) == ["publisher_granted"]


def test_an_officer_who_is_also_head_does_not_name_themselves(db):
    agency = make.make_agency()
    user = make.make_user(Role.OFFICER, agency)
    user.memberships.append(Membership(role=Role.HEAD, agency_id=agency.id))
    db.session.flush()
    with pytest.raises(NotPermitted):
        administration.set_publisher(user.memberships[0], True, actor=make.actor(user), at=now())


@pytest.mark.parametrize("who", ["visitor", "triage", "head"])
def test_only_admins_administer(db, who):
    agency = make.make_agency()
    actor = {"visitor": lambda: VISITOR, "triage": make.triage, "head": lambda: make.head(agency)}[who]()
    user = make.make_user(Role.OFFICER, agency)
    for change in (
        lambda: administration.create_user(email="x@contoh.example", name="X", actor=actor, at=now()),
        lambda: administration.grant(user, Role.ADMIN, actor=actor, at=now()),
        lambda: administration.revoke(user, user.memberships[0].id, actor=actor, at=now()),
        lambda: administration.set_active(user, False, actor=actor, at=now()),
        lambda: administration.save_agency(agency.id, name_id="X", actor=actor, at=now()),
        lambda: administration.set_setting("place_box", [0, 0, 1, 1], actor=actor, at=now()),
    ):
        with pytest.raises(NotPermitted):
            change()


def test_the_server_itself_may_make_the_first_admin(db):
    user = administration.create_user(email="a@contoh.example", name="A", actor=CLOCK, at=now())
    administration.grant(user, Role.ADMIN, actor=CLOCK, at=now())
    assert make.actor(user).has(Role.ADMIN)
