"""How much two submissions tell the same matter, in points of 100, so that three can be chosen of many.

Rare words count more than common ones (inverse document frequency among what is compared), words that differ
by a typing error count nearly whole, and words of one meaning are one. The weights and the threshold were set
on tests/data/similar_judged.csv; `tests/queries/test_similar_judged.py` says how well they do.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from portal.core.text import MEANING

#: From so many points on two submissions are shown as similar, the same ward and category counted in.
THRESHOLD = 38.0
SAME_WARD = 15.0
SAME_CATEGORY = 10.0
#: Words of one story that are looked at.
MOST_WORDS = 24
#: Two words of at least four letters are one with a typing error from this likeness on (of 100).
_TYPING_ERROR = 78.0
_FUZZY_LETTERS = 4


def meanings(stems: Iterable[str]) -> list[str]:
    """Return what the stems mean, each once, in order."""
    return list(dict.fromkeys(MEANING.get(stem, stem) for stem in stems))


def scores(own: Sequence[str], others: Sequence[Sequence[str]]) -> list[float]:
    """Return for each of `others` how many of 100 points its stems share with `own`."""
    mine = meanings(own)[:MOST_WORDS]
    theirs = [{MEANING.get(stem, stem) for stem in one} for one in others]
    often = Counter(word for words in theirs for word in words)
    known = list(often)
    total = len(theirs) + 1
    weights = {word: math.log(1 + total / (often[word] + 1.5)) for word in {*known, *mine}}
    whole = sum(weights[word] for word in mine)
    # word of another -> (which word of ours, what it is worth)
    worth: dict[str, list[tuple[str, float]]] = {}
    for word in mine:
        for other, likeness in _resembling(word, known, often):
            worth.setdefault(other, []).append((word, likeness * weights[word]))
    points = []
    for words in theirs:
        common: dict[str, float] = {}
        for other in words & worth.keys():
            for word, value in worth[other]:
                common[word] = max(value, common.get(word, 0.0))
        both = whole + sum(map(weights.__getitem__, words))
        points.append(200 * sum(common.values()) / both if both else 0.0)
    return points


def _resembling(word: str, known: list[str], often: Counter[str]) -> list[tuple[str, float]]:
    """Return the known words that are this one, or this one with a typing error, and how surely (0 to 1)."""
    if len(word) < _FUZZY_LETTERS:
        return [(word, 1.0)] if word in often else []
    found = process.extract(word, known, scorer=fuzz.ratio, score_cutoff=_TYPING_ERROR, limit=None)
    return [(other, likeness / 100) for other, likeness, _ in found]
