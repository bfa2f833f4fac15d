"""What stops at the door: how big a file may be, what it really is, and why it is refused."""

from typing import BinaryIO, ClassVar

import filetype

MAX_FILE_BYTES = 10 * 1024 * 1024

# Only what we re-encode. AVIF, TIFF and BMP decoders are attack surface that no phone here needs.
IMAGE_TYPES = {"image/jpeg", "image/png", "image/webp", "image/gif"}
# Phones that store HEIC convert it when the form accepts JPEG; decoding it needs a codec we do not ship.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class FileRefused(Exception):
    """A file that is not taken. `code` names the reason for people's words; sizes are in bytes."""

    code: ClassVar[str] = "refused"

    def __init__(self, *, kind: str = "", size: int | None = None, limit: int | None = None) -> None:
        super().__init__(f"{self.code} {kind}".strip())
        self.kind = kind
        self.size = size
        self.limit = limit


class EmptyFile(FileRefused):
    """Nothing in it."""

    code = "empty"


class FileTooLarge(FileRefused):
    """More bytes than `limit`; `size` is known when the source could tell."""

    code = "too_large"


class NotAnImage(FileRefused):
    """No picture, whatever its name says."""

    code = "not_an_image"


class NotAPdf(FileRefused):
    """No PDF, whatever its name says."""

    code = "not_a_pdf"


class UnsupportedType(FileRefused):
    """A picture of a `kind` that is not taken (heic, svg, tiff, ...)."""

    code = "unsupported_type"


class TooManyPixels(FileRefused):
    """A picture whose `size` in pixels is over `limit`; refused before it is decoded."""

    code = "too_many_pixels"


class Broken(FileRefused):
    """It starts like a file of its kind, but cannot be read to the end."""

    code = "broken"


class Encrypted(FileRefused):
    """A PDF under a password or with restricted rights: it cannot be cleaned."""

    code = "encrypted"


class TooManyPages(FileRefused):
    """A PDF whose `size` in pages is over `limit`."""

    code = "too_many_pages"


def read_limited(source: bytes | BinaryIO, limit: int = MAX_FILE_BYTES) -> bytes:
    """Return all bytes of `source`, never holding more than `limit` + 1.

    Raises EmptyFile, or FileTooLarge with the true size when the source can be measured.
    """
    if isinstance(source, bytes):
        data, size = source, len(source)
    else:
        data = source.read(limit + 1)
        size = len(data)
        if size > limit and source.seekable():
            size = source.seek(0, 2)
    if len(data) > limit:
        raise FileTooLarge(size=size, limit=limit)
    if not data:
        raise EmptyFile(size=0)
    return data


def kind_of(data: bytes) -> str:
    """Tell what the bytes are, by content only: "image", "pdf", "heic", "svg", another extension or "other".

    "image" means one of `IMAGE_TYPES`. SVG is named because it can carry scripts and is never taken.
    """
    head = data[:1024]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return "pdf"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "heic"
    # filetype.guess() would copy up to 8 kB and try all types; the head is enough.
    guessed = filetype.guess(data[:8192])
    if guessed is not None:
        return "image" if guessed.mime in IMAGE_TYPES else str(guessed.extension)
    if b"<svg" in head.lower():
        return "svg"
    return "other"
