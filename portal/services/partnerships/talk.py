"""What the parties write to each other, and what staff write among themselves."""

from datetime import datetime

from sqlalchemy import select

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.text import normalise
from portal.models import Partnership, PartnershipMessage, Party, Submission, Upload
from portal.rules import partnerships as rules
from portal.rules.partnership_room import Voice
from portal.rules.partnerships import Act, Partner
from portal.rules.permissions import Actor
from portal.rules.repeats import SAME_PRESS
from portal.services import uploads
from portal.services.attachments import StoredFile
from portal.services.errors import NotPermitted
from portal.services.partnerships.entering import enter_standing
from portal.services.partnerships.telling import tell


def write(
    partnership: Partnership,
    text: str,
    *,
    internal: bool = False,
    file: StoredFile | None = None,
    actor: Actor,
    at: datetime,
) -> PartnershipMessage | None:
    """Put a message into the thread of all parties, or (`internal`) into the one of staff.

    The others hear of it; of an internal one only staff. None where the same was sent a moment ago: it
    stands there already, and the file that came along belongs to nothing.
    """
    enter_standing(partnership, Act.WRITE_INTERNAL if internal else Act.WRITE, actor=actor)
    voice = voice_of(partnership, actor)
    body = normalise(text)
    if _just_sent(partnership, body, internal=internal, file=file, actor=actor, at=at):
        return None
    row = PartnershipMessage(
        partnership_id=partnership.id,
        internal=internal,
        party=voice.party,
        agency_id=voice.agency_id or None,
        author_id=actor.user_id,
        body=body,
        at=at,
        upload_id=None if file is None else uploads.keep(file, by_id=actor.user_id, at=at).id,
    )
    db.session.add(row)
    db.session.flush()
    if not internal:
        # One mail a day and reader is enough: the room itself holds every message.
        case = db.session.get_one(Submission, partnership.submission_id)
        once = f"{voice.party}:{voice.agency_id}:{city_date(at)}"
        tell(partnership, case, "message", at=at, once=once, but_user=actor.user_id, data={"page": "room"})
    return row


def _just_sent(
    partnership: Partnership,
    body: str,
    *,
    internal: bool,
    file: StoredFile | None,
    actor: Actor,
    at: datetime,
) -> bool:
    """Tell whether the actor sent just that a moment ago; two files with the same words are two messages."""
    same = (
        select(PartnershipMessage.id)
        .outerjoin(Upload, Upload.id == PartnershipMessage.upload_id)
        .where(
            PartnershipMessage.partnership_id == partnership.id,
            PartnershipMessage.internal.is_(internal),
            PartnershipMessage.author_id == actor.user_id,
            PartnershipMessage.body == body,
            PartnershipMessage.at > at - SAME_PRESS,
            Upload.id.is_(None) if file is None else Upload.sha256 == file.sha256,
        )
        .limit(1)
    )
    return db.session.scalar(same) is not None


def voice_of(partnership: Partnership, actor: Actor) -> Voice:
    """Return with which voice the actor writes: the own agency before the coordination."""
    who = rules.standing(actor, partnership)
    if who & {Partner.BUSINESS, Partner.HELPER}:
        return Voice(Party.BUSINESS)
    there = partnership.invited_agency_ids | {partnership.agency_id}
    mine = sorted(
        actor.agency_ids & there, key=lambda agency_id: (agency_id != partnership.agency_id, agency_id)
    )
    if mine:
        return Voice(Party.AGENCY, mine[0])
    if Partner.COORDINATOR in who:
        return Voice(Party.COORDINATOR)
    raise NotPermitted
