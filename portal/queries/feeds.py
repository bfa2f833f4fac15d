"""When what a feed tells of last changed in public."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, true

from portal.core.database import db
from portal.models import Event, Program


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
