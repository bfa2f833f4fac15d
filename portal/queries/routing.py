"""What the desk suggests for a case, and how good its suggestions were."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any, Protocol, cast

from rapidfuzz import fuzz
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    column,
    func,
    literal_column,
    select,
    table,
    true,
)

from portal.core.database import db
from portal.core.text import search_query, stems
from portal.models import (
    PROPOSALS,
    Kind,
    Membership,
    RoutingOutcome,
    RoutingRule,
    SearchDocument,
    ServiceLevel,
    Status,
    Submission,
    SuggestionSource,
    User,
)
from portal.queries import reference
from portal.queries.counting import how_many
from portal.rules import routing
from portal.rules.permissions import AGENCY_ROLES
from portal.rules.routing import Alike, Facts, Fault, Match, Rule, Suggestion

#: The newest so many that share two words are compared; then at most so many speak.
CANDIDATES = 250
MOST_ALIKE = 9
#: Of 100, of the stems of both texts. Found by trying the example data.
THRESHOLD = 55.0
_SAME_CATEGORY = 8.0
_WORDS = 6
#: What is over and had an agency.
_OVER = frozenset({Status.ANSWERED, Status.DONE, Status.ACCEPTED, Status.DECLINED, Status.REFERRED})
#: For how long outcomes are counted.
PERIOD = timedelta(days=90)


class Subject(Protocol):
    """What is looked at to suggest something; `Submission` is one."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def title(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def category_id(self) -> int | None: ...
    @property
    def ward_code(self) -> str | None: ...
    @property
    def secret(self) -> bool: ...
    @property
    def named_user_ids(self) -> frozenset[int]: ...


def suggest(case: Subject) -> Suggestion:
    """Return what to suggest for a case: rules, then what similar cases got, then its category's agency.

    Asks the database at most twice: for the officers whom fitting rules name, and for similar cases where
    rules leave the agency open. Similar cases are public ones only, so a suggestion tells of no secret case.
    Nobody whom a secret case names is suggested as its officer.
    """
    about = facts_of(case)
    fitting = routing.matches(reference.routing_rules(), about)
    barred = case.named_user_ids if case.secret else frozenset()
    by_rules = routing.decide([found for found, _ in usable(fitting, barred=barred)])
    open_category = by_rules.category is None and case.category_id is None
    similar = alike(case) if by_rules.agency is None or open_category else []
    categories = {row.id: row.agency_id for row in reference.categories().values() if row.active}
    return routing.completed(
        by_rules, similar, category_id=case.category_id, usual_agency=categories, agencies=_agencies()
    )


def facts_of(case: Subject) -> Facts:
    """Return what rules look at in a case."""
    return facts(
        f"{case.title}\n{case.body}",
        kind=case.kind,
        category_id=case.category_id,
        ward_code=case.ward_code,
    )


def facts(text: str, *, kind: Kind, category_id: int | None, ward_code: str | None) -> Facts:
    """Return what rules look at; the district follows from the ward."""
    ward = reference.wards().get(ward_code) if ward_code else None
    return routing.facts(
        text,
        kind=kind,
        category_id=category_id,
        ward_code=ward_code,
        district_code=ward.district_code if ward else None,
    )


def usable(
    fitting: Collection[Match], *, barred: frozenset[int] = frozenset()
) -> list[tuple[Match, tuple[Fault, ...]]]:
    """Return these rules without what is not at work any more, and what that was."""
    named = {found.rule.officer_id for found in fitting if found.rule.officer_id is not None}
    seats = {seat for seat in _seats(named) if seat[0] not in barred}
    categories = {row.id for row in reference.categories().values() if row.active}
    made = []
    for found in fitting:
        rule, faults = routing.usable(found.rule, agencies=_agencies(), categories=categories, seats=seats)
        made.append((replace(found, rule=rule), faults))
    return made


def faults_of(rules: Collection[Rule]) -> dict[int | None, tuple[Fault, ...]]:
    """Return by rule what it names that is not at work any more."""
    return {found.rule.id: faults for found, faults in usable([Match(rule, (), ()) for rule in rules])}


def _agencies() -> frozenset[int]:
    return frozenset(row.id for row in reference.agencies().values() if row.active)


