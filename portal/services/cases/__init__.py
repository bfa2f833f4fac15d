"""Changing a case: one function for each thing that can be done to it.

Every function holds the case, then checks in this order: the version the caller saw (`StaleVersion`), the
policy (`NotPermitted`), the table (`TransitionNotAllowed`), what the row requires (`MissingRequirement`).
"""

from portal.services.cases.contesting import confirm, not_done, object_
from portal.services.cases.drafting import return_draft
from portal.services.cases.entering import lock
from portal.services.cases.handling import (
    ask,
    assign,
    expire,
    hand_over,
    reply,
    review,
    take,
    verify,
    withdraw,
)
from portal.services.cases.identity import RevealedIdentity, reveal_identity
from portal.services.cases.merging import join, may_join, merge, unmerge
from portal.services.cases.moderation import (
    classify,
    clear_file,
    hide,
    lower_secrecy,
    name_staff,
    unhide,
)
from portal.services.cases.notes import add_information, note
from portal.services.cases.ordering import later, latest_day, prioritise
from portal.services.cases.outcomes import (
    accept,
    answer,
    decline,
    defer,
    draft_answer,
    edit_answer,
    finish,
    promise,
    refer,
    speaking_for,
)
from portal.services.cases.rating import rate
from portal.services.cases.splitting import Part, split
from portal.services.cases.undoing import take_back

__all__ = [
    "Part",
    "RevealedIdentity",
    "accept",
    "add_information",
    "answer",
    "ask",
    "assign",
    "classify",
    "clear_file",
    "confirm",
    "decline",
    "defer",
    "draft_answer",
    "edit_answer",
    "expire",
    "finish",
    "hand_over",
    "hide",
    "join",
    "later",
    "latest_day",
    "lock",
    "lower_secrecy",
    "may_join",
    "merge",
    "name_staff",
    "not_done",
    "note",
    "object_",
    "prioritise",
    "promise",
    "rate",
    "refer",
    "reply",
    "return_draft",
    "reveal_identity",
    "review",
    "speaking_for",
    "split",
    "take",
    "take_back",
    "unhide",
    "unmerge",
    "verify",
    "withdraw",
]
