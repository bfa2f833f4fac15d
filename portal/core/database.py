"""Database and unit of work.

One transaction per request: `Portal.dispatch_request` commits unsafe methods under 400 and rolls
everything else back, so views and services never commit and a GET cannot change data.
"""

import enum
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, String, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: How long a SQLite writer waits for another one before the visitor gets a 503 with Retry-After.
BUSY_TIMEOUT_MS = 8_000
#: Index entries that SQLite looks at to estimate the size of a table.
SAMPLED_ROWS = 1_000


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC (SQLite has no time zones of its own)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database; pass an aware one")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumText(TypeDecorator[enum.StrEnum]):
    """A StrEnum as a short text column: adding a value needs no migration of the type."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[enum.StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self.kind(value)


class Base(DeclarativeBase):
    """Parent of every table."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(metadata=Base.metadata, session_options={"autoflush": True, "expire_on_commit": False})

#: True while the running request, job or command may write. SQLite then begins IMMEDIATE, so that two
#: writers queue up at the door instead of one of them failing half way with SQLITE_BUSY_SNAPSHOT.
_writing: ContextVar[bool] = ContextVar("writing", default=False)


@contextmanager
def writing(allowed: bool = True) -> Iterator[None]:
    """Mark the enclosed code as a writer (or, with False, as a reader)."""
    token = _writing.set(allowed)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def transaction() -> Iterator[None]:
    """One unit of work outside a request (jobs, commands): commit at the end, roll back on any error."""
    with writing():
        try:
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.remove()


def let_go() -> None:
    """End what a request has read so far, so that others may write while it does something slow.

    The rows that it holds stay readable as they are.
    """
    db.session.expunge_all()
    db.session.rollback()


def insert(table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT in the dialect of the database at hand: it knows what to do `on_conflict`."""
    if db.session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def forget_deleted() -> bool:
    """Let nothing that was deleted stay in the log beside a SQLite file; False while a reader holds it.

    Call it outside any transaction. On PostgreSQL (auto)vacuum frees the dead rows, and old bytes go when
    their pages are written again and the archived log runs out: nothing to do here.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.close()
    finally:
        connection.close()
    return not busy


def learn_sizes(connection: Connection) -> None:
    """Tell the planner how full the tables are; without it SQLite may walk all submissions for ten programs.

    SQLite never does so by itself. PostgreSQL does, but some minutes after much came at once.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA analysis_limit={SAMPLED_ROWS}"))
    connection.execute(text("ANALYZE"))


def on_commit(action: Callable[[], None]) -> None:
    """Run `action` once, after the whole transaction committed.

    A rollback forgets it; that of a savepoint forgets only what was registered inside it.
    """
    level = db.session().get_nested_transaction()
    db.session.info.setdefault("on_commit", []).append((level, action))


def _run_on_commit(session: Any) -> None:
    level = session.get_nested_transaction()
    if level is None:
        for _, action in session.info.pop("on_commit", []):
            action()
        return
    # SQLAlchemy also calls this when a savepoint is released: what it promised now depends on its parent.
    parent = level.parent if level.parent is not None and level.parent.nested else None
    session.info["on_commit"] = [
        (parent if at is level else at, action) for at, action in session.info.get("on_commit", [])
    ]


def _forget_on_commit(session: Any) -> None:
    level = session.get_nested_transaction()
    waiting = session.info.pop("on_commit", [])
    if level is not None:
        session.info["on_commit"] = [(at, action) for at, action in waiting if at is not level]


def _sqlite_connect(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA cache_size=-4000")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.execute("PRAGMA secure_delete=ON")  # what people delete or change leaves no bytes in the file
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def prepare_engine(engine: Engine) -> None:
    """Attach the SQLite settings to an engine. Harmless for PostgreSQL."""
    if engine.dialect.name != "sqlite" or event.contains(engine, "begin", _begin):
        return
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _begin)


def init_database(app: Any) -> None:
    """Bind the database to the application and attach the hooks."""
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    if not event.contains(db.session, "after_commit", _run_on_commit):
        event.listen(db.session, "after_commit", _run_on_commit)
        event.listen(db.session, "after_rollback", _forget_on_commit)
