"""What the reporter says after an outcome: done, not done, or I object."""

from datetime import datetime

from portal.models import Submission
from portal.rules.deadlines import VERIFY_DAYS
from portal.rules.permissions import Actor
from portal.rules.workflow import Action, Requirement
from portal.services import events
from portal.services.cases.entering import (
    answer_days,
    enter,
    enter_standing,
    reporter_time,
    required,
    start_clock,
    state,
)


def not_done(
    case: Submission, *, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Say that it is not done; the case is open again with a fresh answer clock."""
    row = enter(case, Action.NOT_DONE, actor=actor, at=at, version=version)
    words = required(reason, row.action, Requirement.REASON)
    at = reporter_time(case, at)
    _reopen(case, answer_days(case), at)
    case.promised_on = None
    case.confirmed = False
    data = state(case, row.action, words, by_reporter=True, at=at)
    events.record(case, row.action, actor=actor, at=at, to_status=row.target, data=data)


def object_(case: Submission, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Object, once, to a no; triage looks at the case again."""
    row = enter(case, Action.OBJECT, actor=actor, at=at, version=version)
    words = required(reason, row.action, Requirement.REASON)
    at = reporter_time(case, at)
    _reopen(case, VERIFY_DAYS, at)
    case.objected = True
    data = state(case, row.action, words, by_reporter=True, at=at)
    events.record(case, row.action, actor=actor, at=at, to_status=row.target, data=data)


def _reopen(case: Submission, days: int, at: datetime) -> None:
    start_clock(case, at, days)
    case.closed_at = case.contest_until = case.reason_code = case.review_on = None
    case.institution = ""
    case.reopened += 1


def confirm(
    case: Submission,
    *,
    value: bool,
    reason: str = "",
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Tell whether it is really done. "No" needs a reason and opens the case again."""
    if not value:
        not_done(case, reason=reason, actor=actor, at=at, version=version)
        return
    enter_standing(case, Action.CONFIRM, actor=actor, at=at, version=version)
    case.confirmed = True
    at = reporter_time(case, at)
    events.record(case, Action.CONFIRM, actor=actor, at=at, data={"value": True})
