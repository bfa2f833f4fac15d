"""PDF documents: opened for real, stripped of everything that runs or tells on its author, saved anew."""

import hashlib
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from portal.core.uploads import (
    MAX_FILE_BYTES,
    Broken,
    Encrypted,
    FileTooLarge,
    NotAPdf,
    TooManyPages,
    kind_of,
    read_limited,
)

MAX_PAGES = 200
# Wall clock; a clean document of 10 MB takes well under a second.
TIMEOUT_SECONDS = 20

# Each child may take 512 MB; more than two at a time would starve a small server.
_children = threading.BoundedSemaphore(2)
_CLEANER = Path(__file__).with_name("pdf_cleaner.py")


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A PDF fit to be stored and handed out; `sha256` of `data` in hexadecimal."""

    data: bytes
    pages: int
    sha256: str
    mime: str = "application/pdf"
    extension: str = "pdf"


def prepare_pdf(source: bytes | BinaryIO) -> PreparedDocument:
    """Return the document without metadata, scripts, actions, forms' scripts and embedded files.

    Works in a child process with its own memory and time limits (about 0.2 s). Raises a FileRefused:
    EmptyFile, FileTooLarge (10 MiB), NotAPdf, Encrypted, TooManyPages (200) or Broken.
    """
    data = read_limited(source)
    if kind_of(data) != "pdf":
        raise NotAPdf(kind=kind_of(data))
    try:
        with _children:
            # -I: the child takes no module from the working folder or the environment.
            child = subprocess.run(  # noqa: S603 (our own program; the document goes in by standard input)
                [sys.executable, "-I", str(_CLEANER), str(MAX_PAGES)],
                input=data,
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        answer = json.loads(child.stderr[-4096:].splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
        raise Broken from error
    match answer.get("refused"):
        case None:
            pass
        case "encrypted":
            raise Encrypted
        case "too_many_pages":
            raise TooManyPages(size=answer["size"], limit=MAX_PAGES)
        case _:
            raise Broken
    if child.returncode != 0 or not child.stdout:
        raise Broken
    if len(child.stdout) > 2 * MAX_FILE_BYTES:
        raise FileTooLarge(size=len(child.stdout), limit=MAX_FILE_BYTES)
    return PreparedDocument(
        data=child.stdout, pages=answer["pages"], sha256=hashlib.sha256(child.stdout).hexdigest()
    )
