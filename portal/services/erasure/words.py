"""What a person said and chose outside their cases, without the person: counted, but nobody's any more."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.storage import Storage
from portal.models import (
    Appeal,
    Attachment,
    Comment,
    CommentState,
    CommentVote,
    ConsultationAnswer,
    ConsultationResponse,
    Draft,
    DraftOwner,
    ModerationAct,
    ModerationDecision,
    Report,
    Subject,
    Support,
    Thread,
)
from portal.queries import takeout
from portal.services import discussion, files

_CHUNK = 500


def forget_supports(user_id: int, contact_hashes: Sequence[str]) -> list[int]:
    """Let the supports of a person count without them; return their ids. What was never counted goes.

    Those of an address count as the person's too, whether the account knew of them or not.
    """
    theirs = or_(
        Support.user_id == user_id,
        and_(Support.user_id.is_(None), Support.person_hash.in_(contact_hashes)),
    )
    ids = list(db.session.scalars(select(Support.id).where(theirs).order_by(Support.id)))
    db.session.execute(delete(Support).where(theirs, Support.confirmed_at.is_(None)))
    for support_id in ids:
        db.session.execute(
            update(Support)
            .where(Support.id == support_id)
            .values(user_id=None, email="", person_hash=secrets.token_hex(32), mail_stopped=True)
        )
    return ids


def forget_drafts(user_id: int, *, storage: Storage) -> None:
    """Delete what was begun and not sent, with its files."""
    query = select(DraftOwner.draft_id).where(DraftOwner.user_id == user_id)
    for draft_id in list(db.session.scalars(query)):
        files.burn(Attachment.draft_id == draft_id, storage=storage)
        db.session.execute(delete(DraftOwner).where(DraftOwner.draft_id == draft_id))
        db.session.execute(delete(Draft).where(Draft.id == draft_id))


def forget_comments(user_id: int, case_ids: Sequence[int], *, remove: bool, at: datetime) -> None:
    """Let comments stand without name and account, or take their words away too; votes count on.

    `case_ids` are the person's cases: what they said there as the reporter has no account beside it.
    """
    if remove:
        for comment in _comments(user_id, case_ids):
            discussion.erase(comment, at=at)
    discussion.forget_author(user_id)
    db.session.execute(delete(CommentVote).where(CommentVote.user_id == user_id))


def _comments(user_id: int, case_ids: Sequence[int]) -> list[Comment]:
    living = Comment.state != CommentState.DELETED
    found = list(db.session.scalars(select(Comment).where(Comment.author_id == user_id, living)))
    for start in range(0, len(case_ids), _CHUNK):
        as_reporter = (
            select(Comment)
            .join(Thread, Thread.id == Comment.thread_id)
            .where(
                Thread.subject == Subject.SUBMISSION,
                Thread.subject_id.in_(case_ids[start : start + _CHUNK]),
                Comment.by_reporter.is_(True),
                living,
            )
        )
        found += db.session.scalars(as_reporter)
    return found


def forget_moderation(user_id: int) -> None:
    """Take the person out of what moderators decided about them; that it was decided stays."""
    theirs = select(ModerationDecision.id).where(ModerationDecision.user_id == user_id)
    db.session.execute(update(Appeal).where(Appeal.decision_id.in_(theirs)).values(words=""))
    db.session.execute(
        update(ModerationDecision)
        .where(
            ModerationDecision.user_id == user_id,
            ModerationDecision.act.in_([ModerationAct.WARN, ModerationAct.BLOCK]),
        )
        .values(sentence="")  # written to the person
    )
    db.session.execute(
        update(ModerationDecision).where(ModerationDecision.user_id == user_id).values(user_id=None)
    )


def forget_reports(user_id: int, *, seal: Seal) -> None:
    """Let reports stand without a way back to who sent them; their free words go."""
    hashes = seal.keyed_hashes(f"report:user:{user_id}")
    for report_id in list(db.session.scalars(select(Report.id).where(Report.person_hash.in_(hashes)))):
        db.session.execute(
            update(Report).where(Report.id == report_id).values(person_hash=secrets.token_hex(32), words="")
        )


def forget_ballots(user_id: int, *, seal: Seal) -> None:
    """Let answers to consultations count without a way back to the person; free words go."""
    for _consultation_id, response_id in takeout.ballots(user_id, seal=seal):
        db.session.execute(
            update(ConsultationResponse)
            .where(ConsultationResponse.id == response_id)
            .values(person_hash=secrets.token_hex(32))
        )
        db.session.execute(
            update(ConsultationAnswer).where(ConsultationAnswer.response_id == response_id).values(text="")
        )
