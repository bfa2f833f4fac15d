"""Versions of an agreement, and the word of every party on the newest one."""

from datetime import datetime

from sqlalchemy import func, select

from portal.core.database import db
from portal.core.text import normalise
from portal.models import AgreementApproval, AgreementDraft, AgreementKind, Partnership, Submission
from portal.queries import partnership_room
from portal.rules.partnership_room import Voice, voices_of
from portal.rules.partnerships import Act
from portal.rules.permissions import Actor
from portal.services import uploads
from portal.services.attachments import StoredFile
from portal.services.errors import NotPermitted, StaleVersion
from portal.services.partnerships.entering import enter_standing
from portal.services.partnerships.talk import voice_of
from portal.services.partnerships.telling import tell


class NoReason(Exception):
    """An objection says what should change."""


def submit(
    partnership: Partnership,
    kind: AgreementKind,
    *,
    file: StoredFile,
    note: str = "",
    actor: Actor,
    at: datetime,
) -> AgreementDraft:
    """Add a version of an agreement. It needs every approval anew; the old ones stay to be read."""
    enter_standing(partnership, Act.SUBMIT_DRAFT, actor=actor)
    newest = db.session.scalar(
        select(func.max(AgreementDraft.number)).where(
            AgreementDraft.partnership_id == partnership.id, AgreementDraft.kind == kind
        )
    )
    row = AgreementDraft(
        partnership_id=partnership.id,
        kind=kind,
        number=(newest or 0) + 1,
        upload_id=uploads.keep(file, by_id=actor.user_id, at=at).id,
        note=normalise(note)[:500],
        party=voice_of(partnership, actor).party,
        by_id=actor.user_id,
        at=at,
    )
    db.session.add(row)
    db.session.flush()
    case = db.session.get_one(Submission, partnership.submission_id)
    tell(partnership, case, "draft", at=at, once=str(row.id), but_user=actor.user_id, data={"page": "drafts"})
    return row


def answer(
    partnership: Partnership,
    draft: AgreementDraft,
    voice: Voice,
    *,
    approved: bool,
    remark: str = "",
    actor: Actor,
    at: datetime,
) -> AgreementApproval:
    """Give the word of a party on the newest version: a tick, or an objection with its reason.

    Again rewrites it. Raises `NotPermitted` for a voice of somebody else, `StaleVersion` where a newer
    version is there, `NoReason` for an objection without words.
    """
    enter_standing(partnership, Act.APPROVE, actor=actor)
    if draft.partnership_id != partnership.id or voice not in voices_of(actor, partnership):
        raise NotPermitted
    newest = partnership_room.drafts(partnership.id)[0]
    if newest.id != draft.id:
        raise StaleVersion(newest.number)
    words = normalise(remark)[:500]
    if not approved and not words:
        raise NoReason
    row = partnership_room.approvals([draft.id])[draft.id].get(voice)
    if row is None:
        row = AgreementApproval(draft_id=draft.id, party=voice.party, agency_id=voice.agency_id)
    row.approved, row.remark, row.by_id, row.at = approved, words, actor.user_id, at
    db.session.add(row)
    db.session.flush()
    case = db.session.get_one(Submission, partnership.submission_id)
    once = f"{draft.id}:{voice.party}:{voice.agency_id}:{approved}"
    tell(partnership, case, "approval", at=at, once=once, but_user=actor.user_id, data={"page": "drafts"})
    return row
