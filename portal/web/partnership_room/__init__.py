"""The room of a partnership: the same pages for staff at the desk and for the business in its account."""

from portal.web.partnership_room import (  # noqa: F401 (the views register themselves)
    agreements,
    duties,
    fronts,
    meetings,
    monitoring,
    talk,
)
