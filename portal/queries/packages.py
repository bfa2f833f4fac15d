"""Reads of the catalogue of tourism packages, and of proposals for their public pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, true

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.core.tokens import digest
from portal.models import (
    Business,
    ChangeState,
    Package,
    PackageChange,
    PackagePhoto,
    PackagePoint,
    Proposal,
    Submission,
    Upload,
    VisitorQuestion,
)

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class PackageFilters:
    """What a visitor asked for; None means anything.

    Hours: more than the first, at most the second. `price`: at most, rupiah a person. `month`: 1 to 12.
    """

    words: str = ""
    tour_kind: str | None = None
    hours: tuple[float, float] | None = None
    price: int | None = None
    month: int | None = None
    ward_code: str | None = None
    accessible: bool = False

    @property
    def any(self) -> bool:
        """Tell whether the list is narrowed at all."""
        return self != PackageFilters()


@dataclass(frozen=True, slots=True)
class PackageRow:
    """One card of the catalogue; `data` holds public fields only."""

    id: int
    reference: str
    title: str
    data: dict[str, Any]
    business: str
    ward_code: str | None
    verified_until: date | None
    safety_checked_on: date | None
    readiness: int


def listed(filters: PackageFilters, after: str | None = None, size: int = PAGE_SIZE) -> Page[PackageRow]:
    """Return a page of the catalogue, the most complete first, then the newest."""
    cursor = Cursor.decode(after, (int, int))
    backwards = cursor is not None and cursor.backwards
    query = (
        select(
            Package.id,
            Submission.reference,
            Package.title,
            Package.data,
            Business.name,
            Package.ward_code,
            Business.verified_until,
            Package.safety_checked_on,
            Package.readiness,
        )
        .join(Submission, Submission.id == Package.submission_id)
        .join(Business, Business.id == Package.business_id)
        .where(Package.listed.is_(true()), Submission.listed.is_(true()))
    )
    for word in filters.words.lower().split()[:6]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(Package.words.like(pattern, escape="\\"))
    if filters.tour_kind is not None:
        query = query.where(Package.tour_kind == filters.tour_kind)
    if filters.hours is not None:
        query = query.where(Package.hours > filters.hours[0], Package.hours <= filters.hours[1])
    if filters.price is not None:
        query = query.where(Package.price <= filters.price)
    if filters.month is not None:
        query = query.where(Package.months.op("&")(1 << (filters.month - 1)) != 0)
    if filters.ward_code is not None:
        query = query.where(Package.ward_code == filters.ward_code)
    if filters.accessible:
        query = query.where(Package.accessible.is_(true()))
    if cursor is not None:
        ready, last = cursor.values
        before = or_(Package.readiness > ready, and_(Package.readiness == ready, Package.id > last))
        behind = or_(Package.readiness < ready, and_(Package.readiness == ready, Package.id < last))
        query = query.where(before if backwards else behind)
    order = (
        (Package.readiness.asc(), Package.id.asc())
        if backwards
        else (Package.readiness.desc(), Package.id.desc())
    )
    rows = [PackageRow(*row) for row in db.session.execute(query.order_by(*order).limit(size + 1))]
    return page_of(rows, size, cursor, lambda row: (row.readiness, row.id))


@dataclass(frozen=True, slots=True)
class PackagePage:
    """A package with its business and what its page needs to know of the submission behind it."""

    package: Package
    submission_id: int
    reference: str
    has_files: bool
    accepted_at: datetime
    agency_id: int | None


def by_reference(reference: str, *, listed_only: bool = True) -> PackagePage | None:
    """Return a listed package by the reference of its submission; the business comes with it."""
    query = (
        select(
            Package,
            Submission.id,
            Submission.reference,
            Submission.file_count,
            Submission.files_public,
            Submission.agency_id,
        )
        .join(Submission, Submission.id == Package.submission_id)
        .where(Submission.reference == reference)
    )
    if listed_only:
        query = query.where(Package.listed.is_(true()), Submission.listed.is_(true()))
    row = db.session.execute(query).unique().one_or_none()
    if row is None:
        return None
    package, submission_id, found, file_count, files_public, agency_id = row
    shown = bool(file_count and files_public)
    return PackagePage(package, submission_id, found, shown, package.created_at, agency_id)


def proposal_of(submission_id: int) -> Proposal | None:
    """Return a proposal with its business. The caller shows its public fields only."""
    return db.session.get(Proposal, submission_id)


def points(package_id: int) -> dict[int, tuple[float, float]]:
    """Return (latitude, longitude) of the stops, by their place in the route."""
    query = select(PackagePoint).where(PackagePoint.package_id == package_id)
    rows = db.session.scalars(query.order_by(PackagePoint.position).limit(50))
    return {row.position: (row.latitude, row.longitude) for row in rows}


def photos(package_id: int) -> list[PackagePhoto]:
    """Return the pictures beyond those of the proposal, in their order."""
    query = select(PackagePhoto).where(PackagePhoto.package_id == package_id)
    return list(db.session.scalars(query.order_by(PackagePhoto.position, PackagePhoto.upload_id).limit(20)))


def photo(token: str) -> tuple[PackagePhoto, Package, bool] | None:
    """Return a picture with its package, and whether everybody sees that package."""
    query = (
        select(PackagePhoto, Package, and_(Package.listed, Submission.listed))
        .join(Package, Package.id == PackagePhoto.package_id)
        .join(Submission, Submission.id == Package.submission_id)
        .join(Upload, Upload.id == PackagePhoto.upload_id)
        .where(Upload.token == token)
    )
    row = db.session.execute(query).unique().one_or_none()
    return None if row is None else (row[0], row[1], bool(row[2]))


def of_business(business_id: int) -> list[tuple[Package, str]]:
    """Return the packages of a business with their references, newest first."""
    query = (
        select(Package, Submission.reference)
        .join(Submission, Submission.id == Package.submission_id)
        .where(Package.business_id == business_id)
        .order_by(Package.id.desc())
        .limit(50)
    )
    return [(row[0], row[1]) for row in db.session.execute(query).unique()]


def changes(package_id: int, size: int = 20) -> list[PackageChange]:
    """Return the changes that were asked for, newest first."""
    query = select(PackageChange).where(PackageChange.package_id == package_id)
    return list(db.session.scalars(query.order_by(PackageChange.id.desc()).limit(size)))


def change(change_id: int) -> PackageChange | None:
    """Return a change."""
    return db.session.get(PackageChange, change_id)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A package on the desk: how many changes wait."""

    id: int
    reference: str
    title: str
    business: str
    listed: bool
    readiness: int
    safety_checked_on: date | None
    waiting: int


