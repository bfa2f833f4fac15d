"""Deadlines are told on the right day of the city: over holidays, at midnight, at new year, after rests."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.core.database import db as database
from portal.core.database import transaction
from portal.core.sealing import Seal, new_key
from portal.models import Event, OutboxMessage, Role, Status, Submission
from portal.services import cases, clock
from tests import factories as make
from tests.factories import at, day

SEAL = Seal([new_key()])


def _told(case: Submission) -> list[str]:
    return [e.action for e in make.events_of(case) if e.action.startswith("escalate_")]


def _days_told(case: Submission, start: datetime, end: datetime) -> list[datetime]:
    """Run the clock every hour and return when each step was told."""
    found, moment, step = [], start, case.escalated
    while moment < end:
        clock.run_due(moment)
        if case.escalated != step:
            step = case.escalated
            found.append(moment)
        moment += timedelta(hours=1)
    return found


def _due(moment: datetime) -> Submission:
    case = make.make_case(Status.ASSIGNED)
    case.due_at = moment
    return case


def test_a_worker_that_stood_still_for_a_week_tells_the_last_step_once(db: Any) -> None:
    agency = make.make_agency()
    officer, head = make.make_user(Role.OFFICER, agency), make.make_user(Role.HEAD, agency)
    triage = make.make_user(Role.TRIAGE)
    case = make.make_case(Status.ASSIGNED, agency=agency, officer=officer)
    case.due_at = at(13, 16)
    for moment in (at(20), at(20, 10), at(23), at(27)):
        clock.run_due(moment)
    assert _told(case) == ["escalate_late"]
    mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "staff_due")).all()
    assert sorted(mail.recipient_id for mail in mails) == sorted([officer.id, head.id, triage.id])


def test_a_worker_that_stood_still_until_just_past_due_does_not_remind_of_the_day_before(db: Any) -> None:
    case = _due(at(20, 16))
    clock.run_due(at(20, 17))
    assert _told(case) == ["escalate_due"]
    clock.run_due(at(25))
    assert _told(case) == ["escalate_due", "escalate_late"]


def test_the_reminder_comes_at_midnight_of_the_city(db: Any) -> None:
    case = _due(at(20, 16))
    before = datetime(2026, 11, 18, 16, 59, tzinfo=UTC)  # 23.59 WIB
    clock.run_due(before)
    assert _told(case) == []
    clock.run_due(before + timedelta(minutes=1))
    assert _told(case) == ["escalate_before"]


def test_a_weekend_and_a_city_holiday_bring_the_reminder_forward(db: Any) -> None:
    make.add_holiday(day(at(20)))  # a Friday
    case = _due(at(23, 16))
    assert _days_told(case, at(17, 0), at(27)) == [at(19, 0), at(23, 17), at(26, 0)]


def test_over_new_year_days_off_do_not_count(db: Any) -> None:
    case = _due(at(4, 16, month=1, year=2027))
    told = _days_told(case, at(29, 0, month=12), at(9, month=1, year=2027))
    assert told == [
        at(31, 0, month=12),  # Thursday; Friday is New Year, Monday the deadline
        at(4, 17, month=1, year=2027),
        at(8, 0, month=1, year=2027),  # Tuesday the 5th is Isra Mikraj
    ]


def test_due_on_the_last_day_of_the_year_is_three_days_over_on_the_seventh(db: Any) -> None:
    case = _due(at(31, 16, month=12))
    told = _days_told(case, at(29, 0, month=12), at(9, month=1, year=2027))
    # 24 and 25 December are off too, so Wednesday the 30th is the working day before
    assert told == [at(30, 0, month=12), at(31, 17, month=12), at(7, 0, month=1, year=2027)]


def test_a_rest_over_holidays_gives_back_working_days_only_and_tells_anew(db: Any) -> None:
    category = make.make_category(answer_days=3)
    case = make.make_case(Status.IN_REVIEW, category=category)
    agency = make.make_agency()
    cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(21, 9, month=12))
    assert case.due_at == at(28, 16, month=12)  # 22, 23, then Monday: Christmas and its leave between
    clock.run_due(at(23, 9, month=12))
    assert _told(case) == ["escalate_before"]
    cases.ask(case, question="Di mana?", seal=SEAL, actor=make.officer(agency), at=at(23, 10, month=12))
    clock.run_due(at(28, 17, month=12))  # nothing is told while it rests
    cases.reply(case, text="Di depan pasar.", actor=make.reporter(case), at=at(28, 18, month=12))
    assert case.due_at == at(29, 16, month=12)
    clock.run_due(at(28, 19, month=12))
    clock.run_due(at(29, 17, month=12))
    assert _told(case) == ["escalate_before", "escalate_before", "escalate_due"]


def test_a_day_promised_on_a_weekend_is_told_while_there_is_a_working_day_left(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    agency = database.session.get(make.Agency, case.agency_id)
    saturday = day(at(12, month=12))
    cases.promise(case, text="Kami perbaiki.", on=saturday, actor=make.head(agency), at=at(25))
    told = _days_told(case, at(7, 0, month=12), at(19, month=12))
    assert told == [
        at(10, 0, month=12),  # Thursday: one working day is left after it, and the list shows "Sisa 1 hari"
        at(12, 17, month=12),
        at(16, 0, month=12),
    ]


@pytest.mark.parametrize("due", [at(20, 16), at(12, 16, month=12), at(4, 16, month=1, year=2027)])
def test_the_clock_takes_up_a_case_as_soon_as_the_rule_says_so(db: Any, due: datetime) -> None:
    """What is looked for in the database and what the rule says of one case are the same."""
    calendar = clock.reference.calendar()
    for hours in range(-6 * 24, 8 * 24, 5):
        moment = due + timedelta(hours=hours)
        case = _due(due)
        clock.run_due(moment)
        assert case.escalated == clock.escalation_step(due, moment, calendar), moment


def test_two_workers_at_once_tell_once(app: Flask) -> None:
    with app.app_context(), transaction():
        agency = make.make_agency()
        make.make_user(Role.HEAD, agency)
        ids = [make.make_case(Status.ASSIGNED, agency=agency, due_at=at(13, 16)).id for _ in range(5)]
    gate = threading.Barrier(2)

    def work() -> None:
        gate.wait()
        with app.app_context():
            for _ in range(3):
                with transaction():
                    clock.run_due(at(20))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with app.app_context():
        told = select(Event.submission_id, func.count()).where(Event.action == "escalate_late")
        counted = {row[0]: row[1] for row in database.session.execute(told.group_by(Event.submission_id))}
        mails = database.session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.kind == "staff_due")
        )
    assert counted == dict.fromkeys(ids, 1)
    assert mails == len(ids)
