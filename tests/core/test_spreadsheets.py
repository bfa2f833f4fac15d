import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from portal.core.formats import write_csv
from portal.core.spreadsheets import MOST_BYTES, TableUnreadable, read_table


def workbook(rows, **options) -> bytes:
    buffer = io.BytesIO()
    with Workbook(
        buffer, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"} | options
    ) as book:
        sheet = book.add_worksheet("program")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_any_office_program_is_read(delimiter):
    text = delimiter.join(["kode", "nama"]) + "\r\n" + delimiter.join(["3.26", '"Dermaga, baru"'])
    assert read_table(text.encode("utf-8-sig")) == [["kode", "nama"], ["3.26", "Dermaga, baru"]]
    assert read_table("nama,kode\ncafé,1".encode("cp1252"))[1] == ["café", "1"]


def test_a_workbook_is_read_with_whole_numbers_and_days():
    content = workbook(
        [["kode", "pagu", "hari"], ["3.26.02", 420_000_000, date(2026, 11, 17)], [], ["x", 0.5]]
    )
    assert read_table(content) == [
        ["kode", "pagu", "hari"], ["3.26.02", "420000000", "2026-11-17"], ["", "", ""], ["x", "0.5", ""],
    ]  # fmt: skip


@given(st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=12), min_size=2))
def test_what_was_written_safely_is_read_as_it_was(cells):
    cells = [cell for cell in cells if not cell.startswith("'")] or ["a", "b"]
    assert read_table(write_csv([["kepala"] * len(cells), cells]) if len(cells) > 1 else b"a,b")[-1] == (
        cells if len(cells) > 1 else ["a", "b"]
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"PK\x03\x04 no workbook", "not_a_table"),
        (b"\x00\x01\x02", "not_a_table"),
        (b'a,"b\n', "not_a_table"),
        (b"a" * (MOST_BYTES + 1), "too_large"),
        (b"a\n" * 6_000, "too_many_rows"),
        (b"," * 200, "too_many_rows"),
        (b",,,\n,,", "empty"),
    ],
)
def test_what_is_no_table_is_refused(content, code):
    with pytest.raises(TableUnreadable) as error:
        read_table(content)
    assert error.value.code == code


def test_a_workbook_that_unfolds_too_far_is_not_unfolded():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * (70 * 1024 * 1024))
    with pytest.raises(TableUnreadable) as error:
        read_table(buffer.getvalue())
    assert error.value.code == "too_large"


def test_a_workbook_with_too_many_rows_is_refused():
    with pytest.raises(TableUnreadable):
        read_table(workbook([[1]] * 5_001))
