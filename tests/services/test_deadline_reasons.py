"""Whatever happens to a case, what is told of its deadline agrees with the deadline."""

from typing import Any

import pytest

from portal.core.sealing import Seal, new_key
from portal.models import Kind, ReasonCode, ServiceLevel, Status, Submission
from portal.queries import cases as reads
from portal.queries import reference
from portal.rules import deadlines
from portal.rules.deadlines import Explanation, Step
from portal.services import cases, pages
from tests import factories as make
from tests.factories import at, day
from tests.services.test_cases_walk import World

SEAL = Seal([new_key()])


def _told(case: Submission) -> Explanation | None:
    assert case.due_at is not None
    history = [Step(e.action, e.at, e.from_status, e.to_status) for e in reads.thread(case.id)]
    return deadlines.explain(
        case.due_from,
        case.due_days,
        deadlines.pauses(history),
        due=case.due_at,
        named=case.promised_on,
        calendar=reference.calendar(),
    )


def _agreed(case: Submission) -> Explanation:
    told = _told(case)
    assert told is not None
    assert told.agrees
    return told


def _assigned(**fields: Any) -> tuple[Submission, Any]:
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(answer_days=10), **fields)
    agency = make.make_agency()
    cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(16, 10))
    return case, agency


def test_the_example_of_the_workflow_is_told_in_its_parts(db: Any) -> None:
    case, agency = _assigned()
    cases.ask(case, question="Di mana?", seal=SEAL, actor=make.officer(agency), at=at(17, 9))
    assert _agreed(case).pauses[0].end is None
    cases.reply(case, text="Di depan pasar.", actor=make.reporter(case), at=at(19, 9))
    told = _agreed(case)
    assert (told.start, told.days, told.due) == (at(16, 10), 10, at(2, 16, month=12))
    assert [pause.days for pause in told.pauses] == [2]


def test_a_hand_over_leaves_the_reason_as_it_was(db: Any) -> None:
    case, agency = _assigned()
    other = make.make_agency()
    cases.hand_over(case, agency_id=other.id, reason="Bukan jalan kota.", actor=make.head(agency), at=at(20))
    assert _agreed(case).start == at(16, 10)


def test_an_objection_a_review_and_a_reopening_begin_anew(db: Any) -> None:
    case, agency = _assigned()
    head = make.head(agency)
    cases.decline(case, code=ReasonCode.BUDGET, text="Tidak ada anggaran.", actor=head, at=at(18))
    assert (case.due_from, case.due_days) == (None, None)
    cases.object_(case, reason="Saya keberatan.", actor=make.reporter(case), at=at(19))
    assert (_agreed(case).start, case.due_days) == (at(19), deadlines.VERIFY_DAYS)
    cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(20))
    assert _agreed(case).days == 10
    cases.answer(case, text="Sudah kami periksa.", actor=head, at=at(23))
    cases.not_done(case, reason="Masih padam.", actor=make.reporter(case), at=at(24))
    assert _agreed(case).start == at(24)
    cases.defer(
        case, code=ReasonCode.BUDGET, text="Tahun depan.", review_on=day(at(30)), actor=head, at=at(25)
    )
    cases.review(case, actor=make.triage(), at=at(26))
    assert _agreed(case).start == at(26)


def test_a_promise_is_counted_from_nothing(db: Any) -> None:
    case, agency = _assigned()
    saturday = day(at(12, month=12))
    cases.promise(case, text="Kami perbaiki.", on=saturday, actor=make.head(agency), at=at(25))
    assert (_agreed(case).days, case.due_at) == (None, at(12, 16, month=12))


def test_a_merge_that_was_taken_back_gives_back_the_reason_too(db: Any) -> None:
    case, _ = _assigned()
    cases.merge(case, into=make.make_case(), actor=make.triage(), at=at(17))
    assert (case.due_from, case.due_days) == (None, None)
    cases.unmerge(case, reason="Tempatnya lain.", actor=make.triage(), at=at(20))
    assert (_agreed(case).start, case.due_days) == (at(16, 10), 10)


def test_a_deadline_without_a_beginning_and_a_later_day_off_are_no_agreement(db: Any) -> None:
    case, _ = _assigned()
    make.add_holiday(day(at(18)))
    told = _told(case)
    assert told is not None
    assert not told.agrees
    assert case.due_at == at(30, 16)
    case.due_from = None
    assert _told(case) is None


@pytest.mark.parametrize("seed", range(12))
def test_every_running_deadline_of_a_random_life_can_be_told(db: Any, seed: int) -> None:
    world = World(seed)
    for _ in range(60):
        world.step()
        for case in world.cases:
            if case.due_at is not None:
                _agreed(case)
            else:
                assert (case.due_from, case.due_days) == (None, None)


# --- how many days ------------------------------------------------------------------------------------


def _level(db: Any, kind: Kind, category_id: int | None, days: int) -> None:
    db.session.add(ServiceLevel(kind=kind, category_id=category_id, answer_days=days))
    pages.touch_reference()
    db.session.commit()


def test_a_kind_of_a_category_may_have_days_of_its_own(db: Any) -> None:
    category = make.make_category(answer_days=10)
    _level(db, Kind.QUESTION, category.id, 3)
    agency = make.make_agency()
    question = make.make_case(Status.IN_REVIEW, Kind.QUESTION, category=category)
    problem = make.make_case(Status.IN_REVIEW, category=category)
    for case in (question, problem):
        cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(16, 10))
    assert [(case.due_at, case.due_days) for case in (question, problem)] == [
        (at(19, 16), 3),
        (at(30, 16), 10),
    ]


def test_a_level_that_changes_moves_no_deadline_but_counts_from_the_next_on(db: Any) -> None:
    case, agency = _assigned()
    _level(db, Kind.PROBLEM, case.category_id, 2)
    assert case.due_at == at(30, 16)
    cases.answer(case, text="Sudah kami periksa.", actor=make.head(agency), at=at(18))
    cases.not_done(case, reason="Masih padam.", actor=make.reporter(case), at=at(19))
    assert (case.due_at, case.due_days) == (at(23, 16), 2)


def test_an_unmerged_case_without_an_old_deadline_gets_the_days_of_its_level(db: Any) -> None:
    case, _ = _assigned()
    _level(db, Kind.PROBLEM, case.category_id, 2)
    case.due_at = None
    cases.merge(case, into=make.make_case(), actor=make.triage(), at=at(17))
    cases.unmerge(case, reason="Tempatnya lain.", actor=make.triage(), at=at(20))
    assert (case.due_at, case.due_days) == (at(24, 16), 2)


def test_how_late_the_first_answer_was_is_kept_with_it(db: Any) -> None:
    case, agency = _assigned()
    cases.answer(case, text="Sudah kami periksa.", actor=make.head(agency), at=at(2, 9, month=12))
    assert make.events_of(case)[-1].data["late"] == 2
    minute_late, agency = _assigned()
    cases.answer(minute_late, text="Sudah.", actor=make.head(agency), at=at(30, 16, 1))
    assert make.events_of(minute_late)[-1].data["late"] == 1
