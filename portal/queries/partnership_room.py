"""Reads of the room of a partnership: its agreement drafts, and who still has to agree to them."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.models import (
    AgreementApproval,
    AgreementDraft,
    Duty,
    MonitoringForm,
    Partnership,
    PartnershipMeeting,
    PartnershipMessage,
    Party,
    Upload,
    User,
)
from portal.rules.partnership_room import Voice

#: Versions that one partnership may have; the newest are read.
MOST_DRAFTS = 100
#: Messages of one thread on a page.
MOST_MESSAGES = 200


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


def messages(partnership_id: int, *, internal: bool, after: str | None = None) -> Page[PartnershipMessage]:
    """Return a page of one of the two threads with the files in it, the newest messages first."""
    query = (
        select(PartnershipMessage)
        .where(PartnershipMessage.partnership_id == partnership_id, PartnershipMessage.internal.is_(internal))
        .options(joinedload(PartnershipMessage.upload))
        .limit(MOST_MESSAGES + 1)
    )
    cursor = Cursor.decode(after, (int,))
    number = PartnershipMessage.id
    if cursor is not None:
        (last,) = cursor.values
        query = query.where(number > last if cursor.backwards else number < last)
    order = number.asc() if cursor is not None and cursor.backwards else number.desc()
    rows = db.session.scalars(query.order_by(order)).all()
    return page_of(rows, MOST_MESSAGES, cursor, lambda row: (row.id,))


def authors(user_ids: set[int]) -> dict[int, str]:
    """Return the names of accounts, for staff."""
    query = select(User.id, User.name).where(User.id.in_(user_ids)).order_by(User.id)
    return {row.id: row.name for row in db.session.execute(query.limit(MOST_MESSAGES))}


def meetings(partnership_id: int) -> list[PartnershipMeeting]:
    """Return the meetings of a partnership, the latest first."""
    query = select(PartnershipMeeting).where(PartnershipMeeting.partnership_id == partnership_id)
    newest = query.order_by(PartnershipMeeting.starts_at.desc(), PartnershipMeeting.id.desc())
    return list(db.session.scalars(newest.limit(100)))


def meeting(partnership_id: int, meeting_id: int) -> PartnershipMeeting | None:
    """Return one meeting of a partnership."""
    row = db.session.get(PartnershipMeeting, meeting_id)
    return row if row is not None and row.partnership_id == partnership_id else None


def draft(partnership_id: int, draft_id: int) -> AgreementDraft | None:
    """Return one version of an agreement."""
    row = db.session.get(AgreementDraft, draft_id)
    return row if row is not None and row.partnership_id == partnership_id else None


def duty(partnership_id: int, duty_id: int) -> Duty | None:
    """Return one promise of a partnership."""
    row = db.session.get(Duty, duty_id)
    return row if row is not None and row.partnership_id == partnership_id else None


def forms(partnership_id: int) -> list[MonitoringForm]:
    """Return the monitoring forms of the last eight quarters, the newest first, in the order of parties."""
    query = select(MonitoringForm).where(MonitoringForm.partnership_id == partnership_id)
    newest = query.order_by(MonitoringForm.period_start.desc(), MonitoringForm.id)
    return list(db.session.scalars(newest.limit(8 * len(Party))))


def file(partnership_id: int, token: str, *, internal: bool) -> Upload | None:
    """Return a file of a thread or of an agreement; those of the internal thread only if `internal`."""
    of_thread = select(PartnershipMessage.upload_id).where(
        PartnershipMessage.partnership_id == partnership_id,
        PartnershipMessage.upload_id.is_not(None),
    )
    if not internal:
        of_thread = of_thread.where(PartnershipMessage.internal.is_(False))
    of_draft = select(AgreementDraft.upload_id).where(AgreementDraft.partnership_id == partnership_id)
    return db.session.scalar(
        select(Upload).where(Upload.token == token, Upload.id.in_(of_thread) | Upload.id.in_(of_draft))
    )
