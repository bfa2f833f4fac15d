"""What every change to a partnership begins with: held, the version, the policy and the table agree."""

from sqlalchemy import inspect

from portal.core.database import db
from portal.models import Partnership
from portal.rules import partnerships as rules
from portal.rules.partnerships import Act, Transition
from portal.rules.permissions import Actor
from portal.rules.transitions import TransitionNotAllowed
from portal.services.errors import NotPermitted, StaleVersion

_COLUMNS = [column.key for column in inspect(Partnership).column_attrs]


def enter(partnership: Partnership, act: Act, *, actor: Actor, version: int | None = None) -> Transition:
    """Hold the partnership and return the row of the table for a change of stage.

    Raises `StaleVersion`, `NotPermitted` where the actor may never do this, `TransitionNotAllowed` where the
    partnership is not (or no longer) in a stage for it.
    """
    _hold(partnership, act, actor, version)
    row = rules.row(act, partnership.stage)
    if not rules.can(act, actor, partnership):
        raise TransitionNotAllowed(partnership.stage, act)
    return row


def enter_standing(partnership: Partnership, act: Act, *, actor: Actor, version: int | None = None) -> None:
    """Hold the partnership for what leaves its stage alone. Raises as `enter` does."""
    _hold(partnership, act, actor, version)
    if not rules.can(act, actor, partnership):
        raise TransitionNotAllowed(partnership.stage, act)


def _hold(partnership: Partnership, act: Act, actor: Actor, version: int | None) -> None:
    db.session.refresh(partnership, attribute_names=_COLUMNS, with_for_update={"key_share": True})
    if version is not None and version != partnership.version:
        raise StaleVersion(partnership.version)
    if not rules.could(act, actor, partnership):
        raise NotPermitted
