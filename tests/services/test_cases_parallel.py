"""Many at once: what was asked for twenty times happens once."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from portal.core.database import db, transaction
from portal.models import Status, Submission, TokenPurpose
from portal.rules.workflow import MissingRequirement, TransitionNotAllowed
from portal.services import cases, clock, tokens
from portal.services.errors import StaleVersion
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
