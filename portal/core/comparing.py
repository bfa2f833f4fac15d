"""How much work it is to compare two texts piece by piece, before anybody begins."""

from collections import Counter
from collections.abc import Sequence

#: difflib looks at every pair of equal pieces, and again at what is left: so many take a tenth of a second.
MOST_PAIRS = 60_000
MOST_PIECES = 4_000


def is_cheap(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two texts, cut into words or lines, can be compared within a request.

    The same word a thousand times over costs a million looks, and a page may compare many wordings.
    """
    if max(len(one), len(other)) > MOST_PIECES:
        return False
    often = Counter(other)
    return sum(count * often[piece] for piece, count in Counter(one).items()) <= MOST_PAIRS
