"""Programs: creating, telling how far they are, and linking them to what citizens sent."""

from portal.rules.programs import may_edit
from portal.services.programs.details import (
    Measure,
    remove_indicator,
    save_budget,
    save_indicator,
    set_agencies,
    set_team,
)
from portal.services.programs.linking import link, link_partnership, unlink, unlink_partnership
from portal.services.programs.telling import (
    MOST_PHOTOS,
    ReasonNeeded,
    add_milestone,
    add_update,
    keep_milestone,
    linked_cases,
    move_milestone,
)
from portal.services.programs.voting import take_back, vote
from portal.services.programs.writing import FIELDS, WrongParent, carry_up, create, edit

__all__ = [
    "FIELDS",
    "MOST_PHOTOS",
    "Measure",
    "ReasonNeeded",
    "WrongParent",
    "add_milestone",
    "add_update",
    "carry_up",
    "create",
    "edit",
    "keep_milestone",
    "link",
    "link_partnership",
    "linked_cases",
    "may_edit",
    "move_milestone",
    "remove_indicator",
    "save_budget",
    "save_indicator",
    "set_agencies",
    "set_team",
    "take_back",
    "unlink",
    "unlink_partnership",
    "vote",
]
