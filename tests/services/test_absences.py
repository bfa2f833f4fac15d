"""Absences: cases go to the deputy on the first day and come back after the last, once each."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.database import db as database
from portal.core.database import transaction
from portal.models import Absence, AbsenceCase, OutboxMessage, Role, Status, Submission, User
from portal.rules.absences import Problem
from portal.services import absences, cases, clock
from portal.services.absences import AbsenceRefused
from portal.services.errors import NotPermitted
from tests import factories as make
from tests.factories import at
from tests.support.jobs import send_due, use
from tests.support.mail import MailServer

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 20)
BEFORE, BEGIN, DURING, AFTER = at(12), at(16, 0), at(18), at(21, 0, 1)


class Town:
    """An agency with Hotman, his colleagues Tiur and Sari, and a head."""

    def __init__(self) -> None:
        self.agency = make.make_agency()
        self.hotman, self.tiur, self.sari = (
            make.make_user(Role.OFFICER, self.agency, name=name) for name in ("Hotman", "Tiur", "Sari")
        )
        self.head = make.make_user(Role.HEAD, self.agency, name="Kepala")

    def case(
        self, officer: User | None = None, status: Status = Status.ASSIGNED, **fields: Any
    ) -> Submission:
        fields = {"due_at": None} | fields
        return make.make_case(status, agency=self.agency, officer=officer or self.hotman, **fields)

    def plan(self, who: User, deputy: User, first: date = FIRST, last: date = LAST, **words: Any) -> Absence:
        words = {"actor": make.actor(who), "at": BEFORE} | words
        return absences.plan(
            user_id=who.id,
            deputy_id=deputy.id,
            agency_id=self.agency.id,
            starts_on=first,
            ends_on=last,
            **words,
        )


@pytest.fixture
def town(db: Any) -> Town:
    return Town()


def officer(case: Submission) -> int | None:
    return case.officer_id


def takes(case: Submission) -> list[dict[str, Any]]:
    return [event.data for event in make.events_of(case) if event.action == "take"]


def mails(kind: str) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.kind == kind)
    return list(database.session.scalars(query.order_by(OutboxMessage.id)))


def refused(call: Any, *args: Any, **words: Any) -> Problem:
    with pytest.raises(AbsenceRefused) as caught:
        call(*args, **words)
    return caught.value.problem


# --- planning -----------------------------------------------------------------------------------------


def test_an_officer_plans_their_own_absence_and_a_head_anybodys(town: Town) -> None:
    town.plan(town.hotman, town.tiur)
    town.plan(town.sari, town.tiur, actor=make.actor(town.head))
    with pytest.raises(NotPermitted):
        town.plan(town.hotman, town.tiur, actor=make.actor(town.sari))
    with pytest.raises(NotPermitted):
        town.plan(town.hotman, town.tiur, actor=make.head(make.make_agency()))
    with pytest.raises(NotPermitted):
        town.plan(town.hotman, town.tiur, actor=make.triage())


def test_a_deputy_works_in_the_same_agency(town: Town) -> None:
    stranger = make.make_user(Role.OFFICER, make.make_agency())
    gone = make.make_user(Role.OFFICER, town.agency, active=False)
    for deputy in (stranger, gone):
        assert refused(town.plan, town.hotman, deputy) is Problem.NOT_TOGETHER
    assert refused(town.plan, town.hotman, town.hotman) is Problem.SAME_PERSON


def test_two_absences_of_one_person_do_not_touch(town: Town) -> None:
    town.plan(town.hotman, town.tiur)
    assert refused(town.plan, town.hotman, town.sari, LAST, LAST + timedelta(days=3)) is Problem.OVERLAP
    town.plan(town.hotman, town.sari, LAST + timedelta(days=1), LAST + timedelta(days=3))


def test_a_deputy_who_is_away_too_is_refused(town: Town) -> None:
    town.plan(town.tiur, town.sari)
    assert refused(town.plan, town.hotman, town.tiur, LAST, LAST) is Problem.DEPUTY_AWAY
    town.plan(town.hotman, town.tiur, LAST + timedelta(days=1), LAST + timedelta(days=1))


def test_an_absence_is_cancelled_before_it_begins_only(db: Any, town: Town) -> None:
    absence = town.plan(town.hotman, town.tiur)
    with pytest.raises(NotPermitted):
        absences.cancel(absence, actor=make.actor(town.tiur), at=BEFORE)
    assert refused(absences.cancel, absence, actor=make.actor(town.hotman), at=BEGIN) is Problem.BEGUN
    absences.cancel(absence, actor=make.actor(town.head), at=BEFORE)
    db.session.flush()
    assert db.session.scalars(select(Absence)).all() == []
    case = town.case()
    clock.run_due(BEGIN)
    assert officer(case) == town.hotman.id


# --- the first day ------------------------------------------------------------------------------------


def test_open_cases_go_to_the_deputy_at_midnight_of_the_first_day(db: Any, town: Town) -> None:
    case, done = town.case(), town.case(status=Status.ANSWERED)
    others = town.case(town.sari)
    absence = town.plan(town.hotman, town.tiur)
    clock.run_due(at(15, 23, 59))
    assert officer(case) == town.hotman.id
    clock.run_due(BEGIN)
    assert [officer(one) for one in (case, done, others)] == [town.tiur.id, town.hotman.id, town.sari.id]
    assert takes(case) == [{"officer_id": town.tiur.id, "absence_id": absence.id}]
    assert make.events_of(case)[-1].actor_kind == "clock"
    assert not make.events_of(case)[-1].public
    assert db.session.scalars(select(AbsenceCase.submission_id)).all() == [case.id]


def test_a_case_of_another_agency_stays(town: Town) -> None:
    other = make.make_agency()
    case = make.make_case(Status.ASSIGNED, agency=other, officer=town.hotman, due_at=None)
    town.plan(town.hotman, town.tiur)
    clock.run_due(BEGIN)
    assert officer(case) == town.hotman.id


def test_an_absence_from_today_begins_at_once(town: Town) -> None:
    case = town.case()
    town.plan(town.hotman, town.tiur, at=DURING, first=make.day(DURING))
    assert officer(case) == town.tiur.id


def test_the_deputy_is_told_once_with_a_count_and_a_link(
    app: Flask, db: Any, smtp: MailServer, town: Town
) -> None:
    use(app, smtp)
    app.config["BASE_URL"] = "https://suara.contoh.example"
    cases_ = [town.case(title="KENARIJUDUL") for _ in range(2)]
    town.plan(town.hotman, town.tiur)
    for moment in (BEGIN, BEGIN, DURING):
        clock.run_due(moment)
    send_due(app, DURING)
    (mail,) = smtp.to(town.tiur.email)
    assert mail.message["Subject"] == "Anda menggantikan Hotman"
    assert "Hotman cuti sampai 20 Nov 2026. Selama itu Anda penggantinya." in mail.text
    assert "2 kiriman sekarang ada pada Anda." in mail.text
    assert "https://suara.contoh.example/meja/antrean/mine" in mail.text
    assert "KENARIJUDUL" not in mail.text
    assert cases_[0].reference not in mail.text


def test_running_the_clock_again_moves_nothing_twice(town: Town) -> None:
    case = town.case()
    town.plan(town.hotman, town.tiur)
    for moment in (BEGIN, DURING, DURING, AFTER, AFTER, BEGIN):
        clock.run_due(moment)
    assert [data["officer_id"] for data in takes(case)] == [town.tiur.id, town.hotman.id]


def test_a_large_pile_moves_in_several_steps_and_is_told_at_the_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absences, "BATCH", 2)
    pile = [town.case() for _ in range(5)]
    town.plan(town.hotman, town.tiur)
    clock.run_due(BEGIN)
    moved = [officer(case) for case in pile].count(town.tiur.id)
    assert 2 <= moved < 5, "a worker that stops here goes on where it was"
    while clock.run_due(BEGIN):
        pass
    assert {officer(case) for case in pile} == {town.tiur.id}
    assert [mail.data["count"] for mail in mails("staff_away")] == [5]


def test_a_secret_case_that_names_the_deputy_stays(town: Town) -> None:
    case = town.case(secret=True, named=town.tiur)
    town.plan(town.hotman, town.tiur)
    for _ in range(3):
        clock.run_due(BEGIN)
    assert officer(case) == town.hotman.id
    assert mails("staff_away")[0].data["count"] == 0


def test_what_was_put_off_by_the_one_is_in_front_of_the_other(town: Town) -> None:
    case = town.case(later_until=date(2026, 12, 1))
    town.plan(town.hotman, town.tiur)
    clock.run_due(BEGIN)
    assert case.later_until is None


def test_an_absence_that_is_over_before_any_clock_ran_moves_nothing(town: Town) -> None:
    case = town.case()
    absence = town.plan(town.hotman, town.tiur)
    clock.run_due(at(28))
    assert officer(case) == town.hotman.id
    assert absence.returned_at is not None
    assert mails("staff_away") == []


# --- meanwhile ----------------------------------------------------------------------------------------


@pytest.fixture
def away(town: Town) -> Absence:
    absence = town.plan(town.hotman, town.tiur)
    clock.run_due(BEGIN)
    return absence


def test_a_case_given_to_whoever_is_away_goes_to_the_deputy(town: Town, away: Absence) -> None:
    fresh, taken = make.make_case(Status.IN_REVIEW), town.case(town.sari)
    category = make.make_category()
    cases.assign(
        fresh,
        agency_id=town.agency.id,
        category_id=category.id,
        officer_id=town.hotman.id,
        actor=make.triage(),
        at=DURING,
    )
    cases.take(taken, officer_id=town.hotman.id, actor=make.actor(town.head), at=DURING)
    assert officer(fresh) == officer(taken) == town.tiur.id
    assert takes(taken) == [{"officer_id": town.tiur.id}]
    told = {mail.recipient_id for mail in mails("staff_assigned")}
    assert town.tiur.id in told
    assert town.hotman.id not in told
    clock.run_due(AFTER)
    assert officer(fresh) == officer(taken) == town.hotman.id


def test_a_case_that_came_to_them_by_any_other_way_is_led_on(town: Town, away: Absence) -> None:
    case = town.case()
    clock.run_due(DURING)
    assert officer(case) == town.tiur.id


def test_before_and_after_the_absence_cases_go_where_they_are_given(town: Town, away: Absence) -> None:
    clock.run_due(AFTER)
    case = town.case(town.sari)
    cases.take(case, officer_id=town.hotman.id, actor=make.actor(town.head), at=AFTER)
    assert officer(case) == town.hotman.id


def test_a_deputy_who_falls_ill_has_a_deputy_of_their_own(town: Town, away: Absence) -> None:
    kept = town.case(town.tiur)
    lent = town.case()
    clock.run_due(BEGIN)
    town.plan(town.tiur, town.sari, make.day(DURING), LAST - timedelta(days=1), at=DURING)
    assert officer(kept) == officer(lent) == town.sari.id
    fresh = town.case(town.sari)
    cases.take(fresh, officer_id=town.hotman.id, actor=make.actor(town.head), at=DURING)
    assert officer(fresh) == town.sari.id
    clock.run_due(at(20, 1))  # Tiur is back, Hotman is not
    assert [officer(one) for one in (kept, lent, fresh)] == [town.tiur.id] * 3
    clock.run_due(AFTER)
    assert [officer(one) for one in (kept, lent, fresh)] == [town.tiur.id, town.hotman.id, town.hotman.id]


def test_without_a_deputy_at_work_the_cases_stay_and_the_heads_are_told_once(
    app: Flask, db: Any, smtp: MailServer, town: Town
) -> None:
    use(app, smtp)
    case = town.case()
    town.plan(town.hotman, town.tiur)
    town.tiur.active = False
    for moment in (BEGIN, DURING, DURING):
        clock.run_due(moment)
    assert officer(case) == town.hotman.id
    send_due(app, DURING)
    (mail,) = smtp.to(town.head.email)
    assert mail.message["Subject"] == "Hotman cuti tanpa pengganti"
    assert "/meja/cuti" in mail.text
    assert mails("staff_away") == []


def test_a_deputy_who_leaves_during_the_absence_keeps_nothing_waiting(town: Town, away: Absence) -> None:
    case = town.case(town.sari)
    town.tiur.active = False
    cases.take(case, officer_id=town.hotman.id, actor=make.actor(town.head), at=DURING)
    assert officer(case) == town.hotman.id
    clock.run_due(DURING)
    assert [mail.recipient_id for mail in mails("staff_no_deputy")] == [town.head.id]


def test_an_officer_who_leaves_the_service_while_away_stops_nothing(town: Town, away: Absence) -> None:
    case = town.case()
    town.hotman.active = False
    clock.run_due(DURING)
    clock.run_due(AFTER)
    assert officer(case) == town.hotman.id
    assert away.returned_at is not None


# --- the day after ------------------------------------------------------------------------------------


def test_what_is_unfinished_and_still_with_the_deputy_comes_back(town: Town) -> None:
    waiting, answered, passed_on = town.case(), town.case(), town.case()
    town.plan(town.hotman, town.tiur)
    clock.run_due(BEGIN)
    cases.answer(answered, text="Sudah kami perbaiki.", actor=make.actor(town.head), at=DURING)
    cases.take(passed_on, officer_id=town.sari.id, actor=make.actor(town.head), at=DURING)
    clock.run_due(at(20, 23, 59))
    assert officer(waiting) == town.tiur.id
    clock.run_due(AFTER)
    assert [officer(one) for one in (waiting, answered, passed_on)] == [
        town.hotman.id,
        town.tiur.id,
        town.sari.id,
    ]


def test_whoever_is_back_early_has_their_cases_at_once(town: Town) -> None:
    case = town.case()
    absence = town.plan(town.hotman, town.tiur)
    assert refused(absences.end, absence, actor=make.actor(town.hotman), at=BEFORE) is Problem.NOT_RUNNING
    clock.run_due(BEGIN)
    with pytest.raises(NotPermitted):
        absences.end(absence, actor=make.actor(town.tiur), at=DURING)
    absences.end(absence, actor=make.actor(town.hotman), at=DURING)
    assert officer(case) == town.hotman.id
    assert absence.ends_on == date(2026, 11, 17)
    clock.run_due(DURING)
    assert officer(case) == town.hotman.id
    town.plan(town.hotman, town.sari, make.day(DURING), LAST, at=DURING)
    assert officer(case) == town.sari.id


# --- many at once -------------------------------------------------------------------------------------


def test_ten_clocks_at_once_move_each_case_once(app: Flask) -> None:
    with app.app_context(), transaction():
        town = Town()
        ids = [town.case().id for _ in range(3)]
        town.plan(town.hotman, town.tiur)
        tiur, hotman = town.tiur.id, town.hotman.id
    failed: list[Exception] = []

    def together(moment: Any) -> None:
        gate = threading.Barrier(10)

        def run() -> None:
            with app.app_context():
                gate.wait()
                try:
                    with transaction():
                        clock.run_due(moment)
                except Exception as error:
                    failed.append(error)

        threads = [threading.Thread(target=run) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    together(BEGIN)
    together(AFTER)
    assert failed == []
    with app.app_context():
        for case_id in ids:
            case = database.session.get(Submission, case_id)
            assert case is not None
            assert [data["officer_id"] for data in takes(case)] == [tiur, hotman]
        assert len(mails("staff_away")) == 1


def test_two_overlapping_plans_at_once_leave_one(app: Flask) -> None:
    with app.app_context(), transaction():
        town = Town()
        who, deputy, agency_id, actor = town.hotman.id, town.tiur.id, town.agency.id, make.actor(town.hotman)
    gate, results = threading.Barrier(8), []

    def run() -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    absences.plan(
                        user_id=who,
                        deputy_id=deputy,
                        agency_id=agency_id,
                        starts_on=FIRST,
                        ends_on=LAST,
                        actor=actor,
                        at=BEFORE,
                    )
                    results.append("planned")
            except AbsenceRefused as error:
                results.append(error.problem)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(["planned", *[Problem.OVERLAP] * 7])
