"""Migrations build exactly the models, go both ways on filled tables, and lose nothing on the way."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from click.testing import Result
from sqlalchemy import create_engine, text

from tests.support import database as databases
from tests.support.settings import DATABASE_SERVER, ROOT, environment


def test_the_models_say_what_the_migrations_build(run_command: Callable[..., Result]) -> None:
    result = run_command("db", "check")
    assert result.exit_code == 0, result.output


def test_there_is_one_newest_revision() -> None:
    """Two people who each add a migration must put them in an order."""
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def _flask(url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT, env=environment(url, folder), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def filled(shared_folder: Path, tmp_path: Path, process_name: str) -> Any:
    """A migrated database of the test's own."""
    own = databases.create(shared_folder, tmp_path, f"{process_name}_migrations")
    yield own
    own.drop()


def test_migrations_go_down_and_up_again(filled: Any, tmp_path: Path) -> None:
    down = _flask(filled.url, tmp_path, "db", "downgrade", "base")
    assert down.returncode == 0, down.stderr
    up = _flask(filled.url, tmp_path, "db", "upgrade")
    assert up.returncode == 0, up.stderr
    engine = create_engine(filled.url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT number FROM page_version")) == 1
        assert connection.scalar(text("SELECT count(*) FROM ward")) == 0
    engine.dispose()


def test_two_that_start_together_migrate_once(filled: Any, tmp_path: Path) -> None:
    _flask(filled.url, tmp_path, "db", "downgrade", "base")
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    both = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment(filled.url, tmp_path), stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in both:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said


@pytest.mark.skipif(bool(DATABASE_SERVER), reason="only SQLite migrates with foreign keys off")
def test_a_migration_that_leaves_rows_pointing_nowhere_is_refused(filled: Any, tmp_path: Path) -> None:
    with sqlite3.connect(filled.url.removeprefix("sqlite:///")) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(
            "INSERT INTO ward (code, district_code, name) VALUES ('99.99.99.9999', '99.99.99', 'Tanpa')"
        )
    connection.close()
    result = _flask(filled.url, tmp_path, "db", "upgrade")
    assert result.returncode != 0
    assert "point nowhere" in result.stderr


def test_foreign_keys_are_on_again_for_everybody_else(db: Any) -> None:
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
