"""Taking over what a city kept in a spreadsheet."""

from portal.services.imports.loading import Imported, load
from portal.services.imports.reading import FileUnreadable, Refusal, Row, read

__all__ = ["FileUnreadable", "Imported", "Refusal", "Row", "load", "read"]
