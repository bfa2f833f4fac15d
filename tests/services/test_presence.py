"""Signs of life: kept for a minute, never part of a case."""

import threading
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.core.database import db as database
from portal.core.database import transaction
from portal.models import Presence, Role, Status
from portal.queries import presence as reads
from portal.services import clock, presence
from tests import factories as make
from tests.factories import MONDAY as NOW


def _beat(case: Any, user: Any, *, writing: bool = False, told: bool = False, after: int = 0) -> None:
    presence.beat(case.id, user.id, writing=writing, told=told, at=NOW + timedelta(seconds=after))


def _rows() -> list[Presence]:
    return list(database.session.scalars(select(Presence).order_by(Presence.user_id)))


def _names(case: Any, after: int = 0) -> list[str]:
    return [one.name for one in reads.here(case, me=None, at=NOW + timedelta(seconds=after))]


def test_the_beginning_of_writing_is_kept_until_it_ends(db: Any) -> None:
    case, user = make.make_case(), make.make_user(Role.TRIAGE)
    for after in (0, 15, 30):
        _beat(case, user, writing=True, after=after)
    assert _rows()[0].writing_since == NOW
    _beat(case, user, after=45)
    db.session.expire_all()
    assert _rows()[0].writing_since is None


def test_writing_that_was_never_ended_does_not_go_on_the_next_day(db: Any) -> None:
    case, user = make.make_case(), make.make_user(Role.TRIAGE)
    _beat(case, user, writing=True)
    _beat(case, user, writing=True, after=86_400)
    db.session.expire_all()
    assert _rows()[0].writing_since == NOW + timedelta(days=1)


def test_a_sign_of_life_leaves_the_case_alone(db: Any) -> None:
    case, user = make.make_case(), make.make_user(Role.TRIAGE)
    before = case.version, len(make.events_of(case))
    _beat(case, user, writing=True)
    presence.take_over(case.id, user.id, at=NOW)
    assert (case.version, len(make.events_of(case))) == before


def test_only_colleagues_who_may_read_the_case_are_shown(db: Any) -> None:
    agency = make.make_agency()
    case = make.make_case(Status.ASSIGNED, agency=agency)
    here = make.make_user(Role.OFFICER, agency, name="Hotman")
    triage = make.make_user(Role.TRIAGE, name="Rina")
    moved = make.make_user(Role.OFFICER, make.make_agency(), name="Lain")
    closed = make.make_user(Role.HEAD, agency, name="Ditutup", active=False)
    for user in (here, triage, moved, closed):
        _beat(case, user)
    assert _names(case) == ["Hotman", "Rina"]
    assert _names(case, 61) == []


def test_a_colleague_whom_a_secret_case_names_is_not_shown(db: Any) -> None:
    agency = make.make_agency()
    user = make.make_user(Role.OFFICER, agency)
    case = make.make_case(Status.ASSIGNED, agency=agency, secret=True, named=user)
    _beat(case, user)
    assert _names(case) == []


def test_whoever_takes_over_is_the_writer_and_the_other_is_told(db: Any) -> None:
    case = make.make_case()
    hotman, tiur = make.make_user(Role.TRIAGE, name="Hotman"), make.make_user(Role.TRIAGE, name="Tiur")
    _beat(case, hotman, writing=True)
    presence.take_over(case.id, tiur.id, at=NOW)
    _beat(case, hotman, writing=True, after=18)
    mine, other = reads.here(case, me=hotman.id, at=NOW + timedelta(seconds=18))
    assert (mine.writing_since, mine.taken_over_by) == (None, "Tiur")
    assert other.writing_since == NOW
    _beat(case, hotman, told=True, after=36)
    assert reads.here(case, me=hotman.id, at=NOW)[0].taken_over_by is None
    _beat(case, hotman, writing=True, after=54)
    assert reads.here(case, me=hotman.id, at=NOW)[0].writing_since == NOW + timedelta(seconds=54)


def test_whoever_only_looks_is_not_taken_over(db: Any) -> None:
    case, looking, tiur = make.make_case(), make.make_user(Role.TRIAGE), make.make_user(Role.TRIAGE)
    _beat(case, looking)
    presence.take_over(case.id, tiur.id, at=NOW)
    assert [row.taken_over_by_id for row in _rows()] == [None, None]


def test_the_clock_forgets_who_is_gone_but_not_whom_nobody_told(db: Any) -> None:
    case = make.make_case()
    hotman, tiur = make.make_user(Role.TRIAGE), make.make_user(Role.TRIAGE)
    _beat(case, hotman, writing=True)
    presence.take_over(case.id, tiur.id, at=NOW)
    clock.run_due(NOW + timedelta(minutes=5))
    assert [row.user_id for row in _rows()] == [hotman.id]
    clock.run_due(NOW + timedelta(hours=13))
    assert _rows() == []


def test_twenty_signs_of_life_at_once_are_one_row(app: Flask) -> None:
    with app.app_context(), transaction():
        case_id, user_id = make.make_case().id, make.make_user(Role.TRIAGE).id
    gate, failed = threading.Barrier(20), []

    def run() -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    presence.beat(case_id, user_id, writing=True, told=False, at=NOW)
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert (len(_rows()), failed) == (1, [])
