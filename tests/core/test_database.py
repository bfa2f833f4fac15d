from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from portal import jobs
from portal.core import database
from portal.core.clock import now
from portal.models import Setting, User
from tests.support import jobs as running


def test_a_naive_moment_never_reaches_the_database(db):
    db.session.add(
        User(email="a@sibolga.example", name="A", password_hash="x", created_at=datetime(2026, 1, 1))
    )
    with pytest.raises(StatementError, match="naive"):
        db.session.flush()
    db.session.rollback()


def test_a_moment_comes_back_aware_and_equal(db):
    at = now()
    db.session.add(User(email="a@sibolga.example", name="A", password_hash="x", created_at=at))
    db.session.commit()
    db.session.expire_all()
    assert db.session.query(User).one().created_at == at


def test_what_should_follow_a_commit_does_not_follow_a_rollback(db):
    done = []
    database.on_commit(lambda: done.append(1))
    db.session.add(Setting(key="a", value=1))
    db.session.rollback()
    db.session.add(Setting(key="b", value=1))
    db.session.commit()
    assert done == []


def test_what_should_follow_a_commit_follows_it_once(db):
    done = []
    database.on_commit(lambda: done.append(1))
    db.session.add(Setting(key="a", value=1))
    db.session.commit()
    db.session.add(Setting(key="b", value=1))
    db.session.commit()
    assert done == [1]


def test_a_failed_unit_of_work_leaves_nothing(app):
    with app.app_context():
        with pytest.raises(RuntimeError), database.transaction():
            database.db.session.add(Setting(key="half", value=1))
            database.db.session.flush()
            raise RuntimeError
        assert database.db.session.get(Setting, "half") is None


def test_the_night_tells_sqlite_how_full_the_tables_are(app, db):
    """What nobody told, SQLite guesses: it walked every listed submission for a page of programs."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL learns it by itself")
    db.session.add_all(Setting(key=f"k{number}", value=number) for number in range(30))
    db.session.commit()
    running.run(app, jobs.tidy, now())
    known = db.session.execute(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'setting'")).scalar_one()
    assert known.split()[0] == "30"
