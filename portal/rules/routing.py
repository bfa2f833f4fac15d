"""Where a case should go: rules as data, and what to suggest from them and from what similar cases got.

For each of agency, category, officer and priority the first rule that fits and names it decides, not one
rule for all four: "the word darurat: urgent" and "street lamps: public works" are two rules, and nobody
should have to write their combinations. Conditions look at the case as it is, never at what another rule
suggests, so their order is the only thing that can surprise, and a person can read that off the list.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from portal.core.text import stems
from portal.models.kinds import Kind, SuggestionSource

#: Of similar cases: so many must have gone to one agency, and so large a part of all of them.
LEAST_ALIKE = 3
PART_ALIKE = 0.6
#: Fewer suggestions than this say nothing of a rule.
ENOUGH_TO_JUDGE = 5
#: Kept less often than this, a rule is in the way; this often, it may be trusted.
OFTEN_REFUSED = 0.5
TRUSTED = 0.8


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a rule: as they were written, and their stems in order."""

    wording: str
    stems: tuple[str, ...]


def _run(text: str) -> tuple[str, ...]:
    """Return the stems of a text in order; "lampu-lampu" counts once."""
    return tuple(stem for stem, _ in groupby(stems(text)))


def phrases(words: str) -> tuple[Phrase, ...]:
    """Return the phrases of a text parted by commas; what has no stem (only "yang", "di") is left out."""
    found = (Phrase(" ".join(part.split()), _run(part)) for part in words.split(","))
    return tuple(phrase for phrase in found if phrase.stems)


def empty_phrases(words: str) -> list[str]:
    """Return the parts that no text can be found by."""
    parts = (" ".join(part.split()) for part in words.split(","))
    return [part for part in parts if part and not stems(part)]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: conditions (empty ones fit anything), then what it suggests. `id` is None while unsaved."""

    id: int | None
    name: str
    kind: Kind | None = None
    category_id: int | None = None
    ward_code: str | None = None
    district_code: str | None = None
    phrases: tuple[Phrase, ...] = ()
    agency_id: int | None = None
    officer_id: int | None = None
    set_category_id: int | None = None
    priority: int | None = None


class Fault(StrEnum):
    """What a rule names that is not at work any more; it is not suggested."""

    AGENCY = "agency"
    CATEGORY = "category"
    OFFICER = "officer"


def usable(
    rule: Rule,
    *,
    agencies: Collection[int],
    categories: Collection[int],
    seats: Collection[tuple[int, int]],
) -> tuple[Rule, tuple[Fault, ...]]:
    """Return the rule without what is not at work, and what that was.

    `agencies` and `categories` are the active ones, `seats` (user, agency) of active officers and heads.
    Without its agency a rule has no officer either.
    """
    faults = []
    agency, officer, category = rule.agency_id, rule.officer_id, rule.set_category_id
    if agency is not None and agency not in agencies:
        faults.append(Fault.AGENCY)
        agency = officer = None
    if category is not None and category not in categories:
        faults.append(Fault.CATEGORY)
        category = None
    if officer is not None and (agency is None or (officer, agency) not in seats):
        faults.append(Fault.OFFICER)
        officer = None
    if not faults:
        return rule, ()
    return replace(rule, agency_id=agency, officer_id=officer, set_category_id=category), tuple(faults)


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at. `text` are the stems of title and story, parted and framed by spaces."""

    kind: Kind
    category_id: int | None
    ward_code: str | None
    district_code: str | None
    text: str


def facts(
    text: str, *, kind: Kind, category_id: int | None, ward_code: str | None, district_code: str | None
) -> Facts:
    """Return what rules look at in a case."""
    return Facts(kind, category_id, ward_code, district_code, f" {' '.join(_run(text))} ")


