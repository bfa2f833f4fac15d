"""How two submissions resemble each other, said so that a person can judge: words, days, metres."""

import math
import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from portal.core.text import stems
from portal.models.kinds import Status
from portal.rules.workflow import OPEN

_WORD = re.compile(r"\w+")
_EARTH = 6_371_000.0  # metres


def marked(text: str, other: Iterable[str]) -> list[tuple[str, bool]]:
    """Part a text into (piece, in common) pairs that joined again give the text.

    `other` are the stems of the other text. Words that say nothing ("yang", "di") have no stem and are
    never marked.
    """
    known = frozenset(other)
    pieces: list[tuple[str, bool]] = []
    last = 0
    for match in _WORD.finditer(text):
        if not known.intersection(stems(match[0])):
            continue
        if match.start() > last:
            pieces.append((text[last : match.start()], False))
        pieces.append((match[0], True))
        last = match.end()
    if last < len(text):
        pieces.append((text[last:], False))
    return pieces


def metres(here: tuple[float, float], there: tuple[float, float]) -> int:
    """Return the distance of two (latitude, longitude) pairs in whole metres along the great circle."""
    phi, psi = math.radians(here[0]), math.radians(there[0])
    half = math.sin((psi - phi) / 2) ** 2
    half += math.cos(phi) * math.cos(psi) * math.sin(math.radians(there[1] - here[1]) / 2) ** 2
    return round(2 * _EARTH * math.asin(min(1.0, math.sqrt(half))))


class Survivor(Protocol):
    """What decides which of two cases should carry the other; `Submission` is one."""

    @property
    def id(self) -> int: ...
    @property
    def status(self) -> Status: ...
    @property
    def support_count(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def answered_at(self) -> datetime | None: ...


class Because(StrEnum):
    """Why one of two cases is proposed as the main one."""

    ANSWERED = "answered"
    FURTHER = "further"
    SUPPORTED = "supported"
    OLDER = "older"


#: How far the handling has come, for cases that are still open.
_STEPS = (Status.RECEIVED, Status.IN_REVIEW, Status.NEEDS_INFO, Status.ASSIGNED, Status.IN_PROGRESS)


def main_one(one: Survivor, other: Survivor) -> tuple[Survivor, Because]:
    """Return which of two cases should be the main one, and why.

    The one with an answer, else the one that is further, else the one with more supports, else the older.
    """

    def step(case: Survivor) -> int:
        return _STEPS.index(case.status) if case.status in OPEN else len(_STEPS)

    if (one.answered_at is None) != (other.answered_at is None):
        return (other if one.answered_at is None else one), Because.ANSWERED
    if step(one) != step(other):
        return max(one, other, key=step), Because.FURTHER
    if one.support_count != other.support_count:
        return max(one, other, key=lambda case: case.support_count), Because.SUPPORTED
    return min(one, other, key=lambda case: (case.received_at, case.id)), Because.OLDER
