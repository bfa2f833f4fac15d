"""Programs as they go into a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.core.database import db
from portal.models import Agency, BudgetStage, Program, ProgramBudget, ProgramLevel, ProgramStatus
from portal.queries.programs import ProgramFilters, narrowed

#: Lines of a file.
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class FileRow:
    """A program as a line of a file; `parent` and `agency` are codes."""

    id: int
    code: str
    level: ProgramLevel
    parent: str | None
    nomenclature_code: str
    nomenclature: str
    title_id: str
    title_en: str
    summary_id: str
    summary_en: str
    agency: str
    year: int
    weight: int
    status: ProgramStatus
    progress: int
    budget: int
    money: dict[BudgetStage, tuple[int, date]]


def rows(filters: ProgramFilters) -> list[FileRow]:
    """Return the programs under a filter for a file, newest year first, then by code. Two queries."""
    parent = aliased(Program)
    query = narrowed(
        select(
            Program.id,
            Program.code,
            Program.level,
            parent.code,
            Program.nomenclature_code,
            Program.nomenclature,
            Program.title_id,
            Program.title_en,
            Program.summary_id,
            Program.summary_en,
            Agency.code,
            Program.year,
            Program.weight,
            Program.status,
            Program.progress,
            Program.budget,
        )
        .join(Agency, Agency.id == Program.agency_id)
        .outerjoin(parent, parent.id == Program.parent_id),
        filters,
    )
    query = query.order_by(Program.year.desc(), Program.code).limit(MOST_ROWS)
    found: list[Any] = list(db.session.execute(query))
    money = _money(filters)
    lines: list[list[Any]] = [[*row, money.get(row[0], {})] for row in found]
    return [FileRow(*line) for line in lines]


def _money(filters: ProgramFilters) -> dict[int, dict[BudgetStage, tuple[int, date]]]:
    query = narrowed(
        select(ProgramBudget.program_id, ProgramBudget.stage, ProgramBudget.amount, ProgramBudget.as_of).join(
            Program, Program.id == ProgramBudget.program_id
        ),
        filters,
    )
    found: dict[int, dict[BudgetStage, tuple[int, date]]] = {}
    most = MOST_ROWS * len(BudgetStage)
    for program_id, stage, amount, as_of in db.session.execute(query.order_by(ProgramBudget.id).limit(most)):
        found.setdefault(program_id, {})[stage] = (amount, as_of)
    return found


def known(codes: Iterable[str]) -> dict[str, Program]:
    """Return the programs with these codes (at most as many as a file has lines)."""
    wanted = sorted(set(codes))
    found: dict[str, Program] = {}
    for start in range(0, len(wanted), 500):  # SQLite takes a limited number of values
        query = select(Program).where(Program.code.in_(wanted[start : start + 500])).order_by(Program.id)
        found |= {program.code: program for program in db.session.scalars(query)}
    return found


def money_rows(program_ids: Iterable[int]) -> dict[tuple[int, BudgetStage], ProgramBudget]:
    """Return the rows of the money of these programs, by program and stage."""
    wanted = sorted(set(program_ids))
    found: dict[tuple[int, BudgetStage], ProgramBudget] = {}
    for start in range(0, len(wanted), 500):
        query = select(ProgramBudget).where(ProgramBudget.program_id.in_(wanted[start : start + 500]))
        for row in db.session.scalars(query.order_by(ProgramBudget.id)):
            found[row.program_id, row.stage] = row
    return found


def tree() -> dict[str, tuple[ProgramLevel, str | None]]:
    """Return level and parent's code of every program, by code (a city has some thousands)."""
    parent = aliased(Program)
    query = select(Program.code, Program.level, parent.code).outerjoin(parent, parent.id == Program.parent_id)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query.order_by(Program.id).limit(50_000))}
