"""One message a day over everything an account hears of, at the pace it chose by then."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.models import (
    Follow,
    IdentityMode,
    LinkType,
    NotificationChoice,
    OutboxMessage,
    OutboxState,
    Pace,
    Recipient,
    Role,
    Status,
    Subject,
    Submission,
    Topic,
    User,
)
from portal.rules.workflow import Action
from portal.services import choices, delivery, events, follows, notices, ownership, programs, supports
from tests import factories as make
from tests.factories import at
from tests.support.jobs import send_due, use
from tests.support.mail import MailServer

NOW = at(12)  # a Thursday
EVENING, MONDAY_MORNING = at(12, 17), at(16, 8)
MAIL = "ani@contoh.example"


@pytest.fixture
def seal(app: Flask) -> Any:
    return app.extensions["seal"]


@pytest.fixture
def ani(db: Any, seal: Any) -> User:
    return make.make_citizen(seal, MAIL)


@pytest.fixture
def server(app: Flask, smtp: MailServer) -> MailServer:
    use(app, smtp)
    app.config["BASE_URL"] = "https://suara.contoh.example"
    return smtp


def follow(user: User, *cases: Submission) -> None:
    for case in cases:
        follows.follow(user, Subject.SUBMISSION, case.id, at=NOW)


def happen(case: Submission, action: str = Action.REVIEW, moment: datetime = NOW) -> None:
    events.record(case, action, actor=make.triage(), at=moment)


def case(**fields: Any) -> Submission:
    return make.make_case(Status.ASSIGNED, **fields)


# --- one message --------------------------------------------------------------------------------------


def test_a_day_over_many_cases_is_one_message_newest_first(
    app: Flask, db: Any, ani: User, server: MailServer
) -> None:
    first, second, third = case(), case(), case()
    follow(ani, first, second, third)
    for number, one in enumerate((first, second, third, first)):
        happen(one, Action.REVIEW if number < 3 else Action.UNHIDE, NOW + timedelta(minutes=number))
    send_due(app, at(12, 16, 59))
    assert server.messages == []
    send_due(app, EVENING)
    (mail,) = server.messages
    assert mail.recipients == [MAIL]
    assert "4 kabar tentang 3 hal" in mail.message["Subject"]
    places = [mail.text.index(one.reference) for one in (first, third, second)]
    assert places == sorted(places)
    assert f"https://suara.contoh.example/k/{second.reference}" in mail.html
    assert mail.text.index("ditampilkan lagi") < mail.text.index("ditinjau lagi")
    send_due(app, at(13, 17))
    assert len(server.messages) == 1


def test_a_message_names_thirty_matters_and_counts_the_rest(
    app: Flask, db: Any, ani: User, server: MailServer
) -> None:
    cases = [case() for _ in range(33)]
    follow(ani, *cases)
    for one in cases:
        happen(one)
    send_due(app, EVENING)
    (mail,) = server.messages
    assert "33 kabar tentang 33 hal" in mail.message["Subject"]
    assert sum(one.reference in mail.text for one in cases) == 30
    assert "Dan 3 hal lain" in mail.text


def test_who_reports_supports_and_follows_a_case_gets_one_mail(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer
) -> None:
    own = case(email=MAIL, seal=seal)
    ownership.own(own.id, ani, at=NOW, seal=seal)
    follow(ani, own)
    supports.support_as_user(own, ani, NOW, seal=seal)
    happen(own, Action.ANSWER)
    send_due(app, NOW)
    (mail,) = server.messages
    assert "Tentang kiriman Anda" in mail.text


def test_a_supporter_by_mail_who_follows_by_an_account_gets_one_mail(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer
) -> None:
    one = case()
    make.make_support(one, person_hash=seal.keyed_hash(MAIL), email=seal.seal(MAIL))
    follow(ani, one)
    happen(one, Action.ANSWER)
    send_due(app, NOW)
    assert [mail.recipients for mail in server.messages] == [[MAIL]]
    assert "Saya juga mengalami" in server.messages[0].text


def test_ones_own_case_joins_the_message_and_no_row_ties_it_to_the_account(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer
) -> None:
    own, other = case(email=MAIL, seal=seal), case()
    ownership.own(own.id, ani, at=NOW, seal=seal)
    follow(ani, other)
    happen(own)
    happen(other)
    send_due(app, EVENING)
    (mail,) = server.messages
    assert own.reference in mail.text
    assert other.reference in mail.text
    rows = list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
    mine = next(row for row in rows if row.recipient_kind is Recipient.REPORTER)
    assert (mine.person_key, mine.folded_into_id, mine.state) == ("", None, OutboxState.SENT)
    assert [row.folded_into_id for row in rows] == [None, None]
    assert len({row.sent_at for row in rows}) == 2


def test_a_shielded_reporters_case_goes_alone_and_bare(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer
) -> None:
    own = case(email=MAIL, seal=seal, identity_mode=IdentityMode.SHIELDED)
    other = case()
    ownership.own(own.id, ani, at=NOW, seal=seal)
    follow(ani, other)
    happen(own)
    happen(other)
    send_due(app, EVENING)
    assert len(server.messages) == 2
    assert sum(own.reference in mail.text for mail in server.messages) == 1


def test_what_became_secret_meanwhile_is_left_out_and_the_rest_arrives(
    app: Flask, db: Any, ani: User, server: MailServer
) -> None:
    kept, gone = case(), case()
    follow(ani, gone, kept)
    happen(gone)
    happen(kept)
    gone.secret, gone.listed = True, False
    send_due(app, EVENING)
    (mail,) = server.messages
    assert kept.reference in mail.text
    assert gone.reference not in mail.text + mail.html


def test_two_workers_agree_on_one_message(db: Any, seal: Any, ani: User) -> None:
    first, second = case(), case()
    follow(ani, first, second)
    happen(first)
    happen(second)
    later, earlier = sorted(delivery.due(EVENING), reverse=True)
    assert delivery.claim(later, at=EVENING, seal=seal) is None
    claim = delivery.claim(earlier, at=EVENING, seal=seal)
    assert claim is not None
    assert claim.letter is not None
    assert len(claim.letter.parts) == 2


# --- at the pace that counts --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pace", "moment"), [(Pace.NOW, NOW), (Pace.DAILY, EVENING), (Pace.WEEKLY, MONDAY_MORNING)]
)
def test_news_leave_at_the_chosen_pace(
    app: Flask, db: Any, ani: User, server: MailServer, pace: Pace, moment: datetime
) -> None:
    choices.choose(ani, {Topic.OUTCOME: pace})
    one = case()
    follow(ani, one)
    happen(one, Action.ANSWER)
    send_due(app, moment - timedelta(minutes=1))
    assert server.messages == []
    send_due(app, moment)
    assert len(server.messages) == 1


def test_who_never_wants_to_hear_is_queued_nothing(db: Any, ani: User) -> None:
    choices.choose(ani, {Topic.OUTCOME: Pace.NEVER})
    one = case()
    follow(ani, one)
    happen(one, Action.ANSWER)
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 0


def test_a_reporter_with_an_account_hears_of_their_own_case_at_the_chosen_pace(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer
) -> None:
    choices.choose(ani, {Topic.OUTCOME: Pace.WEEKLY})
    own = case(email=MAIL, seal=seal)
    ownership.own(own.id, ani, at=NOW, seal=seal)
    happen(own, Action.ANSWER)
    send_due(app, EVENING)
    assert server.messages == []
    send_due(app, MONDAY_MORNING)
    assert len(server.messages) == 1


def test_never_chosen_while_news_wait_drops_them(app: Flask, db: Any, ani: User, server: MailServer) -> None:
    one, two = case(), case()
    follow(ani, one, two)
    happen(one)
    happen(two)
    choices.choose(ani, {Topic.PROGRESS: Pace.NEVER})
    send_due(app, EVENING)
    assert server.messages == []
    assert set(db.session.scalars(select(OutboxMessage.last_error))) == {"stopped"}


def test_weekly_chosen_while_news_wait_puts_them_off(
    app: Flask, db: Any, ani: User, server: MailServer
) -> None:
    one = case()
    follow(ani, one)
    happen(one)
    choices.choose(ani, {Topic.PROGRESS: Pace.WEEKLY})
    send_due(app, EVENING)
    assert server.messages == []
    send_due(app, MONDAY_MORNING)
    assert len(server.messages) == 1


def test_daily_chosen_while_news_wait_for_monday_brings_them_tonight_with_others(
    app: Flask, db: Any, ani: User, server: MailServer
) -> None:
    choices.choose(ani, {Topic.PROGRESS: Pace.WEEKLY})
    one, two = case(), case()
    follow(ani, one, two)
    happen(one)
    choices.choose(ani, {Topic.PROGRESS: Pace.DAILY})
    happen(two)
    send_due(app, EVENING)
    (mail,) = server.messages
    assert one.reference in mail.text


def test_a_week_ends_on_monday_at_eight() -> None:
    assert notices.next_weekly(at(15, 23)) == MONDAY_MORNING
    assert notices.next_weekly(at(16, 8)) == at(23, 8)


# --- programs and later deeds -------------------------------------------------------------------------


def test_followers_of_a_program_and_of_its_cases_hear_of_progress_once(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer
) -> None:
    agency = make.make_agency()
    head = make.head(agency)
    budi = make.make_citizen(seal, "budi@contoh.example")
    program, one, two = make.make_program(agency), case(agency=agency), case(agency=agency)
    for linked in (one, two):
        programs.link(
            linked, program, type=LinkType.REASON_FOR, sentence="Masuk rencana.", actor=head, at=NOW
        )
    db.session.query(OutboxMessage).delete()
    follow(ani, one, two)
    for user in (ani, budi):
        follows.follow(user, Subject.PROGRAM, program.id, at=NOW)
    programs.add_update(program, actor=head, at=NOW, text_id="Tiang sudah berdiri.", progress=40)
    keys = db.session.scalars(
        select(OutboxMessage.person_key).where(OutboxMessage.kind == "program_progress")
    )
    assert sorted(keys) == sorted([f"user:{ani.id}", f"user:{budi.id}"])
    send_due(app, EVENING)
    assert sorted(mail.recipients[0] for mail in server.messages) == [MAIL, "budi@contoh.example"]
    mail = server.to("budi@contoh.example")[0]
    assert "Tiang sudah berdiri." in mail.text
    assert f"/program/{program.code}" in mail.text
    assert "yang Anda ikuti mencapai 40%" in mail.text


def test_a_link_made_months_later_reaches_author_supporter_and_follower(
    db: Any, seal: Any, ani: User
) -> None:
    agency = make.make_agency()
    answered = make.make_case(Status.ANSWERED, agency=agency, email="a@contoh.example", seal=seal)
    support = make.make_support(answered)
    follow(ani, answered)
    later = NOW + timedelta(days=120)
    programs.link(
        answered, make.make_program(agency), type=LinkType.ANSWERS, sentence="Kini ada.",
        actor=make.head(agency), at=later,
    )  # fmt: skip
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "linked"))
    assert sorted((row.recipient_kind, row.due_at > later) for row in rows) == [
        (Recipient.FOLLOWER, True),
        (Recipient.REPORTER, True),
        (Recipient.SUPPORTER, True),
    ]
    assert support.id


def test_who_follows_a_merged_case_hears_of_its_target(db: Any, ani: User) -> None:
    target = case()
    merged = make.make_case(Status.MERGED, into=target)
    follow(ani, merged, target)
    happen(target, Action.ANSWER)
    rows = list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "answered")))
    assert [row.person_key for row in rows] == [f"user:{ani.id}"]


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("assign", "assigned"), ("hand_over", "assigned"), ("answer", "answered"), ("promise", "promised"),
        ("edit_answer", "answer_edited"), ("link", "linked"), ("unlink", "unlinked"), ("finish", "done"),
        ("program_progress", "program_progress"), ("not_done", "reopened"), ("object", "reopened"),
        ("merge", "merged"), ("decline", "declined"), ("defer", "deferred"), ("refer", "referred"),
        ("accept", "accepted"), ("expire", "expired"), ("hide", "hidden"),
    ],
)  # fmt: skip
def test_author_supporters_and_followers_hear_of_everything_of_rule_six(
    db: Any, seal: Any, ani: User, action: str, kind: str
) -> None:
    one = case(email="a@contoh.example", seal=seal)
    make.make_support(one)
    follow(ani, one)
    happen(one, action)
    rows = db.session.scalars(select(OutboxMessage.recipient_kind).where(OutboxMessage.kind == kind))
    assert sorted(rows) == [Recipient.FOLLOWER, Recipient.REPORTER, Recipient.SUPPORTER]


def test_a_secret_case_is_told_to_no_follower(db: Any, ani: User) -> None:
    one = case(secret=True)
    follow(ani, one)
    happen(one, Action.ANSWER)
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 0


def test_staff_are_not_told_of_their_own_deed_as_followers(db: Any) -> None:
    user = make.make_user(Role.TRIAGE)
    one = case()
    follow(user, one)
    events.record(one, Action.ANSWER, actor=make.actor(user), at=NOW)
    kinds = db.session.scalars(select(OutboxMessage.kind).where(OutboxMessage.kind == "answered"))
    assert list(kinds) == []


# --- stopping -----------------------------------------------------------------------------------------


def stop_path(mail: Any) -> str:
    found = re.search(r"<https://suara.contoh.example(/berhenti/[\w-]+)>", mail.message["List-Unsubscribe"])
    assert found
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return found[1]


def test_one_click_in_the_mail_of_a_case_stops_that_case(
    app: Flask, db: Any, seal: Any, ani: User, server: MailServer, frozen: None
) -> None:
    one, other = case(), case()
    follow(ani, one, other)
    happen(one, Action.ANSWER)
    send_due(app, NOW)
    path = stop_path(server.messages[0])
    for _ in range(2):
        answer = app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert [row.subject_id for row in db.session.query(Follow)] == [other.id]
    assert "Atur kabar" in answer.text


def test_one_click_in_a_gathered_mail_stops_all_news_but_questions(
    app: Flask, db: Any, ani: User, server: MailServer, frozen: None
) -> None:
    one, two = case(), case()
    follow(ani, one, two)
    happen(one)
    happen(two)
    send_due(app, EVENING)
    app.test_client().post(stop_path(server.messages[0]), data={"List-Unsubscribe": "One-Click"})
    chosen = {row.topic: row.pace for row in db.session.query(NotificationChoice)}
    assert chosen == {topic: Pace.NEVER for topic in Topic if topic is not Topic.QUESTION}


def test_all_news_can_be_stopped_from_the_mail_of_one_case(
    app: Flask, db: Any, ani: User, server: MailServer, frozen: None
) -> None:
    one = case()
    follow(ani, one)
    happen(one, Action.ANSWER)
    send_due(app, NOW)
    path = stop_path(server.messages[0])
    assert "Hentikan semua kabar" in app.test_client().get(path).text
    app.test_client().post(path, data={"apa": "semua"})
    assert db.session.query(NotificationChoice).count() == len(Topic) - 1


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.core import clock

    monkeypatch.setattr(clock, "now", lambda: EVENING)


# --- it does not flood --------------------------------------------------------------------------------


def test_twenty_events_a_day_are_one_message_for_each_of_many_followers(db: Any, seal: Any) -> None:
    one = case()
    people = [make.make_user(email=None, citizen=True) for _ in range(150)]
    for person in people:
        follow(person, one)
    for number in range(20):
        happen(one, Action.REVIEW if number % 2 else Action.UNHIDE, NOW + timedelta(minutes=number))
    counts = select(OutboxMessage.digest, func.count(OutboxMessage.person_key.distinct()), func.count())
    rows = db.session.execute(counts.group_by(OutboxMessage.digest)).all()
    assert [tuple(row) for row in rows] == [(True, 150, 3000)]
    row_id = delivery.due(EVENING)[0]
    claim = delivery.claim(row_id, at=EVENING, seal=seal)
    folded = db.session.scalar(
        select(func.count()).select_from(OutboxMessage).where(OutboxMessage.folded_into_id == row_id)
    )
    assert (claim is not None, folded) == (True, 19)
