"""Programs: the tree of the nomenclature, weighted progress, promises, measures and money."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.models.kinds import BudgetStage, ProgramLevel, ProgramStatus, Role
from portal.rules.permissions import Actor

#: Share of one child, relative to its siblings.
MOST_WEIGHT = 1000
#: Whose levels may stand right under which.
PARENT_LEVEL = {
    ProgramLevel.PROGRAM: None,
    ProgramLevel.ACTIVITY: ProgramLevel.PROGRAM,
    ProgramLevel.SUB_ACTIVITY: ProgramLevel.ACTIVITY,
}
#: People can feel something of these.
VOTED_ON = frozenset({ProgramStatus.RUNNING, ProgramStatus.DONE})
_CODE = re.compile(r"[0-9X]{1,2}(\.[0-9X]{1,4}){0,5}")
_LEVELS = {3: ProgramLevel.PROGRAM, 5: ProgramLevel.ACTIVITY, 6: ProgramLevel.SUB_ACTIVITY}


def may_edit(actor: Actor, agency_id: int) -> bool:
    """Tell whether the actor may write programs of that agency: its head, a named officer, or triage."""
    return actor.has(Role.TRIAGE) or any(
        seat.agency_id == agency_id and (seat.role is Role.HEAD or seat.publisher) for seat in actor.seats
    )


# --- the tree -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """The progress of a child in percent, and its share."""

    progress: int
    weight: int = 1


def weighted(parts: Iterable[Part]) -> int | None:
    """Return the progress of a parent: the weighted mean of its children; None where it has none.

    Rounded half up, but never to an end that is not reached: 100 only when everything is finished, and 0
    only when nothing was begun.
    """
    known = list(parts)
    total = sum(part.weight for part in known)
    if not total:
        return None
    done = sum(part.progress * part.weight for part in known)
    if done == 0 or done == 100 * total:
        return done // total
    return min(99, max(1, (2 * done + total) // (2 * total)))


def is_code(code: str) -> bool:
    """Tell whether a code has the shape of the national nomenclature, such as 3.26.02.2.01."""
    return _CODE.fullmatch(code) is not None


def level_of(code: str) -> ProgramLevel | None:
    """Return the level that the number of parts says; None for affairs (3, 3.26) and what stands between."""
    return _LEVELS.get(code.count(".") + 1)


def parent_code(code: str) -> str:
    """Return the code of the program of an activity, of the activity of a sub-activity ("": it has none)."""
    level, parts = level_of(code), code.split(".")
    if level is ProgramLevel.ACTIVITY:
        return ".".join(parts[:3])
    return ".".join(parts[:5]) if level is ProgramLevel.SUB_ACTIVITY else ""


def fits_under(level: ProgramLevel, parent: ProgramLevel | None) -> bool:
    """Tell whether something of that level may stand there; a part may stand alone while its parent is not
    entered yet.
    """
    return parent is None or PARENT_LEVEL[level] is parent


# --- promises -----------------------------------------------------------------------------------------


class Promise(StrEnum):
    """What became of a promised day."""

    KEPT = "kept"
    KEPT_LATE = "kept_late"
    LATE = "late"
    MOVED = "moved"  # not late by the new day, but later than promised at first
    AHEAD = "ahead"


def promise(due_on: date, done_on: date | None, *, today: date, first: date | None = None) -> Promise:
    """Judge a promise by the day that was promised first, however often it was moved."""
    promised = first or due_on
    if done_on is not None:
        return Promise.KEPT if done_on <= promised else Promise.KEPT_LATE
    if today > due_on or today > promised:
        return Promise.LATE
    return Promise.MOVED if due_on > promised else Promise.AHEAD


# --- measures and money -------------------------------------------------------------------------------


def reached(baseline: float, target: float, realised: float | None) -> int | None:
    """Return how much of the way from baseline to target is done, 0 to 100; falling targets count too.

    None where nothing was measured.
    """
    if realised is None:
        return None
    way = target - baseline
    if way == 0:
        return 100 if realised == target else 0
    return max(0, min(100, int((realised - baseline) / way * 100 + 1e-9)))


def standing(amounts: Mapping[BudgetStage, int]) -> int | None:
    """Return the budget that holds: the revised one, else the enacted one; None before there is one."""
    for stage in (BudgetStage.REVISED, BudgetStage.ENACTED):
        if stage in amounts:
            return amounts[stage]
    return None


def paid_share(amounts: Mapping[BudgetStage, int]) -> int | None:
    """Return how much of the budget that holds was paid, in percent; more than all of it says so."""
    whole, paid = standing(amounts), amounts.get(BudgetStage.PAID)
    return None if not whole or paid is None else paid * 100 // whole


def without_cycle(program_id: int, ancestors: Sequence[int]) -> bool:
    """Tell whether a program may hang under the one with these ancestors (itself among them)."""
    return program_id not in ancestors
