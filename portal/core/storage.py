"""Where files live: a folder of this machine, or S3, behind the same few verbs.

Names are ours and random: nothing a person typed ever becomes part of a path. The MIME type and the
name for downloads stand in the database.
"""

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

if TYPE_CHECKING:  # a name for the type checker only: the library does not export it at run time
    from obstore import BytesStream

CHUNK_BYTES = 256 * 1024

_KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{28})\.[a-z0-9]{2,5}")
_DISK_FULL = re.compile(r"os error (?:28|122)\b|StorageFull|QuotaExceeded|InsufficientStorage")


class StorageError(Exception):
    """A file could not be stored or read; the message says where the trouble lies, never what is in it."""


class StorageFull(StorageError):
    """No room left (disk, quota or bucket): nothing was stored."""


class StorageUnavailable(StorageError):
    """The disk or the server does not answer properly; it may later."""


class FileMissing(StorageError):
    """There is no file under this key."""


class BadKey(ValueError):
    """A key that `new_key` cannot have made, such as one with a path of its own."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One entry of the listing: size in bytes, time in UTC."""

    key: str
    size: int
    modified: datetime


def new_key(extension: str) -> str:
    """Return a fresh random key such as "3f/a9/3fa9...2c.webp" (128 bits, 65,536 folders).

    Raises BadKey for an extension that is not 2 to 5 lower-case letters or digits.
    """
    name = secrets.token_hex(16)
    return _checked(f"{name[:2]}/{name[2:4]}/{name}.{extension}")


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise BadKey("not a key of this storage")
    return key


class Storage:
    """Files under random keys. Safe for threads.

    `url` is a folder, or `s3://bucket/prefix?endpoint=http://host:port&region=name` with the
    credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. The connection is made at the first
    use, because its threads do not survive a fork of the web server. Raises ValueError for any other url.
    """

    def __init__(self, url: str | Path) -> None:
        parts = urlsplit(str(url))
        if parts.scheme not in {"", "file", "s3"} or (parts.scheme == "s3" and not parts.netloc):
            raise ValueError("STORAGE_URL is a folder or s3://bucket/prefix?endpoint=...")
        self._s3 = parts if parts.scheme == "s3" else None
        self._folder = (
            None if self._s3 else Path(parts.path if parts.scheme == "file" else str(url)).absolute()
        )

    @classmethod
    def for_config(cls, data_dir: Path, storage_url: str | None) -> "Storage":
        """Return the storage at `storage_url`, or in `data_dir`/files when there is none."""
        return cls(storage_url or data_dir / "files")

    @cached_property
    def _store(self) -> LocalStore | S3Store:
        if self._s3 is None:
            return LocalStore(self._folder, mkdir=True)
        options = dict(parse_qsl(self._s3.query))
        endpoint = options.get("endpoint")
        return S3Store(
            self._s3.netloc,
            prefix=self._s3.path.strip("/") or None,
            endpoint=endpoint,
            region=options.get("region", "us-east-1"),
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "timeout": "30s",
            },
        )

    def put(self, key: str, data: bytes, mime: str) -> None:
        """Store `data`; when this returns, it survives a power cut. An older file of that key is replaced.

        A reader sees the whole file or none. Raises StorageFull or StorageUnavailable.
        """
        _checked(key)
        try:
            # One piece: an interrupted multipart upload would leave parts behind.
            if self._folder is None:
                obstore.put(self._store, key, data, attributes={"Content-Type": mime}, use_multipart=False)
            else:
                obstore.put(self._store, key, data, use_multipart=False)
                self._sync(self._folder / key)
        except (BaseError, OSError) as error:
            raise self._trouble(error) from error

    def _sync(self, path: Path) -> None:
        """Flush the file and the folders that name it."""
        for part in (path, path.parent, path.parent.parent, path.parent.parent.parent):
            descriptor = os.open(part, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def get(self, key: str) -> bytes:
        """Return the whole file. Raises FileMissing or StorageUnavailable."""
        try:
            return bytes(obstore.get(self._store, _checked(key)).bytes())
        except (BaseError, OSError) as error:
            raise self._trouble(error) from error

    def stream(self, key: str) -> Iterator[bytes]:
        """Return the file in pieces of about 256 KiB; it is opened at once, so a missing one raises here.

        Raises FileMissing or StorageUnavailable.
        """
        try:
            found = obstore.get(self._store, _checked(key)).stream(min_chunk_size=CHUNK_BYTES)
        except (BaseError, OSError) as error:
            raise self._trouble(error) from error
        return self._pieces(found)

    def _pieces(self, found: "BytesStream") -> Iterator[bytes]:
        try:
            for piece in found:
                yield bytes(piece)
        except (BaseError, OSError) as error:
            raise self._trouble(error) from error

    def delete(self, key: str) -> None:
        """Remove the file; one that is gone already is fine. Raises StorageUnavailable."""
        try:
            obstore.delete(self._store, _checked(key))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise self._trouble(error) from error

    def exists(self, key: str) -> bool:
        """Tell whether the file is there. Raises StorageUnavailable."""
        try:
            obstore.head(self._store, _checked(key))
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise self._trouble(error) from error
        return True

    def files(self) -> Iterator[StoredFile]:
        """Yield every stored file, in no order; what is not ours (half-written drafts) is left out."""
        try:
            for batch in obstore.list(self._store):
                for entry in batch:
                    if _KEY.fullmatch(entry["path"]):
                        yield StoredFile(entry["path"], entry["size"], entry["last_modified"])
        except (BaseError, OSError) as error:
            raise self._trouble(error) from error

    @staticmethod
    def _trouble(error: Exception) -> StorageError:
        # The library tells a full disk only in words.
        if isinstance(error, FileNotFoundError):
            return FileMissing("no such file")
        if _DISK_FULL.search(str(error)):
            return StorageFull("no room left for files")
        return StorageUnavailable(f"the storage does not answer properly ({type(error).__name__})")
