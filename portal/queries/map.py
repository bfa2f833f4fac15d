"""Reads for the map. Only listed submissions: whatever is closed, secret or merged is on no map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from portal.core.database import db
from portal.core.references import parse_reference
from portal.models import IdentityMode, Kind, Place, Program, ProgramLink, ProgramStatus, Status, Submission
from portal.queries.submissions import Filters, matching, narrowed

#: The newest so many points are drawn; clusters of more tell a phone nothing.
MOST_POINTS = 2_000
MOST_PROGRAMS = 300
MOST_LINKS = 5_000
#: Of the submissions that say the words, the newest so many are looked at: a word can stand in every other.
MOST_SEARCHED = 5_000


@dataclass(frozen=True, slots=True)
class Area:
    """How many matching submissions a ward, the sea or an unknown place has."""

    place: Place
    ward_code: str | None
    number: int


@dataclass(frozen=True, slots=True)
class PointRow:
    """A listed submission for the map. The caller asks `rules.map` how exactly it may be shown."""

    id: int
    reference: str
    title: str
    kind: Kind
    status: Status
    place: Place
    ward_code: str | None
    latitude: float | None
    longitude: float | None
    identity_mode: IdentityMode


@dataclass(frozen=True, slots=True)
class ProgramSpot:
    """A program in a ward that listed submissions behind it come from."""

    code: str
    title_id: str
    title_en: str
    status: ProgramStatus
    progress: int
    ward_code: str
    number: int


def _searched(words: str) -> Select[Any] | None:
    """Return the ids of the newest submissions that say the words, or None when they say nothing."""
    search = matching(words)
    if search is None:
        return None
    key, condition, index = search
    return (
        select(key.label("id")).select_from(index).where(condition).order_by(key.desc()).limit(MOST_SEARCHED)
    )


def _wanted(filters: Filters, columns: Sequence[Any]) -> Select[Any] | None:
    """Return a query for the listed submissions under the filters; None when nothing can match."""
    query = select(*columns).where(*narrowed(filters))
    reference = parse_reference(filters.words) if filters.words else None
    if reference is not None:
        return query.where(Submission.reference == reference)
    if not filters.words:
        return query
    searched = _searched(filters.words)
    if searched is None:
        return None
    found = searched.subquery()
    return query.select_from(found).join(Submission, Submission.id == found.c.id)


def per_area(filters: Filters) -> list[Area]:
    """Return how many matching submissions each ward has, and those at sea or without a place."""
    edges = (Submission.ward_code, Submission.place)
    query = _wanted(filters, (Submission.place, Submission.ward_code, func.count()))
    if query is None:
        return []
    query = query.group_by(*edges).order_by(*edges).limit(2_000)
    return [Area(*row) for row in db.session.execute(query)]


def points(filters: Filters) -> tuple[list[PointRow], bool]:
    """Return the newest matching submissions, and whether there are more than `MOST_POINTS`."""
    columns: tuple[Any, ...] = (
        Submission.id,
        Submission.reference,
        Submission.title,
        Submission.kind,
        Submission.status,
        Submission.place,
        Submission.ward_code,
        Submission.latitude,
        Submission.longitude,
        Submission.identity_mode,
    )
    query = _wanted(filters, columns)
    if query is None:
        return [], False
    # Found by words, they come by falling id: what the index hands out need not be sorted again.
    newest = (
        (Submission.id.desc(),) if filters.words else (Submission.received_at.desc(), Submission.id.desc())
    )
    rows = [PointRow(*row) for row in db.session.execute(query.order_by(*newest).limit(MOST_POINTS + 1))]
    return rows[:MOST_POINTS], len(rows) > MOST_POINTS


def programs(filters: Filters) -> list[ProgramSpot]:
    """Return programs with the wards that matching submissions behind them come from, newest year first."""
    # The limit also keeps SQLite from walking the submissions and asking each for its programs.
    linked = (
        select(ProgramLink.program_id, ProgramLink.submission_id)
        .order_by(ProgramLink.id.desc())
        .limit(MOST_LINKS)
        .subquery()
    )
    conditions: list[ColumnElement[bool]] = [*narrowed(filters), Submission.ward_code.is_not(None)]
    reference = parse_reference(filters.words) if filters.words else None
    if reference is not None:
        conditions.append(Submission.reference == reference)
    elif filters.words:
        searched = _searched(filters.words)
        if searched is None:
            return []
        conditions.append(Submission.id.in_(searched))
    columns: tuple[Any, ...] = (
        Program.code,
        Program.title_id,
        Program.title_en,
        Program.status,
        Program.progress,
        Submission.ward_code,
        func.count(),
    )
    query = (
        select(*columns)
        .select_from(linked)
        .join(Program, Program.id == linked.c.program_id)
        .join(Submission, Submission.id == linked.c.submission_id)
        .where(*conditions)
        .group_by(Program.id, Submission.ward_code)
        .order_by(Program.year.desc(), Program.code, Submission.ward_code)
        .limit(MOST_PROGRAMS)
    )
    return [ProgramSpot(*row) for row in db.session.execute(query)]
