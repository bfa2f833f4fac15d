"""Who hears of a comment, read back from a real mail server: gathered, counted, and never its words."""

from datetime import timedelta

import pytest

from portal.models import (
    Follow,
    HideCode,
    IdentityMode,
    NotificationChoice,
    OutboxMessage,
    Pace,
    Subject,
    Topic,
)
from portal.queries.discussion import place_of_case, place_of_program
from portal.rules.discussion import Voice
from portal.services import discussion, follows
from tests import factories as make
from tests.support.jobs import send_due, use

NOW = make.at(12)
DIGEST = make.at(12, 17, 1)
CANARY = "CANARY-kata-orang"


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def server(app, smtp):
    use(app, smtp)
    app.config["BASE_URL"] = "https://suara.contoh.example"
    return smtp


def say(about, user, seal, text=CANARY, *, at=NOW, parent=None):
    place = place_of_case(about) if hasattr(about, "reference") else place_of_program(about)
    actor = make.actor(user) if user else make.reporter(about)
    voice = Voice.PERSON if user else Voice.REPORTER
    return discussion.comment(
        place, text, voice=voice, actor=actor, user=user, at=at, seal=seal, parent=parent
    )


def test_a_follower_hears_once_a_day_however_many_comments_come(app, db, seal, server):
    case = make.make_case(title="Lampu jalan padam")
    reader, writer = make.make_citizen(seal, "ani@contoh.example"), make.make_citizen(seal)
    follows.follow(reader, Subject.SUBMISSION, case.id, at=NOW)
    for minute in range(4):
        say(case, writer, seal, f"{CANARY} {minute}", at=NOW + timedelta(minutes=minute))
    send_due(app, NOW + timedelta(hours=1))
    assert server.messages == []
    send_due(app, DIGEST)
    (mail,) = server.to("ani@contoh.example")
    assert "4 komentar baru" in mail.message["Subject"]
    assert f"https://suara.contoh.example/k/{case.reference}#diskusi" in mail.text
    assert CANARY not in mail.text + mail.html


def test_the_reporter_hears_that_people_talk_about_their_case(app, db, seal, server):
    case = make.make_case(email="pelapor@contoh.example", seal=seal)
    say(case, make.make_citizen(seal), seal)
    send_due(app, DIGEST)
    (mail,) = server.to("pelapor@contoh.example")
    assert "1 komentar baru" in mail.message["Subject"]


def test_a_shielded_reporter_gets_no_more_than_the_number_of_the_case(app, db, seal, server):
    case = make.make_case(
        email="pelapor@contoh.example", seal=seal, identity_mode=IdentityMode.SHIELDED, title="CANARY judul"
    )
    say(case, make.make_citizen(seal), seal)
    send_due(app, DIGEST)
    (mail,) = server.to("pelapor@contoh.example")
    assert "CANARY" not in mail.text + mail.html + mail.message["Subject"]


def test_whoever_is_replied_to_hears_of_it(app, db, seal, server):
    case, author = make.make_case(title="Lampu jalan padam"), make.make_citizen(seal, "ani@contoh.example")
    root = say(case, author, seal)
    say(case, author, seal, "Saya jawab sendiri.", parent=root)
    say(case, make.make_citizen(seal), seal, f"{CANARY} balas", parent=root)
    send_due(app, DIGEST)
    (mail,) = server.to("ani@contoh.example")
    assert "1 balasan untuk komentar Anda" in mail.text
    assert f"https://suara.contoh.example/komentar/{root.token}/balasan" in mail.text
    assert "meja" not in mail.text
    assert CANARY not in mail.text


def test_a_follower_of_a_program_hears_too(app, db, seal, server):
    program = make.make_program(title_id="Lampu untuk semua gang")
    follows.follow(make.make_citizen(seal, "ani@contoh.example"), Subject.PROGRAM, program.id, at=NOW)
    say(program, make.make_citizen(seal), seal)
    send_due(app, DIGEST)
    (mail,) = server.to("ani@contoh.example")
    assert "Lampu untuk semua gang" in mail.message["Subject"]
    assert f"/program/{program.code}#diskusi" in mail.text


def test_of_what_waits_nobody_hears_until_it_is_let_through(app, db, seal, server):
    case = make.make_case()
    follows.follow(make.make_citizen(seal, "ani@contoh.example"), Subject.SUBMISSION, case.id, at=NOW)
    held = say(case, make.make_citizen(seal), seal, "Telepon 081234567890")
    assert db.session.query(OutboxMessage).count() == 0
    discussion.publish(held, at=NOW)
    send_due(app, DIGEST)
    assert len(server.to("ani@contoh.example")) == 1


def test_of_what_was_hidden_or_deleted_meanwhile_nobody_hears(app, db, seal, server):
    case, author = make.make_case(), make.make_citizen(seal, "ros@contoh.example")
    follows.follow(make.make_citizen(seal, "ani@contoh.example"), Subject.SUBMISSION, case.id, at=NOW)
    root = say(case, author, seal)
    reply = say(case, make.make_citizen(seal), seal, "Menghina.", parent=root)
    discussion.hide(reply, code=HideCode.INSULT, reason="", at=NOW)
    discussion.withdraw(root, place_of_case(case), actor=make.actor(author), at=NOW)
    send_due(app, DIGEST)
    assert server.messages == []


def test_a_case_that_was_hidden_meanwhile_sends_nothing(app, db, seal, server):
    case = make.make_case()
    follows.follow(make.make_citizen(seal, "ani@contoh.example"), Subject.SUBMISSION, case.id, at=NOW)
    say(case, make.make_citizen(seal), seal)
    case.hidden_code = HideCode.INSULT
    send_due(app, DIGEST)
    assert server.to("ani@contoh.example") == []


def test_nobody_is_left_out_of_the_news_where_the_reporter_speaks(db, seal):
    """Else the outbox would name the one who did not get it, and so the reporter."""
    case, reporter = make.make_case(), make.make_citizen(seal)
    for user in (reporter, make.make_citizen(seal)):
        follows.follow(user, Subject.SUBMISSION, case.id, at=NOW)
    place = place_of_case(case)
    discussion.comment(
        place,
        CANARY,
        voice=Voice.REPORTER,
        actor=make.actor(reporter, reporter_of=case),
        user=reporter,
        at=NOW,
        seal=seal,
    )
    told = {row.recipient_id for row in db.session.query(OutboxMessage)}
    assert told == {row.id for row in db.session.query(Follow)}


def test_who_wants_to_hear_nothing_of_discussions_hears_nothing(db, seal):
    case, reader = make.make_case(), make.make_citizen(seal)
    follows.follow(reader, Subject.SUBMISSION, case.id, at=NOW)
    db.session.add(NotificationChoice(user_id=reader.id, topic=Topic.DISCUSSION, pace=Pace.NEVER))
    say(case, make.make_citizen(seal), seal)
    assert db.session.query(OutboxMessage).count() == 0


def test_no_row_of_the_outbox_carries_words_or_names(db, seal):
    case, author = make.make_case(), make.make_citizen(seal, name="CANARY Ros")
    follows.follow(make.make_citizen(seal), Subject.SUBMISSION, case.id, at=NOW)
    root = say(case, author, seal)
    say(case, make.make_citizen(seal), seal, "CANARY juga", parent=root)
    for row in db.session.query(OutboxMessage):
        assert "CANARY" not in f"{row.data}{row.dedupe_key}"
