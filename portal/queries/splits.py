"""Which cases were made of the same submission."""

from dataclasses import dataclass

from sqlalchemy import or_, select, true

from portal.core.database import db
from portal.models import Split, Submission
from portal.queries.cases import visible
from portal.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class Relative:
    """A case made of the one that was asked about (`is_child`), or the one it was made of."""

    id: int
    reference: str
    title: str
    is_child: bool


def relatives(submission_id: int, *, reader: Actor | None = None) -> list[Relative]:
    """Return the parent and the children of a case, the parent first (at most 50).

    `reader` is whoever looks at the desk: a secret one that they may not read is not there. The author
    (None) has written all of them.
    """
    query = (
        select(Submission.id, Submission.reference, Submission.title, Split.parent_id == submission_id)
        .join(Split, or_(Split.child_id == Submission.id, Split.parent_id == Submission.id))
        .where(
            or_(Split.parent_id == submission_id, Split.child_id == submission_id),
            Submission.id != submission_id,
            true() if reader is None else or_(Submission.secret.is_(False), visible(reader)),
        )
        .order_by(Split.parent_id == submission_id, Submission.id)
        .limit(50)
    )
    return [Relative(*row) for row in db.session.execute(query)]


def same_author(submission_id: int) -> list[int]:
    """Return the ids of all cases whose tracking code is that of this one (itself among them)."""
    parent = select(Split.parent_id).where(Split.child_id == submission_id).scalar_subquery()
    query = select(Split.child_id, Split.parent_id).where(
        or_(Split.parent_id == submission_id, Split.parent_id == parent)
    )
    found = {submission_id}
    for row in db.session.execute(query.limit(50)):
        found.update(row)
    return sorted(found)
