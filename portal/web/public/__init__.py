"""What everybody sees."""

from portal.web.public import (  # noqa: F401 (importing a module hangs its views on the blueprint)
    about,
    home,
    programs,
    stop_mail,
    submissions,
    transparency,
)
from portal.web.public.blueprint import blueprint

__all__ = ["blueprint"]
