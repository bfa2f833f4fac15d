"""Reads of partnerships."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.models import Partnership, Submission


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
