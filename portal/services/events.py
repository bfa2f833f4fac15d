"""History: the only place that writes events, and with them everything that hangs on a change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import event as listening

from portal.core.database import db
from portal.models import Event, Status, Submission
from portal.rules import visibility
from portal.rules.permissions import Actor
from portal.rules.workflow import Action
from portal.services import outbox, pages

#: What a reporter does. Their user id, if they are signed in, is nobody's business and is not kept.
REPORTER_ACTIONS = frozenset(
    {
        Action.SEND,
        Action.REPLY,
        Action.WITHDRAW,
        Action.NOT_DONE,
        Action.OBJECT,
        Action.CONFIRM,
        Action.ADD_INFORMATION,
        Action.LOWER_SECRECY,
        Action.RATE,
        "proposal_completed",
    }
)

#: The business wrote an answer of its proposal that it had left empty.
PROPOSAL_COMPLETED = "proposal_completed"

#: The first event of a case that was made of a matter of another.
SPLIT_OFF = "split_off"
#: Before these a case had no status.
BEGINNINGS = frozenset({Action.SEND, SPLIT_OFF})

#: Said of a target when another case was merged into it.
MERGED_IN = "merged_in"
#: By `rules.deadlines.escalation_step`.
ESCALATIONS = {1: "escalate_before", 2: "escalate_due", 3: "escalate_late"}
PROGRAM_PROGRESS = "program_progress"
#: The partnership that a proposal became went on to another stage.
PARTNERSHIP_MOVED = "partnership_moved"

#: These leave the case as an open form knows it, so they do not make that form stale.
QUIET = frozenset(
    {
        Action.NOTE,
        Action.REVEAL_IDENTITY,
        Action.RATE,
        MERGED_IN,
        PARTNERSHIP_MOVED,
        PROGRAM_PROGRESS,
        *ESCALATIONS.values(),
    }
)


#: The public is not told of these, but sees another title or one more photo.
SHOWN = frozenset({Action.CLASSIFY, Action.CLEAR_FILE})


class HistoryIsFixed(Exception):
    """Somebody tried to change or delete an event."""


def record(
    case: Submission,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    to_status: Status | None = None,
    public: bool = True,
    data: Mapping[str, Any] | None = None,
    notice_data: Mapping[str, Any] | None = None,
    on_behalf: bool = False,
) -> Event:
    """Append what happened to a case and do all that follows from it.

    Sets the status where `to_status` says so, ends "later" where that or the reporter brings news, moves the
    version (but for QUIET actions), decides anew whether the case is listed, voids public pages where they
    show it, and queues the mails. `data` holds ids, codes and values only, never words or names.
    `notice_data` goes into the mail for the case's own reporter (a sealed token). `on_behalf`: staff did
    what else a reporter does; an actor without a user id then is staff whose name is kept nowhere.
    """
    by_reporter = action in REPORTER_ACTIONS and not on_behalf
    event = Event(
        submission_id=case.id,
        at=at,
        action=str(action),
        actor_kind="staff" if on_behalf else _kind(actor, by_reporter),
        # who speaks for a business is nobody's business either
        actor_id=None if by_reporter or actor.speaks_for_business else actor.user_id,
        from_status=None if action in BEGINNINGS else case.status,
        to_status=to_status,
        public=public,
        data=dict(data or {}),
    )
    db.session.add(event)
    if to_status is not None:
        case.status = to_status
    if to_status is not None or by_reporter:
        case.later_until = None  # something new: whoever put it off could not know
    if action not in QUIET:
        case.version += 1
        case.updated_at = at
    case.listed = visibility.listed(case)
    db.session.flush()  # need the id
    if (public or action in SHOWN) and not case.secret:
        pages.touch()
    outbox.queue_notices(case, event, at, data=notice_data)
    return event


def _kind(actor: Actor, by_reporter: bool) -> str:
    if by_reporter:
        return "reporter"
    if actor.is_clock:
        return "clock"
    if actor.speaks_for_business:
        return "business"
    return "system" if actor.user_id is None else "staff"


def _refuse(_mapper: Any, _connection: Any, event: Event) -> None:
    raise HistoryIsFixed(f"event {event.id} stays as it is")


# The database refuses as well (see the first migration); this says it where the mistake was made.
listening.listen(Event, "before_update", _refuse)
listening.listen(Event, "before_delete", _refuse)
