"""Whom a mail is for, and the mail that waits."""

from sqlalchemy import CTE, or_, select

from portal.core.database import db
from portal.models import Identity, Role, Submission, Support
from portal.queries import people

#: A case with more followers than this is a matter for a public announcement.
MOST = 20_000


def _with_merged(case_id: int) -> CTE:
    """The case and everything merged into it, over any number of steps."""
    family = select(Submission.id).where(Submission.id == case_id).cte("family", recursive=True)
    # UNION, not UNION ALL: a circle would end by itself
    return family.union(select(Submission.id).join(family, Submission.merged_into_id == family.c.id))


def reporters(case_id: int) -> list[int]:
    """Return the submissions whose reporters hear of a case: its own and those merged into it."""
    family = _with_merged(case_id)
    query = select(Identity.submission_id).join(family, family.c.id == Identity.submission_id)
    query = query.where(Identity.email != "", ~Identity.mail_stopped)
    return list(db.session.scalars(query.order_by(Identity.submission_id).limit(MOST)))


def supporters(case_id: int, *, but_user: int | None = None) -> list[int]:
    """Return the supports (of the case and of those merged into it) that are confirmed and want mail."""
    family = _with_merged(case_id)
    query = (
        select(Support.id)
        .join(family, family.c.id == Support.submission_id)
        .where(Support.confirmed_at.is_not(None), ~Support.mail_stopped)
        .order_by(Support.id)
        .limit(MOST)
    )
    if but_user is not None:
        query = query.where(or_(Support.user_id.is_(None), Support.user_id != but_user))
    return list(db.session.scalars(query))


def heads(agency_id: int) -> list[int]:
    """Return the active heads of an agency."""
    return people.ids_with_role(Role.HEAD, agency_id)


def triage() -> list[int]:
    """Return the active triage officers."""
    return people.ids_with_role(Role.TRIAGE)
