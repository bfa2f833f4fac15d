"""Reads of the readiness check: facts of a proposal, its tasks, and the open tasks of an agency."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from portal.core.database import db
from portal.models import (
    Agency,
    Attachment,
    Business,
    BusinessPhoto,
    ChangeState,
    Licence,
    Package,
    PackageChange,
    Program,
    ProgramStatus,
    Proposal,
    ReadinessTask,
    Submission,
    Upload,
)
from portal.rules.businesses import is_verified
from portal.rules.readiness import RESTING, Facts

PAGE_SIZE = 100
#: For so many days after its last day a licence is looked at anew; the clock may have stood still that long.
LOOKED_BACK = 7


def _closed() -> ColumnElement[bool]:
    return ReadinessTask.done_at.is_not(None) | ReadinessTask.dropped_at.is_not(None)


def _closed_by_itself() -> ColumnElement[bool]:
    """The task was closed since the facts had it, not by a person's word or evidence."""
    return and_(
        ReadinessTask.done_at.is_not(None),
        ReadinessTask.dropped_at.is_(None),
        ReadinessTask.done_by_id.is_(None),
        ReadinessTask.upload_id.is_(None),
    )


def facts(case: Submission, *, today: date) -> Facts | None:
    """Return what is known of a proposal; None of a case that is none."""
    proposal = db.session.get(Proposal, case.id)
    if proposal is None:
        return None
    business = proposal.business
    files = select(
        func.count().filter(Attachment.width.is_not(None)), func.count().filter(Attachment.width.is_(None))
    ).where(Attachment.submission_id == case.id)
    photos, documents = db.session.execute(files).one()
    own = select(func.count()).where(BusinessPhoto.business_id == business.id)
    valid = select(Licence.kind).where(
        Licence.business_id == business.id, (Licence.valid_until.is_(None)) | (Licence.valid_until >= today)
    )
    catalogued = package(case.id)
    # what staff accepted for the catalogue counts as much as what was proposed first
    data = proposal.data | (catalogued.data if catalogued is not None else {})
    # a task that closed by itself says nothing: what filled it may be gone since (a licence ran out)
    settled = select(ReadinessTask.item).where(
        ReadinessTask.submission_id == case.id, ~_closed_by_itself(), _closed()
    )
    return Facts(
        kind=case.kind,
        data=data,
        photos=photos + (db.session.scalar(own) or 0),
        documents=documents,
        business_kind=business.kind,
        licences=frozenset(db.session.scalars(valid.limit(50))),
        has_nib=bool(business.nib),
        has_contact=bool(business.public_phone or business.public_email),
        verified=is_verified(business.verified_until, today),
        safety_checked=catalogued is not None and catalogued.safety_checked_on is not None,
        settled=frozenset(db.session.scalars(settled.limit(50))),
    )


def package(submission_id: int) -> Package | None:
    """Return what the catalogue says of a proposal, None before it is accepted."""
    return db.session.scalar(select(Package).where(Package.submission_id == submission_id))


def waiting_answers(package_id: int) -> frozenset[str]:
    """Return the names of answers that wait for staff to accept them."""
    query = select(PackageChange.data).where(
        PackageChange.package_id == package_id, PackageChange.state == ChangeState.WAITING
    )
    return frozenset(name for data in db.session.scalars(query.limit(PAGE_SIZE)) for name in data)


def businesses_with_something_over(today: date, *, size: int) -> list[int]:
    """Return businesses whose verification or licence ran out while a task still counts it as there."""
    over = or_(
        and_(ReadinessTask.item == "verification", Business.verified_until < today),
        and_(
            ReadinessTask.item == "licences",
            select(Licence.id)
            .where(
                Licence.business_id == Business.id,
                Licence.valid_until < today,
                Licence.valid_until >= today - timedelta(days=LOOKED_BACK),
            )
            .exists(),
        ),
    )
    query = (
        select(Business.id)
        .join(Proposal, Proposal.business_id == Business.id)
        .join(ReadinessTask, ReadinessTask.submission_id == Proposal.submission_id)
        .where(over, _closed_by_itself())
        .distinct()
        .order_by(Business.id)
    )
    return list(db.session.scalars(query.limit(size)))


