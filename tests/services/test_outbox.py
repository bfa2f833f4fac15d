"""Queueing mail: for whom, once, and only together with the change that causes it."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core.database import transaction
from portal.models import Agency, Event, OutboxMessage, OutboxState, Recipient, Role, Status, Submission
from portal.rules.workflow import Action
from portal.services import events, notices, outbox
from tests import factories as make
from tests.factories import at

NOW = at(12)


@pytest.fixture
def seal(app: Flask) -> Any:
    return app.extensions["seal"]


@pytest.fixture
def heard() -> Any:
    """What the job queue is told."""
    told: list[list[int]] = []
    before = outbox._announce
    outbox.announce_to(told.append)
    yield told
    outbox.announce_to(before)


def queued(db: Any, kind: str) -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == kind)))


def recipients(db: Any, kind: str) -> set[tuple[Recipient, int]]:
    return {(row.recipient_kind, row.recipient_id) for row in queued(db, kind)}


def assign(case: Submission, **fields: Any) -> Event:
    return events.record(case, Action.ASSIGN, actor=make.triage(), at=NOW, **fields)


# --- together with the change -------------------------------------------------------------------------


def test_a_mail_of_a_change_that_was_rolled_back_never_existed(db: Any, heard: list[list[int]]) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=1, at=NOW)
        raise ZeroDivisionError
    assert queued(db, "receipt") == []
    assert heard == []


def test_the_worker_hears_of_a_mail_only_after_the_commit(db: Any, heard: list[list[int]]) -> None:
    outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=1, at=NOW)
    assert heard == []
    db.session.commit()
    assert heard == [[queued(db, "receipt")[0].id]]


def test_the_release_of_a_savepoint_is_not_yet_the_commit(db: Any, heard: list[list[int]]) -> None:
    with db.session.begin_nested():
        outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=1, at=NOW)
    assert heard == []
    db.session.commit()
    assert len(heard) == 1


def test_a_savepoint_that_was_rolled_back_takes_only_its_own_mail_along(
    db: Any, heard: list[list[int]]
) -> None:
    outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=1, at=NOW)
    with pytest.raises(ZeroDivisionError), db.session.begin_nested():
        outbox.queue("question", to=Recipient.REPORTER, recipient_id=1, at=NOW)
        raise ZeroDivisionError
    db.session.commit()
    assert heard == [[queued(db, "receipt")[0].id]]


def test_a_job_queue_that_is_down_does_not_fail_what_was_committed(db: Any, heard: list[list[int]]) -> None:
    def down(_ids: list[int]) -> None:
        raise ConnectionError

    outbox.announce_to(down)
    outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=1, at=NOW)
    db.session.commit()
    assert len(queued(db, "receipt")) == 1


def test_a_digest_mail_does_not_wake_the_worker(db: Any, heard: list[list[int]]) -> None:
    outbox.queue("linked", to=Recipient.REPORTER, recipient_id=1, at=NOW, digest=True)
    db.session.commit()
    assert heard == []


# --- once ---------------------------------------------------------------------------------------------


def test_the_same_key_queues_once(db: Any) -> None:
    for _ in range(2):
        outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=1, at=NOW, dedupe_key="one")
    assert len(queued(db, "receipt")) == 1


def test_the_notices_of_one_event_are_queued_once(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED, officer=make.make_user())
    event = assign(case)
    outbox.queue_notices(case, event, NOW)
    assert len(queued(db, "staff_assigned")) == 1


def test_every_mail_has_a_message_id_of_its_own(db: Any) -> None:
    for number in range(3):
        outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=number, at=NOW)
    assert max(Counter(row.message_id for row in queued(db, "receipt")).values()) == 1


# --- for whom -----------------------------------------------------------------------------------------


def test_the_reporters_of_merged_cases_hear_of_the_answer(db: Any, seal: Any) -> None:
    case = make.make_case(Status.ASSIGNED, email="a@contoh.example", seal=seal)
    merged = make.make_case(Status.MERGED, into=case, email="b@contoh.example", seal=seal)
    further = make.make_case(Status.MERGED, into=merged, email="c@contoh.example", seal=seal)
    events.record(case, Action.ANSWER, actor=make.head(case_agency(db, case)), at=NOW)
    assert recipients(db, "answered") == {
        (Recipient.REPORTER, case.id),
        (Recipient.REPORTER, merged.id),
        (Recipient.REPORTER, further.id),
    }


def case_agency(db: Any, case: Submission) -> Any:
    return db.session.get(Agency, case.agency_id)


def test_a_question_goes_to_the_cases_own_reporter_alone(db: Any, seal: Any) -> None:
    case = make.make_case(Status.ASSIGNED, email="a@contoh.example", seal=seal)
    make.make_case(Status.MERGED, into=case, email="b@contoh.example", seal=seal)
    events.record(case, Action.ASK, actor=make.triage(), at=NOW, notice_data={"token": "sealed"})
    (row,) = queued(db, "question")
    assert (row.recipient_kind, row.recipient_id, row.data) == (
        Recipient.REPORTER,
        case.id,
        {"token": "sealed"},
    )


def test_supporters_hear_once_they_confirmed_until_they_stop(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    confirmed = make.make_support(case)
    make.make_support(case, confirmed=False)
    make.make_support(case, mail_stopped=True)
    events.record(case, Action.ANSWER, actor=make.triage(), at=NOW)
    assert recipients(db, "answered") == {(Recipient.SUPPORTER, confirmed.id)}


def test_officer_and_heads_of_the_agency_hear_of_an_assignment(db: Any) -> None:
    agency, other = make.make_agency(), make.make_agency()
    officer = make.make_user(Role.OFFICER, agency)
    head = make.make_user(Role.HEAD, agency)
    make.make_user(Role.HEAD, other)
    make.make_user(Role.HEAD, agency, active=False)
    make.make_user(Role.OFFICER, agency)
    case = make.make_case(Status.ASSIGNED, agency=agency, officer=officer)
    assign(case)
    assert recipients(db, "staff_assigned") == {(Recipient.USER, officer.id), (Recipient.USER, head.id)}


def test_nobody_is_told_of_their_own_deed(db: Any) -> None:
    agency = make.make_agency()
    head = make.make_user(Role.HEAD, agency)
    case = make.make_case(Status.ASSIGNED, agency=agency, officer=head)
    make.make_support(case, user=head)
    events.record(case, Action.ASSIGN, actor=make.actor(head), at=NOW)
    assert recipients(db, "staff_assigned") == set()
    assert recipients(db, "assigned") == set()


def test_whom_a_secret_case_names_is_not_told_that_it_exists(db: Any) -> None:
    agency = make.make_agency()
    named = make.make_user(Role.HEAD, agency)
    other = make.make_user(Role.HEAD, agency)
    case = make.make_case(Status.ASSIGNED, agency=agency, secret=True, named=named)
    assign(case)
    assert recipients(db, "staff_assigned") == {(Recipient.USER, other.id)}


def test_an_unknown_event_queues_nothing(db: Any) -> None:
    case = make.make_case(Status.IN_REVIEW)
    make.make_support(case)
    events.record(case, Action.NOTE, actor=make.triage(), at=NOW, public=False)
    assert list(db.session.scalars(select(OutboxMessage))) == []


# --- when ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "minute", "day"),
    [(0, 0, 12), (9, 0, 12), (16, 59, 12), (17, 0, 13), (23, 59, 13)],
)
def test_a_digest_leaves_at_the_next_five_in_the_afternoon(hour: int, minute: int, day: int) -> None:
    assert notices.next_digest(at(12, hour, minute)) == at(day, 17)


def test_a_prompt_mail_is_due_at_once(db: Any) -> None:
    outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=1, at=NOW)
    (row,) = queued(db, "receipt")
    assert (row.due_at, row.state, row.digest) == (NOW, OutboxState.QUEUED, False)


# --- what a row says ----------------------------------------------------------------------------------


def test_a_row_holds_no_address_name_word_or_readable_token(db: Any, seal: Any) -> None:
    case = make.make_case(
        Status.ASSIGNED, name="Nama Rahasia", email="alamat@contoh.example", seal=seal, title="Judul rahasia"
    )
    sealed = outbox.sealed(seal, "token-mentah")
    events.record(case, Action.ASK, actor=make.triage(), at=NOW, notice_data=sealed)
    (row,) = queued(db, "question")
    written = str({column.name: getattr(row, column.name) for column in OutboxMessage.__table__.columns})
    for word in ("Nama Rahasia", "alamat", "contoh.example", "Judul", "token-mentah"):
        assert word not in written
    assert seal.open(row.data["token"]) == "token-mentah"
