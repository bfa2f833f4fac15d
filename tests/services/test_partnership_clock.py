"""The end of an agreement comes near: both sides are told, and the evaluation begins, each once."""

from datetime import date, timedelta

import pytest

from portal.core.clock import midnight
from portal.models import OutboxMessage, PartnershipStage, Role, Submission
from portal.rules.partnerships import Act
from portal.services import clock
from portal.services.partnerships import life, reminding
from tests import factories as make

S = PartnershipStage
END = date(2027, 12, 31)


def morning(days_before):
    return midnight(END - timedelta(days=days_before)) + timedelta(hours=7)


@pytest.fixture
def running(db):
    agency, business = make.make_agency(), make.make_business()
    owner, head = make.make_user(), make.make_user(Role.HEAD, agency)
    make.make_member(business, owner)
    row = make.make_partnership(
        agency,
        business,
        stage=S.ACTIVE,
        stage_since=morning(300),
        purpose_id="Wisata",
        starts_on=date(2027, 1, 1),
        ends_on=END,
    )
    return row, owner, make.actor(head)


def told(user_id, db):
    rows = db.session.query(OutboxMessage).filter_by(recipient_id=user_id)
    return sum(row.data.get("about") == "ends" for row in rows)


def test_both_sides_hear_five_times_of_an_end_and_never_twice_of_the_same(running, db):
    row, owner, head = running
    for days in range(100, -10, -1):
        clock.run_due(morning(days))
        clock.run_due(morning(days) + timedelta(hours=3))
    assert told(owner.id, db) == told(head.user_id, db) == 5
    assert row.reminded == 0


def test_after_a_standstill_only_the_nearest_is_told(running, db):
    _row, owner, _head = running
    clock.run_due(morning(20))
    assert told(owner.id, db) == 1


def test_an_extension_is_reminded_of_anew(running, db):
    row, owner, head = running
    clock.run_due(morning(30))
    life.move(
        row,
        Act.EXTEND,
        text="Hasilnya baik.",
        new_end=END + timedelta(days=365),
        actor=head,
        at=morning(20),
    )
    clock.run_due(morning(7))
    assert told(owner.id, db) == 1
    clock.run_due(morning(-365 + 90))
    assert told(owner.id, db) == 2


def test_the_evaluation_begins_sixty_days_before_the_end(running, db):
    row, _owner, _head = running
    clock.run_due(morning(61))
    assert row.stage is S.ACTIVE
    clock.run_due(morning(60))
    assert row.stage is S.EVALUATION
    event = make.events_of(db.session.get(Submission, row.submission_id))[-1]
    assert (event.action, event.actor_kind) == ("partnership_moved", "clock")


def test_what_was_continued_is_not_asked_again_before_the_term_is_over(running, db):
    row, _owner, head = running
    clock.run_due(morning(60))
    life.move(row, Act.CONTINUE, text="Dilanjutkan.", actor=head, at=morning(50))
    for days in range(50, -1, -1):
        clock.run_due(morning(days))
        assert row.stage is S.CONTINUED
    clock.run_due(morning(-1))
    assert row.stage is S.EVALUATION
    life.move(row, Act.CONTINUE, text="Diteruskan tanpa batas.", actor=head, at=morning(-3))
    clock.run_due(morning(-40))
    assert row.stage is S.CONTINUED


@pytest.mark.parametrize("stage", [S.NEW, S.DISCUSSION, S.DRAFTING, S.SIGNATURE, S.STOPPED, S.DECLINED])
def test_nothing_is_told_of_what_is_not_in_force(db, stage):
    make.make_partnership(stage=stage, ends_on=END)
    assert clock.run_due(morning(5)) == 0


def test_one_that_cannot_be_told_keeps_no_other_waiting(running, db, monkeypatch):
    row, owner, _head = running
    broken = make.make_partnership(stage=S.ACTIVE, ends_on=END - timedelta(days=1), stage_since=morning(300))
    tell = reminding.tell

    def refuse(partnership, *args, **values):
        if partnership.id == broken.id:
            raise RuntimeError
        tell(partnership, *args, **values)

    monkeypatch.setattr(reminding, "tell", refuse)
    reminding.run_due(morning(85))
    assert told(owner.id, db) == 1
    assert (row.reminded, broken.reminded) == (90, None)
