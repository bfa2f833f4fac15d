"""What time alone brings about, once each, however often and however late the clock runs."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.models import OutboxMessage, ReasonCode, Role, Status
from portal.services import cases, clock
from tests import factories as make
from tests.factories import at, day


def _actions(case: Any) -> list[str]:
    return [event.action for event in make.events_of(case)]


def test_a_question_nobody_answered_closes_the_case(db: Any) -> None:
    case = make.make_case(Status.NEEDS_INFO)  # asked on Wednesday 11 November: open until Wednesday the 18th
    assert clock.run_due(at(18, 16)) == 0
    assert clock.run_due(at(18, 16, 1)) == 1
    assert (case.status, case.reason_code) == (Status.DECLINED, ReasonCode.NOT_ENOUGH_INFORMATION)
    assert (case.due_at, case.paused_at) == (None, None)
    assert make.events_of(case)[-1].actor_kind == "clock"


def test_the_reporter_may_object_to_that(db: Any) -> None:
    case = make.make_case(Status.NEEDS_INFO)
    clock.run_due(at(19))
    cases.object_(case, reason="Saya sedang di laut.", actor=make.reporter(case), at=at(20))
    assert case.status is Status.IN_REVIEW


def test_a_deferred_case_comes_back_on_its_day(db: Any) -> None:
    case = make.make_case(Status.DEFERRED, review_on=day(at(25)))
    assert clock.run_due(at(24, 23, 59)) == 0
    assert clock.run_due(at(25, 0, 1)) == 1
    assert (case.status, case.due_at, case.review_on) == (Status.IN_REVIEW, at(30, 16), None)


def test_a_deadline_is_told_the_working_day_before_at_due_and_three_days_over_once_each(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    case.due_at = at(20, 16)  # a Friday
    told = []
    moment = at(16, 8)
    while moment < at(30):
        clock.run_due(moment)
        told.append((moment, case.escalated))
        moment += timedelta(hours=1)
    steps = [next(when for when, step in told if step == wanted) for wanted in (1, 2, 3)]
    assert steps == [at(19, 0), at(20, 17), at(25, 0)]
    assert _actions(case)[-3:] == ["escalate_before", "escalate_due", "escalate_late"]
    assert [event.public for event in make.events_of(case)][-3:] == [False, False, True]


def test_each_step_tells_more_people(db: Any) -> None:
    agency = make.make_agency()
    officer, head = make.make_user(Role.OFFICER, agency), make.make_user(Role.HEAD, agency)
    triage = make.make_user(Role.TRIAGE)
    case = make.make_case(Status.ASSIGNED, agency=agency, officer=officer)
    case.due_at = at(20, 16)
    for moment in (at(19), at(20, 17), at(25)):
        clock.run_due(moment)
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "staff_due")).all()
    told: dict[int, set[int]] = {}
    for row in rows:
        told.setdefault(row.event_id, set()).add(row.recipient_id)
    assert list(told.values()) == [
        {officer.id},
        {officer.id, head.id},
        {officer.id, head.id, triage.id},
    ]


def test_after_a_standstill_only_the_last_step_is_told(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    case.due_at = at(13, 16)
    assert clock.run_due(at(30)) == 1
    assert _actions(case)[-1] == "escalate_late"
    assert "escalate_due" not in _actions(case)
    assert clock.run_due(at(30)) == 0


def test_an_escalation_makes_no_open_form_stale(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    case.due_at = at(13, 16)
    before = case.version
    clock.run_due(at(30))
    assert case.version == before


@pytest.mark.parametrize("status", [Status.NEEDS_INFO, Status.ANSWERED, Status.DONE, Status.MERGED])
def test_a_clock_that_rests_or_is_over_is_not_told(db: Any, status: Status) -> None:
    case = make.make_case(status, due_at=at(2))
    db.session.flush()
    clock.run_due(at(13))
    assert case.escalated == 0


def test_running_the_clock_forward_and_back_does_nothing_twice(db: Any) -> None:
    expiring, deferred = make.make_case(Status.NEEDS_INFO), make.make_case(Status.DEFERRED)
    late = make.make_case(Status.ASSIGNED)
    much_later = at(30) + timedelta(days=400)
    clock.run_due(much_later)
    history = [_actions(case) for case in (expiring, deferred, late)]
    for moment in (at(12), much_later, at(1), much_later):
        clock.run_due(moment)
    assert [_actions(expiring), _actions(late)] == [history[0], history[2]]
    assert _actions(deferred).count("review") == 1


def test_a_run_takes_up_a_bounded_number_and_the_next_one_goes_on(db: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(clock, "BATCH", 2)
    for _ in range(5):
        make.make_case(Status.NEEDS_INFO)
    assert [clock.run_due(at(30)) for _ in range(4)] == [2, 2, 1, 0]


def test_one_case_that_fails_keeps_none_of_the_others_waiting(db: Any, monkeypatch: Any) -> None:
    good, bad = make.make_case(Status.NEEDS_INFO), make.make_case(Status.NEEDS_INFO)
    real = cases.expire

    def fragile(case: Any, **words: Any) -> None:
        real(case, **words)
        if case.id == bad.id:
            raise RuntimeError("broken")

    monkeypatch.setattr(clock, "expire", fragile)
    assert clock.run_due(at(30)) == 1
    assert (good.status, bad.status) == (Status.DECLINED, Status.NEEDS_INFO)
    assert _actions(bad)[-1] == "ask"


def test_the_command_runs_until_nothing_is_due(db: Any, run_command: Any) -> None:
    make.make_case(Status.NEEDS_INFO)
    result = run_command("clock", "run")
    assert result.exit_code == 0
    assert "Cases that moved:" in result.output
