"""The details of a program at the desk, and programs that come in a file."""

import io
import re
from functools import partial

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.spreadsheets import read_table
from portal.models import (
    HideCode,
    Milestone,
    Program,
    ProgramBudget,
    ProgramIndicator,
    ProgramMember,
    ProgramPartnership,
    Role,
    Submission,
)
from tests import factories as make
from tests.factories import make_agency, make_partnership, make_program, make_user

PATHS = (
    "/rincian/indikator",
    "/rincian/anggaran",
    "/rincian/anggaran/hapus",
    "/rincian/orang",
    "/rincian/kemitraan",
    "/rincian/kemitraan/lepas",
    "/tonggak/pindah",
)


def save(desk, program, path, **data):
    """Post from the page as it is now."""
    make.db.session.refresh(program)
    return desk.post(f"/meja/program/{program.code}/rincian/{path}", **{"version": program.version} | data)


def test_the_details_of_another_agency_are_not_there(head, officer, agency):
    for desk, program in ((head, make_program(make_agency())), (officer, make_program(agency))):
        assert desk.get(f"/meja/program/{program.code}/rincian").status_code == 404
        for path in PATHS:
            assert desk.post(f"/meja/program/{program.code}{path}").status_code == 404


def test_an_indicator_is_added_changed_and_removed(head, agency, db):
    program = make_program(agency)
    send = partial(save, head, program, "indikator")
    assert send(title_id="Lampu menyala", target="36").status_code == 303
    row = db.session.scalars(select(ProgramIndicator)).one()
    save(
        head,
        program,
        "indikator",
        measure_id=row.id,
        title_id="Lampu menyala",
        target="36",
        realised="22",
        unit="lampu",
    )
    assert (row.realised, row.unit) == (22, "lampu")
    wrong = send(measure_id=row.id, title_id="Lampu", target="banyak")
    assert wrong.status_code == 422
    assert 'value="banyak"' in wrong.get_data(as_text=True)
    assert save(
        head, program, "indikator", measure_id="9" * 30, title_id="Lampu menyala", target="1"
    ).status_code in {
        303,
        404,
    }
    assert (
        save(
            head, program, "indikator", measure_id="424242", title_id="Lampu menyala", target="1"
        ).status_code
        == 404
    )
    assert send(measure_id=row.id, apa="hapus").status_code == 303
    assert row not in db.session.scalars(select(ProgramIndicator)).all()


def test_money_is_noted_stage_by_stage(head, agency, db):
    program = make_program(agency)
    send, remove = (partial(save, head, program, path) for path in ("anggaran", "anggaran/hapus"))
    assert (
        save(
            head, program, "anggaran", stage="enacted", amount="Rp 420.000.000", as_of="2025-11-30"
        ).status_code
        == 303
    )
    assert program.budget == 420_000_000
    for wrong in ({"stage": "x"}, {"amount": "banyak"}, {"as_of": "kemarin"}, {"as_of": "1026-01-01"}):
        sent = {"stage": "paid", "amount": "5", "as_of": "2026-01-01"} | wrong
        assert send(**sent).status_code == 422
    page = head.get(f"/meja/program/{program.code}/rincian").get_data(as_text=True)
    assert "Disahkan DPRD (APBD)" in page
    assert remove(stage="entah").status_code == 404
    assert remove(stage="enacted").status_code == 303
    assert db.session.scalars(select(ProgramBudget)).all() == []


def test_agencies_and_team_are_chosen_together(head, agency, db):
    program, other = make_program(agency), make_agency()
    mine, theirs = make_user(Role.OFFICER, agency), make_user(Role.OFFICER, other)
    send = partial(save, head, program, "orang")
    assert send(agencies=[other.id], leads=[mine.id], members=[theirs.id]).status_code == 303
    assert len(db.session.scalars(select(ProgramMember)).all()) == 2
    stranger = make_user(Role.OFFICER, make_agency())
    assert send(members=[stranger.id]).status_code == 422
    # the other agency leaves, and its officer with it
    assert send(leads=[mine.id], members=[theirs.id]).status_code == 303
    assert [row.user_id for row in db.session.scalars(select(ProgramMember))] == [mine.id]


