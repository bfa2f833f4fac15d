"""Agencies, categories, places, holidays and settings: few rows, read often.

They are kept in memory per process and read anew when their version moves, so that a request that
needs them costs no query of its own and an admin's change is seen at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal.core.clock import CITY_TZ
from portal.core.database import db, writing
from portal.models import (
    Agency,
    Category,
    District,
    Holiday,
    Institution,
    Kind,
    RoutingRule,
    ServiceLevel,
    Setting,
    Ward,
)
from portal.queries import pages
from portal.rules import deadlines, routing
from portal.rules.deadlines import Calendar, build_calendar
from portal.rules.routing import Rule

T = TypeVar("T")

#: More rules than anybody can oversee; more are not added.
MOST_RULES = 200


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency, detached from any transaction."""

    id: int
    code: str
    slug: str
    name_id: str
    name_en: str
    short_id: str
    short_en: str
    phone_public: str
    active: bool


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category; `answer_days` are working days."""

    id: int
    slug: str
    name_id: str
    name_en: str
    agency_id: int | None
    answer_days: int
    verify_first: bool
    words: str
    active: bool


@dataclass(frozen=True, slots=True)
class WardRow:
    """A kelurahan with its kecamatan."""

    code: str
    name: str
    district_code: str
    district: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    """An institution outside the city administration."""

    id: int
    name_id: str
    name_en: str


class _Memory:
    """Values by name, all of one database and one page version."""

    def __init__(self) -> None:
        self._stamp: tuple[Engine | None, int] = (None, -1)
        self._values: dict[str, Any] = {}
        self._lock = Lock()

    def get(self, name: str, read: Callable[[Session], T]) -> T:
        """Return what is remembered under a name, or read it.

        It is read on a connection of its own, begun after the version was: the request's transaction may be
        older than the version and would let an outdated value stand under the new one.
        """
        stamp = (db.engine, pages.reference_version())
        with self._lock:
            if stamp != self._stamp:
                self._stamp, self._values = stamp, {}
            if name in self._values:
                value: T = self._values[name]
                return value
        with writing(False), Session(db.engine) as session:
            value = read(session)
        with self._lock:
            if stamp == self._stamp:
                self._values[name] = value
        return value

    def forget(self) -> None:
        """Drop everything (a test that empties the tables also turns the version back)."""
        with self._lock:
            self._stamp, self._values = (None, -1), {}


_memory = _Memory()
forget = _memory.forget
#: For further reference data in modules of their own: `remember(name, read)`.
remember = _memory.get


def _read_agencies(session: Session) -> dict[int, AgencyRow]:
    query = select(
        Agency.id,
        Agency.code,
        Agency.slug,
        Agency.name_id,
        Agency.name_en,
        Agency.short_id,
        Agency.short_en,
        Agency.phone_public,
        Agency.active,
    ).order_by(Agency.name_id, Agency.id)
    return {row[0]: AgencyRow(*row) for row in session.execute(query.limit(500))}


def _read_categories(session: Session) -> dict[int, CategoryRow]:
    query = select(
        Category.id,
        Category.slug,
        Category.name_id,
        Category.name_en,
        Category.agency_id,
        Category.answer_days,
        Category.verify_first,
        Category.words,
        Category.active,
    ).order_by(Category.position, Category.id)
    return {row[0]: CategoryRow(*row) for row in session.execute(query.limit(500))}


def _read_wards(session: Session) -> dict[str, WardRow]:
    query = (
        select(Ward.code, Ward.name, Ward.district_code, District.name, Ward.latitude, Ward.longitude)
        .join(District, District.code == Ward.district_code)
        .order_by(Ward.district_code, Ward.name)
    )
    return {row[0]: WardRow(*row) for row in session.execute(query.limit(2000))}


def agencies() -> dict[int, AgencyRow]:
    """Return every agency by id, in order of name."""
    return _memory.get("agencies", _read_agencies)


def categories() -> dict[int, CategoryRow]:
    """Return every category by id, in the order the city chose."""
    return _memory.get("categories", _read_categories)


def wards() -> dict[str, WardRow]:
    """Return every ward by code, grouped by district."""
    return _memory.get("wards", _read_wards)


def wards_by_district() -> dict[str, list[WardRow]]:
    """Return the wards under the names of their districts."""
    grouped: dict[str, list[WardRow]] = {}
    for ward in wards().values():
        grouped.setdefault(ward.district, []).append(ward)
    return grouped


def institutions() -> list[InstitutionRow]:
    """Return where matters go that are not the city's own, by name."""

    def read(session: Session) -> list[InstitutionRow]:
        query = select(Institution.id, Institution.name_id, Institution.name_en).order_by(Institution.name_id)
        return [InstitutionRow(*row) for row in session.execute(query.limit(500))]

    return _memory.get("institutions", read)


def calendar() -> Calendar:
    """Return the working days of the city."""

    def read(session: Session) -> Calendar:
        return build_calendar(CITY_TZ, session.scalars(select(Holiday.day).limit(2000)).all())

    return _memory.get("calendar", read)


def holiday_names() -> Mapping[date, tuple[str, str]]:
    """Return the names (Indonesian, English) of the city's own days off."""

    def read(session: Session) -> dict[date, tuple[str, str]]:
        query = select(Holiday.day, Holiday.name_id, Holiday.name_en)
        return {row[0]: (row[1], row[2]) for row in session.execute(query.limit(2000))}

    return _memory.get("holiday_names", read)


def service_levels() -> Mapping[tuple[Kind, int | None], int]:
    """Return the working days to answer by (kind, category or None), where the city chose its own."""

    def read(session: Session) -> dict[tuple[Kind, int | None], int]:
        query = select(ServiceLevel.kind, ServiceLevel.category_id, ServiceLevel.answer_days)
        return {(row[0], row[1]): row[2] for row in session.execute(query.limit(2000))}

    return _memory.get("service_levels", read)


def answer_days(kind: Kind, category_id: int | None) -> int:
    """Return the working days granted for an answer (`rules.deadlines.answer_days`)."""
    category = None if category_id is None else categories().get(category_id)
    own = None if category is None else category.answer_days
    return deadlines.answer_days(kind, category_id, own, service_levels())


def routing_rules() -> tuple[Rule, ...]:
    """Return the active routing rules in their order, with the stems of their words."""

    def read(session: Session) -> tuple[Rule, ...]:
        query = select(RoutingRule).where(RoutingRule.active).order_by(RoutingRule.position, RoutingRule.id)
        return tuple(as_rule(row) for row in session.scalars(query.limit(MOST_RULES)))

    return _memory.get("routing_rules", read)


def as_rule(row: RoutingRule) -> Rule:
    """Return a stored rule as the matching wants it."""
    return Rule(
        id=row.id,
        name=row.name,
        kind=row.kind,
        category_id=row.category_id,
        ward_code=row.ward_code,
        district_code=row.district_code,
        phrases=routing.phrases(row.words),
        agency_id=row.agency_id,
        officer_id=row.officer_id,
        set_category_id=row.set_category_id,
        priority=row.priority,
    )


def setting(key: str, default: T) -> T:
    """Return an admin's setting, or the default where none is stored or its type differs."""

    def read(session: Session) -> dict[str, Any]:
        return {row[0]: row[1] for row in session.execute(select(Setting.key, Setting.value).limit(500))}

    value = _memory.get("settings", read).get(key, default)
    return value if isinstance(value, type(default)) else default
