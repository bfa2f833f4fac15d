"""Partnerships at the desk."""

from portal.web.desk.partnerships import listing, page  # noqa: F401 (the views register themselves)
