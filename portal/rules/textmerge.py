"""Joining two people's wordings of one text, line by line, without losing a line of either.

What only one of them changed is taken over by itself. Where both did, both wordings stand one after the
other between marker lines in plain words, for a person to decide. A text that still carries such lines must
not be published (`has_markers`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from portal.core.comparing import is_cheap

#: Any line of this shape counts, in whatever language it was drawn.
_MARKER = re.compile(r"^\s*--- \S.* ---\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Titles:
    """What the marker lines say: above mine, above theirs, and below both."""

    mine: str
    theirs: str
    end: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The joined text and in how many places a person must decide."""

    text: str
    conflicts: int


def marker(title: str) -> str:
    """Return the marker line that says something."""
    return f"--- {' '.join(title.split())} ---"


def has_markers(text: str) -> bool:
    """Tell whether a text still carries marker lines."""
    return _MARKER.search(text) is not None


def merge(mine: str, theirs: str, *, titles: Titles, base: str | None = None) -> Merged:
    """Join two texts; `base` is the wording both began with, where it is known.

    Texts that are too long or too monotonous to compare stand one after the other, as one difference.
    """
    ours, others = mine.splitlines(), theirs.splitlines()
    lines: list[str] = []
    conflicts = 0
    for left, right, settled in _regions(None if base is None else base.splitlines(), ours, others):
        if settled is not None:
            lines += settled
            continue
        for kept, clash in _both(left, right):
            lines += kept
            if clash is not None:
                conflicts += 1
                lines += [marker(titles.mine), *clash[0], marker(titles.theirs), *clash[1]]
                lines.append(marker(titles.end))
    return Merged("\n".join(lines), conflicts)


_Region = tuple[Sequence[str], Sequence[str], Sequence[str] | None]


def _regions(base: Sequence[str] | None, mine: Sequence[str], theirs: Sequence[str]) -> Iterator[_Region]:
    """Yield (mine, theirs, settled): settled is None where both changed the same place."""
    if base is None or not (is_cheap(base, mine) and is_cheap(base, theirs)):
        yield mine, theirs, None
        return
    at_base = at_mine = at_theirs = 0
    for in_base, in_mine, in_theirs, length in _agreed(base, mine, theirs):
        before = base[at_base:in_base]
        left, right = mine[at_mine:in_mine], theirs[at_theirs:in_theirs]
        if left == before:
            settled: Sequence[str] | None = right
        elif right in (before, left):
            settled = left
        else:
            settled = None
        yield left, right, settled
        yield (), (), base[in_base : in_base + length]
        at_base, at_mine, at_theirs = in_base + length, in_mine + length, in_theirs + length


def _agreed(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield (base, mine, theirs, length) of what all three have in common, the empty end included."""
    ours = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    others = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    first = second = 0
    while first < len(ours) - 1 and second < len(others) - 1:
        one, other = ours[first], others[second]
        start, end = max(one.a, other.a), min(one.a + one.size, other.a + other.size)
        if start < end:
            yield start, one.b + start - one.a, other.b + start - other.a, end - start
        if one.a + one.size < other.a + other.size:
            first += 1
        else:
            second += 1
    yield len(base), len(mine), len(theirs), 0


_Clash = tuple[Sequence[str], Sequence[str]]


def _both(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[Sequence[str], _Clash | None]]:
    """Yield (lines to keep, clash or None) of two wordings without a common beginning."""
    if not is_cheap(mine, theirs):
        yield (), (mine, theirs)
        return
    for what, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if what == "replace":
            yield (), (mine[a:b], theirs[c:d])
        else:
            # equal, or a line that only one of them has: nothing is thrown away
            yield (mine[a:b] or theirs[c:d]), None
