"""When what a feed tells of last changed in public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true

from portal.core.database import db
from portal.models import Business, Event, Partnership, PartnershipStage, PartnershipWord, Program, Submission


def last_public(submission_ids: Sequence[int]) -> dict[int, datetime]:
    """Return the moment of each case's newest public event; what staff do unseen moves nothing."""
    query = (
        select(Event.submission_id, func.max(Event.at))
        .where(Event.submission_id.in_(submission_ids), Event.public.is_(true()))
        .group_by(Event.submission_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def programs_changed(program_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when each program was last changed."""
    query = select(Program.id, Program.updated_at).where(Program.id.in_(program_ids))
    return {row[0]: row[1] for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class PartnershipMove:
    """A change of stage, with the sentence that came with it."""

    id: int
    reference: str
    title: str
    business: str
    agency_id: int
    stage: PartnershipStage
    text: str
    at: datetime


def partnership_moves(
    submission_id: int | None = None, *, stage: PartnershipStage | None = None, size: int = 50
) -> list[PartnershipMove]:
    """Return the newest changes of stage that everybody may know, of one partnership or of all."""
    query = (
        select(
            PartnershipWord.id,
            Submission.reference,
            Submission.title,
            Business.name,
            Partnership.agency_id,
            PartnershipWord.to_stage,
            PartnershipWord.text,
            PartnershipWord.at,
        )
        .join(Partnership, Partnership.id == PartnershipWord.partnership_id)
        .join(Submission, Submission.id == Partnership.submission_id)
        .join(Business, Business.id == Partnership.business_id)
        .where(Submission.secret.is_(False), Submission.hidden_code.is_(None))
    )
    if submission_id is not None:
        query = query.where(Partnership.submission_id == submission_id)
    if stage is not None:
        query = query.where(Partnership.stage == stage)
    rows = db.session.execute(query.order_by(PartnershipWord.id.desc()).limit(size))
    return [PartnershipMove(*row) for row in rows]
