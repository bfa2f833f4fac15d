"""Reads of partnerships."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import (
    Business,
    Duty,
    Partnership,
    PartnershipAgency,
    PartnershipStage,
    PartnershipWord,
    SelectionFinding,
    SelectionStep,
    SignatureTick,
    Submission,
)
from portal.queries import partnership_room
from portal.queries.cases.queues import not_about
from portal.rules.partnerships import RUNNING, Standing


def by_reference(reference: str) -> tuple[Partnership, Submission] | None:
    """Return a partnership with its business, and the proposal that it came from. Asks nobody's rights."""
    query = (
        select(Partnership, Submission)
        .join(Submission, Submission.id == Partnership.submission_id)
        .where(Submission.reference == reference)
        .options(joinedload(Partnership.business))
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def stage_of(submission_id: int) -> PartnershipStage | None:
    """Return how far the partnership of a submission is, None where it became none."""
    query = select(Partnership.stage).where(Partnership.submission_id == submission_id)
    return db.session.scalar(query.limit(1))


def findings(partnership_id: int) -> dict[SelectionStep, SelectionFinding]:
    """Return what came of the steps in examining an unsolicited proposal."""
    query = select(SelectionFinding).where(SelectionFinding.partnership_id == partnership_id)
    rows = db.session.scalars(query.order_by(SelectionFinding.id).limit(len(SelectionStep)))
    return {row.step: row for row in rows}


def ticks(partnership_id: int) -> dict[str, SignatureTick]:
    """Return the points of the signature checklist that are done."""
    query = select(SignatureTick).where(SignatureTick.partnership_id == partnership_id)
    return {row.item: row for row in db.session.scalars(query.order_by(SignatureTick.item).limit(20))}


def standing(partnership: Partnership) -> Standing:
    """Return how far a partnership is with what its changes of stage need."""
    return Standing(
        unsolicited=partnership.unsolicited,
        findings={step: row.result for step, row in findings(partnership.id).items()},
        approved=partnership_room.approved_draft(partnership) is not None,
        ticks=frozenset(ticks(partnership.id)),
        purpose=partnership.purpose_id,
        starts_on=partnership.starts_on,
        ends_on=partnership.ends_on,
    )


def words(partnership_id: int, size: int = 50) -> list[PartnershipWord]:
    """Return the sentences of the changes of stage, newest first."""
    query = select(PartnershipWord).where(PartnershipWord.partnership_id == partnership_id)
    return list(db.session.scalars(query.order_by(PartnershipWord.id.desc()).limit(size)))


def duties(partnership_id: int, *, public_only: bool) -> list[Duty]:
    """Return obligations and milestones of both sides, those with a day first; public ones for the public."""
    query = select(Duty).where(Duty.partnership_id == partnership_id)
    if public_only:
        query = query.where(Duty.public.is_(true()))
    return list(db.session.scalars(query.order_by(Duty.due_on.is_(None), Duty.due_on, Duty.id).limit(200)))


PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class DeskFilters:
    """Which partnerships: of these agencies (None: all), in one stage, ending before a day."""

    agency_ids: frozenset[int] | None = None
    stage: PartnershipStage | None = None
    ends_before: date | None = None
    #: Who reads: nobody finds a secret case that is about them.
    reader_id: int | None = None


@dataclass(frozen=True, slots=True)
class PartnershipRow:
    """One line of a list of partnerships."""

    id: int
    reference: str
    title: str
    business: str
    agency_id: int
    stage: PartnershipStage
    stage_since: datetime | None
    ends_on: date | None
    purpose_id: str
    purpose_en: str


_ROW = (
    Partnership.id,
    Submission.reference,
    Submission.title,
    Business.name,
    Partnership.agency_id,
    Partnership.stage,
    Partnership.stage_since,
    Partnership.ends_on,
    Partnership.purpose_id,
    Partnership.purpose_en,
)


def _rows() -> Any:
    return (
        select(*_ROW)
        .join(Submission, Submission.id == Partnership.submission_id)
        .join(Business, Business.id == Partnership.business_id)
    )


def _page(query: Any, after: str | None) -> Page[PartnershipRow]:
    """Return a page, newest first."""
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        last = cursor.values[0]
        query = query.where(Partnership.id > last if backwards else Partnership.id < last)
    query = query.order_by(Partnership.id.asc() if backwards else Partnership.id.desc()).limit(PAGE_SIZE + 1)
    rows = [PartnershipRow(*row) for row in db.session.execute(query)]
    return page_of(rows, PAGE_SIZE, cursor, lambda row: (row.id,))


def _of_agencies(agency_ids: frozenset[int]) -> ColumnElement[bool]:
    invited = select(PartnershipAgency.partnership_id).where(PartnershipAgency.agency_id.in_(agency_ids))
    return or_(Partnership.agency_id.in_(agency_ids), Partnership.id.in_(invited))


def of_desk(filters: DeskFilters, *, after: str | None = None) -> Page[PartnershipRow]:
    """Return a page of the partnerships that these agencies lead or take part in."""
    query = _rows().where(not_about(filters.reader_id))
    if filters.agency_ids is not None:
        query = query.where(_of_agencies(filters.agency_ids))
    if filters.stage is not None:
        query = query.where(Partnership.stage == filters.stage)
    if filters.ends_before is not None:
        query = query.where(Partnership.ends_on <= filters.ends_before, Partnership.stage.in_(RUNNING))
    return _page(query, after)


def stage_counts(
    agency_ids: frozenset[int] | None, *, reader_id: int | None = None
) -> dict[PartnershipStage, int]:
    """Return how many partnerships of these agencies (None: all) stand at each stage."""
    query = (
        select(Partnership.stage, func.count())
        .join(Submission, Submission.id == Partnership.submission_id)
        .where(not_about(reader_id))
        .group_by(Partnership.stage)
    )
    if agency_ids is not None:
        query = query.where(_of_agencies(agency_ids))
    rows = db.session.execute(query.limit(len(PartnershipStage)))
    return {row[0]: row[1] for row in rows}


def listed(stage: PartnershipStage | None = None, *, after: str | None = None) -> Page[PartnershipRow]:
    """Return a page of the partnerships that everybody may see."""
    query = _rows().where(Submission.secret.is_(False), Submission.hidden_code.is_(None))
    if stage is not None:
        query = query.where(Partnership.stage == stage)
    return _page(query, after)


def of_business(business_id: int, *, public_only: bool) -> list[PartnershipRow]:
    """Return the partnerships of a business, newest first."""
    query = _rows().where(Partnership.business_id == business_id)
    if public_only:
        query = query.where(Submission.secret.is_(False), Submission.hidden_code.is_(None))
    return [
        PartnershipRow(*row) for row in db.session.execute(query.order_by(Partnership.id.desc()).limit(50))
    ]
