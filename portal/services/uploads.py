"""Files of businesses, partnerships, packages and programs: a stored file becomes a row that others show."""

from contextlib import suppress
from datetime import datetime

from portal.core.database import db, on_commit
from portal.core.storage import Storage, StorageUnavailable
from portal.core.tokens import new_token
from portal.models import Upload
from portal.services.attachments import StoredFile


def keep(file: StoredFile, *, by_id: int | None, at: datetime) -> Upload:
    """Note a stored file. Flushes: whoever shows it needs its id."""
    upload = Upload(
        token=new_token()[:40],
        storage_key=file.storage_key,
        thumbnail_key=file.thumbnail_key,
        mime=file.mime,
        size=file.size,
        width=file.width,
        height=file.height,
        sha256=file.sha256,
        file_name=file.file_name,
        uploaded_by_id=by_id,
        created_at=at,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def drop(upload: Upload, *, storage: Storage) -> None:
    """Remove a file; the caller has removed what showed it. The bytes go once that is committed."""
    keys = [key for key in (upload.storage_key, upload.thumbnail_key) if key]
    db.session.flush()  # what points to it goes first
    db.session.delete(upload)

    def delete_bytes() -> None:
        # Committed: bytes that stay behind belong to nobody and are out of reach.
        with suppress(StorageUnavailable):
            for key in keys:
                storage.delete(key)

    on_commit(delete_bytes)
