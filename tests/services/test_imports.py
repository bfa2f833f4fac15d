from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.models import Event, Identity, Kind, OutboxMessage, Place, Status, Submission
from portal.queries import reference
from portal.services import imports
from portal.services.imports import FileUnreadable
from portal.services.imports.reading import Table

AT = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)
TEXT = "Lampu di depan pasar padam sejak Senin"


def read(data: str | bytes) -> Table:
    if isinstance(data, str):
        data = data.encode()
    return imports.read(data, categories=reference.categories(), wards=reference.wards(), today=TODAY)


def one(data: str | bytes) -> imports.Row:
    table = read(data)
    assert table.refusals == []
    (row,) = table.rows
    return row


def reasons(data: str) -> list[tuple[int, str]]:
    table = read(data)
    return [(refusal.line, refusal.column) for refusal in table.refusals]


def load(data: str | bytes) -> imports.Imported:
    return imports.load(read(data).rows, secret=b"x" * 32, at=AT)


def cases(db) -> list[Submission]:
    return list(db.session.scalars(select(Submission).order_by(Submission.id)))


# --- reading ------------------------------------------------------------------------------------------


def test_a_column_of_texts_is_enough(db):
    row = one(f"uraian\n{TEXT}\n")
    assert (row.text, row.kind, row.status, row.place) == (TEXT, Kind.PROBLEM, Status.RECEIVED, Place.UNKNOWN)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_out(db, separator):
    head = separator.join(("Judul", "Isi Laporan", "Tanggal"))
    row = one(f"{head}\n{separator.join(('Lampu', TEXT, '17/11/2026'))}\n")
    assert (row.title, row.text, row.day) == ("Lampu", TEXT, date(2026, 11, 17))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encoding_is_found_out(db, encoding):
    assert one("isi\nKafé di pantai “Ujung” penuh sampah\n".encode(encoding)).text == (
        "Kafé di pantai “Ujung” penuh sampah"
    )


@pytest.mark.parametrize(
    "written",
    [
        "17/11/2026", "17-11-2026", "17.11.2026", "2026-11-17", "17 November 2026", "17 Nop 2026",
        "2026-11-17 08:30:00",
    ],
)  # fmt: skip
def test_a_date_is_understood_as_people_write_it(db, written):
    assert one(f"isi,tgl\n{TEXT},{written}\n").day == date(2026, 11, 17)


def test_indonesian_and_english_names_are_understood(db):
    ward = next(iter(reference.wards().values()))
    row = one(
        "Isi;Jenis;Kategori;Kelurahan;Status\n"
        f"{TEXT};Usulan;jalan dan TROTOAR;Kel. {ward.name.upper()};Sudah dijawab\n"
    )
    assert row.kind is Kind.IDEA
    assert reference.categories()[row.category_id].slug == "jalan-trotoar"
    assert row.ward_code == ward.code
    assert row.status is Status.ANSWERED
    assert one(f"text,kind,status\n{TEXT},question,done\n").status is Status.DONE


def test_a_cell_may_hold_line_breaks_and_the_next_line_keeps_its_number(db):
    assert reasons(f'isi\n"{TEXT}\ndan lagi"\n\nx\n') == [(5, "isi")]


def test_every_fault_of_a_line_is_told_with_its_column(db):
    data = f"isi,tanggal,kelurahan,kategori,jenis,status\nx,31/02/2026,Mars,Entah,Entah,Entah\n{TEXT},,,,,\n"
    assert reasons(data) == [
        (2, "isi"), (2, "jenis"), (2, "kategori"), (2, "kelurahan"), (2, "tanggal"), (2, "status"),
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["19/11/2026", "1/1/1999", "11/17/2026", "kemarin"])
def test_a_day_that_cannot_be_is_refused(db, written):
    assert reasons(f"isi,tanggal\n{TEXT},{written}\n") == [(2, "tanggal")]


def test_a_text_without_letters_is_refused(db):
    assert reasons("isi\n​​​​​​​​​​​​\n...............\n") == [(2, "isi"), (3, "isi")]


def test_columns_without_a_meaning_are_named(db):
    assert read(f"No,isi,Petugas\n1,{TEXT},Ani\n").ignored == ["No", "Petugas"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"judul,tanggal\nLampu,17/11/2026\n",
        b"isi\n",
        b"isi,uraian\nLampu padam di pasar,Lampu padam\n",
        b"PK\x03\x04 an Excel file",
        b"\x00\x01\x02\x03",
    ],
)
def test_what_is_no_table_of_submissions_is_said_so(db, data):
    with pytest.raises(FileUnreadable):
        read(data)


