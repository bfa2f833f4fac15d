"""Moderation: who may decide about what, and for how long things stand.

Nobody decides about what they wrote themselves, about a case that is theirs or names them, or about an
appeal against their own decision.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.models.kinds import ModerationAct, Role
from portal.rules.permissions import Actor

#: How long whoever was moderated may disagree, once.
APPEAL_PERIOD = timedelta(days=14)
#: A report is looked at within so many working days.
DUE_DAYS = 1
#: The longest that somebody may be kept from writing in public.
LONGEST_BLOCK = timedelta(days=365)
#: Days of a block to choose from.
BLOCK_DAYS = (1, 7, 30, 90, 365)

#: Decisions that whoever wrote it may appeal against.
APPEALABLE = frozenset({ModerationAct.HIDE, ModerationAct.WARN, ModerationAct.BLOCK})


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be decided about, as far as the rule needs it."""

    #: Whose words they are, if an account wrote them.
    author_id: int | None = None
    #: The actor reported the case themselves, or owns it.
    is_reporter: bool = False
    #: Members of staff whom the case names.
    named_ids: Collection[int] = ()
    #: Who took the decision that an appeal is against.
    decided_by_id: int | None = None


def moderates(actor: Actor) -> bool:
    """Tell whether moderation is open to the actor at all: the coordinators only."""
    return actor.user_id is not None and actor.has(Role.TRIAGE)


def may_decide(actor: Actor, matter: Matter) -> bool:
    """Tell whether this moderator may decide about this matter: never about themselves."""
    if not moderates(actor):
        return False
    mine = (matter.author_id, matter.decided_by_id, *matter.named_ids)
    return not matter.is_reporter and actor.user_id not in mine


def may_appeal(act: ModerationAct, decided_at: datetime, *, appealed: bool, at: datetime) -> bool:
    """Tell whether a decision may (still) be appealed against: once, within the period."""
    return act in APPEALABLE and not appealed and at <= decided_at + APPEAL_PERIOD
