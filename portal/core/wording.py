"""What changed between two wordings of a text, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from portal.core.comparing import is_cheap

#: A word with the white space behind it, so that blanks do not match by themselves.
_WORDS = re.compile(r"\S+\s*|^\s+")


def changes(before: str, after: str) -> list[tuple[str, str]]:
    """Return the texts as pieces, each "same", "gone" or "new"; put together they are both texts.

    Texts that are too long or too monotonous to compare are shown as wholly replaced.
    """
    old, new = _words(before), _words(after)
    if not is_cheap(old, new):
        return [("gone", before), ("new", after)]
    return list(_pieces(old, new))


def _words(text: str) -> list[str]:
    return _WORDS.findall(text)


def _pieces(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if what == "equal":
            yield "same", "".join(new[new_from:new_to])
            continue
        if old_to > old_from:
            yield "gone", "".join(old[old_from:old_to])
        if new_to > new_from:
            yield "new", "".join(new[new_from:new_to])
