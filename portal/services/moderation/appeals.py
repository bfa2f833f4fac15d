"""Disagreeing with a decision, once; somebody who did not take it decides anew."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.text import normalise
from portal.models import (
    Appeal,
    Comment,
    ModerationAct,
    ModerationDecision,
    Subject,
    Submission,
    User,
)
from portal.rules import moderation as rules
from portal.rules.moderation import Matter
from portal.rules.permissions import Actor
from portal.services import audit, pages
from portal.services.errors import NotPermitted
from portal.services.moderation import deciding
from portal.services.moderation.errors import DecidedAlready

#: Longest words of an appeal, in characters.
LONGEST = 2000


def appeal(decision: ModerationDecision, words: str, *, at: datetime) -> Appeal:
    """Disagree with a decision; the caller knows that it concerns whoever asks.

    Raises `NotPermitted` when it is too late, was done before, or cannot be done.
    """
    found = db.session.scalar(select(Appeal.id).where(Appeal.decision_id == decision.id))
    if not rules.may_appeal(decision.act, decision.at, appealed=found is not None, at=at):
        raise NotPermitted
    made = Appeal(decision_id=decision.id, words=normalise(words)[:LONGEST], created_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:  # pressed twice at once
        raise NotPermitted from None
    audit.note("moderation_appeal", "decision", decision.id, actor=None, at=at)
    pages.touch()
    return made


def settle(
    one: Appeal, *, granted: bool, sentence: str, actor: Actor, matter: Matter, at: datetime
) -> ModerationDecision:
    """Decide an appeal; granting it takes the decision back.

    `matter` names who took the decision. Raises `NotPermitted`, and `DecidedAlready` when it is settled.
    """
    if not rules.may_decide(actor, matter):
        raise NotPermitted
    db.session.refresh(one, with_for_update=True)
    if one.decided_at is not None:
        raise DecidedAlready
    first = db.session.get(ModerationDecision, one.decision_id)
    assert first is not None  # the appeal points to it
    one.decided_at, one.decided_by_id, one.granted = at, actor.user_id, granted
    one.sentence = normalise(sentence)[: deciding.LONGEST]
    decision = _take_back(first, one, actor, matter, at) if granted else None
    if decision is None:
        decision = deciding.note(
            ModerationAct.RESTORE if granted else ModerationAct.UPHOLD, first.subject, first.subject_id,
            actor=actor, at=at, user_id=first.user_id, sentence=one.sentence, appeal_id=one.id,
        )  # fmt: skip
    deciding.tell(decision, at=at, kind="appeal_decided")
    return decision


def _take_back(
    first: ModerationDecision, one: Appeal, actor: Actor, matter: Matter, at: datetime
) -> ModerationDecision | None:
    """Undo what the first decision did; None where nothing of it is left to undo."""
    try:
        if first.act is ModerationAct.BLOCK:
            user = db.session.get(User, first.subject_id)
            if user is None:
                return None
            return deciding.unblock(
                user, sentence=one.sentence, actor=actor, matter=matter, at=at, appeal_id=one.id
            )
        if first.subject == Subject.SUBMISSION:
            case = db.session.get(Submission, first.subject_id)
            if case is None or case.hidden_code is None:
                return None
            return deciding.unhide_case(
                case, sentence=one.sentence, actor=actor, matter=matter, at=at, appeal_id=one.id
            )
        if first.subject == Subject.COMMENT:
            comment = db.session.get(Comment, first.subject_id)
            if comment is None:
                return None
            return deciding.decide_comment(
                comment, ModerationAct.RESTORE, actor=actor, matter=matter, at=at,
                sentence=one.sentence, appeal_id=one.id,
            )  # fmt: skip
    except DecidedAlready:
        return None
    return None
