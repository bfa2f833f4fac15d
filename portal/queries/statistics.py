"""The figures of `/` and `/keterbukaan`. How each is computed is said on the page itself.

Counted are submissions that the public may see in lists, so that no figure gives a secret one away.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, true

from portal.core.clock import midnight
from portal.core.database import db
from portal.models import Status, Submission

#: A median or a rate over fewer cases than this is not published (WORKFLOW section 4: small numbers).
SMALL = 5

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
class Figures:
    """Numbers over a period. `median_days` are working days to the first outcome; None = too few cases.

    `said_done`, `said_not_done` and `silent` are the words of the reporters of what agencies finished.
    """

    received: int
    answered: int
    on_time: int
    overdue: int
    reopened: int
    median_days: float | None
    said_done: int = 0
    said_not_done: int = 0
    silent: int = 0

    @property
    def answer_rate(self) -> int | None:
        """Percent of the received that have an answer, whole; None for fewer than SMALL received."""
        return round(100 * self.answered / self.received) if self.received >= SMALL else None

    @property
    def on_time_rate(self) -> int | None:
        """Percent of the answered that were in time, whole; None for fewer than SMALL answered."""
        return round(100 * self.on_time / self.answered) if self.answered >= SMALL else None


NOTHING = Figures(0, 0, 0, 0, 0, None)


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
    overdue = and_(Submission.status.in_(_WAITING), Submission.due_at < at, Submission.paused_at.is_(None))
    done = Submission.status == Status.DONE
    return (
        func.count(),
        _number(Submission.answered_at.is_not(None)),
        _number(Submission.answered_on_time.is_(true())),
        _number(overdue),
        _number(Submission.reopened > 0),
        _number(and_(done, Submission.confirmed.is_(true()))),
        _number(or_(Submission.confirmed.is_(False), Submission.reopened > 0)),
        _number(and_(done, Submission.confirmed.is_(None), Submission.reopened == 0)),
    )


@dataclass(slots=True)
class _Sums:
    """What the rows of one line add up to."""

    numbers: list[int] = field(default_factory=lambda: [0] * 8)
    days: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, days: int | None, numbers: Sequence[int]) -> None:
        self.numbers = [have + (more or 0) for have, more in zip(self.numbers, numbers, strict=True)]
        if days is not None:
            self.days[days] += numbers[1]

    def figures(self) -> Figures:
        received, answered, on_time, overdue, reopened, yes, no, silent = self.numbers
        spent = [days for days, number in sorted(self.days.items()) for _ in range(number)]
        middle = median(spent) if len(spent) >= SMALL else None
        return Figures(received, answered, on_time, overdue, reopened, middle, yes, no, silent)


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a period: of the whole city, and by what the table has a line for (None: none)."""

    overall: Figures
    by_key: dict[Any, Figures]

    @property
    def by_agency(self) -> dict[int | None, Figures]:
        """Return the lines of a report by agency (None: not assigned)."""
        return self.by_key


def report(period: Period, *, at: datetime, group: Group = Group.AGENCY) -> Report:
    """Return the figures of what was received in a period, in one query however many cases there are.

    Rows come by line and number of days to the answer: few, and the same medians on both engines.
    """
    key = _KEYS[group]
    counted = (
        select(key, Submission.answered_in_days, *_columns(at))
        .where(_received_in(period))
        .group_by(key, Submission.answered_in_days)
    )
    return _report((row[0], row[1], row[2:]) for row in db.session.execute(counted))


def _report(rows: Iterable[tuple[Any, int | None, Sequence[int]]]) -> Report:
    overall = _Sums()
    sums: dict[Any, _Sums] = defaultdict(_Sums)
    for key, days, numbers in rows:
        overall.add(days, numbers)
        sums[key].add(days, numbers)
    if not sums:
        return Report(NOTHING, {})
    return Report(overall.figures(), {key: one.figures() for key, one in sums.items()})


def by_month(months: Sequence[date], *, at: datetime) -> list[tuple[date, Figures]]:
    """Return the figures of the whole city for each of these months (by their first days), in one query."""
    periods = [Period.month(month) for month in months]
    place = case(
        *(
            (
                and_(Submission.received_at >= period.start, Submission.received_at < period.end),
                literal(number),
            )
            for number, period in enumerate(periods)
        )
    )
    whole = Period(min(period.start for period in periods), max(period.end for period in periods))
    counted = (
        select(place, Submission.answered_in_days, *_columns(at))
        .where(_received_in(whole))
        .group_by(place, Submission.answered_in_days)
    )
    found = _report((row[0], row[1], row[2:]) for row in db.session.execute(counted))
    return [(month, found.by_key.get(number, NOTHING)) for number, month in enumerate(months)]


def backlog(*, at: datetime) -> dict[int | None, tuple[int, ...]]:
    """Return how many submissions wait for an answer, by agency and age since receipt (AGES, and older)."""
    starts = [at - timedelta(days=days) for days in AGES]
    newest = Submission.received_at > starts[0]
    between = [
        and_(Submission.received_at <= younger, Submission.received_at > older)
        for younger, older in zip(starts, starts[1:], strict=False)
    ]
    oldest = Submission.received_at <= starts[-1]
    counted = (
        select(Submission.agency_id, *(_number(one) for one in (newest, *between, oldest)))
        .where(Submission.listed.is_(true()), Submission.status.in_(_WAITING))
        .group_by(Submission.agency_id)
    )
    return {row[0]: tuple(row[1:]) for row in db.session.execute(counted)}
