"""Programs that come in a file."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal.core.formats import write_csv
from portal.core.spreadsheets import read_table
from portal.models import BudgetStage, Program, ProgramLevel, Role
from portal.queries import program_files as reads
from portal.queries.programs import ProgramFilters
from portal.rules import program_files as files
from portal.services import programs
from portal.services.programs.importing import take_in
from portal.web.consultation_files import workbook
from tests import factories as make
from tests.factories import MONDAY

HEADER = [
    "kode",
    "tingkat",
    "induk",
    "nama",
    "dinas",
    "tahun",
    "bobot",
    "status",
    "kemajuan",
    "apbd",
    "apbd_per",
]


@pytest.fixture
def agency(db):
    return make.make_agency()


@pytest.fixture
def head(agency):
    return make.head(agency)


def load(table, agency, actor, *, dry=False):
    return take_in(table, agencies={agency.code: agency.id}, dry=dry, actor=actor, at=MONDAY)


def tree(agency) -> list[list[str]]:
    """Return a program with two parts, the parts first."""
    code = agency.code
    return [
        HEADER,
        ["3.26.02.2.01", "kegiatan", "3.26.02", "Dermaga terang", code, "2026", "3", "berjalan", "80",
         "Rp 420.000.000", "2026-01-05"],
        ["3.26.02.2.03", "kegiatan", "3.26.02", "Tangga Seratus", code, "2026", "1", "berjalan", "20",
         "", ""],
        ["3.26.02", "program", "", "Daya tarik wisata", code, "2026", "1", "berjalan", "0", "", ""],
    ]  # fmt: skip


def test_a_tree_is_taken_in_whatever_the_order_of_its_lines(agency, head, db):
    report = load(tree(agency), agency, head)
    assert (report.done, len(report.new), report.faults) == (True, 3, ())
    found = reads.known(["3.26.02", "3.26.02.2.01"])
    assert found["3.26.02"].progress == 65
    assert found["3.26.02.2.01"].budget == 420_000_000
    assert found["3.26.02.2.01"].parent_id == found["3.26.02"].id


def test_a_dry_run_writes_nothing_and_says_the_same(agency, head, db):
    report = load(tree(agency), agency, head, dry=True)
    assert (report.done, len(report.new), report.faults) == (False, 3, ())
    assert db.session.scalar(select(func.count()).select_from(Program)) == 0


def test_only_the_columns_of_the_file_are_changed(agency, head, db):
    program = make.make_program(agency, summary_id="Ringkasan lama", budget=7)
    programs.save_budget(program, BudgetStage.PAID, 5, as_of=date(2026, 3, 1), actor=head, at=MONDAY)
    report = load([["kode", "nama"], [program.code, "Nama baru"]], agency, head)
    assert report.changed == (program.code,)
    assert (program.title_id, program.summary_id, program.budget) == ("Nama baru", "Ringkasan lama", 7)
    assert reads.money_rows([program.id])[program.id, BudgetStage.PAID].amount == 5


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_can_be_imported_and_says_the_same(agency, head, db, kind):
    load(tree(agency), agency, head)
    tricky = make.make_program(agency, title_id="=Bukan rumus", summary_id='Baris satu\nbaris dua; "tiga"')
    before = reads.rows(ProgramFilters())
    lines = [list(files.COLUMNS), *(files.cells(row) for row in before)]
    content = write_csv(lines) if kind == "csv" else workbook([("program", lines)])
    report = load(read_table(content), agency, head)
    assert (report.done, len(report.changed), report.new) == (True, 4, ())
    assert reads.rows(ProgramFilters()) == before
    assert tricky.title_id == "=Bukan rumus"


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"kode": ""}, "kode", "needed"),
        ({"kode": "a b"}, "kode", "code"),
        ({"nama": ""}, "nama", "needed"),
        ({"nama": "x" * 161}, "nama", "long"),
        ({"tahun": "dua ribu"}, "tahun", "number"),
        ({"tahun": "1999"}, "tahun", "number"),
        ({"bobot": "0"}, "bobot", "number"),
        ({"kemajuan": "101"}, "kemajuan", "number"),
        ({"kemajuan": "-1"}, "kemajuan", "number"),
        ({"status": "entah"}, "status", "choice"),
        ({"tingkat": "bab"}, "tingkat", "choice"),
        ({"dinas": "TIDAK-ADA"}, "dinas", "agency"),
        ({"induk": "9.99"}, "induk", "parent"),
        ({"apbd": "banyak"}, "apbd", "number"),
        ({"apbd": "5", "apbd_per": ""}, "apbd_per", "day"),
        ({"apbd": "5", "apbd_per": "5/1/2026"}, "apbd_per", "day"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column_and_nothing_is_written(
    agency, head, db, changes, column, code
):
    line = dict(zip(HEADER, tree(agency)[3], strict=True)) | changes
    report = load([HEADER, [], list(line.values())], agency, head)
    assert (3, column, code) in [(one.line, one.column, one.code) for one in report.faults]
    assert not report.done
    assert db.session.scalar(select(func.count()).select_from(Program)) == 0


def test_columns_nobody_knows_and_codes_that_come_twice_are_told(agency, head):
    report = load([["kode", "harga"], ["3.26.02", "1"]], agency, head)
    assert [(one.line, one.column, one.code) for one in report.faults] == [(1, "harga", "column")]
    table = tree(agency)
    report = load([*table, table[3]], agency, head)
    assert [(one.line, one.code) for one in report.faults] == [(5, "twice")]
    assert load([HEADER], agency, head).faults
    assert load([], agency, head).faults


def test_a_circle_of_parents_and_a_wrong_level_are_told(agency, head):
    lines = [["kode", "induk", "tingkat", "nama", "dinas", "tahun", "status"]]
    lines += [["a1", "b2", "kegiatan", "Satu kegiatan", agency.code, "2026", "berjalan"]]
    lines += [["b2", "a1", "kegiatan", "Dua kegiatan", agency.code, "2026", "berjalan"]]
    assert {one.code for one in load(lines, agency, head).faults} >= {"order"}
    lines[2][1] = ""
    assert [one.code for one in load(lines, agency, head).faults] == ["level"]


def test_nobody_imports_programs_of_another_agency(agency, db):
    stranger = make.head(make.make_agency())
    report = load(tree(agency), agency, stranger)
    assert {one.code for one in report.faults} == {"rights"}
    program = make.make_program(agency)
    assert load([["kode", "nama"], [program.code, "Direbut"]], agency, stranger).faults[0].code == "rights"
    assert load(tree(agency), agency, make.triage()).done


def test_progress_of_a_program_with_parts_is_not_taken_from_the_file(agency, head, db):
    load(tree(agency), agency, head)
    load([["kode", "kemajuan"], ["3.26.02", "99"]], agency, head)
    assert reads.known(["3.26.02"])["3.26.02"].progress == 65


def test_a_part_taken_away_counts_no_more_for_its_old_parent(agency, head, db):
    load(tree(agency), agency, head)
    load([["kode", "induk"], ["3.26.02.2.01", ""]], agency, head)
    assert reads.known(["3.26.02"])["3.26.02"].progress == 20


def test_the_admin_imports_nothing(agency, db):
    assert load(tree(agency), agency, make.actor(make.make_user(Role.ADMIN))).faults[0].code == "rights"


def test_levels_of_the_file_are_those_of_the_code():
    assert set(files.LEVELS.values()) == set(ProgramLevel)
    assert set(files.STAGES.values()) == set(BudgetStage)
