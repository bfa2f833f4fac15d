"""/keterbukaan: tables by agency, ward and category, and the same as files."""

import csv
import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
import time_machine

from portal.core.spreadsheets import read_table
from portal.models import Status
from tests import factories as make
from tests.factories import MONDAY
from tests.support.html import text_of

PAGE = "/keterbukaan"
FILES = ["/keterbukaan.csv", "/keterbukaan.xlsx", "/keterbukaan-bulanan.csv", "/keterbukaan-antrean.csv"]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.at(27, 10), tick=False):
        yield


def rows_of(client, path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).text.lstrip("\ufeff"))))


def unhappy(agency, number, **fields) -> None:
    """Add work of an agency that its reporters say is not done."""
    for _ in range(number):
        make.make_case(Status.ASSIGNED, agency=agency, confirmed=False, reopened=1, **fields)


@pytest.mark.parametrize(
    ("word", "column"), [("dinas", "agency"), ("kelurahan", "ward"), ("kategori", "category")]
)
def test_each_table_has_a_line_for_what_it_is_about(client, db, word, column):
    agency, category = make.make_agency(short_id="Pariwisata"), make.make_category(name_id="Wisata")
    for _ in range(6):
        make.make_case(Status.ANSWERED, agency=agency, category=category)
    name = {"dinas": "Pariwisata", "kelurahan": make.a_ward().name, "kategori": "Wisata"}[word]
    (row,) = [row for row in rows_of(client, f"/keterbukaan.csv?menurut={word}") if int(row["received"])]
    assert (row[column], row["received"], row["answered"]) == (name, "6", "6")
    assert f"{name} 6" in text_of(client.get(f"{PAGE}?menurut={word}"))


def test_the_workbook_holds_the_same_as_the_table(client, db):
    make.make_case(Status.ANSWERED)
    found = read_table(client.get("/keterbukaan.xlsx?menurut=kelurahan").data)
    rows = rows_of(client, "/keterbukaan.csv?menurut=kelurahan")
    assert found == [list(rows[0]), *(list(row.values()) for row in rows)]


def test_a_name_that_looks_like_a_formula_is_none_in_the_files(client, db):
    make.make_case(Status.ANSWERED, agency=make.make_agency(short_id="=1+1"))
    assert "'=1+1" in client.get("/keterbukaan.csv").text
    with ZipFile(io.BytesIO(client.get("/keterbukaan.xlsx").data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_secret_submissions_are_in_no_table_and_no_file(client, db):
    before = [client.get(path).data for path in FILES if path.endswith("csv")]
    agency = make.make_agency(active=False)
    make.make_case(Status.ASSIGNED, agency=agency, secret=True, due_at=MONDAY)
    make.make_case(Status.DONE, agency=agency, secret=True, confirmed=True)
    assert [client.get(path).data for path in FILES if path.endswith("csv")] == before


def test_a_small_number_cannot_be_worked_out_from_the_sum_of_the_city(client, db):
    agencies = [make.make_agency(short_id=name) for name in ("Kecil", "Sedang", "Besar")]
    category = make.make_category()
    for agency, number in zip(agencies, (2, 7, 20), strict=True):
        unhappy(agency, number, category=category)
    said = {row["agency"]: row["citizens_said_not_done"] for row in rows_of(client, "/keterbukaan.csv")}
    assert (said["Kecil"], said["Sedang"], said["Besar"]) == ("", "", "20")
    words = text_of(client.get(PAGE))
    assert "kata warga: belum selesai 29" in words  # 29 - 20 = 9 of two agencies, whose is not said


def test_what_few_citizens_said_is_not_published_of_the_city_either(client, db):
    unhappy(make.make_agency(), 3)
    assert "kata warga: belum selesai –" in text_of(client.get(PAGE))
    (month,) = [row for row in rows_of(client, "/keterbukaan-bulanan.csv") if row["month"] == "2026-11"]
    assert (month["received"], month["citizens_said_not_done"]) == ("3", "")


def test_months_are_told_one_by_one_and_only_those_on_offer(client, db):
    make.make_case(received_at=make.at(31, 23, month=10))
    make.make_case(received_at=make.at(1, 0))
    rows = rows_of(client, "/keterbukaan-bulanan.csv")
    assert [row["month"] for row in rows][-2:] == ["2026-10", "2026-11"]
    assert [row["received"] for row in rows] == ["0"] * 10 + ["1", "1"]


def test_what_waits_is_told_by_age(client, db):
    agency = make.make_agency(short_id="Perhubungan")
    for days in (2, 20, 20, 200):
        make.make_case(Status.ASSIGNED, agency=agency, received_at=make.at(27) - timedelta(days=days))
    (row,) = rows_of(client, "/keterbukaan-antrean.csv")
    assert list(row.values()) == ["Perhubungan", "1", "2", "0", "1"]
    assert "Perhubungan 1 2 0 1 4" in text_of(client.get(PAGE))


@pytest.mark.parametrize(
    "query", ["?menurut=petugas", "?menurut=%00", "?menurut=&bulan=2026-99", "?menurut='"]
)
@pytest.mark.parametrize("path", [PAGE, *FILES])
def test_an_address_that_means_nothing_shows_the_usual_table(client, db, path, query):
    assert client.get(path + query).status_code == 200


@pytest.mark.parametrize("path", [PAGE, *FILES])
def test_everybody_gets_the_same_from_memory_without_a_cookie(client, db, path):
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public")


def test_the_page_reads_in_english(client, db):
    make.make_case(Status.ANSWERED)
    answer = client.get(f"/en{PAGE}?menurut=kelurahan")
    assert answer.status_code == 200
    assert 'lang="en"' in answer.text


def test_what_the_tables_leave_out_no_sum_and_no_file_gives_back(client, db):
    agencies = [make.make_agency(), make.make_agency()]
    for agency in agencies:
        for _ in range(4):
            make.make_case(Status.DONE, agency=agency, confirmed=True, reopened=0)
    # by ward all eight stand in one line, by agency in two of four
    for word in ("dinas", "kelurahan", "kategori"):
        rows = rows_of(client, f"/keterbukaan.csv?menurut={word}")
        assert {row["citizens_said_done"] for row in rows} == {""}
    (month,) = [row for row in rows_of(client, "/keterbukaan-bulanan.csv") if row["month"] == "2026-11"]
    assert (month["received"], month["citizens_said_done"]) == ("8", "")
    assert "Selesai –" in text_of(client.get(PAGE))


def test_what_few_opened_again_does_not_stand_beside_their_words_that_are_left_out(client, db):
    agency = make.make_agency(short_id="Kecil")
    unhappy(agency, 2)
    (row,) = [row for row in rows_of(client, "/keterbukaan.csv") if row["agency"] == "Kecil"]
    assert (row["citizens_said_not_done"], row["reopened"]) == ("", "")
    (month,) = [row for row in rows_of(client, "/keterbukaan-bulanan.csv") if row["month"] == "2026-11"]
    assert month["reopened"] == ""


def test_what_is_overdue_is_counted_anew_within_the_day(client, db):
    make.make_case(Status.ASSIGNED, due_at=make.at(27, 16))
    assert "lewat batas waktu sekarang 0" in text_of(client.get(PAGE))
    assert "lewat batas waktu 0" in text_of(client.get("/"))
    with time_machine.travel(make.at(27, 17), tick=False):
        assert sum(int(row["overdue_now"]) for row in rows_of(client, "/keterbukaan.csv")) == 1
        assert "lewat batas waktu sekarang 1" in text_of(client.get(PAGE))
        assert "lewat batas waktu 1" in text_of(client.get("/"))
