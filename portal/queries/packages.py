"""Reads of the catalogue of tourism packages, and of proposals for their public pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, true

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import Business, Package, Proposal, Submission

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class PackageFilters:
    """What a visitor asked for; None means anything. Hours: more than the first, at most the second."""

    tour_kind: str | None = None
    hours: tuple[float, float] | None = None

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


def listed(filters: PackageFilters, after: str | None = None, size: int = PAGE_SIZE) -> Page[PackageRow]:
    """Return a page of the catalogue, newest first."""
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    query = (
        select(
            Package.id, Submission.reference, Package.title, Package.data, Business.name, Business.ward_code
        )
        .join(Submission, Submission.id == Package.submission_id)
        .join(Business, Business.id == Package.business_id)
        .where(Package.listed.is_(true()), Submission.listed.is_(true()))
    )
    if filters.tour_kind is not None:
        query = query.where(Package.data["tour_kind"].as_string() == filters.tour_kind)
    if filters.hours is not None:
        hours = Package.data["duration_hours"].as_float()
        query = query.where(hours > filters.hours[0], hours <= filters.hours[1])
    if cursor is not None:
        query = query.where(Package.id > cursor.values[0] if backwards else Package.id < cursor.values[0])
    query = query.order_by(Package.id.asc() if backwards else Package.id.desc()).limit(size + 1)
    rows = [PackageRow(*row) for row in db.session.execute(query)]
    return page_of(rows, size, cursor, lambda row: (row.id,))


@dataclass(frozen=True, slots=True)
class PackagePage:
    """A package with its business and what its page needs to know of the submission behind it."""

    package: Package
    submission_id: int
    reference: str
    has_files: bool
    accepted_at: datetime


def by_reference(reference: str) -> PackagePage | None:
    """Return a listed package by the reference of its submission; the business comes with it."""
    query = (
        select(Package, Submission.id, Submission.reference, Submission.file_count, Submission.files_public)
        .join(Submission, Submission.id == Package.submission_id)
        .where(Submission.reference == reference, Package.listed.is_(true()), Submission.listed.is_(true()))
    )
    row = db.session.execute(query).unique().one_or_none()
    if row is None:
        return None
    package, submission_id, found, file_count, files_public = row
    return PackagePage(package, submission_id, found, bool(file_count and files_public), package.created_at)


def proposal_of(submission_id: int) -> Proposal | None:
    """Return a proposal with its business. The caller shows its public fields only."""
    return db.session.get(Proposal, submission_id)
