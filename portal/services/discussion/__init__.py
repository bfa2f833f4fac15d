"""What people say under a case, a program or a consultation: writing, changing, finding helpful, closing."""

from portal.services.discussion.closing import close, reopen
from portal.services.discussion.errors import Blocked, DiscussionClosed, TooLate
from portal.services.discussion.own import edit, erase, forget_author, is_own, withdraw
from portal.services.discussion.states import hide, publish, restore
from portal.services.discussion.votes import find_helpful, take_back
from portal.services.discussion.writing import alias, call_oneself, comment, shown_name

__all__ = [
    "Blocked",
    "DiscussionClosed",
    "TooLate",
    "alias",
    "call_oneself",
    "close",
    "comment",
    "edit",
    "erase",
    "find_helpful",
    "forget_author",
    "hide",
    "is_own",
    "publish",
    "reopen",
    "restore",
    "shown_name",
    "take_back",
    "withdraw",
]
