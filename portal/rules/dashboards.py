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


class Said(NamedTuple):
    """What reporters said and did, as it is published; None is left out.

    What was opened again is what few of them did: it is left out as their words are.
    """

    done: int | None
    not_done: int | None
    silent: int | None
    reopened: int | None


#: Columns of `Said` that are left out as a whole.
Untold = frozenset[int]


def _counted(figures: Figures) -> tuple[int, ...]:
    return (*figures.said, figures.reopened)


def untold(tables: Iterable[Sequence[Figures]]) -> Untold:
    """Return the columns of which no number may be told, from every table of the same submissions.

    In one of the tables the sum of such a column would say what its small numbers are. Not the sum alone
    goes: the cells of another table, the sums of the city and its file by month would all give it back.
    """
    found: set[int] = set()
    for lines in tables:
        columns = zip(*(_counted(line) for line in lines), strict=True)
        found |= {place for place, numbers in enumerate(columns) if publish(numbers).total is None}
    return frozenset(found)


def said_overall(figures: Figures, left_out: Untold) -> Said:
    """Return what reporters said as it is published for the whole city, without the columns left out."""
    numbers = enumerate(_counted(figures))
    return Said(*(None if place in left_out else shown(number) for place, number in numbers))


def said_by_line(lines: Sequence[Figures], left_out: Untold) -> list[Said]:
    """Return what reporters said as it may be published for each line of a table.

    The table stands beside the sums of the whole city, which would give a number back that is left out
    alone: every column is therefore left out far enough. `left_out` is what `untold` says of this table and
    of all others of the same submissions.
    """
    columns: list[Sequence[int | None]] = []
    for place, numbers in enumerate(zip(*(_counted(line) for line in lines), strict=True)):
        columns.append([None] * len(lines) if place in left_out else publish(numbers).cells)
    return [Said(*cells) for cells in zip(*columns, strict=True)]
