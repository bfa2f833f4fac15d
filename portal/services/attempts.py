"""The same thing done to many cases: each in a savepoint of its own, so that one refusal stops no other."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.models import Submission
from portal.rules.later import CannotWait
from portal.rules.workflow import MissingRequirement, Requirement, TransitionNotAllowed
from portal.services.cases.entering import lock
from portal.services.errors import NotPermitted, StaleVersion

log = logging.getLogger(__name__)


class Skip(StrEnum):
    """Why a case was left alone."""

    MOVED = "moved"  # it changed since it was chosen
    STATE = "state"  # its state does not allow it
    DENIED = "denied"  # this actor may not, or the officer named does not work there
    CATEGORY = "category"  # it has none
    AGENCY = "agency"
    TARGET = "target"  # it cannot be merged into that one
    DEADLINE = "deadline"  # it cannot wait that long


@dataclass(frozen=True, slots=True)
class Skipped:
    """A case that was left alone; `latest` is the last day it can wait for (`Skip.DEADLINE`)."""

    case: Submission
    why: Skip
    latest: date | None = None


@dataclass(slots=True)
class Outcome:
    """What became of many cases."""

    done: list[Submission] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


_REQUIREMENTS = {
    Requirement.CATEGORY: Skip.CATEGORY,
    Requirement.AGENCY: Skip.AGENCY,
    Requirement.TARGET: Skip.TARGET,
}


def hold(cases: Sequence[Submission]) -> None:
    """Hold the rows of all of them and read them anew, in one order, so that two who press at once wait."""
    ids = [case.id for case in cases]
    held = select(Submission).where(Submission.id.in_(ids)).order_by(Submission.id)
    db.session.scalars(held.with_for_update(key_share=True).execution_options(populate_existing=True)).all()


def each(cases: Sequence[Submission], act: Callable[[Submission], bool], *, failed: str) -> int:
    """Let a job do something to each case, held and in a savepoint; return for how many `act` said it did.

    One that fails keeps none of the others waiting: the log says so under the name `failed`.
    """
    done = 0
    for case in cases:
        case_id = case.id
        try:
            with db.session.begin_nested():
                lock(case)
                done += act(case)
        except Exception as error:
            log.error(failed, extra={"case": case_id, "error": type(error).__name__}, exc_info=True)
    return done


def attempt(case: Submission, act: Callable[[], Any], outcome: Outcome) -> None:
    """Do something to a case, or note why it cannot be done."""
    try:
        with db.session.begin_nested():
            act()
    except StaleVersion:
        outcome.skipped.append(Skipped(case, Skip.MOVED))
    except NotPermitted:
        outcome.skipped.append(Skipped(case, Skip.DENIED))
    except TransitionNotAllowed:
        outcome.skipped.append(Skipped(case, Skip.STATE))
    except MissingRequirement as error:
        outcome.skipped.append(Skipped(case, _REQUIREMENTS.get(Requirement(error.requirement), Skip.STATE)))
    except CannotWait as error:
        outcome.skipped.append(Skipped(case, Skip.DEADLINE, error.latest))
    else:
        outcome.done.append(case)
