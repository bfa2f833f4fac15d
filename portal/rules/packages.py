"""What the catalogue reads out of a package: months, filters, words; and where its money goes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.text import normalise

ALL_YEAR = (1 << 12) - 1
_NAMES = (
    ("januari", "january", "jan"),
    ("februari", "february", "pebruari", "feb", "peb"),
    ("maret", "march", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("agustus", "august", "agu", "agt", "aug"),
    ("september", "sep", "sept"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nopember", "nov", "nop"),
    ("desember", "december", "des", "dec"),
)
_MONTHS = {name: number for number, names in enumerate(_NAMES) for name in names}
_WORD = re.compile(r"[a-z]+|[-–—]")
_UNTIL = frozenset({"sampai", "hingga", "sd", "s", "d", "to", "until", "-", "–", "—"})
_ALWAYS = ("sepanjang tahun", "setiap saat", "all year", "year-round")
#: Beyond the month named last, these say that the words turn to what is not meant.
_NOT = frozenset({"kecuali", "except", "libur", "tutup", "bukan"})


def months_of(season: str) -> int:
    """Return the months that a line about the season names, bit 0 for January; without any the whole year.

    "Februari sampai September" is a span, "Juni, Juli dan Desember" are three months; a span may run over the
    new year.
    """
    plain = normalise(season).lower()
    if any(words in plain for words in _ALWAYS):
        return ALL_YEAR  # the best months may be named after it
    found, before, span = 0, None, False
    for word in _WORD.findall(plain):
        if word in _NOT:
            break
        month = _MONTHS.get(word)
        if month is None:
            span = before is not None and (word in _UNTIL or (span and word not in {"dan", "and"}))
            continue
        if span and before is not None:
            step = before
            while step != month:
                step = (step + 1) % 12
                found |= 1 << step
        found |= 1 << month
        before, span = month, False
    return found or ALL_YEAR


def runs_in(months: int, month: int) -> bool:
    """Tell whether a package runs in a month (1 to 12)."""
    return bool(months >> (month - 1) & 1)


def accessible(value: Any) -> bool | None:
    """Return whether somebody in a wheelchair can take part, at least partly; None where it is not said."""
    return {"yes": True, "partly": True, "no": False}.get(str(value))


def whatsapp_number(phone: str) -> str:
    """Return a number as wa.me takes it (62…), or "" for one that is no mobile number of this country."""
    digits = re.sub(r"[^0-9]", "", phone)
    if digits.startswith("0"):
        digits = f"62{digits[1:]}"
    return digits if re.fullmatch(r"628[0-9]{7,11}", digits) else ""


@dataclass(frozen=True, slots=True)
class Share:
    """Who gets how much of what one guest pays; `percent` is whole."""

    label: str
    amount: int
    percent: int


def shares(components: Any, price: Any) -> list[Share]:
    """Return where the price goes. Empty unless the parts are whole rupiah and add up to no more than it."""
    if not isinstance(price, int) or price <= 0 or not isinstance(components, list):
        return []
    rows = [(str(row.get("label", "")), row.get("amount")) for row in components if isinstance(row, Mapping)]
    if not rows or any(not isinstance(amount, int) or amount < 0 for _label, amount in rows):
        return []
    total = sum(amount for _label, amount in rows if isinstance(amount, int))
    if total > price:
        return []
    return [
        Share(label, amount, round(100 * amount / price)) for label, amount in rows if isinstance(amount, int)
    ]


def points_after(
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    points: Mapping[int, tuple[float, float]],
) -> dict[int, tuple[float, float]]:
    """Return where the stops of a changed route lie, by their new place in it.

    A stop keeps its point wherever it moved to, as long as it is called the same. Several of one name keep
    theirs in their order.
    """
    known: dict[str, list[tuple[float, float]]] = {}
    for position, stop in enumerate(before):
        if position in points:
            known.setdefault(_called(stop), []).append(points[position])
    found = {}
    for position, stop in enumerate(after):
        waiting = known.get(_called(stop))
        if waiting:
            found[position] = waiting.pop(0)
    return found


def _called(stop: Mapping[str, Any]) -> str:
    return " ".join(str(stop.get("place", "")).lower().split())


def words_of(title: str, data: Mapping[str, Any], business: str) -> str:
    """Return what the search of the catalogue looks at, in lower case."""
    parts = [title, business, str(data.get("background", "")), str(data.get("transport", ""))]
    parts += [
        f"{stop.get('place', '')} {stop.get('activity', '')}"
        for stop in data.get("route", [])
        if isinstance(stop, Mapping)
    ]
    return " ".join(" ".join(parts).lower().split())[:4000]
