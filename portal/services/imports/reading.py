"""Understanding a spreadsheet: encodings, separators, headings and values as people write them."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from portal.core.formats import one_line
from portal.core.text import fold, normalise, visible_length
from portal.models import Kind, Place, Status
from portal.queries.reference import CategoryRow, WardRow
from portal.services.drafts import MAX_TEXT, MIN_LETTERS

T = TypeVar("T")

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_TITLE = 120
#: Nothing a portal of today could go on with is older.
EARLIEST = date(2000, 1, 1)

#: Headings by what they mean; compared without case and signs.
HEADINGS: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "teks", "isi", "isi laporan", "isi aspirasi", "uraian", "aspirasi", "laporan", "pengaduan",
        "isi pengaduan", "keluhan", "deskripsi", "description", "message", "pesan", "keterangan",
    ),
    "title": ("title", "judul", "perihal", "hal", "subject", "subjek"),
    "kind": ("kind", "jenis", "type", "tipe", "jenis laporan"),
    "category": ("category", "kategori", "topik", "topic", "bidang", "klasifikasi"),
    "ward": ("ward", "kelurahan", "desa", "desa kelurahan", "lokasi", "village"),
    "date": ("date", "tanggal", "tgl", "tanggal masuk", "tanggal laporan", "tgl masuk", "received", "waktu"),
    "status": ("status", "keadaan", "state", "tindak lanjut"),
}  # fmt: skip

KINDS: dict[Kind, tuple[str, ...]] = {
    Kind.PROBLEM: ("problem", "masalah", "laporan", "pengaduan", "aduan", "keluhan", "complaint", "report"),
    Kind.IDEA: ("idea", "ide", "usul", "usulan", "saran", "aspirasi", "gagasan", "suggestion", "proposal"),
    Kind.QUESTION: ("question", "pertanyaan", "tanya", "permintaan informasi", "informasi"),
    Kind.THANKS: ("thanks", "terima kasih", "apresiasi", "pujian", "ucapan terima kasih"),
}
STATUSES: dict[Status, tuple[str, ...]] = {
    Status.RECEIVED: ("received", "terkirim", "baru", "diterima", "masuk", "belum diproses", "new", "open"),
    Status.IN_REVIEW: ("in review", "diperiksa", "sedang diperiksa", "verifikasi", "diverifikasi"),
    Status.ASSIGNED: (
        "assigned", "ditangani", "sedang ditangani", "proses", "diproses", "dalam proses", "disposisi",
        "didisposisikan", "in progress", "dikerjakan",
    ),
    Status.ANSWERED: ("answered", "dijawab", "sudah dijawab", "terjawab"),
    Status.DONE: ("done", "selesai", "tuntas", "closed", "ditutup", "resolved"),
}  # fmt: skip
_SEA = {"laut", "di laut", "di laut atau pulau", "pulau", "sea"}
_MONTH_NAMES = (
    "januari jan january", "februari feb february peb pebruari", "maret mar march", "april apr", "mei may",
    "juni jun june", "juli jul july", "agustus agu ags agt aug august", "september sep sept",
    "oktober okt oct october", "november nov nop nopember", "desember des dec december",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_SIGNS = re.compile(r"[^a-z0-9]+")
_NUMERIC_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_ISO_DATE = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_WORDED_DATE = re.compile(r"(\d{1,2})\s+([a-z]+)\.?\s+(\d{4})")


class FileUnreadable(Exception):
    """The file is no table we understand; the message says why, in Indonesian."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line is not taken: the line as a spreadsheet counts it, the heading, the reason in Indonesian."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line that can be taken over.

    `digest` is the same for what was said on that day about that place, in whatever file it stands and
    whatever became of it.
    """

    line: int
    digest: str
    text: str
    title: str
    kind: Kind
    category_id: int | None
    place: Place
    ward_code: str | None
    day: date | None
    status: Status


@dataclass(frozen=True, slots=True)
class Table:
    """What was understood of a file. `ignored` are headings without a meaning here."""

    rows: list[Row]
    refusals: list[Refusal]
    ignored: list[str]


class _Refused(Exception):
    """A cell that cannot be understood."""


def read(
    data: bytes, *, categories: Mapping[int, CategoryRow], wards: Mapping[str, WardRow], today: date
) -> Table:
    """Read a CSV file. Raises FileUnreadable when it is none; single lines are refused in the result."""
    lines = _lines(data)
    headings = lines[0][1]
    places = _places(headings)
    cells = _Cells(headings, places, categories, wards, today)
    rows: list[Row] = []
    refusals: list[Refusal] = []
    for number, line in lines[1:]:
        if any(cell.strip() for cell in line):
            found = cells.row(number, line, refusals)
            if found is not None:
                rows.append(found)
    if not rows and not refusals:
        raise FileUnreadable("Berkas ini tidak berisi baris data.")
    ignored = [
        one_line(name, 60) for place, name in enumerate(headings) if place not in places.values() and name
    ]
    return Table(rows, refusals, ignored)


def _lines(data: bytes) -> list[tuple[int, list[str]]]:
    """Return the lines with their numbers, the headings first."""
    if len(data) > MAX_BYTES:
        raise FileUnreadable(
            f"Berkas ini lebih besar dari {MAX_BYTES // 1024 // 1024} MB. Bagilah menjadi beberapa."
        )
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise FileUnreadable("Ini berkas Excel. Simpan dulu sebagai CSV, lalu coba lagi.")
    if b"\0" in data[:2000] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise FileUnreadable("Ini bukan berkas CSV.")
    content = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    first = content.split("\n", 1)[0]
    separator = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    lines: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for line in reader:
            if any(cell.strip() for cell in line):
                lines.append((before + 1, line))
            before = reader.line_num
            if len(lines) > MAX_ROWS + 1:
                raise FileUnreadable(f"Berkas ini lebih dari {MAX_ROWS} baris. Bagilah menjadi beberapa.")
    except csv.Error as error:
        raise FileUnreadable(f"Baris {reader.line_num} tidak dapat dibaca.") from error
    if not lines:
        raise FileUnreadable("Berkas ini kosong.")
    return lines


def _decoded(data: bytes) -> str:
    """Decode what spreadsheets write: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _plain(value: str) -> str:
    """Return words as they are compared: lower case, no accents, single spaces, no signs."""
    return _SIGNS.sub(" ", fold(value)).strip()


