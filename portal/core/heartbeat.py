"""How a worker says that it lives, wherever it runs: a moment kept in the job queue's own storage."""

from datetime import datetime, timedelta
from typing import Protocol

KEY = "heartbeat"
EVERY = timedelta(seconds=15)
LASTS = timedelta(seconds=90)


class Shelf(Protocol):
    """The part of huey's storage that keeps single values."""

    def put_data(self, key: str, value: bytes) -> object: ...
    def peek_data(self, key: str) -> object: ...


def beat(shelf: Shelf, *, at: datetime) -> None:
    """Say that a worker lives."""
    shelf.put_data(KEY, str(at.timestamp()).encode())


def lives(shelf: Shelf, *, at: datetime) -> bool:
    """Tell whether a worker, here or on another machine, said so lately."""
    raw = shelf.peek_data(KEY)
    try:
        seen = float(bytes(raw)) if isinstance(raw, (bytes, bytearray, memoryview)) else None
    except ValueError:
        return False
    return seen is not None and abs(at.timestamp() - seen) < LASTS.total_seconds()
