"""Reads of the room of a partnership: its agreement drafts, and who still has to agree to them."""

from dataclasses import dataclass

from sqlalchemy import select

from portal.core.database import db
from portal.models import AgreementApproval, AgreementDraft, Partnership, Party

#: Versions that one partnership may have; the newest are read.
MOST_DRAFTS = 100


@dataclass(frozen=True, slots=True)
class Voice:
    """One who has a word on a draft: a side, and of the city's side which agency (0: none)."""

    party: Party
    agency_id: int = 0


def voices(partnership: Partnership) -> list[Voice]:
    """Return everybody whose tick a draft needs: business, lead agency, invited agencies, coordination."""
    agencies = [partnership.agency_id, *sorted(partnership.invited_agency_ids - {partnership.agency_id})]
    return [
        Voice(Party.BUSINESS),
        *(Voice(Party.AGENCY, agency_id) for agency_id in agencies),
        Voice(Party.COORDINATOR),
    ]


def drafts(partnership_id: int) -> list[AgreementDraft]:
    """Return the versions of all agreements, newest first, with their files."""
    query = select(AgreementDraft).where(AgreementDraft.partnership_id == partnership_id)
    return list(db.session.scalars(query.order_by(AgreementDraft.id.desc()).limit(MOST_DRAFTS)))


def approvals(draft_ids: list[int]) -> dict[int, dict[Voice, AgreementApproval]]:
    """Return the word of each party on each of these drafts."""
    found: dict[int, dict[Voice, AgreementApproval]] = {draft_id: {} for draft_id in draft_ids}
    query = select(AgreementApproval).where(AgreementApproval.draft_id.in_(draft_ids))
    for row in db.session.scalars(query.order_by(AgreementApproval.id).limit(50 * max(1, len(draft_ids)))):
        found[row.draft_id][Voice(row.party, row.agency_id)] = row
    return found


def approved_draft(partnership: Partnership) -> AgreementDraft | None:
    """Return the newest version of an agreement if everybody agreed to it, None otherwise."""
    newest = db.session.scalar(
        select(AgreementDraft)
        .where(AgreementDraft.partnership_id == partnership.id)
        .order_by(AgreementDraft.id.desc())
        .limit(1)
    )
    if newest is None:
        return None
    said = approvals([newest.id])[newest.id]
    agreed = all(voice in said and said[voice].approved for voice in voices(partnership))
    return newest if agreed else None
