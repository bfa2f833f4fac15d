"""Files to send in tests."""

import io

import pikepdf
from PIL import Image


def jpeg(width: int = 80, height: int = 60, colour: tuple[int, int, int] = (9, 90, 120)) -> io.BytesIO:
    """Return a photo."""
    stream = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(stream, "JPEG")
    stream.seek(0)
    return stream


def pdf(pages: int = 1) -> io.BytesIO:
    """Return a PDF: the same bytes for as many pages, whatever the second."""
    stream = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        document.save(stream, deterministic_id=True)
    stream.seek(0)
    return stream


def too_large(megabytes: int = 14) -> io.BytesIO:
    """Return something that says it is a JPEG and is larger than allowed."""
    return io.BytesIO(b"\xff\xd8\xff\xe0" + b"\0" * (megabytes * 1024 * 1024 - 4))
