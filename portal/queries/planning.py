"""Reads of planning rounds and of what can be done without budget. Both are reference data and remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.database import db
from portal.models import PlanningRound, QuickStep, RoundLevel
from portal.queries import reference
from portal.rules.planning import LEVELS


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A stage of planning the budget of `year`."""

    id: int
    year: int
    level: RoundLevel
    opens_on: date
    closes_on: date
    held_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """What can be done now about matters of a category, or of any."""

    id: int
    category_id: int | None
    text_id: str
    text_en: str


def rounds() -> tuple[RoundRow, ...]:
    """Return all rounds, by year and then in the order of planning."""

    def read(session: Session) -> tuple[RoundRow, ...]:
        query = select(
            PlanningRound.id,
            PlanningRound.year,
            PlanningRound.level,
            PlanningRound.opens_on,
            PlanningRound.closes_on,
            PlanningRound.held_on,
            PlanningRound.note,
        )
        rows = [RoundRow(*row) for row in session.execute(query.order_by(PlanningRound.year).limit(500))]
        return tuple(sorted(rows, key=lambda row: (row.year, LEVELS.index(row.level))))

    return reference.remember("planning_rounds", read)


def steps_by_category() -> Mapping[int | None, list[StepRow]]:
    """Return the active quick steps by category; those of None hold for any."""

    def read(session: Session) -> dict[int | None, list[StepRow]]:
        query = (
            select(QuickStep.id, QuickStep.category_id, QuickStep.text_id, QuickStep.text_en)
            .where(QuickStep.active)
            .order_by(QuickStep.position, QuickStep.id)
            .limit(500)
        )
        grouped: dict[int | None, list[StepRow]] = {}
        for row in session.execute(query):
            grouped.setdefault(row[1], []).append(StepRow(*row))
        return grouped

    return reference.remember("quick_steps", read)


def quick_steps(category_id: int | None) -> list[StepRow]:
    """Return what can be done now about a matter of a category; else what holds for any."""
    known = steps_by_category()
    return (known.get(category_id) if category_id is not None else None) or known.get(None, [])


def round_by_id(round_id: int) -> PlanningRound | None:
    """Return a round to edit."""
    return db.session.get(PlanningRound, round_id)


def step_by_id(step_id: int) -> QuickStep | None:
    """Return a quick step to edit."""
    return db.session.get(QuickStep, step_id)
