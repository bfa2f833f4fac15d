"""Taking a press back: as it was before, for ten minutes, if nothing else happened since."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.models import (
    DeskChange,
    DeskChangeItem,
    OutboxMessage,
    OutboxState,
    Priority,
    RoutingOutcome,
    Statement,
    Status,
    Submission,
)
from portal.rules.later import CannotWait
from portal.rules.permissions import Actor
from portal.rules.workflow import Action, TransitionNotAllowed
from portal.services import cases, changes
from portal.services.attempts import Outcome, Skip
from portal.services.cases.undoing import as_it_was
from portal.services.errors import NotPermitted
from tests import factories as make
from tests.factories import at

NOW = at(10, 10)


def pressed(action: Action, case: Submission, act: Any, actor: Actor, moment: datetime = NOW) -> Any:
    """Do something and keep the change, as the desk does."""
    was = changes.before(case)
    act()
    return changes.keep(action, [(case, was)], actor=actor, at=moment)


def undo(change: Any, actor: Actor, moment: datetime = NOW + timedelta(minutes=1)) -> Outcome | None:
    return changes.undo(change, reason="Keliru digabung.", actor=actor, at=moment)


def actions(case: Submission) -> list[str]:
    return [event.action for event in make.events_of(case)]


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.IN_REVIEW])
def test_an_assignment_taken_back_leaves_the_case_as_it_was(db: Any, status: Status) -> None:
    case, triage, agency = make.make_case(status), make.triage(), make.make_agency()
    officer = make.make_user(make.Role.OFFICER, agency)
    until = date(2026, 11, 11)
    cases.later(case, until=until, actor=triage, at=at(9, 8))
    was = as_it_was(case)

    def assign() -> None:
        cases.assign(
            case, agency_id=agency.id, category_id=make.make_category(answer_days=2).id,
            officer_id=officer.id, priority=Priority.HIGH, actor=triage, at=NOW,
        )  # fmt: skip

    change = pressed(Action.ASSIGN, case, assign, triage)
    assert case.later_until is None
    assert db.session.get(RoutingOutcome, case.id) is not None
    outcome = undo(change, triage)
    assert outcome is not None
    assert outcome.done == [case]
    assert case.status is status
    assert as_it_was(case) == was
    assert case.later_until == until
    assert actions(case)[-2:] == ["assign", "take_back"]
    assert make.events_of(case)[-1].public
    assert db.session.get(RoutingOutcome, case.id) is None


def test_mails_of_the_assignment_that_have_not_left_are_not_sent(db: Any, app: Any) -> None:
    seal = app.extensions["seal"]
    case = make.make_case(Status.IN_REVIEW, email="warga@contoh.example", seal=seal)
    triage, agency = make.triage(), make.make_agency()
    make.make_user(make.Role.HEAD, agency)
    change = pressed(
        Action.ASSIGN, case, lambda: cases.assign(case, agency_id=agency.id, actor=triage, at=NOW), triage
    )
    mails = {row.kind: row for row in db.session.scalars(select(OutboxMessage))}
    assert set(mails) == {"assigned", "staff_assigned"}
    mails["staff_assigned"].state = OutboxState.SENT
    undo(change, triage)
    assert [row.kind for row in db.session.scalars(select(OutboxMessage))] == ["staff_assigned"]


def test_undoing_twice_does_nothing(db: Any) -> None:
    case, triage = make.make_case(Status.ASSIGNED), make.triage()
    change = pressed(
        Action.PRIORITISE, case,
        lambda: cases.prioritise(case, priority=Priority.HIGH, actor=triage, at=NOW), triage,
    )  # fmt: skip
    assert undo(change, triage) is not None
    history = actions(case)
    assert undo(change, triage) is None
    assert actions(case) == history
    assert case.priority == Priority.NORMAL


def test_after_ten_minutes_it_is_too_late(db: Any) -> None:
    case, triage = make.make_case(Status.IN_REVIEW), make.triage()
    agency_id = make.make_agency().id
    change = pressed(
        Action.ASSIGN, case, lambda: cases.assign(case, agency_id=agency_id, actor=triage, at=NOW), triage
    )
    assert undo(change, triage, NOW + timedelta(minutes=10, seconds=1)) is None
    assert case.status is Status.ASSIGNED


def test_a_case_that_moved_on_since_is_left_alone_and_named(db: Any) -> None:
    first, second, triage = make.make_case(Status.IN_REVIEW), make.make_case(Status.IN_REVIEW), make.triage()
    agency = make.make_agency()
    before = [(case, changes.before(case)) for case in (first, second)]
    for case in (first, second):
        cases.assign(case, agency_id=agency.id, actor=triage, at=NOW)
    change = changes.keep(Action.ASSIGN, before, actor=triage, at=NOW)
    cases.take(first, officer_id=None, actor=make.head(agency), at=NOW)
    outcome = undo(change, triage)
    assert outcome is not None
    assert outcome.done == [second]
    assert [(one.case, one.why) for one in outcome.skipped] == [(first, Skip.MOVED)]
    assert (first.status, second.status) == (Status.ASSIGNED, Status.IN_REVIEW)


def test_an_internal_note_does_not_stand_in_the_way(db: Any) -> None:
    case, triage = make.make_case(Status.IN_REVIEW), make.triage()
    agency = make.make_agency()
    change = pressed(
        Action.ASSIGN, case, lambda: cases.assign(case, agency_id=agency.id, actor=triage, at=NOW), triage
    )
    cases.note(case, text="Sudah ditelepon.", actor=make.head(agency), at=NOW)
    undo(change, triage)
    assert case.status is Status.IN_REVIEW


def test_only_the_last_thing_is_taken_back_as_an_assignment(db: Any) -> None:
    case, triage = make.make_case(Status.ASSIGNED, updated_at=NOW), make.triage()
    cases.prioritise(case, priority=Priority.HIGH, actor=triage, at=NOW)
    with pytest.raises(TransitionNotAllowed):
        cases.take_back(case, before=as_it_was(case), actor=triage, at=NOW)


def test_officer_category_title_priority_and_later_go_back(db: Any) -> None:
    agency = make.make_agency()
    one, other = (make.make_user(make.Role.OFFICER, agency) for _ in range(2))
    case = make.make_case(Status.ASSIGNED, agency=agency, officer=one, title="Judul lama")
    triage, head = make.triage(), make.head(agency)
    category_id = case.category_id
    who: dict[str, Any] = {"actor": triage, "at": NOW}
    steps: list[tuple[Action, Any]] = [
        (Action.TAKE, lambda: cases.take(case, officer_id=other.id, **who)),
        (Action.PRIORITISE, lambda: cases.prioritise(case, priority=Priority.URGENT, **who)),
        (Action.LATER, lambda: cases.later(case, until=date(2026, 11, 12), **who)),
        (
            Action.CLASSIFY,
            lambda: cases.classify(case, title="Judul baru", category_id=make.make_category().id, **who),
        ),
    ]
    for action, act in steps:
        change = pressed(action, case, act, triage)
        assert undo(change, triage) is not None
        assert actions(case)[-2:] == [action, action]
    assert (case.officer_id, case.priority, case.later_until) == (one.id, Priority.NORMAL, None)
    assert (case.title, case.category_id) == ("Judul lama", category_id)
    assert head.user_id


def test_a_case_without_a_category_has_none_again(db: Any) -> None:
    case, triage = make.make_case(), make.triage()
    category_id = make.make_category().id
    change = pressed(
        Action.CLASSIFY, case,
        lambda: cases.classify(case, title=case.title, category_id=category_id, actor=triage, at=NOW), triage,
    )  # fmt: skip
    undo(change, triage)
    assert case.category_id is None


def test_no_words_of_people_stand_in_what_is_kept(db: Any) -> None:
    case, triage = make.make_case(Status.ASSIGNED, title="KENARI judul"), make.triage()
    change = pressed(
        Action.CLASSIFY, case,
        lambda: cases.classify(
            case, title="Yang lain", category_id=case.category_id, actor=triage, at=NOW
        ), triage,
    )  # fmt: skip
    items = db.session.scalars(select(DeskChangeItem).where(DeskChangeItem.change_id == change.id))
    assert "KENARI" not in str([item.before for item in items])


def test_a_merge_taken_back_tells_nobody_who_had_not_heard_of_it(db: Any, app: Any) -> None:
    seal = app.extensions["seal"]
    case, into = make.make_case(email="warga@contoh.example", seal=seal), make.make_case(Status.ASSIGNED)
    triage = make.triage()
    change = pressed(Action.MERGE, case, lambda: cases.merge(case, into=into, actor=triage, at=NOW), triage)
    undo(change, triage)
    assert case.status is Status.RECEIVED
    assert into.support_count == 0
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_an_officer_who_may_not_part_cases_is_offered_no_undo_of_a_merge(db: Any) -> None:
    agency = make.make_agency()
    case, officer = make.make_case(Status.ASSIGNED, agency=agency), make.officer(agency)
    into = make.make_case(Status.ASSIGNED, agency=agency)
    assert (
        pressed(Action.MERGE, case, lambda: cases.merge(case, into=into, actor=officer, at=NOW), officer)
        is None
    )


def test_publishing_and_presses_that_change_nothing_are_not_kept(db: Any) -> None:
    agency = make.make_agency()
    case, head = make.make_case(Status.ASSIGNED, agency=agency), make.head(agency)
    answer = lambda: cases.answer(case, text="Sudah kami periksa.", actor=head, at=NOW)  # noqa: E731
    assert pressed(Action.ANSWER, case, answer, head) is None
    same = lambda: cases.prioritise(case, priority=Priority.NORMAL, actor=head, at=NOW)  # noqa: E731
    assert pressed(Action.PRIORITISE, case, same, head) is None


def test_a_change_of_somebody_else_does_not_exist(db: Any) -> None:
    case, triage = make.make_case(Status.ASSIGNED), make.triage()
    change = pressed(
        Action.PRIORITISE, case,
        lambda: cases.prioritise(case, priority=Priority.HIGH, actor=triage, at=NOW), triage,
    )  # fmt: skip
    assert changes.by_id(change.id, triage) is change
    assert changes.by_id(change.id, make.triage()) is None


def test_who_lost_the_right_meanwhile_changes_nothing(db: Any) -> None:
    case, triage = make.make_case(Status.ASSIGNED), make.triage()
    change = pressed(
        Action.PRIORITISE, case,
        lambda: cases.prioritise(case, priority=Priority.HIGH, actor=triage, at=NOW), triage,
    )  # fmt: skip
    outcome = undo(change, Actor(user_id=triage.user_id))
    assert outcome is not None
    assert [one.why for one in outcome.skipped] == [Skip.DENIED]
    assert case.priority == Priority.HIGH


# --- later --------------------------------------------------------------------------------------------


def test_a_case_waits_at_most_until_the_working_day_before_its_deadline(db: Any) -> None:
    case, triage = make.make_case(Status.ASSIGNED, due_at=at(16, 16)), make.triage()
    for day in (NOW.date(), date(2026, 11, 14), date(2026, 11, 16)):
        with pytest.raises(CannotWait) as caught:
            cases.later(case, until=day, actor=triage, at=NOW)
        assert caught.value.latest == date(2026, 11, 13)
    cases.later(case, until=date(2026, 11, 13), actor=triage, at=NOW)
    assert case.due_at == at(16, 16)
    assert not make.events_of(case)[-1].public


NEWS: dict[str, Any] = {
    "answer": lambda c, w: cases.answer(c, text="Sudah kami periksa.", **w),
    "hand_over": lambda c, w: cases.hand_over(c, agency_id=make.make_agency().id, reason="Lain.", **w),
    "take": lambda c, w: cases.take(c, officer_id=make.make_user(make.Role.OFFICER, make.db.session.get(
        make.Agency, c.agency_id)).id, **w),
    "add_information": lambda c, w: cases.add_information(
        c, text="Tambahan.", actor=make.reporter(c), at=w["at"]
    ),
    "withdraw": lambda c, w: cases.withdraw(c, actor=make.reporter(c), at=w["at"]),
}  # fmt: skip


@pytest.mark.parametrize("news", NEWS)
def test_news_ends_the_waiting(db: Any, news: str) -> None:
    agency = make.make_agency()
    case = make.make_case(Status.ASSIGNED, agency=agency, later_until=date(2026, 11, 13))
    NEWS[news](case, {"actor": make.head(agency), "at": NOW})
    assert case.later_until is None


def test_a_note_does_not_end_the_waiting(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED, later_until=date(2026, 11, 13))
    cases.note(case, text="Masih ditunggu.", actor=make.triage(), at=NOW)
    assert case.later_until is not None


def test_a_reply_ends_the_waiting(db: Any) -> None:
    case = make.make_case(Status.NEEDS_INFO, later_until=date(2026, 11, 13))
    cases.reply(case, text="Di depan pasar.", actor=make.reporter(case), at=at(11, 12))
    assert case.later_until is None


def test_another_agency_can_neither_put_off_nor_prioritise(db: Any) -> None:
    case, stranger = make.make_case(Status.ASSIGNED), make.head(make.make_agency())
    with pytest.raises(NotPermitted):
        cases.later(case, until=date(2026, 11, 13), actor=stranger, at=NOW)
    with pytest.raises(NotPermitted):
        cases.prioritise(case, priority=Priority.HIGH, actor=stranger, at=NOW)


def test_what_nobody_can_take_back_any_more_is_forgotten_with_the_title_kept_for_it(db: Any) -> None:
    case, triage = make.make_case(Status.ASSIGNED, title="Judul lama"), make.triage()
    who: dict[str, Any] = {"actor": triage, "at": NOW}
    named = lambda: cases.classify(case, title="Baru", category_id=case.category_id, **who)  # noqa: E731
    pressed(Action.CLASSIFY, case, named, triage)
    assert changes.forget_old(NOW + timedelta(minutes=10)) == 0
    assert db.session.scalar(select(Statement.text)) == "Judul lama"
    assert changes.forget_old(NOW + timedelta(minutes=11)) == 1
    for table in (DeskChange, DeskChangeItem, Statement):
        assert db.session.scalars(select(table)).all() == []
    assert changes.forget_old(NOW + timedelta(minutes=11)) == 0