def test_two_who_change_the_details_at_once_learn_of_each_other(head, agency, db):
    program = make_program(agency)
    person = make_user(Role.OFFICER, agency)
    sent = {"title_id": "Lampu menyala", "target": "36", "version": "1"}
    path = f"/meja/program/{program.code}/rincian"
    assert head.post(f"{path}/indikator", **sent).status_code == 303
    late = head.post(f"{path}/indikator", **sent | {"title_id": "Lampu diganti"})
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "Program ini berubah" in page
    assert 'value="Lampu diganti"' in page
    assert re.search(r'<input[^>]*name="version"[^>]*value="2"', page)
    for other, data in (
        ("anggaran", {"stage": "paid", "amount": "5", "as_of": "2026-01-01"}),
        ("anggaran/hapus", {"stage": "paid"}),
        ("orang", {"members": [person.id]}),
    ):
        answer = head.post(f"{path}/{other}", version="1", **data)
        assert answer.status_code == 409, other
    assert db.session.scalars(select(ProgramBudget)).all() == []
    assert db.session.scalars(select(ProgramMember)).all() == []
    row = db.session.scalars(select(ProgramIndicator)).one()
    assert head.post(f"{path}/indikator", measure_id=row.id, apa="hapus", version="1").status_code == 409


def test_a_partnership_is_found_by_its_number(head, agency, db):
    program, partnership = make_program(agency), make_partnership(agency)
    case = db.session.get_one(Submission, partnership.submission_id)
    path = f"/meja/program/{program.code}/rincian/kemitraan"
    sent = {"reference": case.reference, "type": "part_of", "sentence": "Perahu memakai dermaga ini."}
    assert head.post(path, **sent).status_code == 303
    assert db.session.scalars(select(ProgramPartnership.partnership_id)).all() == [partnership.id]
    assert head.post(path, **sent | {"reference": "SB-2611-ZZZZ"}).status_code == 422
    case.secret, case.listed = True, False
    assert head.post(path, **sent).status_code == 422
    case.secret, case.hidden_code = False, HideCode.INSULT
    assert head.post(path, **sent).status_code == 422
    case.hidden_code = None
    assert head.post(f"{path}/lepas", partnership_id="77777").status_code == 404
    assert head.post(f"{path}/lepas", partnership_id=partnership.id).status_code == 303
    assert db.session.scalars(select(ProgramPartnership)).all() == []


def test_a_day_is_moved_with_a_reason(head, agency, db):
    program = make_program(agency)
    today = clock.city_date(clock.now()).isoformat()
    head.post(f"/meja/program/{program.code}/tonggak", title_id="Lampu menyala", due_on=today)
    row = db.session.scalars(select(Milestone)).one()
    path = f"/meja/program/{program.code}/tonggak/pindah"
    later = f"{int(today[:4]) + 1}-01-05"
    assert head.post(path, milestone_id=row.id, to=later, reason="x").status_code == 422
    assert head.post(path, milestone_id=row.id, to=today, reason="Kabel belum tiba.").status_code == 422
    assert head.post(path, milestone_id="9" * 25, to=later, reason="Kabel belum tiba.").status_code == 404
    assert head.post(path, milestone_id=row.id, to=later, reason="Kabel belum tiba.").status_code == 303
    assert (row.due_on.isoformat(), row.first_due_on.isoformat()) == (later, today)
    page = head.get(f"/meja/program/{program.code}").get_data(as_text=True)
    assert "diubah menjadi" in page


def upload(desk, content: bytes, what: str = "impor"):
    return desk.client.post(
        "/meja/program/impor",
        data={"apa": what, "berkas": (io.BytesIO(content), "program.csv")},
        content_type="multipart/form-data",
    )


def test_a_file_is_looked_at_first_and_then_taken_in(head, agency, db):
    content = (
        f"kode;nama;dinas;tahun;status\n3.26.02-77;Dermaga terang;{agency.code};2026;berjalan\n"
    ).encode()
    looked = upload(head, content, "periksa")
    assert looked.status_code == 200
    assert "1 program baru" in looked.get_data(as_text=True)
    assert db.session.scalars(select(Program)).all() == []
    assert "Selesai" in upload(head, content).get_data(as_text=True)
    assert db.session.scalars(select(Program.code)).all() == ["3.26.02-77"]


def test_faults_are_told_line_by_line(head, agency, db):
    content = f"kode;nama;dinas;tahun;status\n3.26;Nama saja;{agency.code};26;entah\n".encode()
    answer = upload(head, content)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Pilih salah satu: direncanakan" in page
    assert "<q>26</q>" in page
    for broken in (b"", b"\x00\x01", b"PK\x03\x04"):
        assert upload(head, broken).status_code == 422
    assert db.session.scalars(select(Program)).all() == []


