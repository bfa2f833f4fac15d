"""The planning clock: which year's budget an aspiration comes in time for, and who recommends it in turn."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol, TypeVar

from portal.models import Endorser, Kind, RoundLevel, Verdict

#: What is told of planning rounds; a question or thanks needs no budget.
KINDS = frozenset({Kind.PROBLEM, Kind.IDEA})
LEVELS = tuple(RoundLevel)
#: The recommendations in their order; each waits for the one before.
CHAIN = tuple(Endorser)


class Round(Protocol):
    """What the rules need of a round."""

    @property
    def year(self) -> int: ...
    @property
    def level(self) -> RoundLevel: ...
    @property
    def opens_on(self) -> date: ...
    @property
    def closes_on(self) -> date: ...


R = TypeVar("R", bound=Round)


def entries(rounds: Iterable[R]) -> dict[int, R]:
    """Return by year the round through which citizens' words come in: the first level that it has."""
    first: dict[int, R] = {}
    for one in rounds:
        known = first.get(one.year)
        if known is None or LEVELS.index(one.level) < LEVELS.index(known.level):
            first[one.year] = one
    return first


def entry_for(rounds: Iterable[R], day: date) -> R | None:
    """Return the round that something said on `day` comes in time for; None while none is known.

    The closing day itself is in time. Of several it is the one of the earliest year.
    """
    in_time = [one for one in entries(rounds).values() if one.closes_on >= day]
    return min(in_time, key=lambda one: one.year, default=None)


def year_for(rounds: Iterable[Round], kind: Kind, day: date) -> int | None:
    """Return the budget year to tell the sender of, or None where planning is no matter of that kind."""
    if kind not in KINDS:
        return None
    found = entry_for(rounds, day)
    return None if found is None else found.year


def is_open(one: Round, day: date) -> bool:
    """Tell whether a round takes aspirations on a day."""
    return one.opens_on <= day <= one.closes_on


def next_endorser(given: Mapping[Endorser, Verdict]) -> Endorser | None:
    """Return whose word is next; None after the last, and after one who does not recommend it."""
    for endorser in CHAIN:
        if endorser not in given:
            return endorser
        if given[endorser] is Verdict.NOT_RECOMMENDED:
            return None
    return None


def last_given(given: Mapping[Endorser, Verdict]) -> Endorser | None:
    """Return who spoke last: the only word that may be taken back."""
    return next((endorser for endorser in reversed(CHAIN) if endorser in given), None)
