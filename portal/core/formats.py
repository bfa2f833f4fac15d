"""Text that goes into other formats without becoming something else there: CSV cells and headers."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

# OWASP ASVS 5.0, 1.2.10. The full-width forms are read as formulas by spreadsheets in some locales.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@\t\r＝＋－＠]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_NOT_IN_CELLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_BOM = "\ufeff"  # without it Excel reads UTF-8 as the local code page
_ROWS_A_PIECE = 500


def safe_cell(value: object) -> object:
    """Return `value` so that no spreadsheet runs it: a text that starts like a formula gets a leading '.

    Numbers, dates and None pass unchanged; no kind of space and no BOM in front of the sign hides it.
    """
    if not isinstance(value, str):
        return value
    text = _NOT_IN_CELLS.sub("", value)
    return f"'{text}" if _FORMULA.match(text) else text


def iter_csv(rows: Iterable[Iterable[object]], delimiter: str = ",") -> Iterator[bytes]:
    """Yield a CSV file (RFC 4180, UTF-8 with BOM) in pieces of 500 rows; the header is the first row.

    Every cell is made safe; None is an empty cell.
    """
    buffer = io.StringIO(newline="")
    buffer.write(_BOM)
    writer = csv.writer(buffer, delimiter=delimiter)
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(value) for value in row])
        if number % _ROWS_A_PIECE == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_csv(rows: Iterable[Iterable[object]]) -> bytes:
    """Return the whole CSV file of `iter_csv`."""
    return b"".join(iter_csv(rows))


def one_line(text: str, limit: int = 200) -> str:
    """Return `text` on one line of at most `limit` characters, for mail headers and log lines.

    Line breaks, control and invisible characters become a space, so nothing can add a header.
    """
    line = " ".join(_UNPRINTABLE.sub(" ", text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def content_disposition(filename: str, *, inline: bool = False) -> str:
    """Return the header value (RFC 6266) that offers a file under `filename`, whatever is in that name.

    Folders and characters that file systems refuse are dropped; old programs get an ASCII form.
    """
    kind = "inline" if inline else "attachment"
    name = re.split(r"[\\/]", one_line(filename, 150))[-1]
    name = re.sub(r'[<>:"|?*%;]', "_", name).strip(" .") or "berkas"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    if plain == name:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
