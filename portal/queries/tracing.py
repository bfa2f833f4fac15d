"""From aspirations to results: the public numbers behind one submission, program, partnership or ward."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased

from portal.core.database import db
from portal.models import (
    BudgetStage,
    Business,
    Package,
    Partnership,
    PartnershipStage,
    Program,
    ProgramBudget,
    ProgramLink,
    ProgramPartnership,
    ProgramStatus,
    Status,
    Submission,
)

#: Lines of one step; the numbers count all.
MOST = 10


#: Which submissions a line is drawn of.
Scope = ColumnElement[bool]
#: Which programs stand on a line.
OnLine = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Aspirations:
    """Listed submissions, and what became of them; `yes`, `no` and `silent` are the reporters' words."""

    number: int
    supports: int
    answered: int
    done: int
    yes: int
    no: int
    silent: int


@dataclass(frozen=True, slots=True)
class ProgramStep:
    """A program on the line."""

    id: int
    code: str
    title_id: str
    title_en: str
    year: int
    budget: int
    status: ProgramStatus
    progress: int


@dataclass(frozen=True, slots=True)
class PartnershipStep:
    """A partnership on the line; `in_catalogue` says that visitors find its package there."""

    id: int
    reference: str
    title: str
    business: str
    stage: PartnershipStage
    purpose_id: str
    purpose_en: str
    in_catalogue: bool


def of_submission(submission_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one submission."""
    return Submission.id == submission_id


def of_program(program_id: int) -> ColumnElement[bool]:
    """Return the condition that picks the submissions behind a program."""
    return Submission.id.in_(select(ProgramLink.submission_id).where(ProgramLink.program_id == program_id))


def of_ward(code: str) -> ColumnElement[bool]:
    """Return the condition that picks the submissions of a ward."""
    return Submission.ward_code == code


def aspirations(where: ColumnElement[bool]) -> Aspirations:
    """Count the listed submissions of a condition."""

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    done = Submission.status == Status.DONE
    query = select(
        func.count(),
        func.coalesce(func.sum(Submission.support_count), 0),
        count(Submission.answered_at.is_not(None)),
        count(done),
        count(and_(done, Submission.confirmed.is_(True))),
        count(Submission.confirmed.is_(False)),
        count(and_(done, Submission.confirmed.is_(None))),
    ).where(where, Submission.listed.is_(true()))
    return Aspirations(*(int(value) for value in db.session.execute(query).one()))


def first_of(where: ColumnElement[bool]) -> tuple[str, str] | None:
    """Return reference and title of the first listed submission."""
    query = (
        select(Submission.reference, Submission.title)
        .where(where, Submission.listed.is_(true()))
        .order_by(Submission.received_at, Submission.id)
        .limit(1)
    )
    row = db.session.execute(query).first()
    return None if row is None else (row[0], row[1])


def _program_rows(condition: ColumnElement[bool]) -> list[ProgramStep]:
    query = (
        select(
            Program.id,
            Program.code,
            Program.title_id,
            Program.title_en,
            Program.year,
            Program.budget,
            Program.status,
            Program.progress,
        )
        .where(condition)
        .order_by(Program.year.desc(), Program.code)
        .limit(MOST)
    )
    return [ProgramStep(*row) for row in db.session.execute(query)]


def program(code: str) -> ProgramStep | None:
    """Return the program with a code."""
    return next(iter(_program_rows(Program.code == code)), None)


def with_id(program_id: int) -> OnLine:
    """Return the condition that picks one program."""
    return Program.id == program_id


def linked_to(where: Scope, partnership_id: int | None = None) -> OnLine:
    """Return the condition that picks what listed submissions, or a partnership, are linked to."""
    linked = (
        select(ProgramLink.program_id)
        .join(Submission, Submission.id == ProgramLink.submission_id)
        .where(where, Submission.listed.is_(true()))
    )
    if partnership_id is None:
        return Program.id.in_(linked)
    carried = select(ProgramPartnership.program_id).where(ProgramPartnership.partnership_id == partnership_id)
    return or_(Program.id.in_(linked), Program.id.in_(carried))


def programs(on_line: OnLine) -> list[ProgramStep]:
    """Return the programs on a line, the newest first."""
    return _program_rows(on_line)


def count_programs(on_line: OnLine) -> int:
    """Return how many programs stand on a line."""
    return db.session.scalar(select(func.count()).select_from(Program).where(on_line)) or 0


def money(on_line: OnLine) -> dict[BudgetStage, int]:
    """Return how much money the programs on a line had at each stage, together.

    The money of a part is in that of the whole: where both stand on the line, the whole counts.
    """
    chosen = select(Program.id).where(on_line).cte("chosen")
    above = aliased(Program)
    query = (
        select(ProgramBudget.stage, func.sum(ProgramBudget.amount))
        .join(Program, Program.id == ProgramBudget.program_id)
        .outerjoin(above, above.id == Program.parent_id)
        .where(
            Program.id.in_(select(chosen.c.id)),
            or_(Program.parent_id.is_(None), Program.parent_id.not_in(select(chosen.c.id))),
            or_(above.parent_id.is_(None), above.parent_id.not_in(select(chosen.c.id))),
        )
        .group_by(ProgramBudget.stage)
        .limit(len(BudgetStage))
    )
    found = {row[0]: int(row[1]) for row in db.session.execute(query)}
    return {stage: found[stage] for stage in BudgetStage if stage in found}


def _partners(where: Scope, on_line: OnLine) -> ColumnElement[bool]:
    carrying = (
        select(ProgramPartnership.partnership_id)
        .join(Program, Program.id == ProgramPartnership.program_id)
        .where(on_line)
    )
    return and_(or_(where, Partnership.id.in_(carrying)), Submission.listed.is_(true()))


def count_partnerships(where: Scope, on_line: OnLine) -> int:
    """Return how many public partnerships stand on a line."""
    query = select(func.count()).select_from(Partnership)
    query = query.join(Submission, Submission.id == Partnership.submission_id)
    return db.session.scalar(query.where(_partners(where, on_line))) or 0


def partnerships(where: Scope, on_line: OnLine) -> list[PartnershipStep]:
    """Return the public partnerships that came of listed submissions, or that carry one of the programs."""
    query = (
        select(
            Partnership.id,
            Submission.reference,
            Submission.title,
            Business.name,
            Partnership.stage,
            Partnership.purpose_id,
            Partnership.purpose_en,
            Package.id.is_not(None),
        )
        .join(Submission, Submission.id == Partnership.submission_id)
        .join(Business, Business.id == Partnership.business_id)
        .outerjoin(Package, and_(Package.submission_id == Submission.id, Package.listed.is_(true())))
        .where(_partners(where, on_line))
        .order_by(Partnership.id.desc())
        .limit(MOST)
    )
    return [PartnershipStep(*row) for row in db.session.execute(query)]
