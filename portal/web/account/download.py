"""Taking one's data along: a ZIP made while it is sent, of which nothing is written down here."""

import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, current_app, render_template, stream_with_context
from flask_babel import gettext as _

from portal.core import clock
from portal.core.formats import content_disposition
from portal.core.storage import FileMissing
from portal.queries import takeout
from portal.web.access import is_freshly_proved, signed_in, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.account.proof import ask_again

_PATH = "/akun/unduh"


class _Pipe:
    """What the archive is written into; whoever sends takes it out piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


@blueprint.get(_PATH)
@signed_in
def download() -> Any:
    """Say what is in the file, and offer it to whoever proved who they are."""
    if not is_freshly_proved():
        return ask_again(_PATH)
    return render_template("account/download.html", sections=titles())


@blueprint.get(f"{_PATH}/data.zip")
@signed_in
def download_file() -> Any:
    """Send the file."""
    if not is_freshly_proved():
        return ask_again(_PATH)
    user_id = signed_in_user().id
    name = f"data-saya-{clock.city_date(clock.now()).isoformat()}.zip"
    response = Response(stream_with_context(_archive(user_id)), mimetype="application/zip")
    response.headers["Content-Disposition"] = content_disposition(name, inline=False)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def titles() -> dict[str, str]:
    """Return the sections by name with their headings, in the language of the page."""
    return {
        "account": _("Akun, kontak, dan pilihan kabar"),
        "sessions": _("Browser yang masuk"),
        "cases": _("Kiriman saya"),
        "drafts": _("Draf saya"),
        "comments": _("Komentar saya, dengan tulisan sebelumnya"),
        "votes": _("Komentar yang saya anggap membantu"),
        "supports": _("Dukungan saya"),
        "follows": _("Yang saya ikuti"),
        "registrations": _("Pendaftaran acara"),
        "consultations": _("Jawaban konsultasi"),
        "mails": _("Kabar yang dikirim kepada saya: jenis dan waktunya"),
        "who_saw": _("Siapa yang membuka data saya: kapan dan mengapa"),
    }


def _archive(user_id: int) -> Iterator[bytes]:
    seal, storage = current_app.extensions["seal"], current_app.extensions["storage"]
    pipe = _Pipe()
    found = takeout.sections(user_id, seal=seal)
    headings = titles()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr("manifest.json", _manifest(headings))
        for name, section in found.items():
            yield from _written(archive, pipe, f"data/{name}.json", lambda read=section: _json(read))
        yield from _written(archive, pipe, "baca-saya.html", lambda: _readable(found, headings))
        for file in takeout.files(user_id, seal=seal):
            try:
                pieces = storage.stream(file.storage_key)
            except FileMissing:
                continue
            yield from _written(archive, pipe, file.name, lambda read=pieces: read)
    yield pipe.take()


def _written(
    archive: zipfile.ZipFile, pipe: _Pipe, name: str, content: Callable[[], Iterator[bytes]]
) -> Iterator[bytes]:
    """Write one entry and yield what of the archive is ready meanwhile."""
    with archive.open(name, "w") as entry:
        for piece in content():
            entry.write(piece)
            yield pipe.take()


def _manifest(headings: dict[str, str]) -> str:
    files = {f"data/{name}.json": heading for name, heading in headings.items()}
    about = {
        "format": takeout.FORMAT,
        "version": takeout.VERSION,
        "made_at": clock.now().isoformat(),
        "site": current_app.config["SITE"]["name"],
        "files": files | {"files/": _("Berkas asli saya")},
    }
    return json.dumps(about, ensure_ascii=False, indent=2)


def _json(read: Callable[[], Iterator[takeout.Entry]]) -> Iterator[bytes]:
    """Write a list of entries as JSON, one at a time."""
    before = "[\n"
    for entry in read():
        yield (before + json.dumps(entry, ensure_ascii=False, sort_keys=True)).encode()
        before = ",\n"
    yield (b"\n]\n" if before == ",\n" else b"[]\n")


def _readable(
    found: dict[str, Callable[[], Iterator[takeout.Entry]]], headings: dict[str, str]
) -> Iterator[bytes]:
    """Write the same as a page that anybody can read, without anything from elsewhere."""
    yield render_template("account/takeout/head.html", made_at=clock.now()).encode()
    for name, read in found.items():
        yield render_template("account/takeout/section.html", heading=headings[name]).encode()
        empty = True
        for entry in read():
            empty = False
            yield render_template("account/takeout/entry.html", lines=_lines(entry)).encode()
        if empty:
            yield render_template("account/takeout/entry.html", lines=[]).encode()
    yield b"</main></body></html>\n"


def _lines(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Flatten an entry into lines of name and value; what is empty is left out."""
    if isinstance(value, dict):
        return [line for key, one in value.items() for line in _lines(one, f"{path} {key}".strip())]
    if isinstance(value, list):
        return [line for number, one in enumerate(value, 1) for line in _lines(one, f"{path} {number}")]
    return [] if value in (None, "") else [(path.replace("_", " "), str(value))]
