"""One action on up to MOST cases, each by the very service that does it to a single case.

Nothing here publishes. One text for many cases is right only where they tell the same, and those are merged:
they follow their main case and get its answer through it. For all others an answer is written by reading.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.models import DeskChange, DeskChangeItem, Submission
from portal.rules.permissions import Actor, can, could
from portal.rules.workflow import Action
from portal.services import changes
from portal.services.attempts import Outcome, Skip, Skipped, attempt, hold

#: Cases at most in one go: on SQLite everybody who writes waits meanwhile.
MOST = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case and the version that its chooser saw."""

    case: Submission
    version: int


def hindrance(action: Action, chosen: Chosen, *, actor: Actor, at: datetime) -> Skipped | None:
    """Return why a case cannot take part, as it stands now; None where nothing is in the way."""
    case = chosen.case
    why: Skip | None = None
    if chosen.version != case.version:
        why = Skip.MOVED
    elif not could(action, actor, case):
        why = Skip.DENIED
    elif not can(action, actor, case, at=at) or (action is Action.TAKE and case.agency_id is None):
        why = Skip.STATE
    elif action is Action.MERGE and case.secret:
        why = Skip.TARGET
    return None if why is None else Skipped(case, why)


def run(
    action: Action,
    chosen: Sequence[Chosen],
    act: Callable[[Submission, int], Any],
    *,
    actor: Actor,
    at: datetime,
) -> Outcome:
    """Do it to each case that can take part and skip the others; one change is kept for all.

    `act` gets a case and the version its chooser saw, and calls the single action's service. What the same
    person's last press did already counts as done: pressing twice is as good as once.
    """
    outcome = Outcome()
    ordered = sorted(chosen, key=lambda one: one.case.id)
    hold([one.case for one in ordered])
    pressed = []
    for one in ordered:
        pressed.append((one.case, changes.before(one.case)))
        attempt(one.case, partial(act, one.case, one.version), outcome)
    changes.keep(action, pressed, actor=actor, at=at)
    _count_echo(action, outcome, actor)
    return outcome


def _count_echo(action: Action, outcome: Outcome, actor: Actor) -> None:
    if not any(one.why is Skip.MOVED for one in outcome.skipped):
        return
    newest = db.session.scalar(
        select(DeskChange).where(DeskChange.user_id == actor.user_id).order_by(DeskChange.id.desc()).limit(1)
    )
    if newest is None or newest.action != action or newest.undone_at is not None:
        return
    items = select(DeskChangeItem.submission_id, DeskChangeItem.version)
    mine = {tuple(row) for row in db.session.execute(items.where(DeskChangeItem.change_id == newest.id))}
    echoes = [
        one for one in outcome.skipped
        if one.why is Skip.MOVED and (one.case.id, one.case.version) in mine
    ]  # fmt: skip
    outcome.done += [one.case for one in echoes]
    outcome.skipped = [one for one in outcome.skipped if one not in echoes]
