"""Counting the answers of a consultation: plain sums of what the database grouped.

Rankings are counted in two ways that say different things: by Borda (of n options the first place gives n
points, the last 1, no place 0) and by first places. Groups of fewer than `SMALL` people are never shown, nor
a group that could be worked out from what is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.models.kinds import QuestionKind
from portal.rules.consultations import Asked

#: Fewer people than this are never a group of their own.
SMALL = 5


@dataclass(frozen=True, slots=True)
class Row:
    """Answers of one ward ("" where none was said), grouped by option (None: the question as a whole).

    `count` is of answers (for the question as a whole: of people), `total` the sum of their values and
    `first` how many of them are 1. `question_id` None counts the people of the ward.
    """

    ward: str
    question_id: int | None
    option_id: int | None
    count: int
    total: int = 0
    first: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """What an option got. `score` orders the options: votes, Borda points, or points."""

    option_id: int
    count: int
    score: int
    first: int
    #: Percent: of those who answered, or of all points.
    share: float


@dataclass(frozen=True, slots=True)
class Tally:
    """The counted answers to one question, in the order of its options."""

    question_id: int
    people: int
    lines: tuple[Line, ...]

    @property
    def ranked(self) -> tuple[Line, ...]:
        """Return the lines with the highest score first; equal ones in the order of the options."""
        return tuple(sorted(self.lines, key=lambda line: -line.score))


def tally(question: Asked, rows: Iterable[Row]) -> Tally:
    """Count one question over all rows given, whatever their ward and order."""
    people = 0
    counts = dict.fromkeys(question.options, 0)
    totals, firsts = dict(counts), dict(counts)
    for row in rows:
        if row.question_id != question.id:
            continue
        if row.option_id is None:
            people += row.count
        elif row.option_id in counts:
            counts[row.option_id] += row.count
            totals[row.option_id] += row.total
            firsts[row.option_id] += row.first
    scores = {one: _score(question, counts[one], totals[one]) for one in question.options}
    whole = sum(scores.values()) if question.kind is QuestionKind.POINTS else people
    return Tally(
        question.id,
        people,
        tuple(
            Line(
                one,
                counts[one],
                scores[one],
                firsts[one],
                _share(firsts[one] if question.kind is QuestionKind.RANKING else scores[one], whole),
            )
            for one in question.options
        ),
    )


def _score(question: Asked, count: int, total: int) -> int:
    match question.kind:
        case QuestionKind.RANKING:
            return count * (len(question.options) + 1) - total
        case QuestionKind.POINTS:
            return total
        case _:
            return count


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def people(rows: Iterable[Row]) -> dict[str, int]:
    """Return how many people answered, by ward."""
    found: dict[str, int] = {}
    for row in rows:
        if row.question_id is None:
            found[row.ward] = found.get(row.ward, 0) + row.count
    return found


def wards_to_show(people_by_ward: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Return the wards that may be shown by themselves, and those that only count together.

    Where those left out are fewer than `SMALL` together, the smallest ward shown joins them: else the
    total would give them away.
    """
    order = sorted(people_by_ward, key=lambda ward: (-people_by_ward[ward], ward))
    shown = [ward for ward in order if people_by_ward[ward] >= SMALL]
    together = [ward for ward in order if 0 < people_by_ward[ward] < SMALL]
    while together and shown and sum(people_by_ward[ward] for ward in together) < SMALL:
        together.append(shown.pop())
    return shown, together


def of_wards(rows: Sequence[Row], wards: Iterable[str]) -> list[Row]:
    """Return the rows of these wards."""
    wanted = set(wards)
    return [row for row in rows if row.ward in wanted]
