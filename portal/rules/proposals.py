"""The fields of a proposal: one catalogue from which forms, the check, the desk and public pages derive.

A tourism package asks for what a visitor, an officer and a neighbour need to know; other cooperation for
what the city needs to decide. Words for people are `portal.web.proposal_labels`.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.models.kinds import Kind


class FieldType(StrEnum):
    """How a field is written and kept."""

    LINE = "line"
    PROSE = "prose"
    CHOICE = "choice"
    #: Whole number.
    COUNT = "count"
    #: Hours, halves allowed.
    HOURS = "hours"
    #: Whole rupiah.
    MONEY = "money"
    #: Rows of {"time", "place", "activity"}.
    ROUTE = "route"
    #: Rows of {"label", "amount"}; amounts in rupiah.
    COSTS = "costs"


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `limit`: letters, or the largest number, or rows. `open`: can never be kept private."""

    name: str
    type: FieldType
    step: int
    required: bool = False
    limit: int = 0
    choices: tuple[str, ...] = ()
    open: bool = False


TOUR_KINDS = ("marine", "fishing", "culinary", "walking", "culture", "nature", "homestay", "other")
RISK_LEVELS = ("low", "medium", "high")
WHEELCHAIR = ("yes", "partly", "no")
#: What a business can propose; the first one is a tourism package, the rest is other cooperation.
COOPERATIONS = ("tourism_package", "promotion", "training", "event", "facility", "supply", "other")

_LINE, _PROSE, _COUNT, _MONEY = FieldType.LINE, FieldType.PROSE, FieldType.COUNT, FieldType.MONEY
#: Rows of a route or of a price.
MAX_ROWS = 8
#: Rows that are shown at first.
FIRST_ROWS = 3
#: A route has a beginning and an end.
MIN_STOPS = 2

PACKAGE_FIELDS = (
    Field("title", _LINE, 2, required=True, limit=100, open=True),
    Field("tour_kind", FieldType.CHOICE, 2, required=True, choices=TOUR_KINDS, open=True),
    Field("background", _PROSE, 2, required=True, limit=2000),
    Field("benefit_citizens", _PROSE, 2, required=True, limit=1000),
    Field("route", FieldType.ROUTE, 3, required=True, limit=MAX_ROWS),
    Field("duration_hours", FieldType.HOURS, 4, required=True, limit=240),
    Field("season", _LINE, 4, limit=160),
    Field("weather_limits", _LINE, 4, limit=300),
    Field("capacity_min", _COUNT, 4, required=True, limit=1000),
    Field("capacity_max", _COUNT, 4, required=True, limit=1000),
    Field("min_age", _COUNT, 4, limit=80),
    Field("price_per_person", _MONEY, 5, required=True, limit=100_000_000),
    Field("price_components", FieldType.COSTS, 5, limit=MAX_ROWS),
    Field("transport", _LINE, 5, limit=300),
    Field("guide", _LINE, 5, limit=300),
    Field("meals", _LINE, 5, limit=300),
    Field("not_included", _LINE, 5, limit=300),
    Field("safety_equipment", _PROSE, 6, required=True, limit=1000),
    Field("wheelchair", FieldType.CHOICE, 6, choices=WHEELCHAIR),
    Field("accessibility", _PROSE, 6, limit=600),
    Field("community_share", _PROSE, 6, required=True, limit=600),
    Field("licences", _LINE, 6, limit=300),
    Field("risk_level", FieldType.CHOICE, 6, required=True, choices=RISK_LEVELS, open=True),
)
PARTNERSHIP_FIELDS = (
    Field("cooperation", FieldType.CHOICE, 1, required=True, choices=COOPERATIONS, open=True),
    Field("title", _LINE, 2, required=True, limit=100, open=True),
    Field("background", _PROSE, 2, required=True, limit=2000),
    Field("purpose", _PROSE, 2, required=True, limit=1000),
    Field("location", _LINE, 3, required=True, limit=200),
    Field("scope", _PROSE, 3, required=True, limit=1500),
    Field("duration", _LINE, 3, required=True, limit=120),
    Field("benefit_citizens", _PROSE, 4, required=True, limit=1000),
    Field("impact", _PROSE, 4, limit=1000),
    Field("funding", _PROSE, 4, limit=1000),
    Field("agencies_involved", _LINE, 4, limit=200),
)


def kind_of(cooperation: str | None) -> Kind:
    """Return the kind of submission that a proposal becomes."""
    return Kind.TOURISM_PACKAGE if cooperation == Kind.TOURISM_PACKAGE.value else Kind.PARTNERSHIP


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """Return the questions of a kind, in the order in which they are asked."""
    return PACKAGE_FIELDS if kind is Kind.TOURISM_PACKAGE else PARTNERSHIP_FIELDS


