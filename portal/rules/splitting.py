"""Which parts of a citizen's words may stand in a case made of one of their matters: only their own words."""

import re

#: The parent keeps one matter; so many more can be taken out at once.
MOST_PARTS = 3
_CUT = re.compile(r"\.{3,}|\u2026")
_BETWEEN = re.compile(r"\n+|(?<=[.!?])\s+")
_EDGE = "\n"


def _sentences(text: str) -> list[str]:
    return [piece.strip() for piece in _BETWEEN.split(text) if _even(piece)]


def _even(sentence: str) -> str:
    return " ".join(sentence.split()).casefold().rstrip(".!? ")


def foreign(part: str, original: str) -> list[str]:
    """Return the sentences of a part that do not stand in the original, as typed; empty: all are its own.

    Whole sentences may be left out. Inside a sentence a cut has to be marked with "...": without the mark
    "tidak" could be lost unseen. The order stays that of the original, for the same reason. Whitespace, case
    and the full stop at the end do not count.
    """
    known = _EDGE + _EDGE.join(_even(one) for one in _sentences(original)) + _EDGE
    chunks = _CUT.split(part)
    found: list[str] = []
    reached = 0
    for number, chunk in enumerate(chunks):
        pieces = _sentences(chunk)
        for place, piece in enumerate(pieces):
            cut_before = place == 0 and number > 0
            cut_after = place == len(pieces) - 1 and number < len(chunks) - 1
            wanted = ("" if cut_before else _EDGE) + _even(piece) + ("" if cut_after else _EDGE)
            at = known.find(wanted, reached)
            if at < 0:
                found.append(piece)
            else:
                reached = at + len(wanted) - (not cut_after)
    return found