def of_desk(agency_ids: Collection[int] | None, *, size: int = 200) -> list[WaitingRow]:
    """Return the packages of these agencies (None: all), those with waiting changes first."""
    waiting = (
        select(func.count())
        .where(PackageChange.package_id == Package.id, PackageChange.state == ChangeState.WAITING)
        .correlate(Package)
        .scalar_subquery()
    )
    query = (
        select(
            Package.id,
            Submission.reference,
            Package.title,
            Business.name,
            Package.listed,
            Package.readiness,
            Package.safety_checked_on,
            waiting.label("waiting"),
        )
        .join(Submission, Submission.id == Package.submission_id)
        .join(Business, Business.id == Package.business_id)
        .where(Submission.secret.is_(False))
    )
    if agency_ids is not None:
        query = query.where(Submission.agency_id.in_(agency_ids))
    query = query.order_by(waiting.desc(), Package.id.desc()).limit(size)
    return [WaitingRow(*row) for row in db.session.execute(query)]


def questions_of(business_id: int, size: int = 50) -> list[tuple[VisitorQuestion, str, str]]:
    """Return the questions to a business with reference and title, unanswered first, then newest."""
    query = (
        select(VisitorQuestion, Submission.reference, Package.title)
        .join(Package, Package.id == VisitorQuestion.package_id)
        .join(Submission, Submission.id == Package.submission_id)
        .where(Package.business_id == business_id)
        .order_by(
            or_(VisitorQuestion.answered_at.is_not(None), VisitorQuestion.closed_at.is_not(None)),
            VisitorQuestion.id.desc(),
        )
        .limit(size)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def question(business_id: int, question_id: int) -> VisitorQuestion | None:
    """Return a question to this business."""
    query = (
        select(VisitorQuestion)
        .join(Package, Package.id == VisitorQuestion.package_id)
        .where(VisitorQuestion.id == question_id, Package.business_id == business_id)
    )
    return db.session.scalar(query)


def asked(token: str) -> tuple[VisitorQuestion, str, str] | None:
    """Return a visitor's question by the token of its page, with reference and title of the package.

    Both are empty while the package has no page: what was hidden meanwhile is not told here either.
    """
    query = (
        select(
            VisitorQuestion,
            Submission.reference,
            Package.title,
            and_(Package.listed.is_(true()), Submission.listed.is_(true())),
        )
        .join(Package, Package.id == VisitorQuestion.package_id)
        .join(Submission, Submission.id == Package.submission_id)
        .where(VisitorQuestion.token_hash == digest(token))
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    asked_for, reference, title, shown = row
    return (asked_for, reference, title) if shown else (asked_for, "", "")
