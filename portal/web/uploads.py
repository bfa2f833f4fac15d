"""Taking files from a form: prepared and stored before the view touches the database."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from flask import current_app, request
from flask_babel import format_decimal
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.core import throttle
from portal.core.security import UPLOAD_LIMIT
from portal.core.uploads import FileRefused
from portal.services import attachments
from portal.services.attachments import MAX_DOCUMENTS, MAX_PHOTOS, MAX_SCANS, StoredFile

P = ParamSpec("P")
T = TypeVar("T")

_MEGABYTE = 1024 * 1024


def takes_files(view: Callable[P, T]) -> Callable[P, T]:
    """Let a view's requests be as large as `security.UPLOAD_LIMIT`. Stands right above the function."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def discard(received: "Received") -> None:
    """Let go of files that found no place, because something else was wrong with the form."""
    attachments.discard(received.files, storage=current_app.extensions["storage"])


def raise_limit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Raise the limit of a request that may bring files, before anything reads its body.

    A blueprint with such views names this as its `url_value_preprocessor`, which runs ahead of every
    `before_request`.
    """
    if endpoint and getattr(current_app.view_functions.get(endpoint), "takes_files", False):
        request.max_content_length = UPLOAD_LIMIT


@dataclass
class Received:
    """What came through, and what did not: sentences for the field, one for each refused file."""

    files: list[StoredFile] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def receive_photos(name: str, *, most: int = MAX_PHOTOS) -> Received:
    """Prepare and store the photos of a form field. Call it before the first database statement."""
    return _receive(name, most, attachments.store_photo, photo=True)


def receive_documents(name: str, *, most: int = MAX_DOCUMENTS) -> Received:
    """Prepare and store the PDF files of a form field. Call it before the first database statement."""
    return _receive(name, most, attachments.store_document, photo=False)


def receive_scans(name: str, *, most: int = MAX_SCANS) -> Received:
    """Prepare and store the scans of a letter, pictures or PDF. Call it before the first statement."""
    return _receive(name, most, attachments.store_scan, photo=False, scan=True)


def _receive(
    name: str, most: int, store: Callable[..., StoredFile], *, photo: bool, scan: bool = False
) -> Received:
    sent = [file for file in request.files.getlist(name) if file.filename]
    received = Received()
    limit = current_app.config["LIMIT_UPLOAD_PER_ADDRESS"]
    if sent and not throttle.hit(limit, "upload", request.remote_addr or "", cost=len(sent[:most])):
        # Decoding is the dearest thing that a stranger can ask for.
        received.errors.append(_("Terlalu banyak berkas dari sini. Tunggu sebentar, lalu pilih lagi."))
        return received
    if len(sent) > most:
        received.errors.append(too_many(most, photo=photo))
    for file in sent[:most]:
        try:
            stored = store(file.stream, file.filename, storage=current_app.extensions["storage"])
        except FileRefused as refused:
            words = refusal(refused, photo=photo, scan=scan)
            received.errors.append(f"{_short_name(file)}: {words}" if len(sent) > 1 else words)
        else:
            received.files.append(stored)
    return received


def _short_name(file: FileStorage) -> str:
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return name if len(name) <= 40 else f"{name[:36]}…"


def too_many(most: int, *, photo: bool) -> str:
    """Say that there were more files than fit."""
    if photo:
        return _("Paling banyak %(number)s foto. Sisanya tidak ikut.", number=most)
    return _("Paling banyak %(number)s berkas. Sisanya tidak ikut.", number=most)


def refusal(refused: FileRefused, *, photo: bool, scan: bool = False) -> str:
    """Say why a file was refused and what to do about it; a scan may be a photo or a PDF."""
    match refused.code:
        case "too_large":
            size, limit = _megabytes(refused.size), _megabytes(refused.limit)
            if photo:
                return _(
                    "Foto ini %(size)s MB. Batasnya %(limit)s MB, pilih foto lain", size=size, limit=limit
                )
            return _(
                "Berkas ini %(size)s MB. Batasnya %(limit)s MB, pilih berkas lain", size=size, limit=limit
            )
        case "too_many_pixels":
            return _("Foto ini terlalu besar ukurannya. Pilih foto lain.")
        case "unsupported_type" if refused.kind == "heic":
            return _("Foto HEIC dari iPhone belum bisa dibaca. Simpan sebagai JPEG, lalu pilih lagi.")
        case "unsupported_type" | "not_an_image" | "not_a_pdf" if scan:
            return _("Pilih foto (JPEG, PNG, WebP) atau PDF.")
        case "unsupported_type" | "not_an_image":
            return _("Berkas ini bukan foto yang kami kenal. Pilih foto JPEG, PNG, atau WebP.")
        case "not_a_pdf":
            return _("Berkas ini bukan PDF. Pilih berkas PDF.")
        case "encrypted":
            return _("PDF ini dikunci dengan kata sandi. Buka kuncinya, lalu pilih lagi.")
        case "too_many_pages":
            return _(
                "PDF ini %(size)s halaman. Batasnya %(limit)s halaman.",
                size=refused.size,
                limit=refused.limit,
            )
        case "empty":
            return _("Berkas ini kosong. Pilih berkas lain.")
        case _ if photo:
            return _("Foto ini rusak dan tidak bisa dibuka. Pilih foto lain.")
        case _:
            return _("Berkas ini rusak dan tidak bisa dibuka. Pilih berkas lain.")


def _megabytes(size: int | None) -> str:
    """Write bytes as megabytes, rounded up: what is over the limit must read as over the limit."""
    return format_decimal(math.ceil((size or 0) / _MEGABYTE * 10) / 10, format="#.#")
