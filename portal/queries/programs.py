"""Reads of programs and of the submissions behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import (
    LinkType,
    Place,
    Program,
    ProgramLevel,
    ProgramLink,
    ProgramStatus,
    Status,
    Submission,
)

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class ProgramFilters:
    """What a visitor asked for; None means anything."""

    words: str = ""
    year: int | None = None
    agency_id: int | None = None
    status: ProgramStatus | None = None
    level: ProgramLevel | None = None


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """One line of the list of programs; `links` counts the publicly listed submissions behind it."""

    id: int
    code: str
    title_id: str
    title_en: str
    agency_id: int
    year: int
    budget: int
    status: ProgramStatus
    progress: int
    level: ProgramLevel
    links: int


def narrowed(query: Any, filters: ProgramFilters) -> Any:
    """Narrow a query over programs to what a visitor asked for."""
    if filters.words:
        pattern = "%" + filters.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(
            or_(
                *(
                    column.ilike(pattern, escape="\\")
                    for column in (Program.title_id, Program.title_en, Program.code, Program.summary_id)
                )
            )
        )
    if filters.year is not None:
        query = query.where(Program.year == filters.year)
    if filters.agency_id is not None:
        query = query.where(Program.agency_id == filters.agency_id)
    if filters.status is not None:
        query = query.where(Program.status == filters.status)
    if filters.level is not None:
        query = query.where(Program.level == filters.level)
    return query


def listed(filters: ProgramFilters, after: str | None = None, size: int = PAGE_SIZE) -> Page[ProgramRow]:
    """Return a page of programs, newest year first, then by code."""
    query = select(
        Program.id,
        Program.code,
        Program.title_id,
        Program.title_en,
        Program.agency_id,
        Program.year,
        Program.budget,
        Program.status,
        Program.progress,
        Program.level,
    )
    query = narrowed(query, filters)
    cursor = Cursor.decode(after, (int, str))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        year, code = cursor.values
        query = query.where(
            or_(Program.year > year, and_(Program.year == year, Program.code < code))
            if backwards
            else or_(Program.year < year, and_(Program.year == year, Program.code > code))
        )
    order = (
        (Program.year.asc(), Program.code.desc()) if backwards else (Program.year.desc(), Program.code.asc())
    )
    found = query.order_by(*order).limit(size + 1).subquery()
    # Counted over the page only: beside the columns above it would be counted for every program of the city.
    links = (
        select(func.count())
        .select_from(ProgramLink)
        .join(Submission, and_(Submission.id == ProgramLink.submission_id, Submission.listed.is_(true())))
        .where(ProgramLink.program_id == found.c.id)
        .scalar_subquery()
    )
    order = (found.c.year.asc(), found.c.code.desc()) if backwards else (found.c.year.desc(), found.c.code)
    rows = [ProgramRow(*row) for row in db.session.execute(select(found, links).order_by(*order))]
    return page_of(rows, size, cursor, lambda row: (row.year, row.code))


def years() -> list[int]:
    """Return the years that have programs, newest first."""
    return list(db.session.scalars(select(Program.year).distinct().order_by(Program.year.desc()).limit(50)))


def by_code(code: str) -> Program | None:
    """Return a program with its agency and milestones."""
    query = (
        select(Program)
        .where(Program.code == code)
        .options(
            joinedload(Program.agency),
            joinedload(Program.thread),
            selectinload(Program.milestones),
        )
    )
    return db.session.scalar(query)


def by_id(program_id: int) -> Program | None:
    """Return a program."""
    return db.session.get(Program, program_id)


def choices(agency_ids: Sequence[int] | None = None) -> list[tuple[int, str, str]]:
    """Return (id, code, Indonesian title) of programs that can still be linked, the given agencies' first."""
    query = select(Program.id, Program.code, Program.title_id).where(Program.status != ProgramStatus.STOPPED)
    if agency_ids:
        query = query.order_by(case((Program.agency_id.in_(agency_ids), 0), else_=1))
    query = query.order_by(Program.year.desc(), Program.code).limit(500)
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class LinkedSubmission:
    """A public submission behind a program."""

    reference: str
    title: str
    status: Status
    place: Place
    ward_code: str | None
    support_count: int
    agency_id: int | None
    type: LinkType
    sentence: str


def submissions_of(program_id: int, size: int = 50) -> list[LinkedSubmission]:
    """Return the publicly listed submissions linked to a program, most supported first."""
    query = (
        select(
            Submission.reference,
            Submission.title,
            Submission.status,
            Submission.place,
            Submission.ward_code,
            Submission.support_count,
            Submission.agency_id,
            ProgramLink.type,
            ProgramLink.sentence,
        )
        .join(Submission, Submission.id == ProgramLink.submission_id)
        .where(ProgramLink.program_id == program_id, Submission.listed.is_(true()))
        .order_by(Submission.support_count.desc(), Submission.id.desc())
        .limit(size)
    )
    return [LinkedSubmission(*row) for row in db.session.execute(query)]


def support_of(program_id: int) -> tuple[int, int]:
    """Return how many listed submissions stand behind a program, and their supports together."""
    query = (
        select(func.count(), func.coalesce(func.sum(Submission.support_count), 0))
        .select_from(ProgramLink)
        .join(Submission, Submission.id == ProgramLink.submission_id)
        .where(ProgramLink.program_id == program_id, Submission.listed.is_(true()))
    )
    number, supports = db.session.execute(query).one()
    return number, supports
