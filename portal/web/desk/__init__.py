"""Where staff work."""

from portal.web.desk.blueprint import blueprint

__all__ = ["blueprint"]
