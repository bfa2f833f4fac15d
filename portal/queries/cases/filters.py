"""What a list of the desk can be narrowed to, as conditions on cases already known visible."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression, and_, false, or_, select
from sqlalchemy.sql.operators import custom_op

from portal.core.clock import city_date, midnight
from portal.core.database import db
from portal.models import Channel, Intake, Kind, Place, Status, Submission, Watch
from portal.queries.submissions import matching
from portal.rules.permissions import Actor
from portal.rules.workflow import OPEN

#: States in which a deadline runs against the city.
RUNNING = OPEN - {Status.NEEDS_INFO}
#: Places that are no ward stand beside the wards' codes.
PLACES = {"laut": Place.SEA, "tidak_tahu": Place.UNKNOWN}


class Due(StrEnum):
    """How a running deadline stands. What passed is overdue, also on its own day after 16:00."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"  # from now until Sunday, today included
    PAUSED = "paused"


class Sort(StrEnum):
    """An order other than the one a queue has by itself."""

    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"
    SUPPORTS = "supports"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to. Several values of one field mean any of them; empty means anything."""

    words: str = ""
    kinds: frozenset[Kind] = frozenset()
    statuses: frozenset[Status] = frozenset()
    category_ids: frozenset[int] = frozenset()
    #: Codes of wards, and keys of PLACES.
    wards: frozenset[str] = frozenset()
    agency_ids: frozenset[int] = frozenset()
    officer_ids: frozenset[int] = frozenset()
    #: Nobody in charge; with `officer_ids` either.
    without_officer: bool = False
    due: frozenset[Due] = frozenset()
    with_files: bool = False
    least_supports: int = 0
    priorities: frozenset[int] = frozenset()
    reopened: bool = False
    handed_over: bool = False
    #: Done, and the reporter said neither yes nor no.
    unconfirmed: bool = False
    #: Watched by the actor.
    watched: bool = False
    channels: frozenset[Channel] = frozenset()
    references: frozenset[str] = frozenset()
    sort: Sort | None = None


def conditions(
    filters: Filters, actor: Actor, *, at: datetime, everywhere: bool
) -> list[ColumnElement[bool]] | None:
    """Return what a case must fulfil, or None when nothing can. The caller adds `visible`.

    `everywhere`: no queue narrows the list to a few states, so any index of a single column could still leave
    tens of thousands of cases to look up one by one. SQLite is then kept to `ix_submission_desk`, which
    carries all these columns: the worst combination reads that index once and no row of the table.
    """

    def plain(column: Any) -> Any:
        return without_index(column) if everywhere else column

    status = plain(Submission.status)
    found: list[ColumnElement[bool]] = []
    chosen: tuple[tuple[Any, frozenset[Any]], ...] = (
        (Submission.kind, filters.kinds),
        (status, filters.statuses),
        (Submission.category_id, filters.category_ids),
        (Submission.agency_id, filters.agency_ids),
        (Submission.priority, filters.priorities),
        (Submission.reference, filters.references),
    )
    found += [_one_of(column, values) for column, values in chosen if values]
    if filters.wards:
        found.append(_in_place(filters.wards))
    if filters.officer_ids or filters.without_officer:
        officer = plain(Submission.officer_id)
        nobody = [officer.is_(None)] if filters.without_officer else []
        found.append(or_(_one_of(officer, filters.officer_ids), *nobody))
    if filters.due:
        found.append(or_(*(_due(one, status, at) for one in sorted(filters.due))))
    if filters.with_files:
        found.append(Submission.file_count > 0)
    if filters.least_supports:
        found.append(Submission.support_count >= filters.least_supports)
    if filters.reopened:
        found.append(Submission.reopened > 0)
    if filters.handed_over:
        found.append(Submission.handovers > 0)
    if filters.unconfirmed:
        found.append(and_(status == Status.DONE, Submission.confirmed.is_(None)))
    if filters.watched:
        watched = select(Watch.submission_id).where(Watch.user_id == (actor.user_id or 0))
        found.append(Submission.id.in_(watched))
    if filters.channels:
        found.append(_by_channel(filters.channels))
    if filters.words:
        search = matching(filters.words)
        if search is None:
            return None
        key, condition, index = search
        found.append(plain(Submission.id).in_(select(key).select_from(index).where(condition)))
    return found


def without_index(column: Any) -> Any:
    """Return the column so that SQLite, which knows no statistics, does not choose an index by it."""
    if db.engine.dialect.name != "sqlite":
        return column
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def _one_of(column: Any, values: frozenset[Any]) -> ColumnElement[bool]:
    # With = an index hands its rows out in order, with IN they must be sorted.
    if len(values) == 1:
        only: ColumnElement[bool] = column == next(iter(values))
        return only
    any_of: ColumnElement[bool] = column.in_(sorted(values)) if values else false()
    return any_of


def _in_place(wards: frozenset[str]) -> ColumnElement[bool]:
    codes = frozenset(code for code in wards if code not in PLACES)
    places = frozenset(PLACES[code] for code in wards if code in PLACES)
    return or_(_one_of(Submission.ward_code, codes), _one_of(Submission.place, places))


def _due(wanted: Due, status: Any, at: datetime) -> ColumnElement[bool]:
    if wanted is Due.PAUSED:
        paused: ColumnElement[bool] = status == Status.NEEDS_INFO
        return paused
    running, today = status.in_(sorted(RUNNING)), city_date(at)
    if wanted is Due.OVERDUE:
        return and_(running, Submission.due_at < at)
    days = 1 if wanted is Due.TODAY else 7 - today.weekday()
    return and_(running, Submission.due_at >= at, Submission.due_at < midnight(today + timedelta(days=days)))


def _by_channel(channels: frozenset[Channel]) -> ColumnElement[bool]:
    others = channels - {Channel.WEB}
    parts: list[Any] = []
    if others:
        parts.append(
            Submission.id.in_(select(Intake.submission_id).where(_one_of(Intake.channel, frozenset(others))))
        )
    if Channel.WEB in channels:  # whoever wrote on the site has no such row
        parts.append(Submission.id.not_in(select(Intake.submission_id)))
    return or_(*parts)
