"""Which month the public figures are of: `?bulan=2026-11`, the current one unless another is on offer."""

from datetime import date, timedelta

from flask import request

#: Months that can be looked back at.
MONTHS = 12


def last(today: date) -> list[date]:
    """Return the first days of the months on offer, the current one first."""
    first = today.replace(day=1)
    found = [first]
    for _step in range(MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found


def wanted(choice: list[date]) -> date:
    """Return the month that the address asks for."""
    by_key = {key(month): month for month in choice}
    return by_key.get(request.args.get("bulan", ""), choice[0])


def key(month: date) -> str:
    """Return a month as addresses and files name it."""
    return month.strftime("%Y-%m")
