"""Whole public pages in memory, compressed, keyed by a version that every visible change raises."""

import gzip
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

import brotli

Key = tuple[str, ...]


@dataclass(slots=True)
class CachedPage:
    """A rendered page, and its encodings from the first time that somebody asks for one."""

    body: bytes
    etag: str
    mimetype: str
    disposition: str = ""
    _gzip: bytes = b""
    _brotli: bytes = b""

    @property
    def gzip(self) -> bytes:
        """The page as gzip. Two threads that both come first do the same work twice, which harms nobody."""
        if not self._gzip:
            self._gzip = gzip.compress(self.body, 6, mtime=0)
        return self._gzip

    @property
    def brotli(self) -> bytes:
        """The page as brotli."""
        if not self._brotli:
            self._brotli = brotli.compress(self.body, quality=5)
        return self._brotli

    @property
    def weight(self) -> int:
        """Bytes this page takes in memory at most: no encoding is longer than half of a page of text."""
        return 2 * len(self.body) + 100


class PageCache:
    """A least-recently-used store of at most `limit` bytes; safe between threads."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._pages: OrderedDict[Key, CachedPage] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Key) -> CachedPage | None:
        """Return the page, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key, body: bytes, mimetype: str, *, disposition: str = "") -> CachedPage:
        """Keep a page; return it."""
        page = CachedPage(
            body=body,
            etag=blake2b(body, digest_size=10).hexdigest(),
            mimetype=mimetype,
            disposition=disposition,
        )
        if page.weight <= self.limit // 8:
            with self._lock:
                old = self._pages.pop(key, None)
                self._weight += page.weight - (old.weight if old else 0)
                self._pages[key] = page
                while self._weight > self.limit:
                    _, dropped = self._pages.popitem(last=False)
                    self._weight -= dropped.weight
        return page
