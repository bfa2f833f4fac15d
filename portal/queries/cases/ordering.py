"""The orders of the desk's lists, and how a place in one travels in the cursor of an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Select, bindparam, func, literal, tuple_

from portal.core.database import UtcDateTime
from portal.core.pagination import Cursor
from portal.models import Priority, Submission
from portal.queries.cases.filters import Sort, without_index

#: Rows without a date come last; a NULL would fall out of every comparison of a keyset page.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
#: The last moment that a cursor may name, in microseconds.
_LAST = 253_402_300_000_000_000


@dataclass(frozen=True, slots=True)
class Order:
    """The sort keys of a list, all rising or all falling; the last one tells equals apart."""

    keys: tuple[ColumnElement[Any], ...]
    descending: bool = False

    @property
    def shape(self) -> tuple[type, ...]:
        """Return what a cursor must hold."""
        return tuple(str if isinstance(key.type, Date) else int for key in self.keys)

    def after(self, query: Select[Any], cursor: Cursor | None) -> Select[Any]:
        """Return the query in this order, begun behind the cursor in its reading direction."""
        falling = self.descending != (cursor is not None and cursor.backwards)
        if cursor is not None:
            edge = [_unpacked(key, value) for key, value in zip(self.keys, cursor.values, strict=True)]
            place = tuple_(*self.keys)
            query = query.where(place < tuple_(*edge) if falling else place > tuple_(*edge))
        return query.order_by(*(key.desc() if falling else key.asc() for key in self.keys))


def packed(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return sort values as a cursor holds them."""
    return tuple(_packed(value) for value in values)


def _packed(value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp()) * 1_000_000 + value.microsecond
    return value.isoformat() if isinstance(value, date) else value


def _unpacked(key: ColumnElement[Any], value: Any) -> ColumnElement[Any]:
    if isinstance(key.type, UtcDateTime):
        micros = min(max(value, 0), _LAST)
        moment = datetime.fromtimestamp(micros // 1_000_000, UTC).replace(microsecond=micros % 1_000_000)
        return bindparam("edge", moment, UtcDateTime, unique=True)
    if isinstance(key.type, Date):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.min
        return bindparam("edge", day, Date, unique=True)
    return literal(value, BigInteger)


def by_due(number: ColumnElement[Any]) -> Order:
    """Return the most urgent first. `number` is the id, as all these take it."""
    return Order((func.coalesce(Submission.due_at, NEVER), number))


def chosen(sort: Sort, number: ColumnElement[Any], *, narrowed: bool) -> Order:
    """Return the order that somebody asked for.

    A list narrowed by filters is not to be read along an index by time: what is rare would be looked for in
    one case after another, see `filters.conditions`.
    """
    received = without_index(Submission.received_at) if narrowed else Submission.received_at.expression
    match sort:
        case Sort.NEWEST:
            return Order((received, number), descending=True)
        case Sort.OLDEST:
            return Order((received, number))
        case Sort.SUPPORTS:
            return Order((Submission.support_count.expression, number), descending=True)
        case Sort.PRIORITY:
            # Counted down, so that within one priority the most urgent comes first.
            urgency = literal(max(Priority).value) - Submission.priority
            return Order((urgency, func.coalesce(Submission.due_at, NEVER), number))
        case Sort.DUE:
            return by_due(number)
