"""Keyset pages: as fast on the last page as on the first, and stable while rows are added."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A bounded slice of a list. A cursor is None where there is nothing further that way."""

    items: Sequence[T]
    next_cursor: str | None = None
    previous_cursor: str | None = None

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in an ordered list: the sort values of a row, and the direction to read from there."""

    values: tuple[Any, ...]
    backwards: bool = False

    def encode(self) -> str:
        """Return the position as text for an address."""
        raw = json.dumps([int(self.backwards), *self.values], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str | None, shape: tuple[type, ...]) -> "Cursor | None":
        """Read a position back; anything that is not one of `shape` counts as no cursor (first page)."""
        if not text or len(text) > 200:
            return None
        try:
            raw = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, binascii.Error):
            return None
        if not isinstance(raw, list) or len(raw) != len(shape) + 1 or raw[0] not in (0, 1):
            return None
        values = raw[1:]
        if not all(type(value) is kind for value, kind in zip(values, shape, strict=True)):
            return None
        if any(kind is str and not _storable(value) for value, kind in zip(values, shape, strict=True)):
            return None
        if any(kind is int and abs(value) > 2**62 for value, kind in zip(values, shape, strict=True)):
            return None
        if shape[-1] is int and abs(values[-1]) >= 2**31:
            return None  # a cursor ends in the number of a row, which no column holds beyond 31 bits
        return cls(tuple(values), bool(raw[0]))


def _storable(text: str) -> bool:
    # half a surrogate pair has no bytes, and PostgreSQL takes no NUL, not even in a question
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def page_of(rows: Sequence[T], size: int, cursor: Cursor | None, position: Any) -> Page[T]:
    """Cut `rows` (read with limit `size` + 1 in reading direction) into a page.

    `position(row)` returns the sort values of a row. Rows read backwards are turned round again.
    """
    more = len(rows) > size
    items = list(rows[:size])
    backwards = cursor is not None and cursor.backwards
    if backwards:
        items.reverse()
    if not items:
        return Page(items)
    has_next = backwards or more
    has_previous = more if backwards else cursor is not None
    return Page(
        items,
        Cursor(tuple(position(items[-1]))).encode() if has_next else None,
        Cursor(tuple(position(items[0])), backwards=True).encode() if has_previous else None,
    )
