"""The figures of /keterbukaan from counted rows, and which of them may be said. Formulas are on the page."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Generic, NamedTuple, TypeVar

from portal.rules.suppression import SMALLEST_SHOWN, publish, shown

#: A median or a rate over fewer cases than this is not published: it would say more than it knows.
SMALL = SMALLEST_SHOWN

Key = TypeVar("Key", bound=Hashable)


class Numbers(NamedTuple):
    """How many of some submissions were received, answered, and so on."""

    received: int = 0
    answered: int = 0
    on_time: int = 0
    overdue: int = 0
    reopened: int = 0
    said_done: int = 0
    said_not_done: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers over a period. `median_days` are working days to the first outcome; None = too few cases.

    `said_done`, `said_not_done` and `silent` are the last words of the reporters of what agencies finished.
    """

    received: int
    answered: int
    on_time: int
    overdue: int
    reopened: int
    median_days: float | None
    said_done: int = 0
    said_not_done: int = 0
    silent: int = 0

    @property
    def answer_rate(self) -> int | None:
        """Percent of the received that have an answer, whole; None for fewer than SMALL received."""
        return round(100 * self.answered / self.received) if self.received >= SMALL else None

    @property
    def on_time_rate(self) -> int | None:
        """Percent of the answered that were in time, whole; None for fewer than SMALL answered."""
        return round(100 * self.on_time / self.answered) if self.answered >= SMALL else None

    @property
    def said(self) -> tuple[int, int, int]:
        """Return how many said done, not done, and nothing."""
        return self.said_done, self.said_not_done, self.silent


NOTHING = Figures(0, 0, 0, 0, 0, None)


@dataclass(frozen=True, slots=True)
class Report(Generic[Key]):
    """The figures of the whole city, and of each line of a table."""

    overall: Figures
    by_key: dict[Key, Figures]


@dataclass(slots=True)
class _Sums:
    """What the rows of one line add up to; `days` counts answers by how long they took."""

    numbers: Numbers = field(default_factory=Numbers)
    days: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, days: int | None, numbers: Numbers) -> None:
        self.numbers = Numbers(*(have + more for have, more in zip(self.numbers, numbers, strict=True)))
        if days is not None:
            self.days[days] += numbers.answered

    def figures(self) -> Figures:
        received, answered, on_time, overdue, reopened, *said = self.numbers
        spent = [days for days, number in sorted(self.days.items()) for _ in range(number)]
        middle = median(spent) if len(spent) >= SMALL else None
        return Figures(received, answered, on_time, overdue, reopened, middle, *said)


def report(rows: Iterable[tuple[Key, int | None, Numbers]]) -> Report[Key]:
    """Add up rows of (line, working days to the answer or None, numbers)."""
    overall = _Sums()
    sums: dict[Key, _Sums] = defaultdict(_Sums)
    for key, days, numbers in rows:
        overall.add(days, numbers)
        sums[key].add(days, numbers)
    return Report(overall.figures(), {key: one.figures() for key, one in sums.items()})


Said = tuple[int | None, int | None, int | None]


def said_overall(figures: Figures) -> Said:
    """Return what reporters said as it is published for the whole city; None: fewer than SMALL."""
    done, not_done, silent = figures.said
    return shown(done), shown(not_done), shown(silent)


def said_by_line(lines: Sequence[Figures]) -> list[Said]:
    """Return what reporters said as it may be published for each line of a table.

    The table stands beside the sums of the whole city, which would give a number back that is left out
    alone: every column is therefore left out far enough.
    """
    columns = [_column([line.said[place] for line in lines]) for place in range(3)]
    return list(zip(*columns, strict=True))


def _column(numbers: Sequence[int]) -> tuple[int | None, ...]:
    row = publish(numbers)
    if shown(sum(numbers)) is not None and row.total is not None:
        return row.cells
    # Nothing larger to leave out with them: the noughts go too, so that nobody knows whose the few are.
    return tuple(None if number < SMALL else number for number in numbers) if any(numbers) else row.cells
