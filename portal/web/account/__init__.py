"""Signing in and out."""

from portal.web.account.blueprint import blueprint

__all__ = ["blueprint"]
