"""Deadlines as they are set, moved, met and frozen by what happens to a case (WORKFLOW section 1)."""

from datetime import timedelta
from typing import Any

import pytest

from portal.core.sealing import Seal, new_key
from portal.models import Agency, ReasonCode, Status
from portal.rules.workflow import CONTEST_PERIOD, TransitionNotAllowed
from portal.services import cases
from portal.services.cases import handling
from tests import factories as make
from tests.factories import at, day

SEAL = Seal([new_key()])


def _assigned(db: Any, *, days: int = 10) -> Any:
    """A case assigned on Monday 16 November."""
    category = make.make_category(answer_days=days)
    case = make.make_case(Status.IN_REVIEW, category=category, received_at=at(13, 20, 14))
    agency = make.make_agency()
    cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(16, 10))
    return case, agency


def test_received_friday_evening_is_to_be_verified_by_wednesday(db: Any) -> None:
    case = make.make_case(received_at=at(13, 20, 14))
    assert case.due_at == at(18, 16)


def test_assigned_on_a_monday_is_to_be_answered_by_the_monday_after_next(db: Any) -> None:
    case, _ = _assigned(db)
    assert case.due_at == at(30, 16)
    assert case.assigned_at == at(16, 10)


def test_the_category_says_how_many_days_an_answer_may_take(db: Any) -> None:
    case, _ = _assigned(db, days=5)
    assert case.due_at == at(23, 16)


def test_two_working_days_of_waiting_for_the_citizen_move_the_deadline_by_two(db: Any) -> None:
    case, agency = _assigned(db)
    cases.ask(case, question="Di mana?", seal=SEAL, actor=make.officer(agency), at=at(17, 9))
    assert case.paused_at == at(17, 9)
    cases.reply(case, text="Di depan pasar.", actor=make.reporter(case), at=at(19, 9))
    assert case.due_at == at(2, 16, month=12)
    assert case.status is Status.ASSIGNED
    assert case.paused_at is None


def test_a_reply_on_the_same_day_moves_nothing(db: Any) -> None:
    case, agency = _assigned(db)
    case.escalated = 1
    cases.ask(case, question="Di mana?", seal=SEAL, actor=make.officer(agency), at=at(17, 9))
    cases.reply(case, text="Di depan pasar.", actor=make.reporter(case), at=at(17, 18))
    assert (case.due_at, case.escalated) == (at(30, 16), 1)


def test_a_moved_deadline_is_told_anew(db: Any) -> None:
    case, agency = _assigned(db)
    case.escalated = 1
    cases.ask(case, question="Di mana?", seal=SEAL, actor=make.officer(agency), at=at(17, 9))
    cases.reply(case, text="Di depan pasar.", actor=make.reporter(case), at=at(19, 9))
    assert case.escalated == 0


def test_a_question_may_wait_five_working_days(db: Any) -> None:
    case, agency = _assigned(db)
    question = cases.ask(case, question="Di mana?", seal=SEAL, actor=make.officer(agency), at=at(17, 9))
    assert question.expires_at == at(24, 16)


def test_a_hand_over_does_not_restart_the_clock(db: Any) -> None:
    case, agency = _assigned(db)
    other = make.make_agency()
    cases.hand_over(case, agency_id=other.id, reason="Bukan jalan kota.", actor=make.head(agency), at=at(20))
    assert (case.due_at, case.assigned_at, case.handovers) == (at(30, 16), at(16, 10), 1)


@pytest.mark.parametrize(
    ("moment", "on_time"), [(at(30, 16), True), (at(30, 16, 1), False), (at(1, month=12), False)]
)
def test_an_answer_is_on_time_until_closing_time_of_the_last_day(db: Any, moment: Any, on_time: bool) -> None:
    case, agency = _assigned(db)
    cases.answer(case, text="Sudah kami periksa.", actor=make.head(agency), at=moment)
    assert case.answered_on_time is on_time
    assert make.events_of(case)[-1].data["on_time"] is on_time


def test_the_first_outcome_stops_the_clock_and_counts_working_days_from_receipt(db: Any) -> None:
    case, agency = _assigned(db)
    cases.answer(case, text="Sudah kami periksa.", actor=make.head(agency), at=at(25))
    assert case.due_at is None
    assert case.answered_at == at(25)
    assert case.answered_in_days == 8  # 16 to 20, 23 to 25
    assert case.contest_until == at(25) + CONTEST_PERIOD


def test_a_later_outcome_changes_no_figure_of_the_first(db: Any) -> None:
    case, agency = _assigned(db)
    cases.answer(case, text="Sudah kami periksa.", actor=make.head(agency), at=at(25))
    cases.not_done(case, reason="Masih padam.", actor=make.reporter(case), at=at(26))
    cases.answer(case, text="Kami periksa lagi.", actor=make.head(agency), at=at(28, month=12))
    assert (case.answered_at, case.answered_on_time, case.answered_in_days) == (at(25), True, 8)
    assert "on_time" not in make.events_of(case)[-1].data


def test_a_promise_makes_the_promised_day_the_deadline(db: Any) -> None:
    case, agency = _assigned(db)
    promised = day(at(15, month=12))
    cases.promise(case, text="Kami perbaiki.", on=promised, actor=make.head(agency), at=at(25))
    assert case.due_at == at(15, 16, month=12)
    assert (case.promised_on, case.closed_at) == (promised, None)


