"""Photos: decoded for real, turned upright, made small, and written anew as WebP without metadata.

Whatever hid in the original (EXIF, GPS, comments, a second file in the same bytes) is not copied.
Colour profiles go too: phones write sRGB or something close to it.
"""

import hashlib
import io
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from portal.core.uploads import (
    Broken,
    NotAnImage,
    TooManyPixels,
    UnsupportedType,
    kind_of,
    read_limited,
)

MAX_PIXELS = 50_000_000
MAX_SIDE = 1600
THUMBNAIL_SIDE = 480
MAX_OUTPUT_BYTES = 400 * 1024
# A JPEG of thousands of scans takes minutes to decode; cameras write 10 at most.
MAX_JPEG_SCANS = 100

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_OTHER_PICTURES = {"heic", "svg", "tif", "bmp", "avif", "jxr", "jp2", "jpx", "psd", "ico", "cr2", "xcf"}
_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUALITIES = (80, 60, 35)
# Pictures over 16 MP hold up to 200 MB while they are decoded: one at a time in a process.
_LARGE_PIXELS = 16_000_000
_one_large_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """A picture fit to be stored and shown; sizes in pixels, `sha256` of `data` in hexadecimal."""

    data: bytes
    width: int
    height: int
    sha256: str
    thumbnail: bytes
    thumbnail_width: int
    thumbnail_height: int
    mime: str = "image/webp"
    extension: str = "webp"


def prepare(source: bytes | BinaryIO) -> PreparedImage:
    """Return the picture in `source`, at most 1600 px a side and 400 KiB, with a 480 px thumbnail.

    Of an animation only the first frame is kept; transparency becomes white. Raises a FileRefused:
    EmptyFile, FileTooLarge, NotAnImage, UnsupportedType (HEIC and SVG among them), TooManyPixels
    or Broken.
    """
    data = read_limited(source)
    kind = kind_of(data)
    if kind in _OTHER_PICTURES:
        raise UnsupportedType(kind=kind)
    if kind != "image":
        raise NotAnImage(kind=kind)
    picture = _decode(data)
    content, size = _encode_small(picture)
    # In place: `picture` is not needed any more. LANCZOS is too slow for what the eye sees at 480 px.
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BICUBIC)
    return PreparedImage(
        data=content,
        width=size[0],
        height=size[1],
        sha256=hashlib.sha256(content).hexdigest(),
        thumbnail=_webp(picture, 70),
        thumbnail_width=picture.width,
        thumbnail_height=picture.height,
    )


def _decode(data: bytes) -> Image.Image:
    """Return an upright RGB picture of at most `MAX_SIDE`."""
    try:
        # Reads the header only; nothing is decoded before the size is known.
        picture: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(limit=MAX_PIXELS) from error
    except Exception as error:  # decoders raise nearly anything on hostile bytes
        raise Broken from error
    pixels = picture.width * picture.height
    if pixels > MAX_PIXELS:
        raise TooManyPixels(size=pixels, limit=MAX_PIXELS)
    if picture.format in {"JPEG", "MPO"} and data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise Broken
    turn: AbstractContextManager[object] = _one_large_at_a_time if pixels > _LARGE_PIXELS else nullcontext()
    try:
        with turn:
            orientation = _orientation(picture)
            picture.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG: decode at 1/2, 1/4 or 1/8 when that is enough
            picture.seek(0)
            picture.load()
            picture = _opaque(picture)
            picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    except Exception as error:
        raise Broken from error
    if orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[orientation])
    picture.info = {}  # comments, ICC and XMP that a writer might copy
    return picture


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # damaged EXIF is no reason to refuse a good photo
        return 1


def _opaque(picture: Image.Image) -> Image.Image:
    """Return `picture` as RGB on white, already reduced when it is far too large."""
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits a channel: scale, do not clip
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    transparent = picture.has_transparency_data
    wanted = "RGBA" if transparent else "RGB"
    if picture.mode != wanted:
        picture = picture.convert(wanted)
    factor = max(picture.size) // (2 * MAX_SIDE)
    if factor > 1:  # before the next copy: 50 MP of RGBA are 200 MB
        picture = picture.reduce((min(factor, picture.width), min(factor, picture.height)))
    if transparent:
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        return white
    return picture


def _webp(picture: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, "WEBP", quality=quality, method=3)
    return target.getvalue()


def _encode_small(picture: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """Return WebP bytes within `MAX_OUTPUT_BYTES` and their size; quality gives way before size."""
    while True:
        for quality in _QUALITIES:
            content = _webp(picture, quality)
            if len(content) <= MAX_OUTPUT_BYTES:
                return content, picture.size
        picture = picture.resize((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))
