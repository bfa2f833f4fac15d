"""History: one event for each change, in the same transaction as everything that hangs on it."""

from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from portal.models import Event, OutboxMessage, PageVersion, Role, Status
from portal.rules.permissions import CLOCK, VISITOR
from portal.rules.workflow import Action
from portal.services import events, pages
from portal.services.events import HistoryIsFixed
from tests import factories as make
from tests.factories import at

NOW = at(12)


def _number(db: Any) -> int:
    return db.session.scalar(select(PageVersion.number))


def test_an_event_moves_the_status_and_the_version(db: Any) -> None:
    case = make.make_case()
    before = case.version
    event = events.record(case, Action.VERIFY, actor=make.triage(), at=NOW, to_status=Status.IN_REVIEW)
    assert (event.from_status, event.to_status, case.status) == (
        Status.RECEIVED,
        Status.IN_REVIEW,
        Status.IN_REVIEW,
    )
    assert case.version == before + 1
    assert case.updated_at == NOW


def test_a_note_leaves_the_version_so_that_nobodys_answer_grows_stale(db: Any) -> None:
    case = make.make_case()
    before = case.version
    events.record(case, Action.NOTE, actor=make.triage(), at=NOW, public=False)
    assert case.version == before


def test_an_event_says_what_sort_of_person_acted(db: Any) -> None:
    case = make.make_case(Status.NEEDS_INFO)
    triage = make.triage()
    assert events.record(case, Action.VERIFY, actor=triage, at=NOW).actor_kind == "staff"
    assert events.record(case, Action.EXPIRE, actor=CLOCK, at=NOW).actor_kind == "clock"
    assert events.record(case, Action.REPLY, actor=make.reporter(case), at=NOW).actor_kind == "reporter"
    assert events.record(case, Action.UNMERGE, actor=VISITOR, at=NOW).actor_kind == "system"


def test_an_event_never_says_which_account_a_reporter_has(db: Any) -> None:
    case = make.make_case(Status.NEEDS_INFO)
    both = make.actor(make.make_user(), reporter_of=case)
    event = events.record(case, Action.REPLY, actor=both, at=NOW)
    assert (event.actor_kind, event.actor_id) == ("reporter", None)


@pytest.mark.parametrize("change", [update(Event).values(action="forged"), delete(Event)])
def test_the_database_refuses_to_change_history(db: Any, change: Any) -> None:
    make.make_case()
    db.session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(change)
    db.session.rollback()


def test_the_database_refuses_to_replace_an_event(db: Any) -> None:
    case = make.make_case()
    event = make.events_of(case)[0]
    db.session.commit()
    if db.engine.dialect.name != "sqlite":
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text("TRUNCATE event CASCADE"))
    else:
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(
                text(
                    "INSERT OR REPLACE INTO event (id, submission_id, at, action, actor_kind, public, data)"
                    " VALUES (:id, :case, '2026-01-01', 'forged', 'staff', 1, '{}')"
                ),
                {"id": event.id, "case": case.id},
            )
    db.session.rollback()


def test_the_mapper_refuses_to_change_history(db: Any) -> None:
    event = make.events_of(make.make_case())[0]
    event.action = "forged"
    with pytest.raises(HistoryIsFixed):
        db.session.flush()
    db.session.rollback()


def test_the_mapper_refuses_to_delete_history(db: Any) -> None:
    event = make.events_of(make.make_case())[0]
    db.session.delete(event)
    with pytest.raises(HistoryIsFixed):
        db.session.flush()
    db.session.rollback()


def test_pages_are_voided_once_by_a_transaction_with_many_changes(db: Any) -> None:
    before = _number(db)
    make.make_case()
    make.make_case()
    pages.touch()
    db.session.commit()
    assert _number(db) == before + 1


def test_what_the_public_does_not_see_voids_no_page(db: Any) -> None:
    case, secret = make.make_case(Status.ASSIGNED), make.make_case(Status.ASSIGNED, secret=True)
    db.session.commit()
    before = _number(db)
    events.record(case, Action.NOTE, actor=make.triage(), at=NOW, public=False)
    events.record(secret, Action.ANSWER, actor=make.triage(), at=NOW, to_status=Status.ANSWERED)
    db.session.commit()
    assert _number(db) == before
    events.record(case, Action.CLASSIFY, actor=make.triage(), at=NOW, public=False)
    db.session.commit()
    assert _number(db) == before + 1


def test_pages_stay_when_the_change_is_taken_back(db: Any) -> None:
    before = _number(db)
    make.make_case()
    db.session.rollback()
    db.session.add(make.make_user())
    db.session.commit()
    assert _number(db) == before


def test_releasing_a_savepoint_voids_nothing_yet(db: Any) -> None:
    before = _number(db)
    with db.session.begin_nested():
        pages.touch()
    assert _number(db) == before
    db.session.commit()
    assert _number(db) == before + 1


def test_the_page_version_is_made_where_a_database_lost_it(db: Any) -> None:
    db.session.execute(delete(PageVersion))
    pages.touch()
    db.session.commit()
    assert _number(db) == 1


def test_mails_are_queued_with_the_event_that_causes_them(db: Any) -> None:
    agency = make.make_agency()
    head = make.make_user(Role.HEAD, agency)
    case = make.make_case(Status.ASSIGNED, agency=agency)
    event = events.record(case, Action.ASSIGN, actor=make.triage(), at=NOW)
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.event_id == event.id)).all()
    assert [(row.kind, row.recipient_id) for row in rows] == [("staff_assigned", head.id)]


def test_a_secret_case_is_never_listed_whatever_happens_to_it(db: Any) -> None:
    case = make.make_case(secret=True)
    case.text_public = True
    events.record(case, Action.VERIFY, actor=make.triage(), at=NOW, to_status=Status.IN_REVIEW)
    assert case.listed is False