def _seats(user_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return (user, agency) of those among these who work there."""
    if not user_ids:
        return set()
    query = (
        select(User.id, Membership.agency_id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.id.in_(user_ids),
            User.active,
            Membership.role.in_(AGENCY_ROLES),
            Membership.agency_id.is_not(None),
        )
        .order_by(User.id, Membership.agency_id)
        .limit(500)
    )
    return {(user, agency) for user, agency in db.session.execute(query) if agency is not None}


# --- similar cases that are over ----------------------------------------------------------------------


def alike(case: Subject) -> list[Alike]:
    """Return where at most MOST_ALIKE public cases like this one went that are over, the most alike first.

    Looks at the newest CANDIDATES that share two of the first words, however many there are.
    """
    words = search_query(f"{case.title} {case.body}", _WORDS)
    if not words:
        return []
    newest = _sharing_two(words)
    kinds = PROPOSALS if case.kind in PROPOSALS else frozenset(Kind) - PROPOSALS
    query = (
        select(Submission.id, Submission.agency_id, Submission.category_id, SearchDocument.stems)
        .select_from(newest)
        .join(Submission, Submission.id == newest.c.id)
        .join(SearchDocument, SearchDocument.submission_id == newest.c.id)
        .where(
            Submission.listed.is_(true()),
            Submission.status.in_(_OVER),
            Submission.agency_id.is_not(None),
            Submission.kind.in_(kinds),
            Submission.id != case.id,
        )
    )
    own = " ".join(stems(f"{case.title} {case.body}"))
    scored = []
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    for number, agency_id, category_id, theirs in found:
        score = fuzz.token_set_ratio(own, theirs, score_cutoff=25)
        score += _SAME_CATEGORY * (category_id is not None and category_id == case.category_id)
        if score >= THRESHOLD:
            scored.append((score, number, Alike(agency_id, category_id)))
    scored.sort(key=lambda row: row[:2], reverse=True)
    return [row[2] for row in scored[:MOST_ALIKE]]


def _sharing_two(words: list[str]) -> Any:
    """Return (id) of the newest that share two of the words (the word, where there is one only)."""
    pairs = [list(pair) for pair in combinations(words, 2)] or [words]
    if db.engine.dialect.name == "sqlite":
        index = table("search_index", column("rowid", Integer), column("search_index", Text))
        wanted = " OR ".join("(" + " AND ".join(f'"{word}"' for word in pair) + ")" for pair in pairs)
        key: ColumnElement[int] = index.c.rowid
        query: Select[Any] = select(key.label("id")).where(index.c.search_index.op("MATCH")(wanted))
    else:
        document: ColumnElement[Any] = literal_column("search_document.words")
        wanted = " | ".join("(" + " & ".join(pair) + ")" for pair in pairs)
        key = cast(ColumnElement[int], SearchDocument.submission_id)
        sought: Any = func.to_tsquery(literal_column("'simple'"), wanted)
        query = select(key.label("id")).select_from(SearchDocument).where(document.op("@@")(sought))
    return query.order_by(key.desc()).limit(CANDIDATES).subquery()


# --- rules and levels as they are kept ----------------------------------------------------------------


def rules() -> list[RoutingRule]:
    """Return every rule in its order (at most `reference.MOST_RULES`)."""
    query = select(RoutingRule).order_by(RoutingRule.position, RoutingRule.id)
    return list(db.session.scalars(query.limit(reference.MOST_RULES)))


def rule(rule_id: int) -> RoutingRule | None:
    """Return a rule as it is in this transaction."""
    return db.session.get(RoutingRule, rule_id)


def editor(row: RoutingRule) -> str:
    """Return the name of whoever changed a rule last."""
    query = select(User.name).where(User.id == row.updated_by_id)
    return db.session.scalar(query) or ""


def levels() -> list[ServiceLevel]:
    """Return the days to answer that the city chose by kind (at most 500), all categories first."""
    query = select(ServiceLevel).order_by(
        ServiceLevel.kind, ServiceLevel.category_id.is_not(None), ServiceLevel.category_id
    )
    return list(db.session.scalars(query.limit(500)))


# --- how good they were -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """Suggestions of one origin: how many first assignments, how many agencies suggested and kept, categories
    too. `name` is the rule's, None where no rule (or one that is gone) was the origin.
    """

    source: SuggestionSource
    rule_id: int | None
    name: str | None
    cases: int
    agencies: int
    agencies_kept: int
    categories: int
    categories_kept: int


def kept(*, at: datetime) -> list[Kept]:
    """Return what became of the suggestions of the last 90 days, by origin, the most frequent first."""
    count = func.count()
    query = (
        select(
            RoutingOutcome.source,
            RoutingOutcome.rule_id,
            RoutingRule.name,
            count,
            how_many(RoutingOutcome.agency_kept.is_not(None)),
            how_many(RoutingOutcome.agency_kept.is_(true())),
            how_many(RoutingOutcome.category_kept.is_not(None)),
            how_many(RoutingOutcome.category_kept.is_(true())),
        )
        .outerjoin(RoutingRule, RoutingRule.id == RoutingOutcome.rule_id)
        .where(RoutingOutcome.at >= at - PERIOD)
        .group_by(RoutingOutcome.source, RoutingOutcome.rule_id, RoutingRule.name)
        .order_by(count.desc(), RoutingOutcome.source, RoutingOutcome.rule_id)
        .limit(reference.MOST_RULES + len(SuggestionSource))
    )
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    return [Kept(*row) for row in found]