def step_fields(kind: Kind, step: int) -> list[Field]:
    """Return the questions of one step; step 1 asks about the business by itself."""
    return [field for field in fields_of(kind) if field.step == step and step > 1]


def files_step(kind: Kind) -> int:
    """Return the step that takes files and asks what is to stay private; the check follows it."""
    return max(field.step for field in fields_of(kind)) + 1


def last_step(kind: Kind) -> int:
    """Return the step that shows everything once more and sends."""
    return files_step(kind) + 1


def filled(value: Any) -> bool:
    """Tell whether a field was answered (0 is an answer)."""
    return value not in (None, "", [], {})


def missing_step(kind: Kind, values: Mapping[str, Any], done: Collection[str]) -> int | None:
    """Return the first step before the check that was not completed, or None.

    `done` are the marks (`mark`) of steps that were saved without a fault.
    """
    for step in range(1, last_step(kind)):
        wanted = [field.name for field in step_fields(kind, step) if field.required]
        if mark(kind, step) not in done or not all(filled(values.get(name)) for name in wanted):
            return step
    return None


def mark(kind: Kind, step: int) -> str:
    """Return what a draft notes once a step is complete. The kinds share only the first step."""
    return "1" if step == 1 else f"{kind.value}:{step}"


def can_be_private(kind: Kind, values: Mapping[str, Any]) -> list[str]:
    """Return the names of answered fields that a business may keep to itself and the staff."""
    return [field.name for field in fields_of(kind) if not field.open and filled(values.get(field.name))]


def answered(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answered fields of this kind only, in the order of the catalogue."""
    return {field.name: values[field.name] for field in fields_of(kind) if filled(values.get(field.name))}


def public_data(kind: Kind, values: Mapping[str, Any], proprietary: Collection[str]) -> dict[str, Any]:
    """Return what everybody may read. A name that the catalogue does not know stays private."""
    return {name: value for name, value in answered(kind, values).items() if name not in proprietary}


def summary(kind: Kind, values: Mapping[str, Any], proprietary: Collection[str], *, business: str) -> str:
    """Return the public text of a proposal: what lists quote, the search finds and the screen looks at."""
    public = public_data(kind, values, proprietary)
    parts = []
    for field in fields_of(kind):
        value = public.get(field.name)
        if field.type in {FieldType.LINE, FieldType.PROSE} and value and field.name != "title":
            parts.append(str(value))
        elif field.type is FieldType.ROUTE and value:
            parts.append("\n".join(stop_line(stop) for stop in value))
        elif field.type is FieldType.COSTS and value:
            parts.append(", ".join(str(row.get("label", "")) for row in value))
    return "\n\n".join([*parts, business])


def stop_line(stop: Mapping[str, Any]) -> str:
    """Return a stop of a route on one line."""
    line = f"{stop.get('time', '')} {stop.get('place', '')}".strip()
    return f"{line}: {stop['activity']}" if stop.get("activity") else line


# --- reading what people type ---------------------------------------------------------------------------

_NUMBER = re.compile(r"\d{1,3}(?:[. ]\d{3})+|\d+")
_HOURS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?")
_CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?")


def parse_amount(typed: str) -> int:
    """Read a whole number as people write it: "225000", "225.000", "Rp 225.000". Raises ValueError."""
    text = typed.strip().removesuffix(",-").removesuffix(",00")
    text = re.sub(r"^rp\.?\s*", "", text, flags=re.IGNORECASE)
    if not text.isascii() or not _NUMBER.fullmatch(text) or len(text) > 15:
        raise ValueError("not a whole number")
    return int(re.sub(r"[. ]", "", text))


def parse_hours(typed: str) -> float:
    """Read hours: "7", "7,5", "7.5", "7 jam". Raises ValueError."""
    found = _HOURS.fullmatch(typed.strip().lower().removesuffix("jam").strip())
    if found is None or not typed.isascii():
        raise ValueError("not a number of hours")
    return float(f"{found[1]}.{found[2] or 0}")


def parse_clock(typed: str) -> str:
    """Read a time of the day, "8", "8.30" or "08:30", and return it as "08.30". Raises ValueError."""
    found = _CLOCK.fullmatch(typed.strip())
    if found is None or not typed.isascii() or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError("not a time of the day")
    return f"{int(found[1]):02}.{int(found[2] or 0):02}"
