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
    Attachment,
    Draft,
    Event,
    Kind,
    Note,
    OutboxMessage,
    Package,
    RoutingOutcome,
    RoutingRule,
    SavedFilter,
    Status,
    Submission,
    Support,
    User,
)
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
    assert db.session.scalar(select(func.count()).select_from(Package)) > 0
    latest = [
        db.session.scalar(select(func.max(column)))
        for column in (
            Event.at,
            Answer.published_at,
            Note.created_at,
            Support.confirmed_at,
            Submission.updated_at,
        )
    ]
    assert max(latest) <= now()
    assert db.session.scalar(select(func.count()).select_from(User)) >= 12
