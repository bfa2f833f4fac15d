"""Reading tables that people bring: CSV of any office program, and the first sheet of a workbook."""

import csv
import io
import zipfile
from datetime import date, datetime

from python_calamine import CalamineError, load_workbook

MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 80
#: A workbook is a ZIP: a small one can unfold into gigabytes, so its own list of sizes is read first.
_MOST_UNPACKED = 60 * 1024 * 1024
_MOST_PARTS = 500
_ZIP = b"PK\x03\x04"
_DELIMITERS = ",;\t"

Table = list[list[str]]


class TableUnreadable(Exception):
    """It is no table, or too large for one. `code`: empty, not_a_table, too_large, too_many_rows."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_table(content: bytes) -> Table:
    """Return the rows of a CSV file or of the first sheet of a workbook, cells as tidy text.

    Whole numbers have no ".0", days are written 2026-11-17; empty rows stay, so that line numbers are right.
    """
    if not content.strip():
        raise TableUnreadable("empty")
    if len(content) > MOST_BYTES:
        raise TableUnreadable("too_large")
    table = _workbook(content) if content.startswith(_ZIP) else _csv(content)
    if len(table) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in table):
        raise TableUnreadable("too_many_rows")
    if not any(any(row) for row in table):
        raise TableUnreadable("empty")
    return table


def _csv(content: bytes) -> Table:
    if b"\x00" in content:
        raise TableUnreadable("not_a_table")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # what Excel calls "CSV" without more
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise TableUnreadable("not_a_table") from error
    return [[_plain(cell) for cell in row] for row in rows]


def _workbook(content: bytes) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            sizes = [part.file_size for part in parts.infolist()]
        if len(sizes) > _MOST_PARTS or sum(sizes) > _MOST_UNPACKED:
            raise TableUnreadable("too_large")
        book = load_workbook(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
            raise TableUnreadable("too_many_rows")
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, IndexError, ValueError) as error:
        raise TableUnreadable("not_a_table") from error
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else _plain(str(value))


def _plain(text: str) -> str:
    """Take back the sign that `formats.safe_cell` puts before what would be a formula."""
    text = text.strip()
    return text[1:] if text.startswith("'") and len(text) > 1 else text