class Condition(StrEnum):
    """Why a rule fits, where no word is to be named."""

    KIND = "kind"
    CATEGORY = "category"
    WARD = "ward"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that fits: the wordings that were found, and the conditions that held."""

    rule: Rule
    words: tuple[str, ...]
    conditions: tuple[Condition, ...]


def match(rule: Rule, about: Facts) -> Match | None:
    """Return why a rule fits, or None. All conditions must hold; of its phrases one is enough."""
    held = []
    for condition, wanted, there in (
        (Condition.KIND, rule.kind, about.kind),
        (Condition.CATEGORY, rule.category_id, about.category_id),
        (Condition.WARD, rule.ward_code, about.ward_code),
        (Condition.DISTRICT, rule.district_code, about.district_code),
    ):
        if wanted is None:
            continue
        if wanted != there:
            return None
        held.append(condition)
    found = tuple(phrase.wording for phrase in rule.phrases if f" {' '.join(phrase.stems)} " in about.text)
    if rule.phrases and not found:
        return None
    return Match(rule, found, tuple(held))


def matches(rules: Iterable[Rule], about: Facts) -> list[Match]:
    """Return every rule that fits, in order."""
    return [found for rule in rules if (found := match(rule, about)) is not None]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that is suggested, and why: a rule, `count` of `total` similar cases, or the category."""

    value: int
    source: SuggestionSource
    match: Match | None = None
    count: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for a case; each part may be missing."""

    agency: Choice | None = None
    category: Choice | None = None
    officer: Choice | None = None
    priority: Choice | None = None

    @property
    def leading(self) -> Choice | None:
        """Return the agency's choice, or where there is none the first part there is."""
        parts = (self.agency, self.category, self.officer, self.priority)
        return next((part for part in parts if part is not None), None)

    @property
    def source(self) -> SuggestionSource:
        """Return why it was suggested, in one word."""
        return SuggestionSource.NONE if self.leading is None else self.leading.source

    @property
    def rule_id(self) -> int | None:
        """Return the rule that led, if one did."""
        found = None if self.leading is None else self.leading.match
        return None if found is None else found.rule.id


def decide(fitting: Sequence[Match]) -> Suggestion:
    """Return what rules suggest: for each part the first one that names it.

    An officer only counts beside their own agency, whichever rule suggested that.
    """

    def first(name: str) -> Choice | None:
        for found in fitting:
            value = getattr(found.rule, name)
            if value is not None:
                return Choice(value, SuggestionSource.RULE, found)
        return None

    agency = first("agency_id")
    officer = None
    if agency is not None:
        for found in fitting:
            if found.rule.officer_id is not None and found.rule.agency_id == agency.value:
                officer = Choice(found.rule.officer_id, SuggestionSource.RULE, found)
                break
    return Suggestion(agency, first("set_category_id"), officer, first("priority"))


@dataclass(frozen=True, slots=True)
class Alike:
    """Where a similar case that is over went."""

    agency_id: int
    category_id: int | None


def completed(
    by_rules: Suggestion,
    alike: Sequence[Alike],
    *,
    category_id: int | None,
    usual_agency: Mapping[int, int | None],
    agencies: Collection[int],
) -> Suggestion:
    """Add what rules left open: first what similar cases got, then the category's usual agency.

    `category_id` is the case's own; a category is only suggested where rules name one or the case has none.
    `usual_agency` holds the active categories, `agencies` the active agencies.
    """
    agency, category = by_rules.agency, by_rules.category
    if agency is None:
        agency = _most([one.agency_id for one in alike if one.agency_id in agencies])
    if category is None and category_id is None:
        category = _most([one.category_id for one in alike if one.category_id in usual_agency])
    if agency is None:
        about = category.value if category is not None else category_id
        usual = None if about is None else usual_agency.get(about)
        if usual is not None and usual in agencies:
            agency = Choice(usual, SuggestionSource.CATEGORY)
    return replace(by_rules, agency=agency, category=category)


def _most(values: Sequence[int | None]) -> Choice | None:
    counted: dict[int, int] = {}
    for value in values:
        if value is not None:
            counted[value] = counted.get(value, 0) + 1
    best = max(counted, key=lambda value: (counted[value], -value), default=None)
    if best is None or counted[best] < LEAST_ALIKE or counted[best] < PART_ALIKE * len(values):
        return None
    return Choice(best, SuggestionSource.SIMILAR, count=counted[best], total=len(values))


class Verdict(StrEnum):
    """How good suggestions of one origin were."""

    TOO_FEW = "too_few"
    REFUSED = "refused"
    MIXED = "mixed"
    TRUSTED = "trusted"


def verdict(kept: int, made: int) -> Verdict:
    """Judge suggestions by how many of those made were kept."""
    if made < ENOUGH_TO_JUDGE:
        return Verdict.TOO_FEW
    if kept < OFTEN_REFUSED * made:
        return Verdict.REFUSED
    return Verdict.TRUSTED if kept >= TRUSTED * made else Verdict.MIXED
