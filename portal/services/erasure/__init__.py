"""Erasing an account: planned by its person, taken back within days, then done once and for good."""

from portal.services.erasure.doing import erase
from portal.services.erasure.planning import (
    COOLING_OFF,
    DONE_MAIL,
    PLANNED_MAIL,
    can_be_kept,
    due,
    keep,
    keep_by_link,
    may_erase,
    plan,
)

__all__ = [
    "COOLING_OFF",
    "DONE_MAIL",
    "PLANNED_MAIL",
    "can_be_kept",
    "due",
    "erase",
    "keep",
    "keep_by_link",
    "may_erase",
    "plan",
]
