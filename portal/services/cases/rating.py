"""What reporters say of an answer: whether it was useful."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update

from portal.core.database import db, insert
from portal.models import Answer, AnswerVote, Submission
from portal.rules.permissions import Actor
from portal.rules.workflow import Action
from portal.services import events
from portal.services.cases.entering import enter_standing, reporter_time
from portal.services.errors import NotPermitted

#: Merges point on from case to case; a longer chain is none.
_MOST_STEPS = 20


def rate(
    case: Submission,
    answer: Answer,
    *,
    useful: bool,
    own: Submission | None = None,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Say whether a published answer of the case was useful; a second word takes the place of the first.

    `own` is the voter's own submission where it was merged into the case. Everyone counts once for each of
    their submissions. The history says that somebody voted, once, and never how.
    """
    own = own or case
    if own.id != case.id:
        if own.id not in actor.reporter_of or not _was_merged_into(own, case):
            raise NotPermitted
        actor = replace(actor, reporter_of=actor.reporter_of | {case.id})
    enter_standing(case, Action.RATE, actor=actor, at=at, version=version)
    if answer.submission_id != case.id or answer.published_at is None:
        raise NotPermitted
    at = reporter_time(own, at)
    vote = {"answer_id": answer.id, "submission_id": own.id, "useful": useful, "at": at}
    if _is_first(vote):
        events.record(case, Action.RATE, actor=actor, at=at, public=False, data={"answer_id": answer.id})
        return
    db.session.execute(
        update(AnswerVote)
        .where(AnswerVote.answer_id == answer.id, AnswerVote.submission_id == own.id)
        .values(useful=useful, at=at)
    )


def _is_first(vote: dict[str, object]) -> bool:
    """Keep a vote where there is none yet. By the database: a button may be pressed twice at once."""
    kept = insert(AnswerVote).values(vote).on_conflict_do_nothing().returning(AnswerVote.answer_id)
    return db.session.scalar(kept) is not None


def _was_merged_into(own: Submission, case: Submission) -> bool:
    target = own.merged_into_id
    for _step in range(_MOST_STEPS):
        if target is None or target == case.id:
            break
        further = db.session.get(Submission, target)
        target = None if further is None else further.merged_into_id
    return target == case.id
