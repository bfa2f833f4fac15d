"""What the parties write to each other, and what staff write among themselves."""

from datetime import datetime

from portal.core.database import db
from portal.core.text import normalise
from portal.models import Partnership, PartnershipMessage, Party, Submission
from portal.rules import partnerships as rules
from portal.rules.partnership_room import Voice
from portal.rules.partnerships import Act, Partner
from portal.rules.permissions import Actor
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
) -> PartnershipMessage:
    """Put a message into the thread of all parties, or (`internal`) into the one of staff.

    The others hear of it; of an internal one only staff.
    """
    enter_standing(partnership, Act.WRITE_INTERNAL if internal else Act.WRITE, actor=actor)
    voice = voice_of(partnership, actor)
    row = PartnershipMessage(
        partnership_id=partnership.id,
        internal=internal,
        party=voice.party,
        agency_id=voice.agency_id or None,
        author_id=actor.user_id,
        body=normalise(text),
        at=at,
        upload_id=None if file is None else uploads.keep(file, by_id=actor.user_id, at=at).id,
    )
    db.session.add(row)
    db.session.flush()
    if not internal:
        # One mail a day and reader is enough: the room itself holds every message.
        case = db.session.get_one(Submission, partnership.submission_id)
        once = f"{voice.party}:{voice.agency_id}:{at:%Y-%m-%d}"
        tell(partnership, case, "message", at=at, once=once, but_user=actor.user_id, data={"page": "room"})
    return row


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
