"""A licence runs out: the people of the business hear of it in time, each step once."""

from datetime import date, timedelta

import pytest

from portal.core.clock import midnight
from portal.models import Licence, LicenceKind, OutboxMessage
from portal.services import clock, licence_reminders
from tests import factories as make

END = date(2027, 12, 31)


def morning(days_before):
    return midnight(END - timedelta(days=days_before)) + timedelta(hours=7)


def add(db, business, until=END, kind=LicenceKind.SKIPPER):
    row = Licence(business_id=business.id, kind=kind, valid_until=until, created_at=make.MONDAY)
    db.session.add(row)
    db.session.flush()
    return row


@pytest.fixture
def business(db):
    row = make.make_business(slug="lancang-1")
    make.make_member(row, make.make_user())
    make.make_member(row, make.make_user())
    return row


def told(db):
    return db.session.query(OutboxMessage).filter_by(kind="business_licence").count()


def test_each_member_hears_four_times_and_never_twice_of_the_same(business, db):
    row = add(db, business)
    for days in range(70, -5, -1):
        clock.run_due(morning(days))
        clock.run_due(morning(days) + timedelta(hours=3))
    assert told(db) == 2 * 4
    assert row.reminded == 0


def test_after_a_standstill_only_the_nearest_step_is_told(business, db):
    add(db, business)
    assert licence_reminders.run_due(morning(20)) == 1
    assert told(db) == 2


def test_nobody_hears_of_a_licence_that_is_over_or_has_no_end_or_was_renewed(business, db):
    add(db, business, END - timedelta(days=30))
    add(db, business, None, LicenceKind.HALAL)
    add(db, business, END + timedelta(days=1), LicenceKind.VESSEL)
    add(db, business, END + timedelta(days=700), LicenceKind.VESSEL)
    assert licence_reminders.run_due(morning(5)) == 0


def test_members_of_other_businesses_hear_nothing(business, db):
    other = make.make_user()
    make.make_member(make.make_business(), other)
    add(db, business)
    clock.run_due(morning(7))
    assert db.session.query(OutboxMessage).filter_by(recipient_id=other.id).count() == 0


def test_one_that_fails_keeps_none_of_the_others_waiting(business, db, monkeypatch):
    first, second = add(db, business), add(db, business, kind=LicenceKind.GUIDE)
    first_id, really = first.id, licence_reminders._remind

    def remind(row, at):
        if row.id == first_id:
            raise RuntimeError
        return really(row, at)

    monkeypatch.setattr(licence_reminders, "_remind", remind)
    assert licence_reminders.run_due(morning(7)) == 1
    assert second.reminded == 7
