"""Submissions that tell the same: one is merged into the other and follows it. No text and no name moves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.models import Event, Question, Status, Submission
from portal.rules.deadlines import REPLY_DAYS, VERIFY_DAYS
from portal.rules.permissions import VISITOR, Actor
from portal.rules.workflow import Action, MissingRequirement, Requirement
from portal.services import events
from portal.services.cases.entering import (
    answer_days,
    calendar,
    enter,
    lock,
    required,
    start_clock,
    state,
)

#: More followers than this are released by the next call.
MOST = 500
UNMERGED_FROM = "unmerged_from"
#: A chain of merges longer than this is a mistake in the data.
_MOST_STEPS = 50


def may_join(case: Submission, into: Submission) -> bool:
    """Tell whether one may be merged into the other.

    A secret case is never tied to any other: the tie, its mails and its count would tell that it exists.
    """
    return (
        into.id != case.id
        and into.merged_into_id is None
        and into.status not in {Status.MERGED, Status.WITHDRAWN}
        and into.hidden_code is None
        and not (case.secret or into.secret)
    )


def merge(
    case: Submission, *, into: Submission, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Merge a case into another. Its reporter and supporters hear what comes of that one."""
    lock(case, into)
    row = enter(case, Action.MERGE, actor=actor, at=at, version=version)
    if not may_join(case, into):
        raise MissingRequirement(row.action, Requirement.TARGET)
    _join(case, into, actor, at)


def join(case: Submission, *, into: Submission, actor: Actor, at: datetime) -> bool:
    """Merge what is just being sent: its reporter said "the same as that one". False if it cannot be."""
    lock(case, into)
    if case.status is not Status.RECEIVED or not may_join(case, into):
        return False
    _join(case, into, actor, at)
    return True


def _join(case: Submission, into: Submission, actor: Actor, at: datetime) -> None:
    supports = 1 + case.support_count
    data = {
        "target_reference": into.reference,
        "supports": supports,
        "due_at": None if case.due_at is None else case.due_at.isoformat(),
        "due_from": None if case.due_from is None else case.due_from.isoformat(),
        "due_days": case.due_days,
    }
    if case.status is not Status.NEEDS_INFO:  # else it says where a reply leads
        case.resume_status = case.status
    case.merged_into_id = into.id
    case.due_at = case.due_from = case.due_days = None  # but not the pause: a question may be open
    case.closed_at = at
    db.session.expire(case, ["merged_into"])
    events.record(case, Action.MERGE, actor=actor, at=at, to_status=Status.MERGED, data=data)
    into.support_count += supports
    events.record(into, events.MERGED_IN, actor=actor, at=at, data={"source_reference": case.reference})


def unmerge(case: Submission, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Take a merge back: the case goes on where it was, its clock as if no time had passed meanwhile."""
    row = enter(case, Action.UNMERGE, actor=actor, at=at, version=version)
    words = required(reason, row.action, Requirement.REASON)
    data = state(case, row.action, words, by_reporter=False, at=at)
    _release(case, data, actor=actor, at=at)


def release_followers(target: Submission, *, at: datetime) -> None:
    """Let go of everything merged into a case that ends without an answer."""
    followers = db.session.scalars(
        select(Submission).where(Submission.merged_into_id == target.id).order_by(Submission.id).limit(MOST)
    ).all()
    for case in followers:
        lock(case)
        _release(case, {}, actor=VISITOR, at=at)


def _release(case: Submission, data: dict[str, object], *, actor: Actor, at: datetime) -> None:
    merged = _newest(case, Action.MERGE)
    known = {} if merged is None else merged.data
    back_to = (merged and merged.from_status) or case.resume_status or Status.IN_REVIEW
    target = None if case.merged_into_id is None else db.session.get(Submission, case.merged_into_id)
    if target is not None:
        _take_back(target, int(known.get("supports", 0)))
        data = data | {"target_reference": target.reference}
    case.merged_into_id = None
    case.closed_at = None
    db.session.expire(case, ["merged_into"])
    _restore_clock(case, back_to, known, None if merged is None else merged.at, at)
    events.record(case, Action.UNMERGE, actor=actor, at=at, to_status=back_to, data=data)
    if target is not None:
        events.record(target, UNMERGED_FROM, actor=actor, at=at, data={"source_reference": case.reference})


def _restore_clock(
    case: Submission, status: Status, known: Mapping[str, Any], merged_at: datetime | None, at: datetime
) -> None:
    days = calendar()
    due, since = known.get("due_at"), known.get("due_from")
    if due is None or merged_at is None:
        start_clock(case, at, VERIFY_DAYS if case.assigned_at is None else answer_days(case))
        case.paused_at = None  # what was before it counts no more
    else:
        case.due_from = None if since is None else datetime.fromisoformat(since)
        case.due_days = known.get("due_days")
        case.due_at = datetime.fromisoformat(due)
        if status is not Status.NEEDS_INFO:  # else moved by the whole pause once the reporter replies
            case.due_at = days.moved(case.due_at, merged_at, at)
    case.escalated = 0
    if status is not Status.NEEDS_INFO:
        case.resume_status = case.paused_at = None
        return
    case.paused_at = case.paused_at or at
    question = db.session.scalar(
        select(Question)
        .where(Question.submission_id == case.id, Question.replied_at.is_(None))
        .order_by(Question.id.desc())
        .limit(1)
    )
    if question is not None:  # its days ran while nobody could reply
        question.expires_at = max(question.expires_at, days.deadline(at, REPLY_DAYS))


def _take_back(target: Submission | None, supports: int) -> None:
    """Lower the count of the target, and of whatever that one was merged into since."""
    for _ in range(_MOST_STEPS):
        if target is None:
            return
        lock(target)
        target.support_count = max(0, target.support_count - supports)
        above = target.merged_into_id
        target = None if above is None else db.session.get(Submission, above)


def _newest(case: Submission, action: Action) -> Event | None:
    return db.session.scalar(
        select(Event)
        .where(Event.submission_id == case.id, Event.action == action.value)
        .order_by(Event.id.desc())
        .limit(1)
    )
