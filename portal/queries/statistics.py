"""The figures of `/` and `/keterbukaan`. How each is computed is said on the page itself.

Counted are submissions that the public may see in lists, so that no figure gives a secret one away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)

from portal.core.clock import midnight
from portal.core.database import db
from portal.models import Status, Submission
from portal.rules import dashboards
from portal.rules.dashboards import NOTHING, Figures, Numbers, Report

_WAITING = (Status.RECEIVED, Status.IN_REVIEW, Status.NEEDS_INFO, Status.ASSIGNED)
_NOT_COUNTED = (Status.MERGED, Status.WITHDRAWN)
#: Days since receipt at which the ages of what waits are parted.
AGES = (7, 30, 90)


class Group(StrEnum):
    """What a table has a line for."""

    AGENCY = "agency"
    WARD = "ward"
    CATEGORY = "category"


_KEYS: dict[Group, Any] = {
    Group.AGENCY: Submission.agency_id,
    Group.WARD: Submission.ward_code,
    Group.CATEGORY: Submission.category_id,
}


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment (inclusive) to the last (exclusive), on the city's clock."""

    start: datetime
    end: datetime

    @classmethod
    def month(cls, day: date) -> "Period":
        """Return the calendar month that a day lies in."""
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        return cls(midnight(first), midnight(following))


def _received_in(period: Period) -> ColumnElement[bool]:
    return and_(
        Submission.listed.is_(true()),
        Submission.received_at >= period.start,
        Submission.received_at < period.end,
        Submission.status.not_in(_NOT_COUNTED),
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Return a column that counts the rows for which the condition holds."""
    return func.sum(case((condition, 1), else_=0))


def _columns(at: datetime) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of `Numbers`, in its order."""
    overdue = and_(Submission.status.in_(_WAITING), Submission.due_at < at, Submission.paused_at.is_(None))
    done = Submission.status == Status.DONE
    satisfied = and_(done, Submission.confirmed.is_(true()))
    # An objection to a no opens a case again too, once; every other time somebody said "not done".
    objections = case((Submission.objected.is_(true()), 1), else_=0)
    came_back = or_(Submission.confirmed.is_(False), Submission.reopened > objections)
    return (
        func.count(),
        _number(Submission.answered_at.is_not(None)),
        _number(Submission.answered_on_time.is_(true())),
        _number(overdue),
        _number(Submission.reopened > 0),
        _number(satisfied),
        _number(and_(came_back, not_(satisfied))),
        _number(and_(done, Submission.confirmed.is_(None), Submission.reopened <= objections)),
    )


def report(period: Period, *, at: datetime, group: Group = Group.AGENCY) -> Report[Any]:
    """Return the figures of what was received in a period, in one query however many cases there are.

    Rows come by line and number of days to the answer: few, and the same medians on both engines.
    """
    key = _KEYS[group]
    counted = (
        select(key, Submission.answered_in_days, *_columns(at))
        .where(_received_in(period))
        .group_by(key, Submission.answered_in_days)
    )
    return _read(counted)


def reports(period: Period, *, at: datetime) -> dict[Group, Report[Any]]:
    """Return the figures of a period for every table that is drawn of it, in one query.

    What one table may not tell, the others must not give back, so all are looked at for each.
    """
    parts = (
        select(literal(group.value), cast(key, String), Submission.answered_in_days, *_columns(at))
        .where(_received_in(period))
        .group_by(key, Submission.answered_in_days)
        for group, key in _KEYS.items()
    )
    rows: dict[Group, list[tuple[Any, int | None, Numbers]]] = {group: [] for group in Group}
    for name, key, days, *numbers in db.session.execute(union_all(*parts)):
        group = Group(name)
        line = key if key is None or group is Group.WARD else int(key)
        rows[group].append((line, days, Numbers(*numbers)))
    return {group: dashboards.report(found) for group, found in rows.items()}


def _read(counted: Select[Any]) -> Report[Any]:
    return dashboards.report((row[0], row[1], Numbers(*row[2:])) for row in db.session.execute(counted))


def _place(periods: Sequence[Period]) -> ColumnElement[int]:
    """Return the column that says in which of the periods a submission was received."""
    return case(
        *(
            (
                and_(Submission.received_at >= period.start, Submission.received_at < period.end),
                literal(number),
            )
            for number, period in enumerate(periods)
        )
    )


def _whole(periods: Sequence[Period]) -> Period:
    return Period(min(period.start for period in periods), max(period.end for period in periods))


def by_month(months: Sequence[date], *, at: datetime) -> list[tuple[date, Figures]]:
    """Return the figures of the whole city for each of these months (by their first days), in one query."""
    periods = [Period.month(month) for month in months]
    place = _place(periods)
    counted = (
        select(place, Submission.answered_in_days, *_columns(at))
        .where(_received_in(_whole(periods)))
        .group_by(place, Submission.answered_in_days)
    )
    found = _read(counted)
    return [(month, found.by_key.get(number, NOTHING)) for number, month in enumerate(months)]


def tables(months: Sequence[date], *, at: datetime) -> list[list[list[Figures]]]:
    """Return for each of these months the lines of every table that is drawn of it, without medians."""
    periods = [Period.month(month) for month in months]
    place, received = _place(periods), _received_in(_whole(periods))
    found: list[list[list[Figures]]] = [[] for _month in months]
    for key in _KEYS.values():
        counted = select(place, key, *_columns(at)).where(received).group_by(place, key)
        rows = db.session.execute(counted)
        lines = dashboards.report(((row[0], row[1]), None, Numbers(*row[2:])) for row in rows).by_key
        for number, tables_of_month in enumerate(found):
            tables_of_month.append([line for (month, _key), line in lines.items() if month == number])
    return found


def backlog(*, at: datetime) -> dict[int | None, tuple[int, ...]]:
    """Return how many submissions wait for an answer, by agency and age since receipt (AGES, and older)."""
    starts = [at - timedelta(days=days) for days in AGES]
    newest = Submission.received_at > starts[0]
    between = [
        and_(Submission.received_at <= younger, Submission.received_at > older)
        for younger, older in zip(starts, starts[1:], strict=False)
    ]
    oldest = Submission.received_at <= starts[-1]
    # Grouped by the bare column, SQLite walks the index of all that was ever listed instead of what waits.
    agency = func.coalesce(Submission.agency_id, 0)
    counted = (
        select(agency, *(_number(one) for one in (newest, *between, oldest)))
        .where(Submission.listed.is_(true()), Submission.status.in_(_WAITING))
        .group_by(agency)
    )
    return {row[0] or None: tuple(row[1:]) for row in db.session.execute(counted)}
