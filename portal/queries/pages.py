"""The version that keys cached pages."""

from typing import cast

from portal.core.database import db


def version() -> int:
    """Return the number that every publicly visible change raises.

    Read on a plain driver connection: this is the one query of a page served from memory, and the ORM
    would cost more than the rest of the answer.
    """
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT number FROM page_version WHERE id = 1")
        row = cursor.fetchone()
        return cast(int, row[0]) if row else 0
    finally:
        connection.close()
