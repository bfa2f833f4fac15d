from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text

from portal.commands.demo import SHIPPED
from portal.core.references import parse_reference
from portal.models import Event, Identity, SearchDocument, Status, Submission, Support
from portal.queries import submissions as reads
from portal.queries.reference import calendar
from portal.queries.submissions import Filters
from portal.rules import visibility, workflow
from portal.rules.workflow import Action
from portal.services import bulk, search

AT = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def load(app, count: int = 1200, seed: int = 1) -> bulk.Loaded:
    return bulk.load(
        count,
        secret=b"x" * 32,
        seal=app.extensions["seal"],
        calendar=calendar(),
        at=AT,
        corpus=SHIPPED,
        seed=seed,
    )


def cases(db) -> list[Submission]:
    return list(db.session.scalars(select(Submission).order_by(Submission.id)))


def test_as_many_are_written_as_asked_for(app, db):
    loaded = load(app, 300)
    assert loaded.submissions == len(cases(db)) == 300
    assert db.session.scalar(select(func.count()).select_from(Identity)) == 300
    assert db.session.scalar(select(func.count()).select_from(Event)) == loaded.events


def test_the_rows_agree_with_each_other(app, db):
    load(app)
    supports = Counter(db.session.scalars(select(Support.submission_id)))
    histories: dict[int, list[Event]] = {}
    for event in db.session.scalars(select(Event).order_by(Event.id)):
        histories.setdefault(event.submission_id, []).append(event)
    merged = Counter(
        {case.merged_into_id: supports[case.id] + 1 for case in cases(db) if case.merged_into_id is not None}
    )
    for case in cases(db):
        history = histories[case.id]
        moves = [event for event in history if event.to_status is not None]
        assert parse_reference(case.reference) == case.reference
        assert case.listed == visibility.listed(case), case.reference
        assert moves[-1].to_status is case.status
        assert (case.merged_into_id is not None) == (case.status is Status.MERGED)
        assert case.answered_at is None or case.answered_in_days is not None
        assert case.support_count >= supports[case.id]
        if case.id not in merged:
            assert case.support_count == supports[case.id]
        assert all(event.at <= AT for event in history)


def test_every_step_is_one_that_the_table_allows(app, db):
    load(app)
    kinds = {case.id: case.kind for case in cases(db)}
    for event in db.session.scalars(select(Event).where(Event.to_status.is_not(None))):
        if event.action == Action.SEND:
            continue
        row = workflow.row(Action(event.action), event.from_status, kinds[event.submission_id])
        assert row.target in (None, event.to_status)


def test_what_is_indexed_is_what_the_search_service_would_index(app, db):
    load(app, 60)
    columns = select(SearchDocument.submission_id, SearchDocument.stems)
    before = dict(db.session.execute(columns).all())
    for case in cases(db):
        search.index(case)
    db.session.flush()
    db.session.expire_all()
    assert (
        dict(db.session.execute(select(SearchDocument.submission_id, SearchDocument.stems)).all()) == before
    )


def test_the_public_search_finds_them(app, db):
    load(app, 300)
    assert reads.listed(Filters(words="jalan")).items


def test_newer_submissions_have_higher_ids(app, db):
    load(app, 300)
    days = [case.received_at.date() for case in cases(db)]
    assert days == sorted(days)


def test_a_second_load_adds_others(app, db):
    load(app, 50)
    load(app, 50)
    assert len({case.reference for case in cases(db)}) == 100


def test_ids_given_out_afterwards_are_free(app, db):
    load(app, 50)
    highest = max(case.id for case in cases(db))
    db.session.execute(
        text("INSERT INTO note (submission_id, author_id, body, created_at)"
             " VALUES (:id, (SELECT min(id) FROM \"user\"), 'x', CURRENT_TIMESTAMP)"),
        {"id": highest},
    )  # fmt: skip
    db.session.flush()


def test_production_asks_before_it_mixes_made_up_and_real(app, run_command):
    app.config["ENVIRONMENT"] = "production"
    result = run_command("load", "--submissions", "10")
    assert result.exit_code == 1
    assert "--yes" in result.output


def test_an_empty_city_is_said_so(app, db, monkeypatch):
    db.session.execute(text("UPDATE category SET active = :no"), {"no": False})
    with pytest.raises(ValueError, match="reference data"):
        load(app, 1)
