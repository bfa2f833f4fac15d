"""What a proposal still needs before guests or partners can rely on it, and who brings it.

A score is told, never a gate: it hides no proposal and stops none (WORKFLOW section 2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.models.kinds import BusinessKind, Kind, LicenceKind, Status
from portal.rules.businesses import USUAL_LICENCES
from portal.rules.proposals import filled

_PACKAGE, _OTHER = Kind.TOURISM_PACKAGE, Kind.PARTNERSHIP
_BOTH = frozenset({_PACKAGE, _OTHER})


#: Nothing is added any more to what came to an end.
OVER = frozenset({Status.DECLINED, Status.MERGED, Status.REFERRED, Status.WITHDRAWN})
#: Of what rests or came to an end nothing is asked, and nothing is late.
RESTING = OVER | {Status.DEFERRED}


class How(StrEnum):
    """By what an item is brought."""

    FIELD = "field"  # an answer of the proposal
    PHOTO = "photo"
    EVIDENCE = "evidence"  # a scan, or a licence in the profile
    PROFILE = "profile"  # a line of the business's profile
    CITY = "city"  # an agency does it


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is looked for. `fields`: the answers that bring it, all of them."""

    code: str
    how: How
    kinds: frozenset[Kind] = _BOTH
    fields: tuple[str, ...] = ()

    @property
    def is_citys(self) -> bool:
        """Tell whether the city brings it."""
        return self.how is How.CITY


def _field(code: str, *fields: str, kinds: frozenset[Kind] = frozenset({_PACKAGE})) -> Item:
    return Item(code, How.FIELD, kinds, fields or (code,))


#: Closed by a visit to the business alone, never by a tick.
VERIFICATION = "verification"
#: In the order in which they are shown.
ITEMS: tuple[Item, ...] = (
    _field("route"),
    _field("season"),
    _field("weather_limits"),
    _field("price_components"),
    _field("transport"),
    _field("guide"),
    _field("safety_equipment"),
    _field("accessibility"),
    _field("community_share"),
    _field("purpose", kinds=frozenset({_OTHER})),
    _field("scope", kinds=frozenset({_OTHER})),
    _field("impact", kinds=frozenset({_OTHER})),
    _field("funding", kinds=frozenset({_OTHER})),
    _field("agencies_involved", kinds=frozenset({_OTHER})),
    Item("photo", How.PHOTO, frozenset({_PACKAGE})),
    Item("document", How.EVIDENCE, frozenset({_OTHER})),
    Item("licences", How.EVIDENCE),
    Item("nib", How.PROFILE),
    Item("contact", How.PROFILE),
    Item("safety_check", How.CITY, frozenset({_PACKAGE})),
    Item(VERIFICATION, How.CITY),
)
BY_CODE = {item.code: item for item in ITEMS}

#: Working days that a side has, from the day on which the gap was found.
DAYS = {True: 10, False: 20}
#: Programs whose code begins so can usually help the business with it (national nomenclature).
HELPING = {
    "licences": "3.26.05",
    "guide": "3.26.05",
    "safety_equipment": "3.26.02",
    "nib": "2.18",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a proposal and its business."""

    kind: Kind
    data: Mapping[str, Any] = field(default_factory=dict)
    photos: int = 0
    documents: int = 0
    business_kind: BusinessKind = BusinessKind.OTHER
    #: Licences that are not over.
    licences: frozenset[LicenceKind] = frozenset()
    has_nib: bool = False
    has_contact: bool = False
    verified: bool = False
    safety_checked: bool = False
    #: Items that somebody ticked or found unnecessary.
    settled: frozenset[str] = frozenset()


def items_of(kind: Kind) -> tuple[Item, ...]:
    """Return what is looked for in a proposal of that kind."""
    return tuple(item for item in ITEMS if kind in item.kinds)


def is_there(item: Item, facts: Facts) -> bool:
    """Tell whether an item is there, or was settled by hand."""
    if item.code in facts.settled:
        return True
    match item.code:
        case "photo":
            return facts.photos > 0
        case "document":
            return facts.documents > 0
        case "licences":
            return set(USUAL_LICENCES.get(facts.business_kind, ())) <= facts.licences
        case "nib":
            return facts.has_nib
        case "contact":
            return facts.has_contact
        case "safety_check":
            return facts.safety_checked
        case "verification":
            return facts.verified
        case _:
            return all(filled(facts.data.get(name)) for name in item.fields)


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far a proposal is."""

    there: tuple[Item, ...]
    missing: tuple[Item, ...]

    @property
    def total(self) -> int:
        """Return how many items are looked for."""
        return len(self.there) + len(self.missing)

    @property
    def percent(self) -> int:
        """Return the score, whole percent; 100 only when nothing is missing."""
        return 100 * len(self.there) // self.total if self.total else 100


def evaluate(facts: Facts) -> Readiness:
    """Look at every item once."""
    items = items_of(facts.kind)
    there = tuple(item for item in items if is_there(item, facts))
    return Readiness(there, tuple(item for item in items if item not in there))


def fillable(missing: Iterable[Item], data: Mapping[str, Any]) -> list[str]:
    """Return the empty answers that the business may still write; what is there changes by other ways."""
    return [name for item in missing for name in item.fields if not filled(data.get(name))]
