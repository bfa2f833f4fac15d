"""From aspirations to results: the public numbers behind one submission, program, partnership or ward."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

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


def programs(where: ColumnElement[bool], partnership_id: int | None = None) -> list[ProgramStep]:
    """Return the programs that listed submissions of a condition, or a partnership, are linked to."""
    linked = (
        select(ProgramLink.program_id)
        .join(Submission, Submission.id == ProgramLink.submission_id)
        .where(where, Submission.listed.is_(true()))
    )
    condition: ColumnElement[bool] = Program.id.in_(linked)
    if partnership_id is not None:
        carried = select(ProgramPartnership.program_id).where(
            ProgramPartnership.partnership_id == partnership_id
        )
        condition = or_(condition, Program.id.in_(carried))
    return _program_rows(condition)


def money(program_ids: list[int]) -> dict[BudgetStage, int]:
    """Return how much money these programs had at each stage, together."""
    query = (
        select(ProgramBudget.stage, func.sum(ProgramBudget.amount))
        .where(ProgramBudget.program_id.in_(program_ids))
        .group_by(ProgramBudget.stage)
        .limit(len(BudgetStage))
    )
    found = {row[0]: int(row[1]) for row in db.session.execute(query)}
    return {stage: found[stage] for stage in BudgetStage if stage in found}


def partnerships(where: ColumnElement[bool], program_ids: list[int]) -> list[PartnershipStep]:
    """Return the public partnerships that came of listed submissions, or that carry one of the programs."""
    carrying = select(ProgramPartnership.partnership_id).where(ProgramPartnership.program_id.in_(program_ids))
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
        .where(or_(where, Partnership.id.in_(carrying)), Submission.listed.is_(true()))
        .order_by(Partnership.id.desc())
        .limit(MOST)
    )
    return [PartnershipStep(*row) for row in db.session.execute(query)]
