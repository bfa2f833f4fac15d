"""Reads of the national nomenclature, decree by decree."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from portal.core.database import db
from portal.models import NomenclatureCode, NomenclatureVersion, Program, ProgramLevel

PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A decree, how many codes it has, and how many programs carry one of them."""

    id: int
    decree: str
    issued_on: date
    imported_at: datetime
    codes: int
    programs: int


def versions() -> list[VersionRow]:
    """Return the decrees, newest first (at most 50)."""
    codes = (
        select(func.count())
        .where(NomenclatureCode.version_id == NomenclatureVersion.id)
        .correlate(NomenclatureVersion)
        .scalar_subquery()
    )
    programs = (
        select(func.count())
        .where(Program.nomenclature_version_id == NomenclatureVersion.id)
        .correlate(NomenclatureVersion)
        .scalar_subquery()
    )
    query = select(
        NomenclatureVersion.id,
        NomenclatureVersion.decree,
        NomenclatureVersion.issued_on,
        NomenclatureVersion.imported_at,
        codes,
        programs,
    ).order_by(NomenclatureVersion.issued_on.desc(), NomenclatureVersion.id.desc())
    return [VersionRow(*row) for row in db.session.execute(query.limit(50))]


def by_decree(decree: str) -> NomenclatureVersion | None:
    """Return the version that a decree issued."""
    return db.session.scalar(select(NomenclatureVersion).where(NomenclatureVersion.decree == decree))


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A line of the nomenclature."""

    version_id: int
    code: str
    title: str
    level: ProgramLevel | None


def find(code: str, version_id: int | None = None) -> CodeRow | None:
    """Return a code as the named version has it, else as the newest version that knows it."""
    query = (
        select(
            NomenclatureCode.version_id, NomenclatureCode.code, NomenclatureCode.title, NomenclatureCode.level
        )
        .join(NomenclatureVersion, NomenclatureVersion.id == NomenclatureCode.version_id)
        .where(NomenclatureCode.code == code)
        .order_by(NomenclatureVersion.issued_on.desc(), NomenclatureVersion.id.desc())
        .limit(1)
    )
    if version_id is not None:
        query = query.where(NomenclatureCode.version_id == version_id)
    row = db.session.execute(query).one_or_none()
    return None if row is None else CodeRow(*row)


def codes(version_id: int, words: str = "", after: str = "") -> list[CodeRow]:
    """Return codes of a version in their order, from behind `after`; `words` narrow by code or title."""
    query = select(
        NomenclatureCode.version_id, NomenclatureCode.code, NomenclatureCode.title, NomenclatureCode.level
    ).where(NomenclatureCode.version_id == version_id, NomenclatureCode.code > after)
    if words:
        query = query.where(
            or_(
                NomenclatureCode.code.startswith(words, autoescape=True),
                NomenclatureCode.title.icontains(words, autoescape=True),
            )
        )
    return [
        CodeRow(*row) for row in db.session.execute(query.order_by(NomenclatureCode.code).limit(PAGE_SIZE))
    ]
