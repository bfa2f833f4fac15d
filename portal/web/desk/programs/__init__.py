"""Programs at the desk: their pages, what is told of them, their details, and files that come and go."""

from portal.web.desk.programs import details, files, pages, telling  # noqa: F401 (they hang their views)
