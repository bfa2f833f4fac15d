"""One way to hold a row that carries a version while it is changed."""

from typing import Protocol

from portal.core.database import db
from portal.services.errors import StaleVersion


class Versioned(Protocol):
    """A row whose version every change raises."""

    version: int


def hold(row: Versioned, version: int | None = None) -> None:
    """Let nobody else change a row until the end of the transaction.

    `version` is the one that its form was drawn from; None asks for none. Raises `StaleVersion`. What was
    loaded of a row at that version is what it holds still.
    """
    db.session.refresh(row, attribute_names=["version"], with_for_update={"key_share": True})
    if version is not None and row.version != version:
        raise StaleVersion(row.version)
