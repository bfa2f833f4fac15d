"""Putting a case off at the desk ("nanti saja"): until when, so that no deadline is slept through."""

from datetime import date, datetime, timedelta

from portal.rules.deadlines import Calendar

#: Working days at most where no deadline runs, because the city waits for the citizen.
LONGEST = 10


class CannotWait(Exception):
    """A case may not be put off until that day; `latest` is the last one, None where it cannot wait."""

    def __init__(self, latest: date | None) -> None:
        super().__init__(f"the case can wait until {latest}")
        self.latest = latest


def latest(due: datetime | None, *, paused: bool, at: datetime, calendar: Calendar) -> date | None:
    """Return the last day until which a case may be put off, None where it cannot wait at all.

    It is back on the desk on that day, at the latest on the working day before its deadline.
    """
    today = calendar.day_of(at)
    if due is None or paused:
        return calendar.add(today, LONGEST)
    day = calendar.day_of(due) - timedelta(days=1)
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day if day > today else None


def usual(last: date | None, *, at: datetime, calendar: Calendar) -> list[date]:
    """Return the days that people mostly mean, up to `last`: the next working day, next week's first."""
    today = calendar.day_of(at)
    sunday = today + timedelta(days=6 - today.weekday())
    days = dict.fromkeys([calendar.add(today, 1), calendar.add(sunday, 1)])
    return [day for day in days if last is not None and day <= last]
