"""Users, reference data, settings, envelopes of mail. Sees no case content."""

from portal.web.admin import (  # noqa: F401 (the views register themselves)
    home,
    nomenclature,
    planning,
    reference,
    routing,
    users,
)
from portal.web.admin.blueprint import blueprint

__all__ = ["blueprint"]
