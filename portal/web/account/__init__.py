"""Signing in and out, and one's own account."""

from portal.web.account import agency, code, home, password, sign_in  # noqa: F401 (the views register themselves)
from portal.web.account.blueprint import blueprint

__all__ = ["blueprint"]