# --- taking over --------------------------------------------------------------------------------------


def test_a_line_becomes_a_case_with_its_history_and_without_mail(db):
    load(f"isi,tanggal\n{TEXT},17/11/2026\n")
    (case,) = cases(db)
    event = db.session.scalars(select(Event)).one()
    assert case.body == TEXT
    assert case.listed
    assert case.received_at.astimezone(UTC).date() == date(2026, 11, 17)
    assert (event.action, event.public, event.actor_kind) == ("import", True, "system")
    assert db.session.get(Identity, case.id).email == ""
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_the_same_file_again_adds_nothing(db):
    data = f"isi,tanggal\n{TEXT},17/11/2026\n{TEXT} kemarin,16/11/2026\n"
    assert load(data).added == 2
    again = load(data)
    assert (again.added, again.repeated) == (0, 2)
    assert len(cases(db)) == 2


def test_a_line_whose_status_moved_on_in_the_old_system_is_the_same_line(db):
    load(f"isi,tanggal,status\n{TEXT},17/11/2026,baru\n")
    assert load(f"isi,tanggal,status\n{TEXT},17/11/2026,selesai\n").repeated == 1


def test_a_line_that_stands_twice_in_a_file_is_taken_once(db):
    assert load(f"isi\n{TEXT}\n{TEXT}\n").added == 1


def test_a_text_with_a_telephone_number_stays_closed(db):
    assert load(f"isi\n{TEXT}, hubungi 0812 3456 7890\n").held_back == 1
    (case,) = cases(db)
    assert not case.text_public
    assert not case.listed
    assert case.screen_codes == ["phone"]


def test_a_category_is_proposed_where_none_is_given(db):
    load("isi\nJalan berlubang besar di dekat tanjakan, aspal hancur\n")
    (case,) = cases(db)
    assert reference.categories()[case.category_id].slug == "jalan-trotoar"


def test_a_case_under_way_gets_the_agency_of_its_category_and_a_fresh_clock(db):
    load(f"isi,kategori,tanggal,status\n{TEXT},lampu-jalan,1/6/2026,diproses\n")
    (case,) = cases(db)
    assert case.status is Status.ASSIGNED
    assert case.agency_id == reference.categories()[case.category_id].agency_id
    assert case.due_at > AT


def test_a_case_under_way_without_any_agency_is_refused(db):
    table = read("isi,status\nAbcdefghij klmnopqrs,diproses\n")
    done = imports.load(table.rows, secret=b"x" * 32, at=AT)
    assert [(refusal.line, refusal.column) for refusal in done.refusals] == [(2, "status")]
    assert cases(db) == []


def test_the_first_page_of_an_imported_case_tells_where_it_comes_from(db, client):
    load(f"isi,tanggal\n{TEXT},17/11/2026\n")
    (case,) = cases(db)
    assert "Dipindahkan dari catatan lama kota" in client.get(f"/k/{case.reference}").text


# --- the command --------------------------------------------------------------------------------------


def write(tmp_path: Path, data: str) -> str:
    file = tmp_path / "lama.csv"
    file.write_text(data, encoding="utf-8")
    return str(file)


def test_the_command_takes_a_file_over(db, run_command, tmp_path):
    result = run_command("import", write(tmp_path, f"isi\n{TEXT}\n"))
    assert result.exit_code == 0, result.output
    assert "Ditambahkan: 1 kiriman" in result.output
    assert len(cases(db)) == 1


def test_a_dry_run_changes_nothing(db, run_command, tmp_path):
    result = run_command("import", "--dry-run", write(tmp_path, f"isi\n{TEXT}\n"))
    assert "Akan ditambahkan: 1 kiriman" in result.output
    assert cases(db) == []


def test_one_refused_line_keeps_the_whole_file_out_and_is_reported(db, run_command, tmp_path):
    report = tmp_path / "ditolak.csv"
    result = run_command("import", write(tmp_path, f"isi\n{TEXT}\nx\n"), "--report", str(report))
    assert result.exit_code == 1
    assert "Baris 3, kolom isi" in result.output
    assert cases(db) == []
    assert "3,isi," in report.read_text("utf-8-sig")
