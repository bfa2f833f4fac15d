import json
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

from portal.commands.demo import SHIPPED
from portal.core.clock import now
from portal.core.storage import Storage
from portal.models import (
    Answer,
    AnswerTemplate,
    Appeal,
    Attachment,
    ChangeState,
    Comment,
    CommentState,
    Consultation,
    ConsultationResponse,
    Draft,
    Event,
    Gathering,
    Kind,
    ModerationDecision,
    Note,
    OutboxMessage,
    Package,
    PackageChange,
    PackagePoint,
    QuestionKind,
    Registration,
    RegistrationState,
    Report,
    RoutingOutcome,
    RoutingRule,
    SavedFilter,
    Status,
    Submission,
    Support,
    User,
    VisitorQuestion,
)
from portal.queries import consultations, contacts, moderation, ownership
from portal.rules.consultations import Stage, stage
from portal.services import demo
from portal.services.demo.times import dated
from tests.factories import at

_STORY = {
    "key": "s1", "kind": "problem", "text": "Lampu di ujung gang mati sejak Senin, jalan jadi gelap.",
    "title": "Lampu gang mati", "ward": "12.73.02.1003", "landmark": "Ujung gang", "category": "lampu-jalan",
    "agency": "DISHUB", "identity": "hidden", "name": "Boru Contoh", "secret": False, "days_ago": 30,
    "hour": 9, "supports": 3, "photo": "lampu",
    "story": [
        {"do": "verify", "wd": 1},
        {"do": "assign", "wd": 1, "agency": "DISHUB", "officer": True},
        {"do": "note", "wd": 2, "text": "Cek dulu ke lapangan.", "by": "officer"},
        {"do": "answer", "wd": 4, "text": "Lampu diganti {date+3}."},
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A city with one story."""
    for name in ("staff.json", "desk.json"):
        (tmp_path / name).write_text((SHIPPED / name).read_text())
    write(tmp_path, _STORY)
    return tmp_path


def write(folder: Path, *stories: dict) -> None:
    (folder / "submissions.json").write_text(json.dumps(stories))


def load(app, folder: Path, at=None) -> demo.Loaded:
    return demo.load(
        folder,
        secret=b"x" * 32,
        seal=app.extensions["seal"],
        storage=app.extensions["storage"],
        at=at or now(),
        prefix="SB",
    )


def test_the_desk_is_set_up_before_the_stories_begin(app, db, folder):
    load(app, folder)
    assert db.session.scalar(select(func.count()).select_from(RoutingRule)) == 6
    assert db.session.scalar(select(func.count()).select_from(AnswerTemplate)) == 9
    assert db.session.scalar(select(func.count()).select_from(SavedFilter)) == 3
    outcome = db.session.scalars(select(RoutingOutcome)).one()
    assert outcome.agency_kept


def test_a_story_is_replayed_through_the_services(app, db, folder):
    load(app, folder)
    case = db.session.scalars(select(Submission)).one()
    actions = db.session.scalars(select(Event.action).order_by(Event.id)).all()
    assert case.status is Status.ANSWERED
    assert case.listed
    assert [one for one in actions if not one.startswith("escalate")] == [
        "send", "verify", "assign", "note", "answer",
    ]  # fmt: skip


def test_a_placeholder_becomes_the_day_that_many_days_after_the_step(app, db, folder):
    load(app, folder)
    answer = db.session.scalars(select(Answer)).one()
    assert answer.text == dated("Lampu diganti {date+3}.", answer.published_at.date())
    assert "{" not in answer.text


def test_supports_are_counted_as_often_as_they_are_there(app, db, folder):
    load(app, folder)
    assert db.session.scalar(select(func.count()).select_from(Support)) == 3
    assert db.session.scalar(select(Submission.support_count)) == 3


def test_a_photo_of_a_story_is_drawn_and_stored(app, db, folder):
    load(app, folder)
    photo = db.session.scalars(select(Attachment)).one()
    storage: Storage = app.extensions["storage"]
    assert storage.get(photo.storage_key).startswith(b"RIFF")
    assert storage.exists(photo.thumbnail_key)


@time_machine.travel(at(24, 10), tick=False)  # a Tuesday; before six, "this morning" would be yesterday
def test_steps_that_lie_ahead_did_not_happen_yet(app, db, folder):
    write(folder, _STORY | {"days_ago": 0, "hour": 6})
    load(app, folder)
    assert db.session.scalar(select(Submission.status)) is Status.RECEIVED


def test_the_past_writes_to_nobody(app, db, folder):
    load(app, folder)
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_story_that_breaks_the_rules_is_named_and_leaves_no_photo(app, db, folder):
    answered = {"do": "answer", "wd": 1, "text": "Belum ditugaskan."}
    write(folder, _STORY | {"key": "s9", "story": [answered]})
    with pytest.raises(demo.DemoBroken, match="s9 step 0"):
        load(app, folder)
    assert list(app.extensions["storage"].files()) == []


_CITIZEN = {
    "key": "boru", "name": "Boru Contoh", "email": "boru@warga.example", "ward": "12.73.02.1003",
    "days_ago": 20, "owns": ["s1"], "supports": [], "follows": [], "programs": [],
}  # fmt: skip


def test_a_citizen_signs_in_with_a_contact_and_owns_a_case(app, db, folder):
    (folder / "citizens.json").write_text(json.dumps([_CITIZEN]))
    assert load(app, folder).citizens == 1
    seal = app.extensions["seal"]
    user = contacts.holder("boru@warga.example", seal=seal)
    case = db.session.scalars(select(Submission)).one()
    assert user.citizen
    assert ownership.owns(user.id, case.id, seal=seal)
    assert demo.sign_ins(folder) == [("Boru Contoh", "boru@warga.example")]


def test_a_phone_number_in_a_comment_of_the_demo_waits_like_any_other(app, db, folder):
    (folder / "citizens.json").write_text(json.dumps([_CITIZEN]))
    said = {"key": "d1", "who": "boru", "days_ago": 10, "hour": 9, "text": "Hubungi 0800-000-0007 ya."}
    (folder / "discussions.json").write_text(json.dumps([{"case": "s1", "say": [said]}]))
    assert load(app, folder).comments == 1
    assert db.session.scalars(select(Comment)).one().state is CommentState.HELD


def test_words_of_somebody_who_is_not_there_are_named_as_broken(app, db, folder):
    said = {"key": "d1", "who": "nobody", "days_ago": 10, "hour": 9, "text": "Halo."}
    (folder / "discussions.json").write_text(json.dumps([{"case": "s1", "say": [said]}]))
    with pytest.raises(demo.DemoBroken, match="people taking part"):
        load(app, folder)


def test_production_refuses_the_demo(app, run_command):
    app.config["ENVIRONMENT"] = "production"
    result = run_command("demo", "load")
    assert result.exit_code == 1
    assert "production" in result.output


def test_the_shipped_demo_shows_every_state_and_nothing_from_the_future(app, db, run_command):
    assert "nothing was loaded" not in run_command("demo", "load").output
    assert "complete" in run_command("demo", "load").output
    assert "sibolga-triase" in run_command("demo", "accounts").output
    states = set(db.session.scalars(select(Submission.status).distinct()))
    assert states == set(Status)
    assert set(db.session.scalars(select(Submission.kind).distinct())) == set(Kind)
    assert db.session.scalar(select(func.count()).select_from(Package)) >= 8
    routed = select(func.count(PackagePoint.package_id.distinct()))
    assert db.session.scalar(routed) == db.session.scalar(select(func.count()).select_from(Package))
    assert list(db.session.scalars(select(PackageChange.state))) == [ChangeState.WAITING]
    answered = list(db.session.scalars(select(VisitorQuestion.answered_at)))
    assert None in answered
    assert any(answered)
    latest = [
        db.session.scalar(select(func.max(column)))
        for column in (
            Event.at,
            Answer.published_at,
            Note.created_at,
            Support.confirmed_at,
            Submission.updated_at,
            Comment.created_at,
            ModerationDecision.at,
            Report.created_at,
            ConsultationResponse.created_at,
        )
    ]
    assert max(latest) <= now()
    assert db.session.scalar(select(func.count()).select_from(User)) >= 12
    assert set(db.session.scalars(select(Comment.state).distinct())) == set(CommentState) - {
        CommentState.DELETED
    }
    waiting = moderation.counts()
    assert (waiting.held, waiting.reported, waiting.appeals) == (1, 2, 1)
    assert db.session.scalar(select(func.count()).where(Appeal.granted.is_(True))) == 1
    asked = list(db.session.scalars(select(Consultation).order_by(Consultation.id)))
    assert {stage(one, now()) for one in asked} == {Stage.OPEN, Stage.COMING, Stage.OUTCOME}
    kinds = {question.kind for one in asked for question in consultations.questions(one.id)}
    assert kinds == set(QuestionKind)
    meetings = list(db.session.scalars(select(Gathering)))
    assert len([one for one in meetings if one.starts_at > now() and one.cancelled_at is None]) == 3
    assert {bool(one.minutes_id) for one in meetings if one.starts_at < now()} == {True}
    assert len([one for one in meetings if one.cancelled_at is not None]) == 1
    states = set(db.session.scalars(select(Registration.state).distinct()))
    assert states == {RegistrationState.REGISTERED, RegistrationState.WAITING}
    package = db.session.scalars(
        select(Submission).where(Submission.kind == Kind.TOURISM_PACKAGE).order_by(Submission.id).limit(1)
    ).one()
    outcome = db.session.scalars(
        select(RoutingOutcome).where(RoutingOutcome.submission_id == package.id).limit(1)
    ).one()
    assert outcome.agency_kept
