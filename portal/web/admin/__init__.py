"""Users, reference data, settings, envelopes of mail. Sees no case content."""

from portal.web.admin import home, planning, reference, routing, users  # noqa: F401 (the views register themselves)
from portal.web.admin.blueprint import blueprint

__all__ = ["blueprint"]
