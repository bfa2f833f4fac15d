"""Files that people send: made harmless and stored before the database is touched, then noted as a row.

SQLite has one writer. Decoding a photo takes a second, so it happens before the first statement of a
request; `attach` then only writes a row.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from portal.core.database import db, on_commit
from portal.core.documents import prepare_pdf
from portal.core.formats import one_line
from portal.core.images import prepare
from portal.core.storage import Storage, StorageUnavailable, new_key
from portal.core.tokens import new_token
from portal.core.uploads import kind_of, read_limited
from portal.models import Attachment, Draft, Purpose, Submission

#: Photos that one story, reply or package may carry.
MAX_PHOTOS = 5
#: PDF files that one story or reply may carry.
MAX_DOCUMENTS = 1
#: Scans of one letter: pictures of its pages, and PDF files.
MAX_SCANS = 5
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the storage but belongs to nothing yet. `size` in bytes, sides in pixels."""

    storage_key: str
    thumbnail_key: str
    mime: str
    size: int
    width: int | None
    height: int | None
    sha256: str
    file_name: str

    @property
    def is_photo(self) -> bool:
        """Tell whether it is a picture (else a PDF)."""
        return self.mime.startswith("image/")


def store_photo(source: bytes | BinaryIO, file_name: str, *, storage: Storage) -> StoredFile:
    """Decode a photo, write it anew without metadata, and store it with its thumbnail.

    Raises `portal.core.uploads.FileRefused`, `StorageFull` or `StorageUnavailable`.
    """
    image = prepare(source)
    key, thumbnail_key = new_key(image.extension), new_key(image.extension)
    storage.put(key, image.data, image.mime)
    storage.put(thumbnail_key, image.thumbnail, image.mime)
    return StoredFile(
        key,
        thumbnail_key,
        image.mime,
        len(image.data),
        image.width,
        image.height,
        image.sha256,
        one_line(file_name, _NAME_LENGTH),
    )


def store_document(source: bytes | BinaryIO, file_name: str, *, storage: Storage) -> StoredFile:
    """Clean a PDF and store it. Raises as `store_photo` does."""
    document = prepare_pdf(source)
    key = new_key(document.extension)
    storage.put(key, document.data, document.mime)
    return StoredFile(
        key,
        "",
        document.mime,
        len(document.data),
        None,
        None,
        document.sha256,
        one_line(file_name, _NAME_LENGTH),
    )


def store_scan(source: bytes | BinaryIO, file_name: str, *, storage: Storage) -> StoredFile:
    """Store a scanned letter: a PDF, or a picture of it. Raises as `store_photo` does."""
    data = read_limited(source)
    store = store_document if kind_of(data) == "pdf" else store_photo
    return store(data, file_name, storage=storage)


def discard(files: Iterable[StoredFile], *, storage: Storage) -> None:
    """Remove stored files that found no place."""
    for file in files:
        storage.delete(file.storage_key)
        if file.thumbnail_key:
            storage.delete(file.thumbnail_key)


def attach(
    file: StoredFile | Attachment,
    *,
    to: Draft | Submission,
    purpose: Purpose,
    at: datetime,
    proprietary: bool = False,
    cleared: bool = True,
) -> Attachment:
    """Note a stored file as part of a draft or a case; an attachment of another lends its bytes.

    Flushes: the caller needs its id.
    """
    attachment = Attachment(
        token=new_token()[:40],
        draft_id=to.id if isinstance(to, Draft) else None,
        submission_id=to.id if isinstance(to, Submission) else None,
        purpose=purpose,
        proprietary=proprietary,
        cleared=cleared,
        storage_key=file.storage_key,
        thumbnail_key=file.thumbnail_key,
        mime=file.mime,
        size=file.size,
        width=file.width,
        height=file.height,
        sha256=file.sha256,
        file_name=file.file_name,
        created_at=at,
    )
    if isinstance(to, Submission):
        to.file_count += 1
    db.session.add(attachment)
    db.session.flush()
    return attachment


def remove(attachment: Attachment, *, storage: Storage) -> None:
    """Remove a file that was only part of a draft; its bytes go once the removal is committed."""
    if attachment.submission_id is not None:
        raise ValueError("a file of a submission is part of its history")
    keys = [attachment.storage_key, attachment.thumbnail_key]
    db.session.delete(attachment)

    def delete_bytes() -> None:
        # The removal is committed; bytes that stay behind belong to nobody and are out of reach.
        with suppress(StorageUnavailable):
            for key in filter(None, keys):
                storage.delete(key)

    on_commit(delete_bytes)
