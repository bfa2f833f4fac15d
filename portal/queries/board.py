"""Reads of the board for heads and the city's leaders: what is late, what blocks, what demand is answered.

Secret cases are left out of every number. Titles come only of cases whose text everybody reads.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true

from portal.core.database import db
from portal.models import (
    Answer,
    Endorsement,
    Endorser,
    Kind,
    Partnership,
    PartnershipStage,
    PlanningProposal,
    Program,
    ProgramLink,
    ReasonCode,
    Status,
    Submission,
    Verdict,
)
from portal.rules.partnerships import RUNNING

#: Looked back at for reasons.
YEAR = timedelta(days=365)
#: Lines of each list.
TOP = 10
_WAITING = (Status.RECEIVED, Status.IN_REVIEW, Status.ASSIGNED, Status.IN_PROGRESS)
#: What asks the city to do something. Questions are answered and thanks are read, neither by a program;
#: proposals have partnerships.
_ASKS = (Kind.PROBLEM, Kind.IDEA)
#: Demand counts while nobody said no to it and it was not taken back.
_DEMAND = (
    Status.RECEIVED,
    Status.IN_REVIEW,
    Status.NEEDS_INFO,
    Status.ASSIGNED,
    Status.ANSWERED,
    Status.IN_PROGRESS,
    Status.DEFERRED,
)


class Cause(StrEnum):
    """Where a late case stands still; the first that holds is counted."""

    TRIAGE = "triage"  # nobody has given it to an agency yet
    UNPUBLISHED = "unpublished"  # a draft waits to be published
    PROMISE = "promise"  # the promised day is over
    HANDED_ON = "handed_on"  # it went from one agency to another
    NO_OFFICER = "no_officer"
    WORK = "work"  # an officer has it


def _here(agency_ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if agency_ids is None else Submission.agency_id.in_(agency_ids)


def _late(at: datetime) -> ColumnElement[bool]:
    return and_(
        Submission.secret.is_(False),
        Submission.status.in_(_WAITING),
        Submission.due_at < at,
        Submission.paused_at.is_(None),
    )


def _cause() -> ColumnElement[str]:
    draft = exists().where(Answer.submission_id == Submission.id, Answer.published_at.is_(None))
    return case(
        (Submission.agency_id.is_(None), Cause.TRIAGE.value),
        (draft, Cause.UNPUBLISHED.value),
        (Submission.status == Status.IN_PROGRESS, Cause.PROMISE.value),
        (Submission.handovers > 0, Cause.HANDED_ON.value),
        (Submission.officer_id.is_(None), Cause.NO_OFFICER.value),
        else_=Cause.WORK.value,
    )


def late_causes(agency_ids: Collection[int] | None, *, at: datetime) -> dict[int | None, dict[Cause, int]]:
    """Return how many cases are late, by agency and cause."""
    cause = _cause().label("cause")
    query = (
        select(Submission.agency_id, cause, func.count())
        .where(_late(at), _here(agency_ids))
        .group_by(Submission.agency_id, cause)
    )
    found: dict[int | None, dict[Cause, int]] = {}
    for agency_id, name, number in db.session.execute(query):
        found.setdefault(agency_id, {})[Cause(name)] = number
    return found


@dataclass(frozen=True, slots=True)
class LateRow:
    """A late case; `title` is empty where not everybody reads it."""

    reference: str
    title: str
    agency_id: int | None
    due_at: datetime
    cause: Cause
    supports: int


def latest(agency_ids: Collection[int] | None, *, at: datetime, size: int = TOP) -> list[LateRow]:
    """Return the cases that are late longest."""
    title = case(
        (and_(Submission.text_public.is_(True), Submission.hidden_code.is_(None)), Submission.title), else_=""
    )
    query = (
        select(
            Submission.reference,
            title,
            Submission.agency_id,
            Submission.due_at,
            _cause(),
            Submission.support_count,
        )
        .where(_late(at), _here(agency_ids))
        .order_by(Submission.due_at, Submission.id)
        .limit(size)
    )
    return [
        LateRow(row[0], row[1], row[2], row[3], Cause(row[4]), row[5]) for row in db.session.execute(query)
    ]


def reasons(agency_ids: Collection[int] | None, *, at: datetime) -> list[tuple[ReasonCode, int, int]]:
    """Return (reason, declined, deferred) of the last year, the most frequent first."""
    declined = func.sum(case((Submission.status == Status.DECLINED, 1), else_=0))
    deferred = func.sum(case((Submission.status == Status.DEFERRED, 1), else_=0))
    query = (
        select(Submission.reason_code, declined, deferred)
        .where(
            Submission.secret.is_(False),
            Submission.reason_code.is_not(None),
            Submission.closed_at >= at - YEAR,
            Submission.status.in_((Status.DECLINED, Status.DEFERRED)),
            _here(agency_ids),
        )
        .group_by(Submission.reason_code)
        .order_by(func.count().desc(), Submission.reason_code)
        .limit(len(ReasonCode))
    )
    return [(ReasonCode(row[0]), row[1], row[2]) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class ProgramDemand:
    """A program with the listed submissions behind it and their supporters."""

    code: str
    title_id: str
    title_en: str
    agency_id: int
    progress: int
    number: int
    supports: int


def answered_demand(agency_ids: Collection[int] | None, size: int = TOP) -> list[ProgramDemand]:
    """Return the programs that answer most demand."""
    number = func.count().label("number")
    supports = func.coalesce(func.sum(Submission.support_count), 0).label("supports")
    query = (
        select(
            Program.code,
            Program.title_id,
            Program.title_en,
            Program.agency_id,
            Program.progress,
            number,
            supports,
        )
        .join(ProgramLink, ProgramLink.program_id == Program.id)
        .join(Submission, Submission.id == ProgramLink.submission_id)
        .where(Submission.listed.is_(true()))
        .group_by(
            Program.id, Program.code, Program.title_id, Program.title_en, Program.agency_id, Program.progress
        )
        .order_by((number + supports).desc(), Program.code)
        .limit(size)
    )
    if agency_ids is not None:
        query = query.where(Program.agency_id.in_(agency_ids))
    return [ProgramDemand(*row) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class OpenDemand:
    """What people of one ward ask for of one sort, and no program answers."""

    category_id: int | None
    ward_code: str | None
    number: int
    supports: int


def open_demand(agency_ids: Collection[int] | None, *, at: datetime, size: int = TOP) -> list[OpenDemand]:
    """Return the groups of submissions of the last year that no program answers, by voices."""
    number = func.count().label("number")
    supports = func.coalesce(func.sum(Submission.support_count), 0).label("supports")
    linked = exists().where(ProgramLink.submission_id == Submission.id)
    query = (
        select(Submission.category_id, Submission.ward_code, number, supports)
        .where(
            Submission.listed.is_(true()),
            Submission.status.in_(_DEMAND),
            Submission.kind.in_(_ASKS),
            Submission.received_at >= at - YEAR,
            ~linked,
            _here(agency_ids),
        )
        .group_by(Submission.category_id, Submission.ward_code)
        .having(or_(func.count() > 1, func.sum(Submission.support_count) > 0))
        .order_by((number + supports).desc(), Submission.category_id, Submission.ward_code)
        .limit(size)
    )
    return [OpenDemand(*row) for row in db.session.execute(query)]


def partnership_stages(agency_ids: Collection[int] | None) -> dict[PartnershipStage, int]:
    """Return how many partnerships stand at each stage."""
    query: Any = (
        select(Partnership.stage, func.count())
        .join(Submission, Submission.id == Partnership.submission_id)
        .where(Submission.secret.is_(False))
        .group_by(Partnership.stage)
    )
    if agency_ids is not None:
        query = query.where(Partnership.agency_id.in_(agency_ids))
    return {row[0]: row[1] for row in db.session.execute(query.limit(len(PartnershipStage)))}


def partnerships_ending(
    agency_ids: Collection[int] | None, *, until: date, size: int = TOP
) -> list[tuple[str, str, date | None]]:
    """Return (reference, title, last day) of agreements that end by a day, soonest first."""
    query = (
        select(Submission.reference, Submission.title, Partnership.ends_on)
        .join(Submission, Submission.id == Partnership.submission_id)
        .where(
            Partnership.stage.in_(RUNNING),
            Partnership.ends_on <= until,
            Submission.secret.is_(False),
            Submission.hidden_code.is_(None),
        )
        .order_by(Partnership.ends_on, Partnership.id)
        .limit(size)
    )
    if agency_ids is not None:
        query = query.where(Partnership.agency_id.in_(agency_ids))
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class PlannedYear:
    """Aspirations written for a budget year, and how many of them each endorser recommended so far."""

    year: int
    number: int
    recommended: dict[Endorser, int]


def planning(agency_ids: Collection[int] | None, size: int = 5) -> list[PlannedYear]:
    """Return how far the aspirations of each budget year came in the chain, newest year first."""
    said_yes = Endorsement.verdict.in_((Verdict.RECOMMENDED, Verdict.CHANGED))
    query = (
        select(
            PlanningProposal.year,
            # one line for each endorsement
            func.count(PlanningProposal.submission_id.distinct()),
            *(func.sum(case((and_(Endorsement.endorser == one, said_yes), 1), else_=0)) for one in Endorser),
        )
        .join(Submission, Submission.id == PlanningProposal.submission_id)
        .outerjoin(Endorsement, Endorsement.submission_id == PlanningProposal.submission_id)
        .where(Submission.secret.is_(False), Submission.hidden_code.is_(None))
        .group_by(PlanningProposal.year)
        .order_by(PlanningProposal.year.desc())
        .limit(size)
    )
    if agency_ids is not None:
        query = query.where(
            or_(PlanningProposal.agency_id.in_(agency_ids), Submission.agency_id.in_(agency_ids))
        )
    return [
        PlannedYear(row[0], row[1], dict(zip(Endorser, row[2:], strict=True)))
        for row in db.session.execute(query)
    ]
