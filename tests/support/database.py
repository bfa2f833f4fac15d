"""Databases for tests: migrated once, copied per test process, put back after each test that wrote.

SQLite by default; the server that TEST_DATABASE_URL names otherwise. Code under test commits as it does in
production, so nothing here depends on a rollback.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tests.support.settings import DATABASE_SERVER, ROOT, environment


class Database(Protocol):
    """A database that is as fresh as after its migrations, again and again."""

    url: str

    def reset(self) -> None:
        """Take back everything that was written since the last reset."""

    def drop(self) -> None:
        """Remove the database."""


def template(shared: Path) -> Path:
    """Build the migrated database with its reference data once for all test processes of this run.

    Returns the SQLite file, or the file that holds the name of the PostgreSQL database.
    """
    made = shared / ("template.name" if DATABASE_SERVER else "template.db")
    with _lock(shared):
        if not made.exists():
            building = shared / "building"
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir()
            if DATABASE_SERVER:
                name = f"{_base_name()}_{os.getpid()}_template"
                _run_on_server(f'CREATE DATABASE "{name}"')
                try:
                    _prepare(_server_url(name), building)
                except RuntimeError:
                    _run_on_server(f'DROP DATABASE "{name}"')
                    raise
                made.write_text(name)
            else:
                file = building / "portal.db"
                _prepare(f"sqlite:///{file}", building)
                with sqlite3.connect(file) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.close()
                file.rename(made)
    return made


def create(shared: Path, folder: Path, name: str) -> Database:
    """Return a new database; `name` sets it apart from the others of this run."""
    source = template(shared)
    if not DATABASE_SERVER:
        return SqliteDatabase(source, folder / f"{name}.db")
    pattern = source.read_text()
    with _lock(shared):  # a template must not be in use while it is copied
        own = pattern.removesuffix("template") + name
        _run_on_server(
            f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)', f'CREATE DATABASE "{own}" TEMPLATE "{pattern}"'
        )
    return PostgresDatabase(own)


def drop_template(shared: Path) -> None:
    """Remove what `template` left on a server."""
    made = shared / "template.name"
    if made.exists():
        _run_on_server(f'DROP DATABASE IF EXISTS "{made.read_text()}" WITH (FORCE)')


class SqliteDatabase:
    """A copy of the template file; a reset copies its pages back through SQLite's own backup."""

    def __init__(self, source: Path, file: Path) -> None:
        shutil.copyfile(source, file)
        self.file = file
        self.url = f"sqlite:///{file}"
        self._pristine = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
        self._live = sqlite3.connect(file, timeout=8, isolation_level=None)
        self._live.execute("PRAGMA synchronous=OFF")
        self._seen = self._version()

    def _version(self) -> int:
        return self._live.execute("PRAGMA data_version").fetchone()[0]

    def reset(self) -> None:
        if self._version() == self._seen:
            return
        try:  # the backup below would wait for ever
            self._live.execute("BEGIN IMMEDIATE")
            self._live.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise AssertionError("a test left a writing transaction open") from error
        self._pristine.backup(self._live)
        self._seen = self._version()

    def drop(self) -> None:
        self._pristine.close()
        self._live.close()


class PostgresDatabase:
    """A copy of the template database; a reset puts back the tables whose rows changed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.url = _server_url(name).render_as_string(hide_password=False)
        self._engine = create_engine(_server_url(name), poolclass=NullPool)
        self._connection = self._engine.connect()
        with self._connection.begin():
            self._tables = self._read_tables()
            self._connection.execute(text("CREATE SCHEMA pristine"))
            for table in self._tables:
                self._connection.execute(text(f'CREATE TABLE pristine."{table}" AS TABLE public."{table}"'))
            self._sequences = self._read_sequences()
            self._seen = self._fingerprints()

    def _read_tables(self) -> dict[str, str]:
        """Return each table with the columns that can be written, as SQL."""
        rows = self._connection.execute(
            text(
                "SELECT table_name,"
                " string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS columns"
                " FROM information_schema.columns"
                " JOIN information_schema.tables USING (table_schema, table_name)"
                " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'"
                " AND table_name <> 'alembic_version' GROUP BY table_name"
            )
        )
        return {row.table_name: row.columns for row in rows}

    def _read_sequences(self) -> dict[str, tuple[int, bool]]:
        names = self._connection.scalars(
            text("SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'")
        ).all()
        if not names:
            return {}
        query = " UNION ALL ".join(
            f"SELECT '{name}', last_value, is_called FROM public.{name}" for name in names
        )
        return {name: (last, called) for name, last, called in self._connection.execute(text(query))}

    def _fingerprints(self) -> dict[str, tuple[int, int | None]]:
        # Every insert and update stamps the row with its transaction, every delete lowers the count.
        query = " UNION ALL ".join(
            f"SELECT '{table}', count(*), max(xmin::text::bigint) FROM public.\"{table}\""
            for table in self._tables
        )
        return {table: (count, newest) for table, count, newest in self._connection.execute(text(query))}

    def reset(self) -> None:
        with self._connection.begin():
            self._connection.execute(text("SET LOCAL lock_timeout = '8s'"))
            now = self._fingerprints()
            changed = [table for table in self._tables if now[table] != self._seen[table]]
            if changed:
                # Foreign keys and the triggers that keep history append-only would rightly refuse this.
                self._connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in changed:
                columns = self._tables[table]
                self._connection.execute(text(f'DELETE FROM public."{table}"'))
                self._connection.execute(
                    text(
                        f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE'
                        f' SELECT {columns} FROM pristine."{table}"'
                    )
                )
            for name, state in self._read_sequences().items():
                if state != self._sequences[name]:
                    self._connection.execute(
                        text("SELECT setval(CAST(:name AS regclass), :last, :called)"),
                        {
                            "name": f"public.{name}",
                            "last": self._sequences[name][0],
                            "called": self._sequences[name][1],
                        },
                    )
            if changed:
                self._seen = self._fingerprints()

    def drop(self) -> None:
        self._connection.close()
        self._engine.dispose()
        _run_on_server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@contextmanager
def _lock(shared: Path) -> Iterator[None]:
    with (shared / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


#: Both commands in one process, which imports the application once.
_PREPARE = """
from wsgi import app
for words in (["db", "upgrade"], ["reference", "load"]):
    result = app.test_cli_runner(catch_exceptions=False).invoke(args=words)
    assert result.exit_code == 0, result.output
"""


def _prepare(url: URL | str, folder: Path) -> None:
    """Migrate and load the reference data, with the same commands as in production."""
    shown = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", _PREPARE],
        cwd=ROOT, env=environment(shown, folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the database for tests was not made:\n{done.stdout}{done.stderr}")


def _base_name() -> str:
    return make_url(DATABASE_SERVER).database or "suara_test"


def _server_url(name: str) -> URL:
    return make_url(DATABASE_SERVER).set(database=name)


def _run_on_server(*statements: str) -> None:
    engine = create_engine(_server_url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
