"""Deadlines in Indonesian working days.

Source: WORKFLOW section 1: the starting day is day 0, a deadline ends at 16:00 on the city's clock; it is
stored when set and moved by the working days spent waiting for the citizen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

import holidays

#: Working days to verify a submission, counted from receipt.
VERIFY_DAYS = 3
#: Working days to answer where the category says nothing else, counted from the first assignment.
ANSWER_DAYS = 10
#: Working days a question to the citizen stays open.
REPLY_DAYS = 5
CLOSING_TIME = time(16, 0)


@lru_cache(maxsize=32)
def national_holidays(year: int) -> frozenset[date]:
    """Return the days of a year on which Indonesian offices close: public holidays and collective leave."""
    return frozenset(holidays.country_holidays("ID", years=year, categories=("public", "government")))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of the city: national holidays plus days of its own, on its own clock."""

    tz: tzinfo
    city_holidays: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices are open: Monday to Friday, no holiday."""
        return day.weekday() < 5 and day not in self.city_holidays and day not in national_holidays(day.year)

    def day_of(self, moment: datetime) -> date:
        """Return the calendar day in the city."""
        return moment.astimezone(self.tz).date()

    def add(self, start: date, days: int) -> date:
        """Return the day that is `days` (>= 0) working days after `start`, which is day 0."""
        if days < 0:
            raise ValueError("days must not be negative")
        day = start
        while days:
            day += timedelta(days=1)
            days -= self.is_working_day(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and including `end` (0 when end <= start).

        Counted by weeks: a case that is years late must not cost a page a look at every day.
        """
        weeks, rest = divmod(max(0, (end - start).days), 7)
        days = weeks * 5 + sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, rest + 1))
        closed = self.city_holidays.union(
            *(national_holidays(year) for year in range(start.year, end.year + 1))
        )
        return days - sum(start < day <= end and day.weekday() < 5 for day in closed)

    def closing(self, day: date) -> datetime:
        """Return 16:00 on that day in the city."""
        return datetime.combine(day, CLOSING_TIME, tzinfo=self.tz)

    def deadline(self, start: datetime, days: int) -> datetime:
        """Return the moment that ends a period of `days` working days begun at `start`."""
        return self.closing(self.add(self.day_of(start), days))

    def moved(self, due: datetime, paused_at: datetime, resumed_at: datetime) -> datetime:
        """Return the deadline moved by the working days of a pause."""
        spent = self.between(self.day_of(paused_at), self.day_of(resumed_at))
        return self.closing(self.add(self.day_of(due), spent)) if spent else due

    def days_spent(self, start: datetime, end: datetime) -> int:
        """Return the working days from one moment to another."""
        return self.between(self.day_of(start), self.day_of(end))


class Urgency(StrEnum):
    """How a deadline looks: shape, words and colour come from this."""

    NONE = "none"
    PAUSED = "paused"
    CALM = "calm"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left until a deadline: working `days` (left, or over); `hours` only on the last day."""

    urgency: Urgency
    days: int = 0
    hours: int | None = None


def remaining(due: datetime | None, *, paused: bool, at: datetime, calendar: Calendar) -> Remaining:
    """Say how a deadline stands at a moment."""
    if paused:
        return Remaining(Urgency.PAUSED)
    if due is None:
        return Remaining(Urgency.NONE)
    today, last = calendar.day_of(at), calendar.day_of(due)
    if at > due:
        return Remaining(Urgency.OVERDUE, days=max(1, calendar.between(last, today)))
    if today == last:
        return Remaining(Urgency.SOON, hours=int((due - at) / timedelta(hours=1)))
    days = calendar.between(today, last)
    return Remaining(Urgency.SOON if days <= 1 else Urgency.CALM, days=days)


def escalation_step(due: datetime, at: datetime, calendar: Calendar) -> int:
    """Return how far escalation has come: 1 the working day before, 2 at due, 3 three working days over."""
    today, last = calendar.day_of(at), calendar.day_of(due)
    if at > due:
        return 3 if calendar.between(last, today) >= 3 else 2
    return 1 if calendar.between(today, last) <= 1 else 0


def build_calendar(tz: tzinfo, city_holidays: Iterable[date]) -> Calendar:
    """Return the calendar for a city."""
    return Calendar(tz, frozenset(city_holidays))
