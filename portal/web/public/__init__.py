"""What everybody sees."""

from portal.web.public.blueprint import blueprint

__all__ = ["blueprint"]
