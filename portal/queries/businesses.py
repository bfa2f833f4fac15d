"""Reads of businesses and of those who speak for them."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.models import Business, BusinessMember
from portal.rules.permissions import BusinessSeat

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
