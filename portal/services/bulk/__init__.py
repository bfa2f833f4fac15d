"""Very many submissions at once, for measuring: believable, consistent, the same each time."""

from portal.services.bulk.loading import Loaded, load

__all__ = ["Loaded", "load"]
