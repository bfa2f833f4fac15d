"""When the weekly summary of a head leaves: on the first working day of the week, from seven o'clock on."""

from datetime import date, datetime, time, timedelta

from portal.rules.deadlines import Calendar

OPENS_AT = time(7, 0)


def week_name(day: date) -> str:
    """Return the ISO week of a day ("2026-W48"): the last days of a year may belong to the next one."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02d}"


def opening(day: date, calendar: Calendar) -> datetime | None:
    """Return when the summary of that day's week is due; None in a week without a working day."""
    monday = day - timedelta(days=day.weekday())
    for number in range(7):
        if calendar.is_working_day(monday + timedelta(days=number)):
            return datetime.combine(monday + timedelta(days=number), OPENS_AT, tzinfo=calendar.tz)
    return None


def open_week(at: datetime, calendar: Calendar) -> str | None:
    """Return the week whose summary may leave now, else None.

    It stays open until Sunday, so a worker that stood still on Monday still sends it, within its week.
    """
    today = calendar.day_of(at)
    begins = opening(today, calendar)
    return week_name(today) if begins is not None and at >= begins else None
