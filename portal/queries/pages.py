"""The versions that key what is kept in memory: public pages and reference data."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from portal.core.database import db


@dataclass(slots=True)
class _Reading:
    """What a request has read of the versions, so that it asks once however often they are needed."""

    numbers: tuple[int, int] | None = field(default=None)


_reading: ContextVar[_Reading | None] = ContextVar("page_versions", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Let everything in the block (a request) see the versions as they were when first asked for.

    What a request renders later is then never kept under a version that is newer than what it read.
    """
    token = _reading.set(_Reading())
    try:
        yield
    finally:
        _reading.reset(token)


def version() -> int:
    """Return the number that every publicly visible change raises."""
    return _numbers()[0]


def reference_version() -> int:
    """Return the number that every change of reference data raises."""
    return _numbers()[1]


def _numbers() -> tuple[int, int]:
    reading = _reading.get()
    if reading is None:
        return _read()
    if reading.numbers is None:
        reading.numbers = _read()
    return reading.numbers


def _read() -> tuple[int, int]:
    """Read both on a plain driver connection.

    This is the one query of a page served from memory, and the ORM would cost more than the rest of it.
    """
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT number, reference_number FROM page_version WHERE id = 1")
        row = cursor.fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)
    finally:
        connection.close()