def test_the_example_holds_what_one_may_change_and_nothing_else(head, officer, agency, db):
    own, other = make_program(agency), make_program(make_agency())
    for kind in ("csv", "xlsx"):
        rows = read_table(head.get(f"/meja/program/impor/contoh.{kind}").data)
        assert own.code in {row[0] for row in rows}
        assert other.code not in {row[0] for row in rows}
        assert officer.get(f"/meja/program/impor/contoh.{kind}").status_code == 404
    assert officer.get("/meja/program/impor").status_code == 404
    assert upload(officer, b"kode;nama\n").status_code == 404
    assert head.get("/meja/program/impor").status_code == 200


def test_a_program_takes_its_place_in_the_tree_at_the_desk(head, agency, db):
    top = make_program(agency)
    sent = {
        "code": "3.26.02.2.01", "title_id": "Pengelolaan daya tarik", "year": "2026", "budget": "5",
        "status": "running", "progress": "40", "version": "1", "agency_id": str(agency.id),
        "level": "activity", "parent": top.code, "weight": "3",
    }  # fmt: skip
    assert head.post("/meja/program/baru", **sent).status_code == 303
    assert top.progress == 40
    assert f'value="{top.code}"' in head.get("/meja/program/3.26.02.2.01").get_data(as_text=True)
    for wrong in ({"parent": "9.99"}, {"level": "program"}, {"weight": "0"}, {"nomenclature_code": "x"}):
        answer = head.post("/meja/program/baru", **sent | {"code": "3.26.02.2.02"} | wrong)
        assert answer.status_code == 422, wrong
    assert len(db.session.scalars(select(Program)).all()) == 2


@pytest.mark.parametrize("who", ["head", "triage"])
def test_a_program_hangs_under_another_agency_only_where_one_may_write_both(request, who, agency, db):
    desk, foreign = request.getfixturevalue(who), make_program(make_agency())
    sent = {
        "code": "3.26.02.2.09", "title_id": "Pengelolaan daya tarik", "year": "2026", "budget": "5",
        "status": "running", "progress": "40", "version": "1", "agency_id": str(agency.id),
        "level": "activity", "parent": foreign.code,
    }  # fmt: skip
    assert desk.post("/meja/program/baru", **sent).status_code == (303 if who == "triage" else 422)


def _taken(head, agency, db) -> None:
    """Two programs of the agency, one under the other."""
    rows = ("A.1;Program besar;program;", "B.1;Bagian kecil;kegiatan;A.1")
    lines = [f"{row};{agency.code};2026;berjalan" for row in rows]
    content = "\n".join(["kode;nama;tingkat;induk;dinas;tahun;status", *lines, ""])
    assert upload(head, content.encode()).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        "kode;tingkat;induk\nA.1;sub-kegiatan;B.1\n",  # a circle
        "kode;tingkat\nB.1;program\n",  # a program under a program
        "kode;tingkat\nA.1;sub-kegiatan\n",  # a part above its parent
    ],
)
def test_no_file_breaks_the_tree_that_stands_there(head, agency, db, content):
    _taken(head, agency, db)
    page = upload(head, content.encode())
    assert page.status_code == 422
    tree = {row.code: row.level for row in db.session.scalars(select(Program))}
    assert tree == {"A.1": "program", "B.1": "activity"}


@pytest.mark.parametrize("name", ["code", "small", "slug"])
def test_an_agency_is_known_by_code_and_by_its_short_name(head, agency, db, name):
    known = {"code": agency.code, "small": agency.code.lower(), "slug": agency.slug}[name]
    content = f"kode;nama;dinas;tahun;status\nA.1;Program besar;{known};2026;berjalan\n"
    assert upload(head, content.encode()).status_code == 200


def test_a_wrong_cell_is_told_once(head, agency, db):
    content = f"kode;nama;dinas;tahun;status\nA.1;Program besar;{agency.code};abad ini;berjalan\n"
    page = upload(head, content.encode())
    assert page.get_data(as_text=True).count("<td>tahun</td>") == 1


def test_a_file_that_is_no_table_of_programs_is_told_in_one_line(head, db):
    page = upload(head, b"\xff\xd8\xff\xe0" + b"rubbish;" * 400)
    assert page.status_code == 422
    assert len(page.get_data(as_text=True)) < 20_000
