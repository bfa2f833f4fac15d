"""A city that has used the portal for half a year: the shipped stories, replayed through the services."""

from portal.services.demo.citizens import sign_ins
from portal.services.demo.loading import DemoBroken, Loaded, load
from portal.services.demo.people import Account, accounts, is_loaded

__all__ = ["Account", "DemoBroken", "Loaded", "accounts", "is_loaded", "load", "sign_ins"]
