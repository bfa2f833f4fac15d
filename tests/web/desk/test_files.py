"""Lists as files: what is in them, what must not be, and that no spreadsheet runs any of it."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from portal.core import clock
from portal.models import HideCode, IdentityMode, Role, Status
from portal.rules.workflow import STANDING, Action
from portal.web.desk import files
from tests.factories import make_agency, make_case, make_user

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠a", '=HYPERLINK("http://x")', "{=1+1}")


def table(response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.status
    text = response.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def sheet(response) -> list[list[tuple[str, str]]]:
    """Return the cells of a workbook as (type, text), row by row."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(io.BytesIO(response.get_data())) as book:
        assert not [name for name in book.namelist() if "vba" in name or "externalLink" in name]
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert root.findall(".//m:f", space) == []
    assert root.find(".//m:pane", space).get("state") == "frozen"
    assert root.find(".//m:autoFilter", space) is not None
    return [
        [
            (
                cell.get("t", "n"),
                "".join(part.text or "" for part in cell.iter() if part.tag[-2:] in {"}t", "}v"}),
            )
            for cell in row.findall("m:c", space)
        ]
        for row in root.findall(".//m:row", space)
    ]


def test_a_list_comes_out_with_every_column(officer, agency):
    case = make_case(
        Status.ASSIGNED, agency=agency, officer=officer.user, title="Lampu jalan; padam", support_count=4,
        handovers=1, reopened=2, priority=2, due_at=clock.now() - timedelta(days=30),
    )  # fmt: skip
    answer = officer.get("/meja/unduh.csv?antrean=agency")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.search(r'filename="kiriman-agency-\d{4}-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"])
    (row,) = table(answer)
    assert row["Nomor"] == case.reference
    assert row["Judul"] == "Lampu jalan; padam"
    assert (row["Petugas"], row["Dukungan"], row["Pindah dinas"]) == (officer.user.name, "4", "1")
    assert (row["Dibuka lagi"], row["Prioritas"], row["Status"]) == ("2", "Mendesak", "Sedang ditangani")
    assert row["Keadaan batas"].startswith("Lewat ")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", row["Diterima"])
    assert row["Halaman publik"].endswith(f"/k/{case.reference}")


def test_the_file_holds_the_list_that_the_address_names(triage):
    make_case(title="Ada berkas", file_count=1, support_count=2)
    other = make_case(title="Banyak dukungan", file_count=1, support_count=9)
    make_case(title="Tanpa berkas")
    found = table(triage.get("/meja/unduh.csv?berkas=ya&urut=dukungan"))
    assert [row["Judul"] for row in found] == ["Banyak dukungan", "Ada berkas"]
    chosen = table(triage.get(f"/meja/unduh.csv?nomor={other.reference}"))
    assert [row["Judul"] for row in chosen] == ["Banyak dukungan"]


def test_the_policy_of_exporting_is_that_of_reading():
    """`file_rows` leans on it: what `visible` lets read may go out."""
    assert STANDING[Action.EXPORT] == STANDING[Action.READ]


def test_another_agencys_case_is_in_no_file(officer, agency):
    other = make_agency()
    colleague = make_user(Role.OFFICER, other)
    case = make_case(Status.ASSIGNED, agency=other, officer=colleague, title="Milik dinas lain")
    for query in ("", f"dinas={other.slug}", f"petugas={colleague.id}", f"nomor={case.reference}", "q=dinas"):
        assert table(officer.get(f"/meja/unduh.csv?{query}")) == []
        assert len(sheet(officer.get(f"/meja/unduh.xlsx?{query}"))) == 1


def test_secret_cases_stay_behind_and_titles_that_the_public_may_not_read_are_empty(triage, agency):
    make_case(Status.ASSIGNED, agency=agency, secret=True, title="Rahasia sekali")
    make_case(title="Hubungi saya di 0812", text_public=False)
    make_case(Status.ASSIGNED, agency=agency, title="Disembunyikan", hidden_code=HideCode.INSULT)
    make_case(Status.WITHDRAWN, title="Ditarik pelapor")
    make_case(title="Boleh dibaca")
    found = table(triage.get("/meja/unduh.csv"))
    assert sorted(row["Judul"] for row in found) == ["", "", "", "Boleh dibaca"]


def test_nothing_of_the_reporter_and_no_body_is_in_a_file(app, triage, agency):
    for mode in IdentityMode:
        make_case(
            Status.ASSIGNED, agency=agency, identity_mode=mode, name="Rosmaida", email="rosma@contoh.example",
            phone="+6281234567890", body="Isi kiriman yang panjang sekali.", shown_name="Rosmaida",
            seal=app.extensions["seal"],
        )  # fmt: skip
    whole = triage.get("/meja/unduh.csv").get_data(as_text=True)
    cells = str(sheet(triage.get("/meja/unduh.xlsx")))
    for words in ("Rosmaida", "rosma@", "81234567890", "Isi kiriman"):
        assert words not in whole
        assert words not in cells


@pytest.mark.parametrize("title", EVIL)
def test_no_title_becomes_a_formula(triage, title):
    make_case(title=title)
    (row,) = table(triage.get("/meja/unduh.csv"))
    assert row["Judul"] == (title if title.startswith("{") else f"'{title}")
    cells = sheet(triage.get("/meja/unduh.xlsx"))[1]
    assert cells[3] == ("inlineStr", title)


def test_days_and_numbers_of_a_workbook_are_real_ones(triage):
    make_case(support_count=7)
    head, row = sheet(triage.get("/meja/unduh.xlsx"))
    assert row[0][0] == "inlineStr"
    moments = [float(text) for kind, text in row if kind == "n" and float(text) > 40_000]
    assert len(moments) == 2, head  # received, and until when
    assert ("n", "7") in row


def test_a_file_that_was_cut_says_so(triage, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    for _ in range(3):
        make_case()
    rows = table(triage.get("/meja/unduh.csv"))
    assert len(rows) == 3
    assert rows[-1]["Nomor"].startswith("Hanya 2 baris pertama.")
    assert sheet(triage.get("/meja/unduh.xlsx"))[-1][0][1].startswith("Hanya 2 baris pertama.")


def test_too_many_files_in_an_hour_are_refused(triage, monkeypatch):
    monkeypatch.setattr(files, "LIMIT", "2/hour")
    assert [triage.get("/meja/unduh.csv").status_code for _ in range(3)] == [200, 200, 429]


def test_the_log_says_who_took_how_much_and_nothing_of_what(triage, monkeypatch):
    said = []
    monkeypatch.setattr(
        files.log, "info", lambda event, **fields: said.append((event, fields)), raising=False
    )
    make_case(title="Lampu padam")
    triage.get("/meja/unduh.csv?q=lampu")
    assert said == [
        (
            "list exported",
            {"user_id": triage.user_id, "queue": "all", "format": "csv", "rows": 1, "cut": False},
        )
    ]


def test_a_queue_that_is_not_the_officers_has_no_file(officer):
    assert officer.get("/meja/unduh.csv?antrean=to_sort").status_code == 404
    assert officer.get("/meja/unduh.xlsx?antrean=apa").status_code == 404


def test_the_list_links_to_its_own_files(triage):
    make_case()
    page = triage.get("/meja/antrean/all?status=received&urut=terlama").get_data(as_text=True)
    assert 'href="/meja/unduh.xlsx?antrean=all&amp;status=received&amp;urut=terlama"' in page


def test_a_file_costs_as_few_queries_as_it_has_to(triage, count_queries):
    for _ in range(5):
        make_case(officer=make_user())
    triage.get("/meja/unduh.csv")
    with count_queries() as few:
        triage.get("/meja/unduh.csv")
    assert len(few) <= 3
