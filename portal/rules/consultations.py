"""Consultations: who may do what, how far one is, what counts as an answer.

How answers are counted stands in `rules.tallies`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from portal.models.kinds import Eligibility, QuestionKind, Role
from portal.rules.permissions import Actor

#: More than a person answers on a phone.
MOST_QUESTIONS = 12
MOST_OPTIONS = 30
MOST_POINTS = 1000
#: Letters of a free text.
LONGEST_TEXT = 2000
#: Days after the end on which the agency is reminded that its outcome is missing.
OUTCOME_DAYS = 14

WITH_OPTIONS = frozenset(QuestionKind) - {QuestionKind.TEXT}


class Stage(StrEnum):
    """How far a consultation is."""

    DRAFT = "draft"
    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"
    OUTCOME = "outcome"
    ARCHIVED = "archived"


class Dated(Protocol):
    """What these rules need to know of a consultation; `Consultation` is one."""

    @property
    def agency_id(self) -> int: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def outcome_at(self) -> datetime | None: ...
    @property
    def archived_at(self) -> datetime | None: ...


def may_write(actor: Actor, agency_id: int) -> bool:
    """Tell whether the actor may prepare consultations of that agency: its staff, and triage."""
    return actor.has(Role.TRIAGE) or agency_id in actor.agency_ids


def may_publish(actor: Actor, agency_id: int) -> bool:
    """Tell whether the actor may bring it before the public: head, a named officer, triage."""
    return actor.has(Role.TRIAGE) or any(
        seat.agency_id == agency_id
        and (seat.role is Role.HEAD or (seat.role is Role.OFFICER and seat.publisher))
        for seat in actor.seats
    )


def stage(one: Dated, at: datetime) -> Stage:
    """Return how far a consultation is at a moment. It takes answers from `opens_at`, before `closes_at`."""
    if one.published_at is None:
        return Stage.DRAFT
    if at < one.opens_at:
        return Stage.COMING
    if at < one.closes_at:
        return Stage.OPEN
    if one.archived_at is not None:
        return Stage.ARCHIVED
    return Stage.CLOSED if one.outcome_at is None else Stage.OUTCOME


def days_left(last_day: date, today: date) -> int:
    """Return the days until the last one; 0 on the last day."""
    return max(0, (last_day - today).days)


class Refusal(StrEnum):
    """Why somebody may not answer."""

    UNKNOWN = "unknown"  # who it is
    NO_WARD = "no_ward"
    OTHER_WARD = "other_ward"


def refusal(
    eligibility: Eligibility, *, signed_in: bool, ward_code: str | None, wanted: str | None
) -> Refusal | None:
    """Tell why a person may not answer, or None. `ward_code` is where they say they live."""
    if eligibility is Eligibility.ANYONE:
        return None
    if not signed_in:
        return Refusal.UNKNOWN
    if eligibility is Eligibility.WARD and ward_code != wanted:
        return Refusal.NO_WARD if ward_code is None else Refusal.OTHER_WARD
    return None


# --- what was answered ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the rules know it."""

    id: int
    kind: QuestionKind
    required: bool
    options: tuple[int, ...] = ()
    most: int | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One row of an answer: an option with its value, or a text."""

    question_id: int
    option_id: int | None
    value: int | None
    text: str = ""


class Fault(StrEnum):
    """What is wrong with the answer to a question."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"
    TWICE = "twice"
    GAP = "gap"
    SUM = "sum"
    NUMBER = "number"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault with the figures to say it: what was found, and what it should be."""

    fault: Fault
    found: int = 0
    wanted: int = 0


def field_name(question_id: int, option_id: int | None = None) -> str:
    """Return the name of the field that answers a question, or of an option's own field."""
    return f"q{question_id}" if option_id is None else f"q{question_id}-{option_id}"


def read(
    questions: Sequence[Asked], typed: Mapping[str, str]
) -> tuple[tuple[Given, ...], dict[int, Problem]]:
    """Return the answers in what was typed, and what is wrong, by question."""
    given: list[Given] = []
    problems: dict[int, Problem] = {}
    for question in questions:
        found = _read_one(question, typed)
        if isinstance(found, Problem):
            problems[question.id] = found
        elif not found and question.required:
            problems[question.id] = Problem(Fault.MISSING, wanted=question.points or 0)
        else:
            given.extend(found)
    return tuple(given), problems


def _read_one(question: Asked, typed: Mapping[str, str]) -> list[Given] | Problem:
    match question.kind:
        case QuestionKind.TEXT:
            text = typed.get(field_name(question.id), "").strip()
            if len(text) > LONGEST_TEXT:
                return Problem(Fault.LONG, len(text), LONGEST_TEXT)
            return [Given(question.id, None, None, text)] if text else []
        case QuestionKind.SINGLE:
            return _single(question, typed.get(field_name(question.id), ""))
        case QuestionKind.MULTIPLE:
            return _multiple(question, typed)
        case QuestionKind.RANKING:
            return _ranking(question, typed)
        case QuestionKind.POINTS:
            return _points(question, typed)


def _single(question: Asked, value: str) -> list[Given] | Problem:
    if not value:
        return []
    chosen = next((one for one in question.options if str(one) == value), None)
    return Problem(Fault.UNKNOWN) if chosen is None else [Given(question.id, chosen, 1)]


def _multiple(question: Asked, typed: Mapping[str, str]) -> list[Given] | Problem:
    chosen = [one for one in question.options if typed.get(field_name(question.id, one))]
    if question.most is not None and len(chosen) > question.most:
        return Problem(Fault.TOO_MANY, len(chosen), question.most)
    return [Given(question.id, one, 1) for one in chosen]


def _numbers(question: Asked, typed: Mapping[str, str], most: int) -> dict[int, int] | Problem:
    """Return the number beside each option that has one (0 as well)."""
    found = {}
    for option in question.options:
        text = typed.get(field_name(question.id, option), "").strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) < 7) or int(text) > most:
            return Problem(Fault.NUMBER, wanted=most)
        found[option] = int(text)
    return found


def _ranking(question: Asked, typed: Mapping[str, str]) -> list[Given] | Problem:
    """Read places from 1 on, each once and without a gap; options without a place come last."""
    ranks = _numbers(question, typed, len(question.options))
    if isinstance(ranks, Problem):
        return ranks
    ranks = {option: rank for option, rank in ranks.items() if rank}
    placed = sorted(ranks.values())
    for expected, rank in enumerate(placed, start=1):
        if rank < expected:
            return Problem(Fault.TWICE, rank)
        if rank > expected:
            return Problem(Fault.GAP, rank, expected)
    return [Given(question.id, option, rank) for option, rank in ranks.items()]


def _points(question: Asked, typed: Mapping[str, str]) -> list[Given] | Problem:
    wanted = question.points or 0
    points = _numbers(question, typed, MOST_POINTS)
    if isinstance(points, Problem):
        return points
    total = sum(points.values())
    if total == 0:
        return []
    if total != wanted:
        return Problem(Fault.SUM, total, wanted)
    return [Given(question.id, option, value) for option, value in points.items() if value]
