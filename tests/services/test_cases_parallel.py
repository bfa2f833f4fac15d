"""Many at once: what was asked for twenty times happens once."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.core.database import db, transaction
from portal.models import DeskChange, Event, Status, Submission, TokenPurpose
from portal.rules.workflow import Action, MissingRequirement, TransitionNotAllowed
from portal.services import batch, cases, changes, clock, tokens
from portal.services.errors import NotPermitted, StaleVersion
from tests import factories as make
from tests.factories import MONDAY, at

MANY = 20


def _at_once(app: Flask, act: Callable[[int], str]) -> Counter[str]:
    """Let MANY threads, each with a session and a transaction of its own, do the same at one moment."""
    results: list[str] = []
    gate = threading.Barrier(MANY)

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    results.append(act(number))
            except (TransitionNotAllowed, StaleVersion) as error:
                results.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(results)


def _arranged(app: Flask, arrange: Callable[[], Any]) -> Any:
    with app.app_context(), transaction():
        return arrange()


def _case(case_id: int) -> Submission:
    case = db.session.get(Submission, case_id)
    assert case is not None
    return case


def _actions(app: Flask, case_id: int) -> list[str]:
    with app.app_context():
        case = db.session.get(Submission, case_id)
        assert case is not None
        return [event.action for event in make.events_of(case)]


def test_twenty_assignments_at_once_make_one(app: Flask) -> None:
    def arrange() -> Any:
        case = make.make_case(Status.IN_REVIEW)
        return case.id, make.make_agency().id, make.triage(), case.version

    case_id, agency_id, triage, version = _arranged(app, arrange)

    def assign(_number: int) -> str:
        case = db.session.get(Submission, case_id)
        assert case is not None
        cases.assign(case, agency_id=agency_id, actor=triage, at=at(12))
        return "assigned"

    assert _at_once(app, assign) == {"assigned": 1, "TransitionNotAllowed": MANY - 1}
    assert _actions(app, case_id).count("assign") == 1
    with app.app_context():
        case = db.session.get(Submission, case_id)
        assert case is not None
        assert case.version == version + 1


def test_twenty_people_assign_the_same_fifty_cases_at_once_and_each_is_assigned_once(app: Flask) -> None:
    def arrange() -> Any:
        category = make.make_category()
        made = [make.make_case(Status.IN_REVIEW, category=category) for _ in range(batch.MOST)]
        agencies = [make.make_agency().id for _ in range(2)]
        return {case.id: case.version for case in made}, agencies, [make.triage() for _ in range(MANY)]

    versions, agencies, people = _arranged(app, arrange)

    def assign(number: int) -> str:
        # each in an order of their own: what is held first must not depend on it
        ids = sorted(versions, key=lambda one: one * (number + 1) % 53)
        chosen = [batch.Chosen(_case(one), versions[one]) for one in ids]
        who: dict[str, Any] = {"actor": people[number], "at": at(12)}

        def act(case: Submission, version: int) -> None:
            cases.assign(case, agency_id=agencies[number % 2], version=version, **who)

        outcome = batch.run(Action.ASSIGN, chosen, act, **who)
        return f"{len(outcome.done)} done, {len(outcome.skipped)} skipped"

    assert _at_once(app, assign) == {"50 done, 0 skipped": 1, "0 done, 50 skipped": MANY - 1}
    with app.app_context():
        events = Event.submission_id.in_(versions), Event.action == "assign"
        assert db.session.scalar(select(func.count()).where(*events)) == batch.MOST
        actors = db.session.scalars(select(Event.actor_id).where(*events).distinct()).all()
        assert len(actors) == 1, "whoever came first did all of it"
        assert {_case(one).version - version for one, version in versions.items()} == {1}
        assert db.session.scalar(select(func.count()).select_from(DeskChange)) == 1


def test_overlapping_selections_at_once_assign_each_case_once(app: Flask) -> None:
    def arrange() -> Any:
        category = make.make_category()
        made = [make.make_case(Status.IN_REVIEW, category=category) for _ in range(30)]
        return [(case.id, case.version) for case in made], make.make_agency().id, make.triage()

    rows, agency_id, triage = _arranged(app, arrange)

    def assign(number: int) -> str:
        mine = [rows[(number + step) % len(rows)] for step in range(10)]
        chosen = [batch.Chosen(_case(one), version) for one, version in mine]
        who: dict[str, Any] = {"actor": triage, "at": at(12)}
        batch.run(
            Action.ASSIGN, chosen,
            lambda case, version: cases.assign(case, agency_id=agency_id, version=version, **who), **who,
        )  # fmt: skip
        return "ran"

    assert _at_once(app, assign) == {"ran": MANY}
    for one, version in rows[: MANY + 9]:
        assert _actions(app, one).count("assign") == 1
        with app.app_context():
            assert _case(one).version == version + 1


def _assigned(agency: Any) -> tuple[int, int, Any]:
    """Assign a new case; return it, the press that can be taken back, and who pressed."""
    case, triage = make.make_case(Status.IN_REVIEW), make.triage()
    was = changes.before(case)
    cases.assign(case, agency_id=agency.id, actor=triage, at=at(12))
    change = changes.keep(Action.ASSIGN, [(case, was)], actor=triage, at=at(12))
    assert change is not None
    return case.id, change.id, triage


def test_twenty_presses_of_undo_at_once_take_back_once(app: Flask) -> None:
    def arrange() -> Any:
        return _assigned(make.make_agency())

    case_id, change_id, triage = _arranged(app, arrange)

    def undo(_number: int) -> str:
        change = changes.by_id(change_id, triage)
        assert change is not None
        outcome = changes.undo(change, reason="Keliru.", actor=triage, at=at(12))
        return "nothing" if outcome is None else f"{len(outcome.done)} back"

    assert _at_once(app, undo) == {"1 back": 1, "nothing": MANY - 1}
    assert _actions(app, case_id).count("take_back") == 1


def test_an_undo_and_an_answer_at_the_same_time_never_both_happen(app: Flask) -> None:
    def arrange() -> Any:
        agency = make.make_agency()
        return *_assigned(agency), make.head(agency)

    case_id, change_id, triage, head = _arranged(app, arrange)

    def race(number: int) -> str:
        if number % 2:
            change = changes.by_id(change_id, triage)
            assert change is not None
            outcome = changes.undo(change, reason="Keliru.", actor=triage, at=at(12))
            return "undone" if outcome is not None and outcome.done else "nothing"
        try:
            cases.answer(_case(case_id), text="Sudah kami periksa.", actor=head, at=at(12))
        except NotPermitted:  # it is not theirs any more
            return "gone"
        return "answered"

    results = _at_once(app, race)
    assert results["undone"] + results["answered"] == 1, results
    actions = _actions(app, case_id)
    assert actions.count("take_back") + actions.count("answer") == 1


def test_twenty_stale_forms_at_once_save_one(app: Flask) -> None:
    def arrange() -> Any:
        case = make.make_case(Status.ASSIGNED)
        return case.id, case.version, make.triage()

    case_id, version, triage = _arranged(app, arrange)

    def classify(number: int) -> str:
        case = db.session.get(Submission, case_id)
        assert case is not None
        cases.classify(
            case,
            title=f"Judul {number}",
            category_id=case.category_id,
            actor=triage,
            at=at(12),
            version=version,
        )
        return "saved"

    assert _at_once(app, classify) == {"saved": 1, "StaleVersion": MANY - 1}


def test_twenty_notes_at_once_are_twenty_notes(app: Flask) -> None:
    def arrange() -> Any:
        case = make.make_case(Status.ASSIGNED)
        return case.id, case.version, make.triage()

    case_id, version, triage = _arranged(app, arrange)

    def note(number: int) -> str:
        case = db.session.get(Submission, case_id)
        assert case is not None
        cases.note(case, text=f"Catatan {number}", actor=triage, at=at(12), version=version)
        return "noted"

    assert _at_once(app, note) == {"noted": MANY}
    assert _actions(app, case_id).count("note") == MANY


def test_twenty_merges_into_one_case_are_all_counted(app: Flask) -> None:
    def arrange() -> Any:
        return make.make_case().id, [make.make_case().id for _ in range(MANY)], make.triage()

    target_id, ids, triage = _arranged(app, arrange)

    def merge(number: int) -> str:
        case, target = db.session.get(Submission, ids[number]), db.session.get(Submission, target_id)
        assert case is not None
        assert target is not None
        cases.merge(case, into=target, actor=triage, at=at(12))
        return "merged"

    assert _at_once(app, merge) == {"merged": MANY}
    with app.app_context():
        target = db.session.get(Submission, target_id)
        assert target is not None
        assert target.support_count == MANY


def test_two_cases_are_never_merged_into_each_other(app: Flask) -> None:
    ids, triage = _arranged(app, lambda: ([make.make_case().id, make.make_case().id], make.triage()))

    def merge(number: int) -> str:
        case = db.session.get(Submission, ids[number % 2])
        target = db.session.get(Submission, ids[1 - number % 2])
        assert case is not None
        assert target is not None
        try:
            cases.merge(case, into=target, actor=triage, at=at(12))
        except MissingRequirement:
            return "refused"
        return "merged"

    assert _at_once(app, merge)["merged"] == 1


def test_a_token_pressed_twenty_times_at_once_counts_once(app: Flask) -> None:
    raw = _arranged(app, lambda: tokens.issue(TokenPurpose.CONFIRM_SUPPORT, 7, MONDAY, timedelta(days=1)))

    def redeem(_number: int) -> str:
        return str(tokens.redeem(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY))

    assert _at_once(app, redeem) == {"7": 1, "None": MANY - 1}


def test_twenty_clocks_at_once_expire_a_case_once(app: Flask) -> None:
    def arrange() -> Any:
        late = make.make_case(Status.ASSIGNED)
        return make.make_case(Status.NEEDS_INFO).id, late.id

    asked_id, late_id = _arranged(app, arrange)
    _at_once(app, lambda _number: str(clock.run_due(at(30))))
    assert _actions(app, asked_id).count("expire") == 1
    assert len([action for action in _actions(app, late_id) if action.startswith("escalate")]) == 1
