"""Small numbers of a published table: what is left out so that nobody can be guessed from it.

Statistical disclosure control as agencies of statistics do it: a cell below the limit is left out, and with
it another one where the total would give it back (primary and secondary suppression).
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: A number below this is not published (WORKFLOW section 4); nought says nothing about anybody.
SMALLEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """Numbers that add up to a total; None stands for one that is not published.

    `mixed`: not all that is left out is small. Which of it is must not be said: it would give the rest away.
    """

    cells: tuple[int | None, ...]
    total: int | None
    mixed: bool = False


def shown(number: int) -> int | None:
    """Return a number as it may be published on its own."""
    return number if number == 0 or number >= SMALLEST_SHOWN else None


def publish(numbers: Sequence[int]) -> Row:
    """Return numbers and their total as they may be published beside each other."""
    total = sum(numbers)
    small = [place for place, number in enumerate(numbers) if shown(number) is None]
    others = [number for number in numbers if number >= SMALLEST_SHOWN]
    given_away = _given_away([numbers[place] for place in small])
    left_out = set(small)
    if given_away and others:
        # all of the next size: which of two equal ones was left out would tell where the small one stands
        left_out |= {place for place, number in enumerate(numbers) if number == min(others)}
    cells = tuple(None if place in left_out else number for place, number in enumerate(numbers))
    # with nothing else to leave out, the total would say what the numbers are
    without_total = given_away and not others
    mixed = given_away and (bool(others) or len(small) > 1)
    return Row(cells, None if without_total else shown(total), mixed)


def _given_away(small: Sequence[int]) -> bool:
    """Tell whether the sum of the numbers left out says what each of them is."""
    if not small:
        return False
    # each lies between one and the limit: at either end there is but one way to share out the sum
    return len(small) == 1 or sum(small) in {len(small), len(small) * (SMALLEST_SHOWN - 1)}