def test_finishing_alone_is_no_first_outcome(db: Any) -> None:
    case = make.make_case(Status.IN_PROGRESS)
    first = case.answered_at
    evidence = [make.make_attachment(case)]
    agency = db.session.get(Agency, case.agency_id)
    cases.finish(case, text="Sudah.", evidence=evidence, actor=make.head(agency), at=at(25))
    assert case.answered_at == first


def test_not_done_starts_a_fresh_answer_clock(db: Any) -> None:
    case, agency = _assigned(db, days=5)
    cases.answer(case, text="Sudah kami periksa.", actor=make.head(agency), at=at(18))
    cases.not_done(case, reason="Masih padam.", actor=make.reporter(case), at=at(24))
    assert case.due_at == at(1, 16, month=12)
    assert (case.status, case.reopened, case.contest_until, case.closed_at) == (
        Status.ASSIGNED,
        1,
        None,
        None,
    )


def test_an_objection_starts_a_fresh_verification_clock(db: Any) -> None:
    case, agency = _assigned(db)
    cases.decline(
        case, code=ReasonCode.BUDGET, text="Tidak ada anggaran.", actor=make.head(agency), at=at(18)
    )
    cases.object_(case, reason="Saya keberatan.", actor=make.reporter(case), at=at(24))
    assert case.due_at == at(27, 16)
    assert (case.status, case.reopened, case.objected, case.reason_code) == (Status.IN_REVIEW, 1, True, None)


def test_assigning_again_after_an_objection_starts_the_answer_clock_but_keeps_the_first_assignment(
    db: Any,
) -> None:
    case, agency = _assigned(db)
    cases.decline(
        case, code=ReasonCode.BUDGET, text="Tidak ada anggaran.", actor=make.head(agency), at=at(18)
    )
    cases.object_(case, reason="Saya keberatan.", actor=make.reporter(case), at=at(24))
    cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(25))
    assert case.due_at == at(9, 16, month=12)
    assert case.assigned_at == at(16, 10)


def test_nobody_objects_twice(db: Any) -> None:
    case, agency = _assigned(db)
    head = make.head(agency)
    cases.decline(case, code=ReasonCode.BUDGET, text="Tidak ada anggaran.", actor=head, at=at(18))
    cases.object_(case, reason="Saya keberatan.", actor=make.reporter(case), at=at(19))
    cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(20))
    cases.decline(case, code=ReasonCode.BUDGET, text="Tetap tidak ada.", actor=head, at=at(23))
    with pytest.raises(TransitionNotAllowed):
        cases.object_(case, reason="Sekali lagi.", actor=make.reporter(case), at=at(24))


@pytest.mark.parametrize(("wait", "possible"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_a_reporter_has_fourteen_days_to_say_not_done(db: Any, wait: timedelta, possible: bool) -> None:
    case = make.make_case(Status.DONE)
    assert case.contest_until is not None
    moment = case.contest_until + wait
    if possible:
        cases.not_done(case, reason="Masih padam.", actor=make.reporter(case), at=moment)
        assert case.confirmed is False
    else:
        with pytest.raises(TransitionNotAllowed):
            cases.not_done(case, reason="Masih padam.", actor=make.reporter(case), at=moment)


def test_withdrawn_merged_and_declined_cases_have_no_deadline(db: Any) -> None:
    withdrawn, merged = make.make_case(), make.make_case()
    cases.withdraw(withdrawn, actor=make.reporter(withdrawn), at=at(10))
    cases.merge(merged, into=make.make_case(), actor=make.triage(), at=at(10))
    declined, agency = _assigned(db)
    cases.decline(declined, code=ReasonCode.LAND, text="Tanah warga.", actor=make.head(agency), at=at(18))
    assert [case.due_at for case in (withdrawn, merged, declined)] == [None, None, None]


def test_a_merge_that_is_taken_back_gives_the_days_back(db: Any) -> None:
    case, _ = _assigned(db)
    cases.merge(case, into=make.make_case(), actor=make.triage(), at=at(17))
    cases.unmerge(case, reason="Tempatnya lain.", actor=make.triage(), at=at(20))
    assert case.due_at == at(3, 16, month=12)  # three working days later than 30 November
    assert (case.status, case.closed_at, case.merged_into_id) == (Status.ASSIGNED, None, None)


def test_a_question_that_waited_through_a_merge_can_still_be_answered(db: Any) -> None:
    case, agency = _assigned(db)
    cases.ask(case, question="Di mana?", seal=SEAL, actor=make.officer(agency), at=at(17))
    cases.merge(case, into=make.make_case(), actor=make.triage(), at=at(18))
    cases.unmerge(case, reason="Tempatnya lain.", actor=make.triage(), at=at(30))
    assert case.status is Status.NEEDS_INFO
    question = handling.open_question(case)
    assert question is not None
    assert question.expires_at == at(7, 16, month=12)
    cases.reply(case, text="Di depan pasar.", actor=make.reporter(case), at=at(1, month=12))
    assert case.status is Status.ASSIGNED
    assert case.due_at == at(14, 16, month=12)  # ten days of waiting, to 1 December
