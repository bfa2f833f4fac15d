"""Meetings of the parties: called, changed, called off, and what was agreed."""

from datetime import datetime

from portal.core.database import db
from portal.core.text import normalise
from portal.models import Partnership, PartnershipMeeting, Submission
from portal.rules.partnerships import Act
from portal.rules.permissions import Actor
from portal.rules.transitions import TransitionNotAllowed
from portal.services.errors import StaleVersion
from portal.services.partnerships.entering import enter_standing
from portal.services.partnerships.telling import tell


def call(
    partnership: Partnership,
    *,
    title: str,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
    at: datetime,
) -> PartnershipMeeting:
    """Call a meeting and invite everybody. Raises `ValueError` where it ends before it begins."""
    enter_standing(partnership, Act.MEET, actor=actor)
    if ends_at <= starts_at:
        raise ValueError("a meeting ends after it begins")
    row = PartnershipMeeting(
        partnership_id=partnership.id,
        title=normalise(title),
        place=normalise(place),
        starts_at=starts_at,
        ends_at=ends_at,
        created_by_id=actor.user_id,
        created_at=at,
        version=1,
    )
    db.session.add(row)
    db.session.flush()
    _tell(partnership, row, "meeting", actor, at)
    return row


def note(
    partnership: Partnership,
    meeting: PartnershipMeeting,
    *,
    summary: str,
    actor: Actor,
    at: datetime,
    version: int,
) -> None:
    """Write what was agreed at a meeting."""
    _held(partnership, meeting, actor, version)
    meeting.summary = normalise(summary)
    meeting.version += 1
    db.session.flush()


def call_off(
    partnership: Partnership,
    meeting: PartnershipMeeting,
    *,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int,
) -> None:
    """Call a meeting off, with the reason; everybody hears of it."""
    _held(partnership, meeting, actor, version)
    if meeting.cancelled_at is not None:
        raise TransitionNotAllowed(partnership.stage, Act.MEET)
    meeting.cancelled_at, meeting.cancelled_reason = at, normalise(reason)[:300]
    meeting.version += 1
    db.session.flush()
    _tell(partnership, meeting, "meeting_off", actor, at)


def _held(partnership: Partnership, meeting: PartnershipMeeting, actor: Actor, version: int) -> None:
    enter_standing(partnership, Act.MEET, actor=actor)
    db.session.refresh(meeting)
    if meeting.version != version:
        raise StaleVersion(meeting.version)


def _tell(
    partnership: Partnership, meeting: PartnershipMeeting, about: str, actor: Actor, at: datetime
) -> None:
    case = db.session.get_one(Submission, partnership.submission_id)
    once = f"{meeting.id}:{meeting.version}"
    tell(partnership, case, about, at=at, once=once, but_user=actor.user_id, data={"page": "schedule"})
