"""Who watches a case."""

from sqlalchemy import exists, select

from portal.core.database import db
from portal.models import Watch

#: More than all the staff of a city.
MOST = 2_000


def is_watching(case_id: int, user_id: int | None) -> bool:
    """Tell whether somebody watches a case."""
    query = select(exists().where(Watch.user_id == user_id, Watch.submission_id == case_id))
    return db.session.scalar(query) is True


def watchers(case_id: int) -> list[int]:
    """Return the ids of everybody who watches a case. Whether they may still read it is asked at delivery."""
    query = select(Watch.user_id).where(Watch.submission_id == case_id).order_by(Watch.user_id)
    return list(db.session.scalars(query.limit(MOST)))
