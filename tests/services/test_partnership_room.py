"""What time brings about in the room: reminders of promises, and the questions of a quarter."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.sealing import current_seal
from portal.models import Duty, DutyKind, MonitoringForm, OutboxMessage, PartnershipStage, Party, Role
from portal.services.partnerships import duties, monitoring, talk
from tests import factories as make


@pytest.fixture
def partnership(db):
    row = make.make_partnership(
        stage=PartnershipStage.ACTIVE, starts_on=date(2026, 1, 5), ends_on=date(2027, 1, 4)
    )
    make.make_member(
        make.db.session.get(make.Business, row.business_id),
        make.make_user(email="p@contoh.example", citizen=True),
    )
    return row


def _mails(db):
    return db.session.query(OutboxMessage).filter_by(kind="business_partnership").count()


def test_a_promise_is_reminded_of_three_times_and_each_time_once(partnership, db):
    start = make.at(1, 8)
    due = start.date() + timedelta(days=40)
    row = Duty(
        partnership_id=partnership.id,
        kind=DutyKind.MILESTONE,
        party=Party.BUSINESS,
        title_id="Pelampung",
        due_on=due,
        created_at=start,
    )
    db.session.add(row)
    db.session.flush()
    told = [duties.run_due(start + timedelta(days=day)) for day in range(60)]
    assert [day for day, count in enumerate(told) if count] == [10, 33, 40]
    assert duties.run_due(start + timedelta(days=40)) == 0
    assert _mails(db) == 3


def test_a_kept_promise_and_an_ended_partnership_are_left_alone(partnership, db):
    fields = {"kind": DutyKind.MILESTONE, "party": Party.AGENCY, "created_at": make.MONDAY}
    kept = Duty(partnership_id=partnership.id, title_id="a", due_on=date(2026, 11, 2), **fields)
    kept.done_on = date(2026, 11, 1)
    db.session.add(kept)
    db.session.flush()
    assert duties.run_due(make.at(3)) == 0
    kept.done_on, partnership.stage = None, PartnershipStage.STOPPED
    db.session.flush()
    assert duties.run_due(make.at(3)) == 0


def test_a_quarter_that_is_over_is_asked_for_once(partnership, db):
    at = make.at(1, 8, month=10)
    assert monitoring.run_due(at) == 1
    assert monitoring.run_due(at) == 0
    rows = db.session.query(MonitoringForm).all()
    assert {(row.party, row.period_start) for row in rows} == {(party, date(2026, 7, 1)) for party in Party}
    assert _mails(db) == 1


def test_who_did_not_answer_is_asked_once_more(partnership, db):
    start = make.at(1, 8, month=10)
    for day in range(40):
        monitoring.run_due(start + timedelta(days=day))
    assert _mails(db) == 2


def test_a_partnership_that_began_after_the_quarter_is_not_asked(partnership, db):
    partnership.starts_on = date(2026, 10, 1)
    db.session.flush()
    assert monitoring.run_due(make.at(2, 8, month=10)) == 0


def test_the_coordination_is_reminded_of_its_own_promise(partnership, db):
    coordinator = make.make_user(Role.TRIAGE)
    today = make.day(make.MONDAY)
    values = {"title_id": "Rapat koordinasi", "public": True, "due_on": today}
    actor = make.actor(coordinator)
    duties.add(
        partnership, kind=DutyKind.MILESTONE, party=Party.COORDINATOR, actor=actor, at=make.MONDAY, **values
    )
    duties.run_due(make.MONDAY)
    assert db.session.query(OutboxMessage).filter_by(recipient_id=coordinator.id).count() == 1


def test_one_mail_a_day_of_the_city_about_messages(partnership, db):
    member = make.make_citizen(current_seal())
    make.make_member(make.db.session.get(make.Business, partnership.business_id), member)
    head = make.head(make.db.session.get(make.Agency, partnership.agency_id))
    # half past six and half past seven in the city, either side of midnight in UTC
    for at in (datetime(2026, 11, 16, 23, 30, tzinfo=UTC), datetime(2026, 11, 17, 0, 30, tzinfo=UTC)):
        talk.write(partnership, f"Kabar {at:%H}.", actor=head, at=at)
    assert db.session.query(OutboxMessage).filter_by(recipient_id=member.id).count() == 1
