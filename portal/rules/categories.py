"""Proposing a category from the words of a story. The citizen may change it, staff decide."""

from collections.abc import Mapping
from functools import lru_cache

from portal.core.text import stems

#: People say what it is about first; the tenth word of a story counts less than half of the first.
_LATER_WORD = 0.15
#: A category's words stand in order of how much they tell.
_LATER_KEYWORD = 0.04
#: Below this score a guess would be no better than leaving the choice open.
THRESHOLD = 0.2


def propose(text: str, words_by_category: Mapping[int, str]) -> int | None:
    """Return the category whose plain words the text uses most, or None when nothing speaks for any.

    A word counts once, however often it is repeated. The earlier category wins a tie, so that the same
    words always give the same answer.
    """
    index = _index(tuple(words_by_category.items()))
    scores: dict[int, float] = {}
    for place, stem in enumerate(dict.fromkeys(stems(text[:2000]))):
        for category, weight in index.get(stem, ()):
            scores[category] = scores.get(category, 0.0) + weight / (1 + _LATER_WORD * place)
    order = {category: place for place, category in enumerate(words_by_category)}
    best = max(scores, key=lambda category: (scores[category], -order[category]), default=None)
    return best if best is not None and scores[best] >= THRESHOLD else None


@lru_cache(maxsize=4)
def _index(categories: tuple[tuple[int, str], ...]) -> Mapping[str, tuple[tuple[int, float], ...]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for category, words in categories:
        for place, stem in enumerate(dict.fromkeys(stems(words))):
            found.setdefault(stem, []).append((category, 1 / (1 + _LATER_KEYWORD * place)))
    return {stem: tuple(weights) for stem, weights in found.items()}
