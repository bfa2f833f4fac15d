"""What time brings about in the room: reminders of promises, and the questions of a quarter."""

from datetime import date, timedelta

import pytest

from portal.models import Duty, DutyKind, MonitoringForm, OutboxMessage, PartnershipStage, Party
from portal.services.partnerships import duties, monitoring
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
