"""What is measured, what money came to, and who works on a program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from portal.core.database import db
from portal.core.text import normalise
from portal.models import (
    BudgetStage,
    Membership,
    Program,
    ProgramAgency,
    ProgramBudget,
    ProgramIndicator,
    ProgramMember,
    TeamRole,
)
from portal.rules import programs as rules
from portal.rules.permissions import Actor
from portal.services import audit, pages
from portal.services.errors import NotPermitted
from portal.services.programs.writing import hold


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator as it was typed; `id` names the one that is changed."""

    title_id: str
    target: float
    id: int | None = None
    title_en: str = ""
    unit: str = ""
    baseline: float = 0
    realised: float | None = None


def save_indicator(
    program: Program, measure: Measure, *, actor: Actor, at: datetime, version: int | None = None
) -> ProgramIndicator:
    """Add an indicator, or change one. Raises `StaleVersion`, as all of these do."""
    hold(program, actor=actor, version=version)
    row = _indicator(program, measure.id) if measure.id is not None else None
    if row is None:
        last = select(ProgramIndicator.position).where(ProgramIndicator.program_id == program.id)
        position = db.session.scalar(last.order_by(ProgramIndicator.position.desc()).limit(1))
        row = ProgramIndicator(program_id=program.id, position=(position or 0) + 1)
        db.session.add(row)
    row.title_id = normalise(measure.title_id)
    row.title_en = normalise(measure.title_en)
    row.unit = normalise(measure.unit)
    row.baseline, row.target, row.realised = measure.baseline, measure.target, measure.realised
    row.updated_at = at
    _changed(program, at)
    return row


def remove_indicator(
    program: Program, indicator_id: int, *, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Take an indicator away; that somebody did is kept, for a promise must not vanish unseen."""
    hold(program, actor=actor, version=version)
    row = _indicator(program, indicator_id)
    data = {"indicator_id": row.id, "target": row.target, "realised": row.realised}
    db.session.delete(row)
    audit.note("indicator_remove", "program", program.id, actor=actor, at=at, data=data)
    _changed(program, at)


def _indicator(program: Program, indicator_id: int) -> ProgramIndicator:
    row = db.session.get(ProgramIndicator, indicator_id)
    if row is None or row.program_id != program.id:
        raise NotPermitted
    return row


def save_budget(
    program: Program,
    stage: BudgetStage,
    amount: int | None,
    *,
    as_of: date,
    source: str = "",
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Note how much money there was at a stage, whole rupiah; None takes the stage away.

    What holds (APBD, revised or not) is the budget that lists show.
    """
    hold(program, actor=actor, version=version)
    row = db.session.scalar(
        select(ProgramBudget).where(ProgramBudget.program_id == program.id, ProgramBudget.stage == stage)
    )
    before = None if row is None else row.amount
    if amount is None:
        if row is not None:
            db.session.delete(row)
    else:
        if row is None:
            row = ProgramBudget(program_id=program.id, stage=stage)
            db.session.add(row)
        row.amount, row.as_of, row.source = amount, as_of, normalise(source)[:160]
    db.session.flush()
    held = rules.standing(amounts(program.id))
    if held is not None:
        program.budget = held
    audit.note(
        "budget_save",
        "program",
        program.id,
        actor=actor,
        at=at,
        data={"stage": str(stage), "from": before, "to": amount},
    )
    _changed(program, at)


def amounts(program_id: int) -> dict[BudgetStage, int]:
    """Return the money of each stage."""
    query = select(ProgramBudget.stage, ProgramBudget.amount).where(ProgramBudget.program_id == program_id)
    return {row.stage: row.amount for row in db.session.execute(query.order_by(ProgramBudget.id))}


def set_agencies(
    program: Program, agency_ids: Sequence[int], *, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Say which agencies take part besides the responsible one."""
    hold(program, actor=actor, version=version)
    db.session.execute(delete(ProgramAgency).where(ProgramAgency.program_id == program.id))
    for agency_id in sorted(set(agency_ids) - {program.agency_id}):
        db.session.add(ProgramAgency(program_id=program.id, agency_id=agency_id))
    _changed(program, at)


def set_team(program: Program, team: Mapping[int, TeamRole], *, actor: Actor, at: datetime) -> None:
    """Say who works on it. Raises `NotPermitted` for somebody outside the agencies that take part."""
    hold(program, actor=actor, version=None)
    taking_part = select(ProgramAgency.agency_id).where(ProgramAgency.program_id == program.id)
    agencies = {program.agency_id, *db.session.scalars(taking_part.order_by(ProgramAgency.agency_id))}
    query = select(Membership.user_id).where(
        Membership.user_id.in_(list(team)), Membership.agency_id.in_(agencies)
    )
    if set(team) - set(db.session.scalars(query.order_by(Membership.user_id))):
        raise NotPermitted
    db.session.execute(delete(ProgramMember).where(ProgramMember.program_id == program.id))
    for user_id, role in sorted(team.items()):
        db.session.add(ProgramMember(program_id=program.id, user_id=user_id, role=role))
    _changed(program, at)


def _changed(program: Program, at: datetime) -> None:
    program.updated_at = at
    program.version += 1
    db.session.flush()  # rows just added need their ids
    pages.touch()
