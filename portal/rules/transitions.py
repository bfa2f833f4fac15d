"""The one engine of every life that is a table: rows of action, sources, target and who may.

`rules.workflow` (submissions) and `rules.partnerships` are its tables; guards, buttons, docs and tests
derive from the rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

ActionT = TypeVar("ActionT", bound=StrEnum)
StateT = TypeVar("StateT", bound=StrEnum)
WhoT = TypeVar("WhoT", bound=StrEnum)
NeedT = TypeVar("NeedT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[ActionT, StateT, WhoT, NeedT]):
    """One row of a table. `target` None means "the state it came from"."""

    action: ActionT
    sources: frozenset[StateT]
    target: StateT | None
    who: frozenset[WhoT]
    requires: frozenset[NeedT]


RowT = TypeVar("RowT", bound=Transition[Any, Any, Any, Any])


class TransitionNotAllowed(Exception):
    """The table has no such row for this state (answered with 409)."""

    def __init__(self, status: StrEnum, action: StrEnum) -> None:
        super().__init__(f"{action} is not possible from {status}")
        self.status = status
        self.action = action


class MissingRequirement(Exception):
    """A caller left out something the row requires (answered with 422)."""

    def __init__(self, action: StrEnum, requirement: StrEnum) -> None:
        super().__init__(f"{action} needs {requirement}")
        self.action = action
        self.requirement = requirement


def rows_from(table: Iterable[RowT], action: StrEnum, state: StrEnum) -> Iterator[RowT]:
    """Yield the rows of a table for an action in a state."""
    for row in table:
        if row.action is action and state in row.sources:
            yield row


def first(rows: Iterator[RowT], state: StrEnum, action: StrEnum) -> RowT:
    """Return the first of these rows; raise `TransitionNotAllowed` where there is none."""
    for row in rows:
        return row
    raise TransitionNotAllowed(state, action)
