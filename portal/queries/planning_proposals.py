"""Reads of aspirations written for the planning system, and of the words of those who recommend them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from portal.core.database import db
from portal.models import (
    Attachment,
    Endorsement,
    Endorser,
    IdentityMode,
    PlanningProposal,
    Submission,
    Verdict,
)

#: Lines of the list and of an export; a city of this size writes a few hundred a year.
MOST = 2000


def of_case(submission_id: int) -> PlanningProposal | None:
    """Return what was written of a case."""
    return db.session.get(PlanningProposal, submission_id)


def endorsements(submission_ids: Collection[int]) -> dict[int, dict[Endorser, Endorsement]]:
    """Return the words on each of these, by who gave them."""
    found: dict[int, dict[Endorser, Endorsement]] = {one: {} for one in submission_ids}
    query = select(Endorsement).where(Endorsement.submission_id.in_(submission_ids)).order_by(Endorsement.id)
    for row in db.session.scalars(query.limit(4 * MOST)):
        found[row.submission_id][row.endorser] = row
    return found


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """An aspiration as the list and the export take it. Nothing in it names a person."""

    proposal: PlanningProposal
    reference: str
    title: str
    ward_code: str | None
    landmark: str
    files: int
    given: dict[Endorser, Verdict]


def listed(
    agency_ids: Collection[int] | None, *, year: int | None = None, size: int = MOST
) -> list[ProposalLine]:
    """Return the aspirations of these agencies (None: all), newest year first; no secret or hidden cases."""
    files = (
        select(func.count())
        .where(Attachment.submission_id == Submission.id, Attachment.proprietary.is_(False))
        .correlate(Submission)
        .scalar_subquery()
    )
    query: Any = (
        select(
            PlanningProposal,
            Submission.id,
            Submission.reference,
            Submission.title,
            Submission.ward_code,
            Submission.landmark,
            Submission.identity_mode,
            files,
        )
        .join(Submission, Submission.id == PlanningProposal.submission_id)
        .where(Submission.secret.is_(False), Submission.hidden_code.is_(None))
        .order_by(PlanningProposal.year.desc(), PlanningProposal.submission_id)
        .limit(size)
    )
    if agency_ids is not None:
        query = query.where(
            or_(PlanningProposal.agency_id.in_(agency_ids), Submission.agency_id.in_(agency_ids))
        )
    if year is not None:
        query = query.where(PlanningProposal.year == year)
    rows = list(db.session.execute(query))
    words = endorsements([row[1] for row in rows])
    return [
        ProposalLine(
            row[0],
            row[2],
            row[3],
            row[4],
            # where exactly a shielded reporter stood can say who they are
            "" if row[6] is IdentityMode.SHIELDED else row[5],
            row[7],
            {endorser: one.verdict for endorser, one in words[row[1]].items()},
        )
        for row in rows
    ]


def years() -> list[int]:
    """Return the years that aspirations were written for, newest first."""
    query = select(PlanningProposal.year).distinct().order_by(PlanningProposal.year.desc())
    return list(db.session.scalars(query.limit(20)))