def _places(headings: list[str]) -> dict[str, int]:
    """Return which column holds what. Raises FileUnreadable where the text is missing or one comes twice."""
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        for meaning, names in HEADINGS.items():
            if _plain(heading) in names:
                if meaning in places:
                    twice = f"“{headings[places[meaning]]}” dan “{heading}”"
                    raise FileUnreadable(f"Dua kolom berarti sama: {twice}. Hapus salah satu.")
                places[meaning] = place
    if "text" not in places:
        raise FileUnreadable(
            "Tidak ada kolom isi. Beri nama kolom isi kiriman: text, isi, uraian, atau laporan."
        )
    return places


class _Cells:
    """Understands the cells of a line."""

    def __init__(
        self,
        headings: list[str],
        places: dict[str, int],
        categories: Mapping[int, CategoryRow],
        wards: Mapping[str, WardRow],
        today: date,
    ) -> None:
        self._headings = headings
        self._places = places
        self._today = today
        self._categories = {
            _plain(name): category.id
            for category in categories.values()
            for name in (category.slug, category.name_id, category.name_en)
        }
        self._wards = {_plain(name): ward.code for ward in wards.values() for name in (ward.name, ward.code)}
        self._kinds = {name: kind for kind, names in KINDS.items() for name in names}
        self._statuses = {name: status for status, names in STATUSES.items() for name in names}

    def row(self, number: int, line: list[str], refusals: list[Refusal]) -> Row | None:
        """Return a line's values, or note why it is refused: all its faults at once."""
        before = len(refusals)

        def cell(meaning: str, understand: Callable[[str], T], otherwise: T) -> T:
            place = self._places.get(meaning)
            raw = "" if place is None or place >= len(line) else line[place]
            try:
                return understand(raw)
            except _Refused as error:
                heading = meaning if place is None else self._headings[place]
                refusals.append(Refusal(number, one_line(heading, 60), str(error)))
                return otherwise

        if len(line) > len(self._headings) and any(extra.strip() for extra in line[len(self._headings) :]):
            refusals.append(Refusal(number, "", "Baris ini punya lebih banyak kolom daripada judulnya."))
        text = cell("text", self._text, "")
        title = cell("title", self._title, "")
        kind = cell("kind", self._kind, Kind.PROBLEM)
        category_id = cell("category", self._category, None)
        nowhere: tuple[Place, str | None] = (Place.UNKNOWN, None)
        place, ward_code = cell("ward", self._ward, nowhere)
        day = cell("date", self._date, None)
        status = cell("status", self._status, Status.RECEIVED)
        if len(refusals) > before:
            return None
        said = (text, title, place, str(ward_code), str(day))
        digest = hashlib.sha256("\x1f".join(said).encode()).hexdigest()
        return Row(number, digest, text, title, kind, category_id, place, ward_code, day, status)

    def _text(self, raw: str) -> str:
        text = normalise(raw)
        if visible_length(text) < MIN_LETTERS:
            raise _Refused(f"Isi terlalu pendek. Paling sedikit {MIN_LETTERS} huruf.")
        if len(text) > MAX_TEXT:
            raise _Refused(f"Isi terlalu panjang: {len(text)} huruf. Paling banyak {MAX_TEXT}.")
        return text

    def _title(self, raw: str) -> str:
        title = normalise(raw).replace("\n", " ")
        if len(title) > MAX_TITLE:
            raise _Refused(f"Judul terlalu panjang: {len(title)} huruf. Paling banyak {MAX_TITLE}.")
        return title

    def _kind(self, raw: str) -> Kind:
        if not _plain(raw):
            return Kind.PROBLEM
        return _known(self._kinds, raw, "Jenis", [names[1] for names in KINDS.values()])

    def _category(self, raw: str) -> int | None:
        return _known(self._categories, raw, "Kategori") if _plain(raw) else None

    def _ward(self, raw: str) -> tuple[Place, str | None]:
        words = _plain(raw)
        if not words:
            return Place.UNKNOWN, None
        if words in _SEA:
            return Place.SEA, None
        words = words.removeprefix("kelurahan ").removeprefix("kel ")
        return Place.WARD, _known(self._wards, words, "Kelurahan")

    def _status(self, raw: str) -> Status:
        if not _plain(raw):
            return Status.RECEIVED
        return _known(self._statuses, raw, "Status", [names[1] for names in STATUSES.values()])

    def _date(self, raw: str) -> date | None:
        words = fold(raw).strip()
        if not words:
            return None
        day = _day(words)
        if day is None:
            raise _Refused(
                f"Tanggal “{one_line(raw, 30)}” tidak dikenal. Tulis seperti 17/11/2026 atau 2026-11-17."
            )
        if day > self._today:
            raise _Refused("Tanggal ini belum terjadi.")
        if day < EARLIEST:
            raise _Refused(f"Tanggal ini sebelum {EARLIEST.year}.")
        return day


def _day(words: str) -> date | None:
    """Return the day that words begin with (a time after it is left out), or None. The day comes first."""
    try:
        if found := _ISO_DATE.match(words):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _NUMERIC_DATE.match(words):
            return datetime(int(found[3]), int(found[2]), int(found[1])).date()  # noqa: DTZ001 (a day only)
        if (found := _WORDED_DATE.match(words)) and found[2] in _MONTHS:
            return date(int(found[3]), _MONTHS[found[2]], int(found[1]))
    except ValueError:
        return None
    return None


def _known(names: Mapping[str, T], raw: str, what: str, examples: list[str] | None = None) -> T:
    found = names.get(_plain(raw))
    if found is None:
        said = f"{what} “{one_line(raw, 40)}” tidak dikenal."
        raise _Refused(f"{said} Pilihannya: {', '.join(examples)}." if examples else said)
    return found
