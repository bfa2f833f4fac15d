"""Reads of businesses and of those who speak for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, or_, select, true
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import (
    Business,
    BusinessInvitation,
    BusinessKind,
    BusinessMember,
    BusinessPhoto,
    BusinessRole,
    BusinessVerification,
    Contact,
    Licence,
    Package,
    Proposal,
    Submission,
    Upload,
    User,
)
from portal.rules.businesses import MOST_LICENCES
from portal.rules.permissions import BusinessSeat

PAGE_SIZE = 30
#: Businesses that one account may speak for.
MOST_OF_ONE = 20


def seats_of(user_id: int) -> frozenset[BusinessSeat]:
    """Return what an account is in which businesses."""
    query = select(BusinessMember.business_id, BusinessMember.role).where(BusinessMember.user_id == user_id)
    rows = db.session.execute(query.order_by(BusinessMember.id).limit(MOST_OF_ONE))
    return frozenset(BusinessSeat(business_id, role) for business_id, role in rows)


def of_user(user_id: int) -> list[Business]:
    """Return the businesses that an account speaks for, by name."""
    query = (
        select(Business)
        .join(BusinessMember, BusinessMember.business_id == Business.id)
        .where(BusinessMember.user_id == user_id)
        .order_by(Business.name, Business.id)
        .limit(MOST_OF_ONE)
    )
    return list(db.session.scalars(query))


def member_ids(business_id: int) -> list[int]:
    """Return the accounts of a business, the oldest membership first."""
    query = select(BusinessMember.user_id).where(BusinessMember.business_id == business_id)
    return list(db.session.scalars(query.order_by(BusinessMember.id).limit(50)))


def by_id(business_id: int) -> Business | None:
    """Return a business."""
    return db.session.get(Business, business_id)


def by_slug(slug: str) -> Business | None:
    """Return a business by the name in its address, with its ward. Asks nobody's rights."""
    query = select(Business).where(Business.slug == slug).options(joinedload(Business.ward))
    return db.session.scalar(query)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who speaks for a business, as the other members see them."""

    id: int
    user_id: int
    name: str
    role: BusinessRole
    since: datetime


def members(business_id: int) -> list[MemberRow]:
    """Return the members, the oldest first."""
    query = (
        select(BusinessMember.id, User.id, User.name, BusinessMember.role, BusinessMember.created_at)
        .join(User, User.id == BusinessMember.user_id)
        .where(BusinessMember.business_id == business_id)
        .order_by(BusinessMember.id)
        .limit(50)
    )
    return [MemberRow(*row) for row in db.session.execute(query)]


def member(business_id: int, member_id: int) -> BusinessMember | None:
    """Return a membership of this business."""
    query = select(BusinessMember).where(
        BusinessMember.id == member_id, BusinessMember.business_id == business_id
    )
    return db.session.scalar(query)


def invitations(business_id: int, *, at: datetime) -> list[BusinessInvitation]:
    """Return the invitations that can still be taken, newest first."""
    query = select(BusinessInvitation).where(
        BusinessInvitation.business_id == business_id, BusinessInvitation.expires_at >= at
    )
    return list(db.session.scalars(query.order_by(BusinessInvitation.id.desc()).limit(50)))


def invitations_of(user_id: int, *, at: datetime) -> list[tuple[BusinessInvitation, str]]:
    """Return the invitations to a proved contact of an account, each with the name of the business."""
    query = (
        select(BusinessInvitation, Business.name)
        .join(Contact, Contact.value_hash == BusinessInvitation.contact_hash)
        .join(Business, Business.id == BusinessInvitation.business_id)
        .where(Contact.user_id == user_id, BusinessInvitation.expires_at >= at)
        .order_by(BusinessInvitation.id.desc())
        .limit(20)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def licences(business_id: int) -> list[Licence]:
    """Return the licences with their scans, by kind and expiry."""
    query = (
        select(Licence)
        .where(Licence.business_id == business_id)
        .options(joinedload(Licence.upload))
        .order_by(Licence.kind, Licence.valid_until.desc(), Licence.id)
        .limit(MOST_LICENCES)
    )
    return list(db.session.scalars(query))


def licence(business_id: int, licence_id: int) -> Licence | None:
    """Return a licence of this business with its scan."""
    query = select(Licence).where(Licence.id == licence_id, Licence.business_id == business_id)
    return db.session.scalar(query.options(joinedload(Licence.upload)))


def photos(business_id: int) -> list[BusinessPhoto]:
    """Return the pictures in their order."""
    query = select(BusinessPhoto).where(BusinessPhoto.business_id == business_id)
    return list(db.session.scalars(query.order_by(BusinessPhoto.position, BusinessPhoto.upload_id).limit(20)))


def photo(token: str) -> tuple[BusinessPhoto, Business] | None:
    """Return a picture by the token of its file, with its business."""
    query = (
        select(BusinessPhoto, Business)
        .join(Business, Business.id == BusinessPhoto.business_id)
        .join(Upload, Upload.id == BusinessPhoto.upload_id)
        .where(Upload.token == token)
    )
    row = db.session.execute(query).unique().one_or_none()
    return None if row is None else (row[0], row[1])


def verifications(business_id: int, size: int = 20) -> list[BusinessVerification]:
    """Return what staff found, newest first."""
    query = select(BusinessVerification).where(BusinessVerification.business_id == business_id)
    return list(db.session.scalars(query.order_by(BusinessVerification.id.desc()).limit(size)))


@dataclass(frozen=True, slots=True)
class BusinessRow:
    """One line of a list of businesses."""

    id: int
    slug: str | None
    name: str
    kind: BusinessKind
    ward_code: str | None
    verified_until: date | None
    published: bool
    nib: str


@dataclass(frozen=True, slots=True)
class BusinessFilters:
    """What was asked for; None means anything. `verified`: holds on that day (or not)."""

    words: str = ""
    kind: BusinessKind | None = None
    ward_code: str | None = None
    verified: bool | None = None


def listed(
    filters: BusinessFilters, *, today: date, after: str | None = None, published_only: bool = True
) -> Page[BusinessRow]:
    """Return a page of businesses that have a page, by name."""
    query = select(
        Business.id,
        Business.slug,
        Business.name,
        Business.kind,
        Business.ward_code,
        Business.verified_until,
        Business.published,
        Business.nib,
    ).where(Business.slug.is_not(None))
    if published_only:
        query = query.where(Business.published.is_(true()))
    if filters.words:
        pattern = "%" + filters.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(Business.name.ilike(pattern, escape="\\"))
    if filters.kind is not None:
        query = query.where(Business.kind == filters.kind)
    if filters.ward_code is not None:
        query = query.where(Business.ward_code == filters.ward_code)
    if filters.verified is True:
        query = query.where(Business.verified_until >= today)
    elif filters.verified is False:
        query = query.where(or_(Business.verified_until.is_(None), Business.verified_until < today))
    cursor = Cursor.decode(after, (str, int))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        name, last = cursor.values
        later = or_(Business.name > name, and_(Business.name == name, Business.id > last))
        earlier = or_(Business.name < name, and_(Business.name == name, Business.id < last))
        query = query.where(earlier if backwards else later)
    order = (
        (Business.name.desc(), Business.id.desc()) if backwards else (Business.name.asc(), Business.id.asc())
    )
    rows = [BusinessRow(*row) for row in db.session.execute(query.order_by(*order).limit(PAGE_SIZE + 1))]
    return page_of(rows, PAGE_SIZE, cursor, lambda row: (row.name, row.id))


def claimable(submission_ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """Return (submission id, reference, name) of proposals whose business nobody speaks for yet."""
    spoken = exists().where(BusinessMember.business_id == Business.id)
    query = (
        select(Submission.id, Submission.reference, Business.name)
        .join(Proposal, Proposal.submission_id == Submission.id)
        .join(Business, Business.id == Proposal.business_id)
        .where(Submission.id.in_(submission_ids), ~spoken)
        .order_by(Submission.id.desc())
        .limit(20)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def packages_of(business_id: int) -> list[tuple[str, str]]:
    """Return (reference, title) of the listed packages of a business, newest first."""
    query = (
        select(Submission.reference, Package.title)
        .join(Submission, Submission.id == Package.submission_id)
        .where(Package.business_id == business_id, Package.listed.is_(true()), Submission.listed.is_(true()))
        .order_by(Package.id.desc())
        .limit(30)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
