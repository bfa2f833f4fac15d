"""Nothing a person typed becomes a formula, a header or a folder somewhere else."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.core.formats import content_disposition, iter_csv, one_line, safe_cell, write_csv

texts = st.text(alphabet=st.characters(codec="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+62812",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "  =1",
        "\ufeff=1",
        "\x00=1",
        "\n=1",
    ],
)
def test_text_that_looks_like_a_formula_is_quoted(text: str) -> None:
    cell = safe_cell(text)
    assert isinstance(cell, str)
    assert cell.startswith("'")


@pytest.mark.parametrize("value", [-5, 3.5, None, True, "Jalan rusak", "a=b", ""])
def test_other_values_pass_unchanged(value: object) -> None:
    assert safe_cell(value) is value or safe_cell(value) == value


@given(texts)
@example("\x85=1")  # a space to Unicode, and to str.lstrip()
def test_no_cell_starts_like_a_formula(text: str) -> None:
    assert not str(safe_cell(text)).lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@given(st.lists(st.lists(texts, min_size=2, max_size=4), min_size=1, max_size=5))
def test_csv_is_read_back_cell_by_cell(rows: list[list[str]]) -> None:
    content = write_csv(rows).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline=""))) == [
        [safe_cell(cell) for cell in row] for row in rows
    ]


def test_csv_opens_in_excel_and_comes_in_pieces() -> None:
    rows = [("Nomor", "Judul"), *((number, "Lampu é mati") for number in range(1_200))]
    pieces = list(iter_csv(rows))
    assert len(pieces) == 3
    assert b"".join(pieces) == write_csv(rows)
    assert pieces[0].startswith(b"\xef\xbb\xbfNomor,Judul\r\n")


@given(st.text())
def test_header_value_is_one_clean_line(text: str) -> None:
    line = one_line(text)
    assert line.isprintable() or not line.isascii()
    assert len(line.splitlines()) <= 1
    assert len(line) <= 200
    line.encode("utf-8")


def test_second_header_cannot_be_smuggled_in() -> None:
    assert one_line("Judul\r\nBcc: semua@contoh.id\x00\u2028x") == "Judul Bcc: semua@contoh.id x"


@pytest.mark.parametrize(
    ("filename", "value"),
    [
        ("laporan.csv", 'attachment; filename="laporan.csv"'),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("C:\\temp\\a.pdf", 'attachment; filename="a.pdf"'),
        ('a"; filename="b.exe', 'attachment; filename="a__ filename=_b.exe"'),
        ("a\r\nSet-Cookie: x=1.pdf", 'attachment; filename="a Set-Cookie_ x=1.pdf"'),
        ("", 'attachment; filename="berkas"'),
        ("...", 'attachment; filename="berkas"'),
        ("foto é.webp", "attachment; filename=\"foto _.webp\"; filename*=UTF-8''foto%20%C3%A9.webp"),
    ],
)
def test_download_name_is_only_a_name(filename: str, value: str) -> None:
    assert content_disposition(filename) == value


@given(st.text())
def test_any_download_name_makes_one_ascii_header(filename: str) -> None:
    value = content_disposition(filename, inline=True)
    assert value.startswith("inline; ")
    assert value.isascii()
    assert value.isprintable()
