"""Whom a note names with "@": the longest name of a colleague that follows, in any case of letters.

A first part of a name is enough where only one colleague bears it: "@Hotman" for Hotman Situmeang. An "@"
inside a word (an e-mail address) names nobody.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may be named in a note. `agency_id` is None for the coordinator."""

    id: int
    name: str
    agency_id: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text, the "@" included, and whom it names (more than one where they share a name)."""

    start: int
    end: int
    ids: frozenset[int]


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()


def _callings(colleagues: Iterable[Colleague]) -> dict[str, frozenset[int]]:
    """Return what each may be called by: full names first of all, then first parts that are unique."""
    full: dict[str, set[int]] = {}
    parts: dict[str, set[int]] = {}
    for one in colleagues:
        words = _fold(one.name).split()
        for number in range(1, len(words) + 1):
            (full if number == len(words) else parts).setdefault(" ".join(words[:number]), set()).add(one.id)
    unique = {name: ids for name, ids in parts.items() if len(ids) == 1 and name not in full}
    return {name: frozenset(ids) for name, ids in (full | unique).items() if name}


def find(text: str, colleagues: Sequence[Colleague]) -> list[Mention]:
    """Return every mention in a text, from its beginning to its end."""
    if "@" not in text:
        return []
    callings = _callings(colleagues)
    if not callings:
        return []
    names = sorted(callings, key=len, reverse=True)
    choices = "|".join(re.escape(name).replace(r"\ ", r"[ ]+") for name in names)
    found = []
    for match in re.finditer(rf"(?<![\w@.])@({choices})(?!\w)", text, re.IGNORECASE):
        ids = callings.get(_fold(match[1]))
        if ids:
            found.append(Mention(match.start(), match.end(), ids))
    return found


def mentioned(text: str, colleagues: Sequence[Colleague]) -> frozenset[int]:
    """Return the ids of all whom a text names."""
    return frozenset().union(*(one.ids for one in find(text, colleagues)))


def pieces(text: str, colleagues: Sequence[Colleague]) -> list[tuple[str, bool]]:
    """Cut a text into (words, is a mention); joined again they are the text."""
    cut: list[tuple[str, bool]] = []
    at = 0
    for one in find(text, colleagues):
        cut += [(text[at : one.start], False), (text[one.start : one.end], True)]
        at = one.end
    cut.append((text[at:], False))
    return [piece for piece in cut if piece[0]]
