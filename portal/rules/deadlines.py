"""Deadlines in Indonesian working days.

Source: WORKFLOW section 1: the starting day is day 0, a deadline ends at 16:00 on the city's clock; it is
stored when set and moved by the working days spent waiting for the citizen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

import holidays

from portal.models.kinds import Kind, Status

#: Working days to verify a submission, counted from receipt.
VERIFY_DAYS = 3
#: Working days to answer where the category says nothing else, counted from the first assignment.
ANSWER_DAYS = 10
#: Working days a question to the citizen stays open.
REPLY_DAYS = 5
CLOSING_TIME = time(16, 0)


def answer_days(
    kind: Kind,
    category_id: int | None,
    category_days: int | None,
    levels: Mapping[tuple[Kind, int | None], int],
) -> int:
    """Return the working days granted for an answer; the closest fit decides.

    `levels` are the city's own days by (kind, category or None). First kind and category, then the category's
    days, then the kind, then ANSWER_DAYS.
    """
    exact = levels.get((kind, category_id)) if category_id is not None else None
    if exact is not None:
        return exact
    if category_days is not None:
        return category_days
    return levels.get((kind, None), ANSWER_DAYS)


@lru_cache(maxsize=32)
def national_holidays(year: int) -> frozenset[date]:
    """Return the days of a year on which Indonesian offices close: public holidays and collective leave."""
    return frozenset(national_holiday_names(year, "id"))


@lru_cache(maxsize=32)
def national_holiday_names(year: int, language: str) -> Mapping[date, str]:
    """Return these days with their names in a language of the site ("id" or "en")."""
    spoken = {"en": "en_US"}.get(language, language)
    found = holidays.country_holidays("ID", years=year, language=spoken, categories=("public", "government"))
    return dict(found.items())


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

    def days_off(self, start: date, end: date) -> tuple[date, ...]:
        """Return the days after `start` up to and including `end` that are off, but for weekends."""
        closed = self.city_holidays.union(
            *(national_holidays(year) for year in range(start.year, end.year + 1))
        )
        return tuple(sorted(day for day in closed if start < day <= end and day.weekday() < 5))

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


class PauseKind(StrEnum):
    """Why a deadline rested."""

    QUESTION = "question"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Pause:
    """A rest of a deadline; `end` is None while it lasts, `days` are the working days it gave."""

    kind: PauseKind
    start: datetime
    end: datetime | None
    days: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a deadline came about, in the order in which it is told.

    `days` are the working days granted, None where a day was named. `skipped` are the days off from Monday to
    Friday that were passed over. `agrees` is False where the stored deadline was set by other rules than
    today's (older data, a day off that was added or removed since): then only `start` and `days` are to be
    believed.
    """

    start: datetime
    days: int | None
    skipped: tuple[date, ...]
    pauses: tuple[Pause, ...]
    due: datetime
    agrees: bool


def explain(
    start: datetime | None,
    days: int | None,
    pauses: Sequence[Pause],
    *,
    due: datetime,
    named: date | None = None,
    calendar: Calendar,
) -> Explanation | None:
    """Work out a stored deadline again and tell its parts; None where nobody noted what it was counted from.

    `named` is the day that was promised, for deadlines without `days`. Pauses that were over before `start`
    belong to an earlier deadline.
    """
    if start is None:
        return None
    if days is not None:
        reached = calendar.deadline(start, days)
    elif named is not None:
        reached = calendar.closing(named)
    else:
        return None
    told = []
    for pause in pauses:
        if pause.start < start:
            continue
        if pause.end is None:
            told.append(pause)
            continue
        reached = calendar.moved(reached, pause.start, pause.end)
        spent = calendar.days_spent(pause.start, pause.end)
        told.append(Pause(pause.kind, pause.start, pause.end, spent))
    first, last = calendar.day_of(start), calendar.day_of(due)
    skipped = () if days is None else calendar.days_off(first, last)
    return Explanation(start, days, skipped, tuple(told), due, agrees=reached == due)


@dataclass(frozen=True, slots=True)
class Step:
    """What the history of a case says of one event, as far as it concerns a deadline."""

    action: str
    at: datetime
    from_status: Status | None
    to_status: Status | None


def pauses(history: Iterable[Step]) -> list[Pause]:
    """Return the rests that a case's deadlines had, oldest first; `history` is oldest first too.

    A case that is merged while a question is open rests for the question's sake until that is answered.
    """
    found: list[Pause] = []
    open_since: datetime | None = None
    merged_since: datetime | None = None
    for step in history:
        waits = step.to_status is Status.NEEDS_INFO
        if step.action == "merge":
            merged_since = None if step.from_status is Status.NEEDS_INFO else step.at
        elif step.action == "unmerge":
            if merged_since is not None and not waits:
                found.append(Pause(PauseKind.MERGED, merged_since, step.at))
            merged_since = None
            if waits:
                open_since = open_since or step.at
        elif waits:
            open_since = step.at
        elif step.from_status is Status.NEEDS_INFO and step.to_status is not None:
            if open_since is not None and step.action == "reply":
                found.append(Pause(PauseKind.QUESTION, open_since, step.at))
            open_since = None
    if open_since is not None:
        found.append(Pause(PauseKind.QUESTION, open_since, None))
    return found


def build_calendar(tz: tzinfo, city_holidays: Iterable[date]) -> Calendar:
    """Return the calendar for a city."""
    return Calendar(tz, frozenset(city_holidays))
