"""Deleting files for good, where a person wants theirs gone: the bytes first, then the row."""

from sqlalchemy import ColumnElement, delete, or_, select

from portal.core.database import db
from portal.core.storage import Storage
from portal.models import Attachment


def burn(*theirs: ColumnElement[bool], storage: Storage) -> int:
    """Delete these files and their rows; return how many. Raises `StorageUnavailable`.

    Bytes that another case borrows (a part that was split off) stay until that one lets go. The bytes go
    before the transaction ends: a row that is gone while its bytes are not would be beyond anybody's reach.
    """
    rows = list(db.session.scalars(select(Attachment).where(*theirs).order_by(Attachment.id)))
    ids = [row.id for row in rows]
    keys = {key for row in rows for key in (row.storage_key, row.thumbnail_key) if key}
    lent: set[str] = set()
    for key in keys:
        query = select(Attachment.id).where(
            or_(Attachment.storage_key == key, Attachment.thumbnail_key == key), Attachment.id.not_in(ids)
        )
        if db.session.scalar(query.limit(1)) is not None:
            lent.add(key)
    for key in sorted(keys - lent):
        storage.delete(key)
    db.session.execute(delete(Attachment).where(Attachment.id.in_(ids)))
    return len(ids)
