"""When things happened: moments of the past in working hours, and the dates that texts speak of."""

import re
from datetime import date, datetime, timedelta
from random import Random

from portal.core.clock import CITY_TZ
from portal.rules.deadlines import Calendar

_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
    "November", "Desember",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\{date([+-]\d+)?\}")


def said(day: date) -> str:
    """Return a day as a letter says it: 8 Desember 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def dated(text: str, day: date) -> str:
    """Replace {date+14} by the day that many days after `day`."""
    return _PLACEHOLDER.sub(lambda found: said(day + timedelta(days=int(found[1] or 0))), text)


class Times:
    """Draws moments that are never later than now."""

    def __init__(self, calendar: Calendar, now: datetime, random: Random) -> None:
        self.calendar = calendar
        self.now = now
        self._random = random

    def received(self, days_ago: int, hour: int) -> datetime:
        """Return a moment on that day at about that hour; this morning's cannot be from this evening."""
        day = self.calendar.day_of(self.now) - timedelta(days=days_ago)
        moment = self._at(day, hour, self._random.randrange(60))
        return moment if moment < self.now else self.now - timedelta(minutes=self._random.randrange(20, 90))

    def step(self, received: datetime, working_days: int, before: datetime) -> datetime | None:
        """Return a moment in working hours that many working days after receipt, later than `before`.

        None when that still lies ahead.
        """
        day = self.calendar.add(self.calendar.day_of(received), working_days)
        moment = self._at(day, self._random.randrange(8, 15), self._random.randrange(60))
        if moment <= before:
            moment = before + timedelta(minutes=self._random.randrange(15, 50))
        if moment < self.now:
            return moment
        if day > self.calendar.day_of(self.now) or before + timedelta(minutes=2) >= self.now:
            return None
        return before + (self.now - before) / 2  # earlier today

    def working_days_ago(self, days: int) -> datetime:
        """Return a moment in working hours so many working days before now."""
        day = self.calendar.day_of(self.now)
        while days > 0:
            day -= timedelta(days=1)
            days -= self.calendar.is_working_day(day)
        return min(self._at(day, self._random.randrange(9, 15), 20), self.now - timedelta(minutes=5))

    def at(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """Return an hour of the day so many days ago; never later than now, of a day ahead as it stands."""
        moment = self._at(self.calendar.day_of(self.now) - timedelta(days=days_ago), hour, minute)
        return moment if days_ago < 0 else min(moment, self.now - timedelta(minutes=5))

    def _at(self, day: date, hour: int, minute: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CITY_TZ)
