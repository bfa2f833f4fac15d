"""Signing in and out, and one's own account."""

from portal.web.account import (  # noqa: F401 (the views register themselves)
    agency,
    choices,
    claim,
    code,
    contacts,
    erase,
    home,
    mine,
    moderation,
    password,
    sign_in,
)
from portal.web.account.blueprint import blueprint

__all__ = ["blueprint"]
