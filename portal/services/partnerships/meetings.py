"""Meetings of the parties: called, moved, called off, reminded of, and what was agreed."""

from datetime import datetime

from sqlalchemy import select

from portal.core.database import db
from portal.core.text import normalise
from portal.models import Partnership, PartnershipMeeting, Submission
from portal.rules.partnership_room import MEETING_REMIND
from portal.rules.partnerships import ENDED, Act
from portal.rules.permissions import Actor
from portal.rules.repeats import SAME_PRESS
from portal.rules.transitions import TransitionNotAllowed
from portal.services.partnerships.entering import enter_standing
from portal.services.partnerships.telling import tell
from portal.services.versions import hold

#: Meetings that one run reminds of.
BATCH = 100


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
    """Call a meeting and invite everybody. Raises `ValueError` where it ends before it begins.

    One that the actor called a moment ago is answered with, not called twice.
    """
    enter_standing(partnership, Act.MEET, actor=actor)
    if ends_at <= starts_at:
        raise ValueError("a meeting ends after it begins")
    asked = {
        "partnership_id": partnership.id,
        "title": normalise(title),
        "place": normalise(place),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "created_by_id": actor.user_id,
        "cancelled_at": None,
    }
    same = select(PartnershipMeeting).filter_by(**asked)
    called = db.session.scalar(same.where(PartnershipMeeting.created_at > at - SAME_PRESS).limit(1))
    if called is not None:
        return called
    row = PartnershipMeeting(**asked, created_at=at, version=1)
    _soon(row, at)
    db.session.add(row)
    db.session.flush()
    _tell(partnership, row, "meeting", at, but_user=actor.user_id)
    return row


def change(
    partnership: Partnership,
    meeting: PartnershipMeeting,
    *,
    title: str,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    actor: Actor,
    at: datetime,
    version: int,
) -> None:
    """Move a meeting that is not over; everybody hears of it, and is reminded anew. Raises as `call` does."""
    _held(partnership, meeting, actor, version)
    if meeting.cancelled_at is not None or meeting.ends_at < at:
        raise TransitionNotAllowed(partnership.stage, Act.MEET)
    if ends_at <= starts_at:
        raise ValueError("a meeting ends after it begins")
    meeting.title, meeting.place = normalise(title), normalise(place)
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.reminded_at = None
    _soon(meeting, at)
    meeting.version += 1
    db.session.flush()
    _tell(partnership, meeting, "meeting_moved", at, but_user=actor.user_id)


def _soon(meeting: PartnershipMeeting, at: datetime) -> None:
    """Who hears today of a meeting tomorrow needs no reminder beside that."""
    if meeting.starts_at - at <= MEETING_REMIND:
        meeting.reminded_at = at


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
    _tell(partnership, meeting, "meeting_off", at, but_user=actor.user_id)


def _held(partnership: Partnership, meeting: PartnershipMeeting, actor: Actor, version: int) -> None:
    enter_standing(partnership, Act.MEET, actor=actor)
    hold(meeting, version)


def run_due(at: datetime) -> int:
    """Remind everybody of meetings that begin within a day; return of how many. Again does nothing twice."""
    query = (
        select(PartnershipMeeting, Partnership)
        .join(Partnership, Partnership.id == PartnershipMeeting.partnership_id)
        .where(
            Partnership.stage.not_in(ENDED),
            PartnershipMeeting.reminded_at.is_(None),
            PartnershipMeeting.cancelled_at.is_(None),
            PartnershipMeeting.starts_at > at,
            PartnershipMeeting.starts_at <= at + MEETING_REMIND,
        )
        .order_by(PartnershipMeeting.starts_at, PartnershipMeeting.id)
        .limit(BATCH)
        # SKIP LOCKED: two workers may run during a deploy
        .with_for_update(skip_locked=True, key_share=True, of=PartnershipMeeting)
    )
    found = db.session.execute(query).all()
    for meeting, partnership in found:
        meeting.reminded_at = at
        _tell(partnership, meeting, "meeting_soon", at)
    return len(found)


def _tell(
    partnership: Partnership,
    meeting: PartnershipMeeting,
    about: str,
    at: datetime,
    *,
    but_user: int | None = None,
) -> None:
    case = db.session.get_one(Submission, partnership.submission_id)
    once = f"{meeting.id}:{meeting.version}"
    tell(partnership, case, about, at=at, once=once, but_user=but_user, data={"page": "schedule"})
