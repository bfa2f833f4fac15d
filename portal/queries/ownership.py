"""Which cases an account sent or claimed."""

from sqlalchemy import select

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import Ownership

#: Cases of one account that its pages go through.
MOST = 500


def owner_name(user_id: int) -> str:
    """Return what the keyed hash of an owner is made of."""
    return f"owner:{user_id}"


def owns(user_id: int, submission_id: int, *, seal: Seal) -> bool:
    """Tell whether a case is this account's own."""
    query = select(Ownership.submission_id).where(
        Ownership.submission_id == submission_id,
        Ownership.owner_hash.in_(seal.keyed_hashes(owner_name(user_id))),
    )
    return db.session.scalar(query) is not None


def owned(user_id: int, *, seal: Seal, limit: int = MOST) -> list[int]:
    """Return the ids of the account's own cases, newest first."""
    query = select(Ownership.submission_id).where(
        Ownership.owner_hash.in_(seal.keyed_hashes(owner_name(user_id)))
    )
    return list(db.session.scalars(query.order_by(Ownership.submission_id.desc()).limit(limit)))
