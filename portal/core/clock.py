"""The one place that asks the machine what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

#: Sibolga lies in Western Indonesian Time; another city changes this one line.
CITY_TZ = ZoneInfo("Asia/Jakarta")


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def city_time(moment: datetime) -> datetime:
    """Return the same moment on the city's wall clock."""
    return moment.astimezone(CITY_TZ)


def city_date(moment: datetime) -> date:
    """Return the calendar day in the city at that moment."""
    return city_time(moment).date()


def midnight(day: date) -> datetime:
    """Return the moment at which a day of the city begins."""
    return datetime(day.year, day.month, day.day, tzinfo=CITY_TZ)


def moment(seconds: int) -> datetime:
    """Return the moment so many seconds after 1970 began."""
    return datetime.fromtimestamp(seconds, UTC)
