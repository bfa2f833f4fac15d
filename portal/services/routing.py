"""Rules that suggest where a case goes, days to answer by kind, and what became of each suggestion.

Rules and days are reference data: admins change them, every change leaves a trace, deadlines that are
set stay.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.core.database import db
from portal.models import Category, Kind, RoutingOutcome, RoutingRule, ServiceLevel, Submission
from portal.queries import reference
from portal.queries import routing as reads
from portal.rules.permissions import Actor
from portal.rules.routing import Suggestion
from portal.services import pages
from portal.services.administration import Taken, added, require_admin, trace
from portal.services.errors import NotPermitted, StaleVersion


class TooMany(Exception):
    """There are as many rules as anybody can oversee."""


def save_rule(
    rule_id: int | None, *, version: int | None = None, actor: Actor, at: datetime, **fields: Any
) -> RoutingRule:
    """Add a rule at the end, or change one. `fields` are columns of `RoutingRule`.

    Raise `Taken` for a name that is in use, `StaleVersion` where somebody else changed it since `version`,
    `TooMany`, and `NotPermitted` for a rule that is gone.
    """
    require_admin(actor)
    pages.touch_reference()
    changed = {"updated_at": at, "updated_by_id": actor.user_id}
    if rule_id is None:
        ordered = _in_order()
        if len(ordered) >= reference.MOST_RULES:
            raise TooMany
        row = added(RoutingRule(**fields, **changed, position=len(ordered) + 1))
    else:
        row = _held(rule_id)
        if version is not None and row.version != version:
            raise StaleVersion(row.version)
        if _named(fields.get("name", row.name), but=row.id):
            raise Taken
        for name, value in {**fields, **changed, "version": row.version + 1}.items():
            setattr(row, name, value)
        db.session.flush()
    trace("routing_rule", row.id, actor=actor, at=at)
    return row


def move_rule(rule_id: int, steps: int, *, actor: Actor, at: datetime) -> None:
    """Move a rule by so many places, up with a negative number; at an end it stays."""
    require_admin(actor)
    row = _held(rule_id)
    ordered = _in_order()
    place = ordered.index(row)
    ordered.insert(max(0, min(len(ordered) - 1, place + steps)), ordered.pop(place))
    _number(ordered)
    pages.touch_reference()
    trace("routing_rule", row.id, actor=actor, at=at)


def switch_rule(rule_id: int, active: bool, *, actor: Actor, at: datetime) -> None:
    """Let a rule count, or not for the time being."""
    require_admin(actor)
    row = _held(rule_id)
    if row.active == active:
        return
    row.active = active
    row.version += 1
    row.updated_at, row.updated_by_id = at, actor.user_id
    pages.touch_reference()
    trace("routing_rule", row.id, actor=actor, at=at)


def delete_rule(rule_id: int, *, actor: Actor, at: datetime) -> None:
    """Remove a rule. What it suggested stays counted, without its name."""
    require_admin(actor)
    row = _held(rule_id)
    db.session.delete(row)
    db.session.flush()
    _number(_in_order())
    pages.touch_reference()
    trace("routing_rule", rule_id, actor=actor, at=at)


def _held(rule_id: int) -> RoutingRule:
    row = db.session.get(RoutingRule, rule_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotPermitted
    return row


def _in_order() -> list[RoutingRule]:
    query = select(RoutingRule).order_by(RoutingRule.position, RoutingRule.id)
    return list(db.session.scalars(query))


def _number(ordered: Sequence[RoutingRule]) -> None:
    for position, row in enumerate(ordered, start=1):
        row.position = position
    db.session.flush()


def _named(name: str, *, but: int) -> bool:
    query = select(func.count()).where(RoutingRule.name == name, RoutingRule.id != but)
    return bool(db.session.scalar(query))


# --- days to answer -----------------------------------------------------------------------------------


def set_level(kind: Kind, category_id: int | None, days: int, *, actor: Actor, at: datetime) -> ServiceLevel:
    """Choose the working days to answer a kind, in one category or wherever there is none."""
    require_admin(actor)
    if category_id is not None and db.session.get(Category, category_id) is None:
        raise NotPermitted
    row = _level(kind, category_id)
    if row is None:
        row = added(ServiceLevel(kind=kind, category_id=category_id, answer_days=days))
    else:
        row.answer_days = days
    pages.touch_reference()
    trace("service_level", row.id, actor=actor, at=at)
    return row


def remove_level(level_id: int, *, actor: Actor, at: datetime) -> None:
    """Go back to the category's days; deadlines that are set stay."""
    require_admin(actor)
    row = db.session.get(ServiceLevel, level_id)
    if row is None:
        raise NotPermitted
    db.session.delete(row)
    pages.touch_reference()
    trace("service_level", level_id, actor=actor, at=at)


def _level(kind: Kind, category_id: int | None) -> ServiceLevel | None:
    # NULLs are never equal, so the unique constraint does not see a second row without a category.
    same = (
        ServiceLevel.category_id.is_(None) if category_id is None else ServiceLevel.category_id == category_id
    )
    query = select(ServiceLevel).where(ServiceLevel.kind == kind, same).order_by(ServiceLevel.id).limit(1)
    return db.session.scalar(query)


# --- what became of suggestions -----------------------------------------------------------------------


def note_outcome(
    case: Submission, suggested: Suggestion, *, agency_id: int, category_id: int, at: datetime
) -> None:
    """Write down what was suggested at the first assignment of a case, and whether it was kept."""
    agency, category = suggested.agency, suggested.category
    rule_id = suggested.rule_id
    if rule_id is not None:
        # Remembered rules may be a moment older than their table; held, so that it cannot go meanwhile.
        held = db.session.get(RoutingRule, rule_id, with_for_update={"read": True, "key_share": True})
        rule_id = None if held is None else held.id
    db.session.add(
        RoutingOutcome(
            submission_id=case.id,
            at=at,
            source=suggested.source,
            rule_id=rule_id,
            agency_id=None if agency is None else agency.value,
            category_id=None if category is None else category.value,
            agency_kept=None if agency is None else agency.value == agency_id,
            category_kept=None if category is None else category.value == category_id,
        )
    )


def suggestion_now(case: Submission) -> Suggestion | None:
    """Return what is suggested at the first assignment of a case; later ones measure nothing."""
    return reads.suggest(case) if case.assigned_at is None else None
