"""The second factor of an account."""

from sqlalchemy import func, select

from portal.core.database import db
from portal.models import RecoveryCode, SecondFactor


def is_on(user_id: int) -> bool:
    """Tell whether an account asks for a code of its app after the password."""
    query = select(SecondFactor.user_id).where(
        SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
    )
    return db.session.scalar(query) is not None


def codes_left(user_id: int) -> int:
    """Return how many recovery codes are unused."""
    query = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0
