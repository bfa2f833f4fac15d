"""Delivery: leased, tried again, given up only when that is pointless, folded into one digest a day."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import jobs
from portal.core.database import db as database
from portal.core.database import transaction
from portal.core.mailer import NotAccepted
from portal.models import (
    Identity,
    IdentityMode,
    OutboxMessage,
    OutboxState,
    Recipient,
    Role,
    Status,
    Submission,
    User,
)
from portal.rules.workflow import Action
from portal.services import delivery, events, outbox
from tests import factories as make
from tests.factories import at
from tests.support.jobs import send_due, use
from tests.support.mail import MailServer

NOW = at(12)
DOWN = NotAccepted("connection", server_down=True)
LATER = NotAccepted("4xx")
NO_SUCH_USER = NotAccepted("5xx", permanent=True)


@pytest.fixture
def seal(app: Flask) -> Any:
    return app.extensions["seal"]


@pytest.fixture
def case(db: Any, seal: Any) -> Submission:
    return make.make_case(Status.ASSIGNED, email="warga@contoh.example", name="Warga", seal=seal)


def queue(case: Submission, kind: str = "receipt", **fields: Any) -> int:
    """Queue a mail to the reporter and return its id."""
    outbox.queue(kind, to=Recipient.REPORTER, recipient_id=case.id, case=case, at=NOW, **fields)
    return newest_row()


def newest_row() -> int:
    return database.session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id.desc())).first() or 0


def row(db: Any, row_id: int) -> OutboxMessage:
    return db.session.get(OutboxMessage, row_id)


# --- leases -------------------------------------------------------------------------------------------


def test_a_row_is_taken_by_one_worker_only(case: Submission, seal: Any) -> None:
    row_id = queue(case)
    assert delivery.claim(row_id, at=NOW, seal=seal) is not None
    assert delivery.claim(row_id, at=NOW, seal=seal) is None


def test_a_row_that_is_not_due_is_left_alone(case: Submission, seal: Any) -> None:
    row_id = queue(case, digest=True)
    assert delivery.claim(row_id, at=NOW, seal=seal) is None


def test_a_row_whose_lease_ran_out_is_taken_up_with_the_same_message_id(case: Submission, seal: Any) -> None:
    row_id = queue(case)
    first = delivery.claim(row_id, at=NOW, seal=seal)
    assert delivery.due(NOW + delivery.LEASE - timedelta(seconds=1)) == []
    later = NOW + delivery.LEASE
    assert delivery.due(later) == [row_id]
    second = delivery.claim(row_id, at=later, seal=seal)
    assert first is not None
    assert second is not None
    assert first.message_id == second.message_id


def test_a_clock_that_was_a_year_ahead_holds_no_row_back(db: Any, case: Submission, seal: Any) -> None:
    leased, waiting = queue(case), queue(case)
    ahead = NOW + timedelta(days=400)
    delivery.claim(leased, at=ahead, seal=seal)
    delivery.claim(waiting, at=ahead, seal=seal)
    delivery.failed(waiting, LATER, at=ahead)
    assert delivery.due(NOW) == [leased, waiting]


def test_what_was_sent_is_never_due_again(case: Submission, seal: Any) -> None:
    row_id = queue(case)
    delivery.claim(row_id, at=NOW, seal=seal)
    delivery.sent(row_id, at=NOW)
    assert delivery.due(NOW + timedelta(days=900)) == []


# --- trying again -------------------------------------------------------------------------------------


def fail(db: Any, row_id: int, error: NotAccepted, seal: Any) -> timedelta:
    """Try at the moment the row is due, fail, and return the wait until the next attempt."""
    moment = row(db, row_id).due_at
    assert delivery.claim(row_id, at=moment, seal=seal) is not None
    delivery.failed(row_id, error, at=moment)
    return row(db, row_id).due_at - moment


def test_waits_double_up_to_six_hours(db: Any, case: Submission, seal: Any) -> None:
    row_id = queue(case)
    minutes = [fail(db, row_id, LATER, seal) // timedelta(minutes=1) for _ in range(11)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


def test_while_the_server_is_down_we_look_at_least_every_hour(db: Any, case: Submission, seal: Any) -> None:
    row_id = queue(case)
    waits = [fail(db, row_id, DOWN, seal) for _ in range(10)]
    assert max(waits) == timedelta(hours=1)


def test_an_outage_of_weeks_uses_no_mail_up(db: Any, case: Submission, seal: Any) -> None:
    row_id = queue(case)
    row(db, row_id).due_at = NOW + timedelta(days=30)
    fail(db, row_id, DOWN, seal)
    assert row(db, row_id).state is OutboxState.QUEUED


def test_a_server_that_says_later_for_five_days_is_not_believed_any_more(
    db: Any, case: Submission, seal: Any
) -> None:
    row_id = queue(case)
    waits = []
    while row(db, row_id).state is OutboxState.QUEUED:
        waits.append(fail(db, row_id, LATER, seal))
    assert (row(db, row_id).state, row(db, row_id).last_error) == (OutboxState.FAILED, "4xx")
    assert timedelta(days=4.5) < sum(waits, timedelta()) < timedelta(days=5.5)


def test_three_refusals_for_good_end_it_but_not_one(db: Any, case: Submission, seal: Any) -> None:
    row_id = queue(case)
    states = []
    for _ in range(3):
        fail(db, row_id, NO_SUCH_USER, seal)
        states.append(row(db, row_id).state)
    assert states == [OutboxState.QUEUED, OutboxState.QUEUED, OutboxState.FAILED]


def test_what_was_given_up_can_be_queued_again(db: Any, case: Submission, seal: Any) -> None:
    row_id = queue(case)
    for _ in range(3):
        fail(db, row_id, NO_SUCH_USER, seal)
    assert delivery.retry_failed(at=NOW) == 1
    assert delivery.due(NOW) == [row_id]
    fail(db, row_id, NO_SUCH_USER, seal)
    assert row(db, row_id).state is OutboxState.QUEUED


# --- nobody to send it to -----------------------------------------------------------------------------


def claimed(db: Any, row_id: int, seal: Any) -> tuple[OutboxState, str]:
    claim = delivery.claim(row_id, at=NOW, seal=seal)
    assert claim is not None
    assert (claim.letter is None) == (row(db, row_id).state is OutboxState.NO_ADDRESS)
    return row(db, row_id).state, row(db, row_id).last_error


def to_user(user: User, case: Submission | None = None) -> int:
    outbox.queue("staff_due", to=Recipient.USER, recipient_id=user.id, case=case, at=NOW)
    return newest_row()


def test_a_reporter_without_an_address_is_noted(db: Any, seal: Any) -> None:
    row_id = queue(make.make_case())
    assert claimed(db, row_id, seal) == (OutboxState.NO_ADDRESS, "no_address")


def test_a_reporter_who_stopped_gets_nothing_but_questions_and_receipts(db: Any, seal: Any) -> None:
    case = make.make_case(Status.ASSIGNED, email="warga@contoh.example", seal=seal)
    db.session.get(Identity, case.id).mail_stopped = True
    assert claimed(db, queue(case, "answered"), seal) == (OutboxState.NO_ADDRESS, "stopped")
    assert claimed(db, queue(case, "question"), seal) == (OutboxState.SENDING, "")


def test_a_former_colleague_gets_nothing(db: Any, seal: Any) -> None:
    user = make.make_user(Role.TRIAGE, active=False)
    assert claimed(db, to_user(user), seal) == (OutboxState.NO_ADDRESS, "gone")


def test_staff_who_lost_the_role_since_get_nothing(db: Any, seal: Any) -> None:
    agency = make.make_agency()
    case = make.make_case(Status.ASSIGNED, agency=agency)
    officer = make.make_user(Role.OFFICER, agency)
    row_id = to_user(officer, case)
    officer.memberships.clear()
    db.session.flush()
    assert claimed(db, row_id, seal) == (OutboxState.NO_ADDRESS, "not_permitted")


def test_staff_of_another_agency_get_nothing(db: Any, seal: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    stranger = make.make_user(Role.OFFICER, make.make_agency())
    assert claimed(db, to_user(stranger, case), seal) == (OutboxState.NO_ADDRESS, "not_permitted")


def test_a_supporter_hears_nothing_of_a_case_that_is_secret(db: Any, seal: Any) -> None:
    case = make.make_case(Status.ASSIGNED, secret=True)
    support = make.make_support(case, email=seal.seal("x@contoh.example"))
    outbox.queue("answered", to=Recipient.SUPPORTER, recipient_id=support.id, case=case, at=NOW)
    (row_id,) = delivery.due(NOW)
    assert claimed(db, row_id, seal) == (OutboxState.NO_ADDRESS, "not_permitted")


# --- digests ------------------------------------------------------------------------------------------


def happen(case: Submission, *actions: Action) -> None:
    """Record digest-worthy events, ten minutes apart."""
    for number, action in enumerate(actions):
        moment = NOW + timedelta(minutes=10 * number)
        events.record(case, action, actor=make.triage(), at=moment)


def test_the_news_of_a_day_is_one_mail_per_person_and_case(
    app: Flask, db: Any, case: Submission, smtp: MailServer, seal: Any
) -> None:
    use(app, smtp)
    other = make.make_case(Status.ASSIGNED, email="warga@contoh.example", seal=seal)
    make.make_support(case, email=seal.seal("tetangga@contoh.example"))
    happen(case, Action.REVIEW, Action.LINK, Action.UNHIDE)
    happen(other, Action.REVIEW)
    send_due(app, at(12, 16, 59))
    assert smtp.messages == []
    send_due(app, at(12, 17, 0))
    assert sorted(mail.recipients[0] for mail in smtp.messages) == [
        "tetangga@contoh.example",
        "warga@contoh.example",
        "warga@contoh.example",
    ]
    assert {row.state for row in db.session.scalars(select(OutboxMessage))} == {OutboxState.SENT}


def test_a_digest_says_everything_newest_first(app: Flask, case: Submission, smtp: MailServer) -> None:
    use(app, smtp)
    happen(case, Action.REVIEW, Action.UNHIDE)
    send_due(app, at(12, 17, 0))
    (mail,) = smtp.messages
    newest, oldest = mail.text.index("ditampilkan lagi"), mail.text.index("ditinjau lagi")
    assert newest < oldest
    assert "2 kabar hari ini" in mail.message["Subject"]


def test_one_piece_of_news_is_told_in_full(app: Flask, case: Submission, smtp: MailServer) -> None:
    use(app, smtp)
    happen(case, Action.REVIEW)
    send_due(app, at(12, 17, 0))
    assert "Sekarang petugas meninjaunya lagi" in smtp.messages[0].text


def test_a_digest_tried_again_the_next_day_says_what_it_said(
    app: Flask, db: Any, case: Submission, smtp: MailServer
) -> None:
    use(app, smtp)
    happen(case, Action.REVIEW, Action.UNHIDE)
    smtp.refuse = "451 later"
    send_due(app, at(12, 17, 0))
    smtp.refuse = None
    events.record(case, Action.LINK, actor=make.triage(), at=at(12, 18))
    send_due(app, at(12, 18, 30))
    (first,) = smtp.messages
    assert "2 kabar hari ini" in first.message["Subject"]
    send_due(app, at(13, 17, 0))
    assert len(smtp.messages) == 2
    lead, folded, fresh = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    assert (folded.folded_into_id, fresh.folded_into_id, lead.state) == (lead.id, None, OutboxState.SENT)


def test_two_workers_agree_on_one_digest(case: Submission, seal: Any) -> None:
    happen(case, Action.REVIEW, Action.UNHIDE)
    later, earlier = sorted(delivery.due(at(12, 17)), reverse=True)
    assert delivery.claim(later, at=at(12, 17), seal=seal) is None
    claim = delivery.claim(earlier, at=at(12, 17), seal=seal)
    assert claim is not None
    assert claim.letter is not None
    assert len(claim.letter.items) == 2


# --- through a real server ----------------------------------------------------------------------------


def test_an_hour_without_a_mail_server_loses_nothing(
    app: Flask, db: Any, case: Submission, smtp: MailServer
) -> None:
    use(app, smtp)
    smtp.stop()
    for number in range(3):
        queue(case, dedupe_key=str(number))
    for minute in range(0, 60, 10):
        send_due(app, NOW + timedelta(minutes=minute))
    assert {row.state for row in db.session.scalars(select(OutboxMessage))} == {OutboxState.QUEUED}
    smtp.start()
    for minute in range(60, 130, 10):
        send_due(app, NOW + timedelta(minutes=minute))
    assert len(smtp.messages) == 3
    assert len({mail.message["Message-ID"] for mail in smtp.messages}) == 3


def test_a_server_that_is_down_is_asked_once_a_sweep(
    app: Flask, db: Any, case: Submission, smtp: MailServer
) -> None:
    use(app, smtp)
    smtp.stop()
    for number in range(3):
        queue(case, dedupe_key=str(number))
    send_due(app, NOW)
    assert sum(row.attempts for row in db.session.scalars(select(OutboxMessage))) == 1


def test_one_refused_mail_keeps_no_other_waiting(
    app: Flask, db: Any, case: Submission, smtp: MailServer, seal: Any
) -> None:
    use(app, smtp)
    bad = make.make_case(email="not an address", seal=seal)
    queue(bad)
    good = queue(case)
    send_due(app, NOW)
    assert row(db, good).state is OutboxState.SENT


@pytest.mark.parametrize(
    ("reply", "reason"), [("451 try later", "4xx"), ("421 going down", "4xx"), ("550 no such user", "5xx")]
)
def test_the_class_of_a_refusal_is_kept_and_never_its_words(
    app: Flask, db: Any, case: Submission, smtp: MailServer, reply: str, reason: str
) -> None:
    use(app, smtp)
    smtp.refuse = reply
    row_id = queue(case)
    send_due(app, NOW)
    assert (row(db, row_id).state, row(db, row_id).last_error) == (OutboxState.QUEUED, reason)


def test_a_server_that_hangs_is_left_after_the_time_limit(
    app: Flask, db: Any, case: Submission, smtp: MailServer
) -> None:
    use(app, smtp)
    app.config["MAIL_TIMEOUT"] = 0.3
    smtp.delay = 2
    row_id = queue(case)
    send_due(app, NOW)
    assert (row(db, row_id).state, row(db, row_id).last_error) == (OutboxState.QUEUED, "connection")


def test_a_server_that_hangs_up_after_accepting_gets_the_same_message_id_again(
    app: Flask, db: Any, case: Submission, smtp: MailServer
) -> None:
    use(app, smtp)

    def hang_up() -> None:
        smtp.after_accept = None
        raise ConnectionResetError

    smtp.after_accept = hang_up
    row_id = queue(case)
    send_due(app, NOW)
    send_due(app, NOW + timedelta(hours=7))
    assert row(db, row_id).state is OutboxState.SENT
    first, second = smtp.messages
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_in_production_without_a_mail_server_mail_waits(app: Flask, db: Any, case: Submission) -> None:
    app.config["ENVIRONMENT"] = "production"
    row_id = queue(case)
    send_due(app, NOW)
    assert (row(db, row_id).state, row(db, row_id).last_error) == (OutboxState.QUEUED, "no_server")


def test_elsewhere_without_a_mail_server_mail_lands_in_a_folder_once(
    app: Flask, db: Any, case: Submission, seal: Any
) -> None:
    row_id = queue(case)
    send_due(app, NOW)
    row(db, row_id).state = OutboxState.QUEUED
    send_due(app, NOW)
    (file,) = (app.config["DATA_DIR"] / "mail").glob("*.eml")
    assert b"warga@contoh.example" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0 or file.parent.stat().st_mode & 0o077 == 0


def test_a_fault_of_our_own_uses_no_mail_up(app: Flask, db: Any, case: Submission, smtp: MailServer) -> None:
    use(app, smtp)
    broken, fine = queue(case, "no_such_kind"), queue(case)
    send_due(app, NOW)
    assert (row(db, broken).state, row(db, broken).last_error) == (OutboxState.QUEUED, "internal")
    assert row(db, fine).state is OutboxState.SENT


def test_a_shielded_reporter_gets_mail_though_nobody_may_see_the_address(
    app: Flask, db: Any, smtp: MailServer, seal: Any
) -> None:
    use(app, smtp)
    with transaction():
        case = make.make_case(
            Status.ASSIGNED,
            identity_mode=IdentityMode.SHIELDED,
            email="tersembunyi@contoh.example",
            seal=seal,
        )
        queue(case, "answered")
    send_due(app, NOW)
    assert len(smtp.to("tersembunyi@contoh.example")) == 1


def test_with_immediate_jobs_a_mail_leaves_at_the_commit(
    app: Flask, db: Any, case: Submission, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(app, smtp)
    for name in ("jobs", "deliver"):
        monkeypatch.setitem(app.extensions, name, app.extensions[name])
    app.config["JOBS_IMMEDIATE"] = True
    jobs.init_jobs(app)
    row_id = queue(case)
    assert smtp.messages == []
    db.session.commit()
    assert len(smtp.messages) == 1
    db.session.expire_all()
    assert row(db, row_id).state is OutboxState.SENT


@pytest.mark.redis
def test_a_redis_that_is_gone_fails_no_commit(
    app: Flask, db: Any, case: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("jobs", "deliver"):
        monkeypatch.setitem(app.extensions, name, app.extensions[name])
    app.config["REDIS_URL"] = "redis://127.0.0.1:1/0"
    jobs.init_jobs(app)
    row_id = queue(case)
    db.session.commit()
    assert row(db, row_id).state is OutboxState.QUEUED
