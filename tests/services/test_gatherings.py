"""Meetings for citizens: seats are never given twice, and whoever registered hears what changes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.models import (
    AuditEntry,
    Gathering,
    GatheringSubmission,
    HideCode,
    OutboxMessage,
    Registration,
    RegistrationState,
)
from portal.services import gatherings
from portal.services.errors import NotPermitted, StaleVersion
from tests import factories as make
from tests.factories import MONDAY, at
from tests.support.parallel import at_once

REGISTERED, WAITING = RegistrationState.REGISTERED, RegistrationState.WAITING


@pytest.fixture
def seal(app, db):
    return app.extensions["seal"]


def register(seal, gathering, user=None, seats=1, needs="") -> Registration:
    user = user or make.make_citizen(seal)
    return gatherings.register(gathering, user, seats=seats, needs=needs, at=MONDAY, seal=seal)


def kinds(db) -> list[str]:
    return list(db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id)))


def state(db, registration) -> RegistrationState:
    db.session.expire_all()
    return db.session.get(Registration, registration.id).state


def test_the_last_seat_goes_to_one_of_twenty_who_press_at_once(app, db, seal):
    gathering = make.make_gathering(capacity=3)
    people = [make.make_citizen(seal).id for _ in range(20)]
    register(seal, gathering, seats=2)
    db.session.commit()

    def press(number: int) -> str:
        user = db.session.get(make.User, people[number])
        row = db.session.get(Gathering, gathering.id)
        return gatherings.register(row, user, seats=1, needs="", at=MONDAY, seal=seal).state.value

    assert at_once(app, press) == {"registered": 1, "waiting": 19}
    taken = select(func.sum(Registration.seats)).where(Registration.state == REGISTERED)
    assert db.session.scalar(taken) == 3


def test_twenty_presses_of_one_person_are_one_registration(app, db, seal):
    gathering, person = make.make_gathering(capacity=3), make.make_citizen(seal).id
    db.session.commit()

    def press(_number: int) -> str:
        row = db.session.get(Gathering, gathering.id)
        user = db.session.get(make.User, person)
        return gatherings.register(row, user, seats=2, needs="", at=MONDAY, seal=seal).state.value

    assert at_once(app, press) == {"registered": 20}
    assert db.session.query(Registration).one().seats == 2
    assert kinds(db) == ["gathering_registered"]


def test_seats_given_back_at_once_are_given_out_once(app, db, seal):
    gathering = make.make_gathering(capacity=10)
    holders = [make.make_citizen(seal) for _ in range(10)]
    for one in holders:
        register(seal, gathering, one)
    for _ in range(6):
        register(seal, gathering, seats=2)
    db.session.commit()
    ids = [one.id for one in holders]

    def press(number: int) -> str:
        row, user = db.session.get(Gathering, gathering.id), db.session.get(make.User, ids[number])
        return str(gatherings.unregister(row, user, at=MONDAY))

    assert at_once(app, press, 10) == {"True": 10}
    taken = select(func.sum(Registration.seats)).where(Registration.state == REGISTERED)
    assert db.session.scalar(taken) == 10


def test_the_waiting_list_moves_up_in_order_and_nobody_overtakes(db, seal):
    gathering = make.make_gathering(capacity=4)
    first = make.make_citizen(seal)
    register(seal, gathering, first, seats=4)
    family, single = register(seal, gathering, seats=3), register(seal, gathering, seats=1)
    assert (family.state, single.state) == (WAITING, WAITING)
    register(seal, gathering, first, seats=3)  # one seat is free, the family of three does not fit
    assert (state(db, family), state(db, single)) == (WAITING, WAITING)
    gatherings.unregister(gathering, first, at=MONDAY)
    assert (state(db, family), state(db, single)) == (REGISTERED, REGISTERED)
    assert kinds(db).count("gathering_moved_up") == 2


def test_whoever_waits_may_ask_for_fewer_seats_and_then_gets_them(db, seal):
    gathering, person = make.make_gathering(capacity=2), make.make_citizen(seal)
    register(seal, gathering)
    assert register(seal, gathering, person, seats=3).state is WAITING
    assert register(seal, gathering, person, seats=1).state is REGISTERED


def test_more_seats_than_are_free_leave_the_registration_as_it_was(db, seal):
    gathering, person = make.make_gathering(capacity=3), make.make_citizen(seal)
    mine = register(seal, gathering, person, seats=1)
    register(seal, gathering, seats=2)
    with pytest.raises(gatherings.SeatsTaken):
        register(seal, gathering, person, seats=2)
    assert mine.seats == 1


def test_more_capacity_goes_to_the_waiting_list_and_less_than_is_taken_is_refused(db, seal):
    agency = make.make_agency()
    gathering, head = make.make_gathering(agency, capacity=1), make.head(agency)
    register(seal, gathering)
    waiting = register(seal, gathering, seats=2)
    gatherings.edit(gathering, actor=head, at=MONDAY, version=1, fields={"capacity": 3})
    assert state(db, waiting) is REGISTERED
    with pytest.raises(gatherings.SeatsTaken):
        gatherings.edit(gathering, actor=head, at=MONDAY, version=2, fields={"capacity": 2})


def test_whoever_comes_back_stands_at_the_end_of_the_line(db, seal):
    gathering, person = make.make_gathering(capacity=1), make.make_citizen(seal)
    register(seal, gathering)
    register(seal, gathering, person)
    other = register(seal, gathering)
    assert gatherings.unregister(gathering, person, at=MONDAY)
    assert not gatherings.unregister(gathering, person, at=MONDAY)
    assert register(seal, gathering, person).id > other.id


def test_what_somebody_needs_is_sealed_and_gone_when_they_cancel(db, seal):
    gathering, person = make.make_gathering(), make.make_citizen(seal)
    mine = register(seal, gathering, person, needs="kursi roda")
    assert "kursi" not in mine.needs and seal.open(mine.needs) == "kursi roda"
    gatherings.unregister(gathering, person, at=MONDAY)
    db.session.expire_all()
    assert db.session.get(Registration, mine.id).needs == ""


@pytest.mark.parametrize(
    "trait",
    [
        {"published_at": None},
        {"cancelled_at": MONDAY},
        {"registration_until": MONDAY - timedelta(minutes=1)},
        {"starts_at": MONDAY - timedelta(hours=1), "ends_at": MONDAY + timedelta(hours=1)},
    ],
)
def test_one_cannot_register_for_what_is_not_open(db, seal, trait):
    with pytest.raises(gatherings.NotOpen):
        register(seal, make.make_gathering(**trait))


def test_another_time_is_told_once_to_everybody_on_the_list(db, seal):
    agency = make.make_agency()
    gathering, head = make.make_gathering(agency, capacity=1), make.head(agency)
    register(seal, gathering)
    register(seal, gathering)
    later = {"starts_at": at(30, 13), "ends_at": at(30, 15)}
    gatherings.edit(gathering, actor=head, at=MONDAY, version=1, fields=later)
    gatherings.edit(gathering, actor=head, at=MONDAY, version=2, fields={"title_id": "Nama lain"})
    assert kinds(db).count("gathering_changed") == 2
    with pytest.raises(StaleVersion):
        gatherings.edit(gathering, actor=head, at=MONDAY, version=2, fields=later)


def test_calling_off_is_told_once_and_nobody_is_reminded(db, seal):
    agency = make.make_agency()
    gathering, head = make.make_gathering(agency), make.head(agency)
    register(seal, gathering)
    for _ in range(2):
        gatherings.cancel(gathering, actor=head, at=MONDAY, reason="Banjir")
    assert kinds(db).count("gathering_cancelled") == 1
    assert gatherings.remind(at(29, 9)) == 0


def test_people_with_a_seat_are_reminded_once_on_the_day_before(db, seal):
    gathering = make.make_gathering(capacity=1)
    register(seal, gathering)
    register(seal, gathering)
    assert gatherings.remind(at(28, 9)) == 0
    assert gatherings.remind(at(29, 7)) == 0
    gatherings.remind(at(29, 8))
    gatherings.remind(at(29, 20))
    assert kinds(db).count("gathering_reminder") == 1


def test_minutes_are_written_after_it_began_and_told_once(db, seal):
    agency = make.make_agency()
    gathering, head = make.make_gathering(agency), make.head(agency)
    register(seal, gathering)
    with pytest.raises(NotPermitted):
        gatherings.write_minutes(gathering, actor=head, at=MONDAY, version=1, text_id="Disepakati.")
    after = at(30, 12)
    gatherings.write_minutes(gathering, actor=head, at=after, version=1, text_id="Disepakati.")
    gatherings.write_minutes(gathering, actor=head, at=after, version=2, text_id="Disepakati semua.")
    assert kinds(db).count("gathering_minutes") == 1


def test_officers_write_drafts_and_leave_the_public_to_those_who_publish(db, seal):
    agency = make.make_agency()
    officer = make.officer(agency)
    fields = {
        "agency_id": agency.id,
        "title_id": "Kunjungan lapangan ke Pasar Nauli",
        "starts_at": at(30, 9),
        "ends_at": at(30, 11),
    }
    points = [gatherings.Point("Pembukaan")]
    draft = gatherings.create(actor=officer, at=MONDAY, fields=fields, points=points)
    assert draft.slug.startswith("kunjungan-lapangan-ke-pasar-nauli-2026-11-30-")
    gatherings.edit(draft, actor=officer, at=MONDAY, version=1, fields={"place": "Pasar Nauli"})
    for step in (
        lambda: gatherings.publish(draft, actor=officer, at=MONDAY),
        lambda: gatherings.cancel(draft, actor=officer, at=MONDAY, reason="Hujan"),
        lambda: gatherings.create(actor=make.head(make.make_agency()), at=MONDAY, fields=fields),
    ):
        with pytest.raises(NotPermitted):
            step()
    gatherings.publish(draft, actor=make.head(agency), at=MONDAY)
    with pytest.raises(NotPermitted):
        gatherings.edit(draft, actor=officer, at=MONDAY, version=3, fields={"place": "Lain"})
    noted = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert noted == ["gathering_create", "gathering_edit", "gathering_publish"]


def test_only_what_everybody_can_read_is_linked(db, seal):
    agency = make.make_agency()
    gathering, head = make.make_gathering(agency), make.head(agency)
    seen, secret = make.make_case(), make.make_case(secret=True)
    hidden = make.make_case(hidden_code=HideCode.INSULT)
    wanted = [seen.reference, secret.reference, hidden.reference, "SB-2611-ZZZZ"]
    assert gatherings.link(gathering, wanted, actor=head, at=MONDAY) == wanted[1:]
    assert db.session.query(GatheringSubmission).one().submission_id == seen.id


def test_the_seats_of_somebody_who_is_erased_go_to_whoever_waits(db, seal):
    gathering, person = make.make_gathering(capacity=1), make.make_citizen(seal)
    register(seal, gathering, person, needs="Kursi roda")
    waiting = register(seal, gathering)
    gatherings.forget_person(person.id, at=MONDAY)
    assert state(db, waiting) is REGISTERED
    assert db.session.query(Registration).count() == 1
