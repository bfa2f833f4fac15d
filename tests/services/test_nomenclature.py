from datetime import date

import pytest
from sqlalchemy import func, select

from portal.core.spreadsheets import read_table
from portal.models import NomenclatureCode, NomenclatureVersion, ProgramLevel, Role
from portal.queries import nomenclature as reads
from portal.services import nomenclature
from portal.services.errors import NotPermitted
from tests import factories as make
from tests.factories import MONDAY

TABLE = [["code", "title"], ["3.26.02", "Peningkatan Daya Tarik"], ["3.26.02.2.01", "Pengelolaan"]]
DECREE = "Kepmendagri 050-5889 Tahun 2021"


def load(table=TABLE, decree=DECREE, day=date(2021, 12, 27), actor=None):
    return nomenclature.load(table, decree=decree, issued_on=day, actor=actor, at=MONDAY)


def test_a_decree_becomes_a_version_with_levels(db):
    version = load()
    assert [(row.code, row.level) for row in reads.codes(version.id)] == [
        ("3.26.02", ProgramLevel.PROGRAM),
        ("3.26.02.2.01", ProgramLevel.ACTIVITY),
    ]


def test_a_newer_decree_leaves_the_older_one_as_it_is(db):
    older = load()
    newer = load([["code", "title"], ["3.26.02", "Nama baru"]], "Keputusan baru", date(2025, 1, 1))
    assert reads.find("3.26.02").title == "Nama baru"
    assert reads.find("3.26.02", older.id).title == "Peningkatan Daya Tarik"
    assert reads.find("3.26.02.2.01").version_id == older.id
    assert [row.id for row in reads.versions()] == [newer.id, older.id]


def test_a_decree_is_not_written_over(db):
    load()
    with pytest.raises(nomenclature.DecreeKnown):
        load()


def test_a_faulty_file_is_told_line_by_line_and_nothing_is_taken_in(db):
    table = [["Code", "TITLE"], ["3.26.02", "Satu"], ["tiga", "Dua"], ["3.26.02", "Lagi"], ["3.27"], []]
    with pytest.raises(nomenclature.FaultyFile) as error:
        load(table)
    assert [(one.line, one.code) for one in error.value.faults] == [(3, "code"), (4, "twice"), (5, "title")]
    assert db.session.scalar(select(func.count()).select_from(NomenclatureVersion)) == 0
    for table in ([["kode"]], [["code", "title"]], []):
        with pytest.raises(nomenclature.FaultyFile):
            load(table)


def test_only_admins_take_in_a_nomenclature(db):
    with pytest.raises(NotPermitted):
        load(actor=make.triage())
    assert load(actor=make.actor(make.make_user(Role.ADMIN))).imported_by_id


def test_the_command_takes_in_the_codes_that_are_shipped(db, run_command):
    words = ("nomenclature", "import", "--decree", DECREE, "--issued-on", "2021-12-27")
    assert run_command(*words).exit_code == 0
    codes = set(db.session.scalars(select(NomenclatureCode.code)))
    assert {"3.26.02", "3.26.05", "5.04.02"} <= codes
    assert run_command(*words).exit_code != 0


def test_the_command_names_the_lines_that_are_wrong(db, run_command, tmp_path):
    file = tmp_path / "codes.csv"
    file.write_text("code;title\n3.26.02;Satu\nx;Dua\n")
    answer = run_command("nomenclature", "import", str(file), "--decree", "D", "--issued-on", "2021-12-27")
    assert answer.exit_code != 0
    assert "line 3: code x" in answer.output
    assert read_table(file.read_bytes())[1] == ["3.26.02", "Satu"]
