"""Moderation: reports of readers, decisions about submissions, comments and people, and appeals."""

from portal.services.moderation.appeals import appeal, settle
from portal.services.moderation.deciding import (
    block,
    decide_comment,
    dismiss,
    hide_case,
    unblock,
    unhide_case,
    warn,
)
from portal.services.moderation.errors import DecidedAlready
from portal.services.moderation.reports import report

__all__ = [
    "DecidedAlready",
    "appeal",
    "block",
    "decide_comment",
    "dismiss",
    "hide_case",
    "report",
    "settle",
    "unblock",
    "unhide_case",
    "warn",
]
