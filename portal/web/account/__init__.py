"""Signing in and out, and one's own account."""

from portal.web.account import (  # noqa: F401 (the views register themselves)
    agency,
    business,
    choices,
    claim,
    code,
    contacts,
    download,
    erase,
    home,
    mine,
    moderation,
    passkeys,
    password,
    proof,
    second_factor,
    sign_in,
    sso,
)
from portal.web.account.blueprint import blueprint
from portal.web.account.business import withdrawing  # noqa: F401 (the views register themselves)

__all__ = ["blueprint"]
