"""Planning: rounds and quick steps as the administration keeps them, and the year told to who sends."""

from datetime import date, datetime

from portal.core.database import db
from portal.models import PlanningRound, QuickStep, RoundLevel, Submission
from portal.queries import planning
from portal.rules import planning as rules
from portal.rules.permissions import Actor
from portal.services import pages
from portal.services.administration import added, require_admin, trace
from portal.services.versions import hold


def note_year(case: Submission, day: date) -> None:
    """Write down which year's planning the case came in time for. A later change of rounds keeps the word."""
    case.planning_year = rules.year_for(planning.rounds(), case.kind, day)


def add_round(
    *,
    year: int,
    level: RoundLevel,
    opens_on: date,
    closes_on: date,
    held_on: date | None,
    note: str,
    actor: Actor,
    at: datetime,
) -> PlanningRound:
    """Add a round; raise `Taken` where the year has one of that level."""
    require_admin(actor)
    pages.touch_reference()
    row = added(
        PlanningRound(
            year=year, level=level, opens_on=opens_on, closes_on=closes_on, held_on=held_on, note=note
        )
    )
    trace("planning_round", f"{year} {level.value}", actor=actor, at=at)
    return row


def save_round(
    row: PlanningRound,
    *,
    opens_on: date,
    closes_on: date,
    held_on: date | None,
    note: str,
    version: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Move the days of a round; year and level stay. Raise `StaleVersion`."""
    require_admin(actor)
    hold(row, version)
    pages.touch_reference()
    row.opens_on, row.closes_on, row.held_on, row.note = opens_on, closes_on, held_on, note
    row.version += 1
    trace("planning_round", f"{row.year} {row.level.value}", actor=actor, at=at)


def remove_round(row: PlanningRound, *, actor: Actor, at: datetime) -> None:
    """Drop a round; what was told to senders stays."""
    require_admin(actor)
    pages.touch_reference()
    db.session.delete(row)
    trace("planning_round", f"{row.year} {row.level.value}", actor=actor, at=at)


def add_step(*, category_id: int | None, text_id: str, text_en: str, actor: Actor, at: datetime) -> QuickStep:
    """Add what can be done now without budget, behind those that are there."""
    require_admin(actor)
    pages.touch_reference()
    position = len(planning.steps_by_category().get(category_id, []))
    row = added(QuickStep(category_id=category_id, position=position, text_id=text_id, text_en=text_en))
    trace("quick_step", row.id, actor=actor, at=at)
    return row


def remove_step(row: QuickStep, *, actor: Actor, at: datetime) -> None:
    """Drop a quick step."""
    require_admin(actor)
    pages.touch_reference()
    db.session.delete(row)
    trace("quick_step", row.id, actor=actor, at=at)
