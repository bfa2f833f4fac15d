"""The figures of `/` and `/keterbukaan`. How each is computed is said on the page itself.

Counted are submissions that the public may see in lists, so that no figure gives a secret one away.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, and_, case, func, select, true

from portal.core.clock import midnight
from portal.core.database import db
from portal.models import Status, Submission

#: A median or a rate over fewer cases than this is not published (WORKFLOW section 4: small numbers).
SMALL = 5

_WAITING = (Status.RECEIVED, Status.IN_REVIEW, Status.NEEDS_INFO, Status.ASSIGNED)
_NOT_COUNTED = (Status.MERGED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers over a period. `median_days` are working days to the first outcome; None = too few cases."""

    received: int
    answered: int
    on_time: int
    overdue: int
    reopened: int
    median_days: float | None

    @property
    def answer_rate(self) -> int | None:
        """Percent of the received that have an answer, whole; None when nothing was received."""
        return round(100 * self.answered / self.received) if self.received else None

    @property
    def on_time_rate(self) -> int | None:
        """Percent of the answered that were in time, whole; None when nothing was answered."""
        return round(100 * self.on_time / self.answered) if self.answered else None


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


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a period: of the city, and by the agency that has the case (None: not assigned)."""

    overall: Figures
    by_agency: dict[int | None, Figures]


def report(period: Period, *, at: datetime) -> Report:
    """Return the figures of what was received in a period, in two queries however many cases there are."""
    overdue = and_(Submission.status.in_(_WAITING), Submission.due_at < at, Submission.paused_at.is_(None))
    counted = (
        select(
            Submission.agency_id,
            func.count(),
            _number(Submission.answered_at.is_not(None)),
            _number(Submission.answered_on_time.is_(true())),
            _number(overdue),
            _number(Submission.reopened > 0),
        )
        .where(_received_in(period))
        .group_by(Submission.agency_id)
    )
    rows = {row[0]: tuple(row[1:]) for row in db.session.execute(counted)}
    # Medians from counts per number of days: few rows, and the same on both engines.
    spent = (
        select(Submission.agency_id, Submission.answered_in_days, func.count())
        .where(_received_in(period), Submission.answered_in_days.is_not(None))
        .group_by(Submission.agency_id, Submission.answered_in_days)
    )
    days: dict[int | None, list[int]] = defaultdict(list)
    for agency_id, value, number in db.session.execute(spent):
        days[agency_id] += [value or 0] * number
    everywhere = [value for values in days.values() for value in values]
    everything = [sum(numbers) for numbers in zip(*rows.values(), strict=True)]
    return Report(
        _figures(everything, everywhere) if rows else NOTHING,
        {agency_id: _figures(row, days[agency_id]) for agency_id, row in rows.items()},
    )


def _figures(numbers: Sequence[int], days: Sequence[int]) -> Figures:
    received, answered, on_time, overdue, reopened = numbers
    return Figures(received, answered, on_time, overdue, reopened, _median(days))


def _median(days: Sequence[int]) -> float | None:
    return median(days) if len(days) >= SMALL else None


def received_by_month(months: Sequence[date]) -> list[tuple[date, int]]:
    """Return how many submissions each of these months received (by their first days, in the given order)."""
    periods = [Period.month(month) for month in months]
    columns = [_number(_received_in(period)) for period in periods]
    row = db.session.execute(
        select(*columns).where(
            Submission.received_at >= min(period.start for period in periods),
            Submission.received_at < max(period.end for period in periods),
        )
    ).one()
    return [(month, number or 0) for month, number in zip(months, row, strict=True)]