def tasks(submission_id: int) -> dict[str, ReadinessTask]:
    """Return the tasks of a proposal by item."""
    query = select(ReadinessTask).where(ReadinessTask.submission_id == submission_id)
    return {row.item: row for row in db.session.scalars(query.order_by(ReadinessTask.id).limit(50))}


def task(submission_id: int, item: str) -> ReadinessTask | None:
    """Return one task."""
    query = select(ReadinessTask).where(
        ReadinessTask.submission_id == submission_id, ReadinessTask.item == item
    )
    return db.session.scalar(query)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An open task of the city."""

    item: str
    due_on: date | None
    agency_id: int | None
    reference: str
    title: str
    business: str


def open_tasks(agency_ids: Collection[int] | None, size: int = PAGE_SIZE) -> list[TaskRow]:
    """Return the open tasks of these agencies (None: of all), the most urgent first; none of what rests."""
    query = (
        select(
            ReadinessTask.item,
            ReadinessTask.due_on,
            ReadinessTask.agency_id,
            Submission.reference,
            Submission.title,
            Business.name,
        )
        .join(Submission, Submission.id == ReadinessTask.submission_id)
        .join(Proposal, Proposal.submission_id == ReadinessTask.submission_id)
        .join(Business, Business.id == Proposal.business_id)
        .where(
            ReadinessTask.agency_id.is_not(None),
            ReadinessTask.done_at.is_(None),
            ReadinessTask.dropped_at.is_(None),
            # secret cases stay on the pages that ask who may read them
            Submission.secret.is_(False),
            Submission.status.not_in(RESTING),
        )
    )
    if agency_ids is not None:
        query = query.where(ReadinessTask.agency_id.in_(agency_ids))
    query = query.order_by(ReadinessTask.due_on.is_(None), ReadinessTask.due_on, ReadinessTask.id)
    return [TaskRow(*row) for row in db.session.execute(query.limit(size))]


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal of a business."""

    submission_id: int
    reference: str
    title: str


def proposals_of(business_id: int) -> list[ProposalRow]:
    """Return the proposals of a business, newest first."""
    query = (
        select(Submission.id, Submission.reference, Submission.title)
        .join(Proposal, Proposal.submission_id == Submission.id)
        .where(Proposal.business_id == business_id)
        .order_by(Submission.id.desc())
        .limit(50)
    )
    return [ProposalRow(*row) for row in db.session.execute(query)]


def programs_for(agency_ids: Collection[int]) -> list[tuple[int, str, str]]:
    """Return (id, code, title) of programs that run or are planned, those agencies' first."""
    query = (
        select(Program.id, Program.code, Program.title_id)
        .join(Agency, Agency.id == Program.agency_id)
        .where(Program.status.in_((ProgramStatus.RUNNING, ProgramStatus.PLANNED)))
        .order_by(Program.agency_id.in_(agency_ids).desc(), Program.year.desc(), Program.code)
        .limit(300)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def helping_program(prefix: str) -> int | None:
    """Return the newest running or planned program of that nomenclature."""
    query = (
        select(Program.id)
        .where(
            Program.code.startswith(prefix) | Program.nomenclature_code.startswith(prefix),
            Program.status.in_((ProgramStatus.RUNNING, ProgramStatus.PLANNED)),
        )
        .order_by(Program.year.desc(), Program.id)
        .limit(1)
    )
    return db.session.scalar(query)


def programs_of(ids: Collection[int]) -> dict[int, Program]:
    """Return programs by id."""
    query = select(Program).where(Program.id.in_(ids)).order_by(Program.id).limit(50)
    return {row.id: row for row in db.session.scalars(query)}


def evidence(token: str) -> tuple[Upload, int] | None:
    """Return a file that was given for a task, and the case that it belongs to."""
    query = (
        select(Upload, ReadinessTask.submission_id)
        .join(ReadinessTask, ReadinessTask.upload_id == Upload.id)
        .where(Upload.token == token)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])
