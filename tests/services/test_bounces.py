"""Mail that came back stops that address and no other, and a code that arrives starts it again."""

import mailbox
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.models import Contact, OutboxMessage, Route, Status, StoppedAddress, Subject, User
from portal.queries import bounces as stopped
from portal.rules.workflow import Action
from portal.services import bounces, delivery, events, follows
from portal.services.bounces import Outcome
from tests import factories as make
from tests.core.test_bounces import TO, dsn
from tests.factories import at
from tests.support.client import PageClient
from tests.support.jobs import send_due, use
from tests.support.mail import MailServer

NOW = at(12)
MAIL = "ani@contoh.example"


@pytest.fixture
def seal(app: Flask) -> Any:
    return app.extensions["seal"]


@pytest.fixture
def server(app: Flask, smtp: MailServer) -> MailServer:
    use(app, smtp)
    app.config["MAIL_BOUNCE_ADDRESS"] = TO
    return smtp


@pytest.fixture
def ani(db: Any, seal: Any) -> User:
    return make.make_citizen(seal, MAIL)


def mail_to(app: Flask, user: User, server: MailServer, moment: Any = NOW) -> str:
    """Send somebody news of a case and return the envelope sender that the server saw."""
    case = make.make_case(Status.ASSIGNED)
    follows.follow(user, Subject.SUBMISSION, case.id, at=moment)
    events.record(case, Action.ANSWER, actor=make.triage(), at=moment)
    send_due(app, moment)
    return server.messages[-1].sender


def take(app: Flask, raw: bytes, moment: Any = NOW) -> Outcome:
    return bounces.take(raw, to=TO, at=moment, seal=app.extensions["seal"])


def test_the_envelope_of_every_mail_has_a_token_and_a_hard_bounce_stops_the_address(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer
) -> None:
    sender = mail_to(app, ani, server)
    assert sender.startswith("bounces+")
    assert take(app, dsn("5.1.1", to=sender)) is Outcome.STOPPED
    assert stopped.stopped_of(ani, seal=seal) == ["a***@c***.example"]
    assert MAIL not in str(db.session.query(StoppedAddress).one().__dict__)
    number = len(server.messages)
    mail_to(app, ani, server)
    assert len(server.messages) == number
    newest = select(OutboxMessage.last_error).order_by(OutboxMessage.id.desc()).limit(1)
    assert db.session.scalar(newest) == "bounced"


def test_the_same_notification_read_again_counts_nothing(
    app: Flask, db: Any, ani: User, server: MailServer
) -> None:
    raw = dsn("4.4.1", to=mail_to(app, ani, server))
    assert [take(app, raw) for _ in range(3)] == [Outcome.COUNTED, Outcome.IGNORED, Outcome.IGNORED]
    assert db.session.query(StoppedAddress).one().bounces == 1


def test_five_soft_bounces_within_two_weeks_stop_an_address(
    app: Flask, db: Any, ani: User, server: MailServer
) -> None:
    senders = [mail_to(app, ani, server) for _ in range(5)]
    moments = [NOW + timedelta(days=3 * number) for number in range(5)]
    outcomes = [
        take(app, dsn("4.2.2", to=sender), moment) for sender, moment in zip(senders, moments, strict=True)
    ]
    assert outcomes == [*[Outcome.COUNTED] * 4, Outcome.STOPPED]


def test_soft_bounces_over_months_stop_nothing(app: Flask, db: Any, ani: User, server: MailServer) -> None:
    senders = [mail_to(app, ani, server) for _ in range(6)]
    moments = [NOW + timedelta(days=8 * number) for number in range(6)]
    outcomes = {
        take(app, dsn("4.2.2", to=sender), moment) for sender, moment in zip(senders, moments, strict=True)
    }
    assert outcomes == {Outcome.COUNTED}


def test_a_made_up_token_stops_nobody(app: Flask, db: Any, ani: User, server: MailServer) -> None:
    sender = mail_to(app, ani, server)
    number, _, rest = sender.partition("-")
    forged = f"{number}-{'0' * 24}@{rest.partition('@')[2]}"
    assert take(app, dsn("5.1.1", to=forged)) is Outcome.IGNORED
    assert take(app, dsn("5.1.1", to=f"bounces+fffffff-{'0' * 24}@kota.example")) is Outcome.IGNORED
    assert db.session.query(StoppedAddress).count() == 0


def test_a_token_is_bound_to_the_address_that_it_was_mailed_to(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer
) -> None:
    sender = mail_to(app, ani, server)
    contact = db.session.query(Contact).one()
    contact.value = seal.seal("baru@contoh.example")
    db.session.flush()
    assert take(app, dsn("5.1.1", to=sender)) is Outcome.IGNORED


def test_a_code_goes_to_a_stopped_address_and_lifts_it(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer, client: PageClient
) -> None:
    take(app, dsn("5.1.1", to=mail_to(app, ani, server)))
    make.sign_in(client, ani)
    assert "a***@c***.example tidak sampai" in client.get("/akun").text
    bounces.lift(MAIL, seal=seal)
    db.session.commit()
    assert "tidak sampai" not in client.get("/akun").text


def test_the_command_reads_what_is_new_in_a_maildir_once(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer, tmp_path: Path
) -> None:
    sender = mail_to(app, ani, server)
    db.session.commit()
    folder = mailbox.Maildir(tmp_path / "bounces")
    folder.add(dsn("5.1.1", to=sender))
    folder.add(b"Subject: iklan\n\nhalo")
    runner = app.test_cli_runner()
    with patch.object(clock, "now", lambda: NOW):
        outputs = [runner.invoke(args=["bounces", str(tmp_path / "bounces")]).output for _ in range(2)]
    assert outputs[0].strip() == "ignored: 1, counted: 0, stopped: 1"
    assert outputs[1].strip() == "ignored: 0, counted: 0, stopped: 0"


def test_the_command_reads_one_message_from_a_pipe(
    app: Flask, db: Any, ani: User, server: MailServer
) -> None:
    sender = mail_to(app, ani, server)
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["bounces"], input=dsn("5.1.1", to=sender))
    assert "stopped: 1" in result.output


# --- by telephone -------------------------------------------------------------------------------------


def test_who_has_only_a_telephone_hears_by_short_message(app: Flask, db: Any, seal: Any) -> None:
    user = make.make_citizen(seal, "+6281234567890")
    case = make.make_case(Status.ASSIGNED)
    follows.follow(user, Subject.SUBMISSION, case.id, at=NOW)
    events.record(case, Action.ANSWER, actor=make.triage(), at=NOW)
    claim = delivery.claim(delivery.due(NOW)[0], at=NOW, seal=seal)
    assert claim is not None
    assert claim.letter is not None
    assert (claim.letter.address, claim.letter.route) == ("+6281234567890", Route.SMS)
