"""Aspirations written for the planning system: the fields, and the recommendations in their order."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.text import normalise
from portal.models import Endorsement, Endorser, Kind, PlanningProposal, Submission, Verdict
from portal.queries import planning_proposals as reading
from portal.rules import planning as rules
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action
from portal.services import audit
from portal.services.errors import NotPermitted, StaleVersion

#: What `write` may set.
FIELDS = frozenset(
    {
        "year",
        "problem",
        "background",
        "purpose",
        "address",
        "volume",
        "unit",
        "budget",
        "agency_id",
        "land_status",
    }
)


class NotInOrder(Exception):
    """A word comes before the one that it follows from, or after one that ended the chain."""


def may_write(actor: Actor, case: Submission, *, at: datetime) -> bool:
    """Tell whether the actor may write this case for the planning system: its staff, ideas and problems."""
    return case.kind in (Kind.IDEA, Kind.PROBLEM) and can(Action.NOTE, actor, case, at=at)


def _hold(case: Submission) -> None:
    """Let nobody else write or recommend meanwhile; before the first row there is only the case to hold."""
    db.session.refresh(case, attribute_names=["version"], with_for_update={"key_share": True})


def write(
    case: Submission, *, actor: Actor, at: datetime, version: int, fields: Mapping[str, Any]
) -> PlanningProposal:
    """Write the fields; `version` 0 begins. Raises `StaleVersion` when somebody was faster.

    Once the first word was given only what it does not speak of may change: it is begun anew by taking the
    words back.
    """
    if not may_write(actor, case, at=at):
        raise NotPermitted
    _hold(case)
    row = db.session.get(PlanningProposal, case.id)
    if (row.version if row is not None else 0) != version:
        raise StaleVersion(row.version if row is not None else 0)
    if row is None:
        row = PlanningProposal(
            submission_id=case.id, created_at=at, created_by_id=actor.user_id, version=0, updated_at=at
        )
        db.session.add(row)
    elif reading.endorsements([case.id])[case.id]:
        raise NotInOrder
    for name in FIELDS & fields.keys():
        setattr(row, name, fields[name])
    row.version += 1
    row.updated_at = at
    db.session.flush()
    audit.note("planning_proposal", "submission", case.id, actor=actor, at=at, data={"year": row.year})
    return row


def endorse(
    case: Submission,
    endorser: Endorser,
    *,
    verdict: Verdict,
    given_on: date,
    volume: float | None = None,
    budget: int | None = None,
    remark: str = "",
    actor: Actor,
    at: datetime,
) -> Endorsement:
    """Note whose word was given. Raises `NotInOrder` unless it is the next, `ValueError` for a day ahead.

    Staff enter what the lurah, the camat and the budget team said on paper.
    """
    if not may_write(actor, case, at=at) or reading.of_case(case.id) is None:
        raise NotPermitted
    _hold(case)
    given = {one: row.verdict for one, row in reading.endorsements([case.id])[case.id].items()}
    if rules.next_endorser(given) is not endorser:
        raise NotInOrder
    if given_on > city_date(at):
        raise ValueError("a day ahead")
    row = Endorsement(
        submission_id=case.id,
        endorser=endorser,
        verdict=verdict,
        volume=volume,
        budget=budget,
        remark=normalise(remark)[:500],
        given_on=given_on,
        at=at,
        by_id=actor.user_id,
    )
    db.session.add(row)
    db.session.flush()
    data = {"endorser": endorser.value, "verdict": verdict.value}
    audit.note("planning_endorsed", "submission", case.id, actor=actor, at=at, data=data)
    return row


def take_back(case: Submission, endorser: Endorser, *, actor: Actor, at: datetime) -> None:
    """Take the last word back, entered by mistake. Raises `NotInOrder` for another."""
    if not may_write(actor, case, at=at):
        raise NotPermitted
    given = reading.endorsements([case.id])[case.id]
    if rules.last_given({one: row.verdict for one, row in given.items()}) is not endorser:
        raise NotInOrder
    db.session.delete(given[endorser])
    audit.note(
        "planning_word_taken_back",
        "submission",
        case.id,
        actor=actor,
        at=at,
        data={"endorser": endorser.value},
    )
