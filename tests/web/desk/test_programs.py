import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.models import Milestone, Program, ProgramLevel, ProgramUpdate, Role, Status
from portal.services import programs as writing
from tests.factories import actor, events_of, make_agency, make_case, make_program
from tests.factories import triage as staff

FIELDS = {
    "code": "3.26.02.2.01",
    "title_id": "Perbaikan dermaga wisata",
    "year": "2026",
    "budget": "Rp 420.000.000",
    "status": "running",
    "progress": "10",
    "level": "program",
    "weight": "1",
    "version": "1",
}


def fields(agency, **changes) -> dict[str, str]:
    return FIELDS | {"agency_id": str(agency.id)} | changes


def given(program: Program, **changes) -> dict[str, object]:
    """Return what the form of a program posts when nothing was touched."""
    names = [
        *FIELDS.keys() - {"status", "level"},
        "title_en",
        "summary_id",
        "agency_id",
        "target",
        "realised",
    ]
    return (
        {name: getattr(program, name) for name in names}
        | {
            "status": program.status.value,
            "level": program.level.value,
        }
        | changes
    )


def test_a_head_adds_a_program_of_their_agency(head, agency, db):
    answer = head.post("/meja/program/baru", **fields(agency))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja/program/3.26.02.2.01")
    program = db.session.scalars(select(Program)).one()
    assert (program.budget, program.progress, program.agency_id) == (420_000_000, 10, agency.id)
    assert program.title_en == "Perbaikan dermaga wisata"
    page = head.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'value="420.000.000"' in page


def test_nobody_adds_a_program_to_another_agency(head, agency, db):
    answer = head.post("/meja/program/baru", **fields(make_agency()))
    assert answer.status_code == 422
    assert "Perbaikan dermaga wisata" in answer.get_data(as_text=True)
    assert db.session.scalars(select(Program)).all() == []


def test_officers_who_may_not_publish_write_no_programs(officer, agency):
    program = make_program(agency)
    assert officer.get("/meja/program").status_code == 200
    assert officer.get("/meja/program/baru").status_code == 404
    assert officer.post("/meja/program/baru", **fields(agency)).status_code == 404
    for path in ("", "/kemajuan", "/tonggak", "/tonggak/tercapai"):
        assert officer.post(f"/meja/program/{program.code}{path}", **given(program)).status_code == 404
    assert officer.get(f"/meja/program/{program.code}").status_code == 404


def test_the_program_of_another_agency_cannot_be_written(head):
    program = make_program(make_agency())
    assert head.get(f"/meja/program/{program.code}").status_code == 404
    for path in ("", "/kemajuan", "/tonggak", "/tonggak/tercapai"):
        assert head.post(f"/meja/program/{program.code}{path}", **given(program)).status_code == 404


def test_the_admin_writes_no_programs(at_desk, agency):
    assert at_desk(Role.ADMIN).get("/meja/program").status_code == 404


def test_triage_may_write_programs_of_every_agency(triage):
    program = make_program(make_agency())
    assert triage.get(f"/meja/program/{program.code}").status_code == 200


def test_a_program_is_changed(head, agency):
    program = make_program(agency)
    answer = head.post(f"/meja/program/{program.code}", **given(program, title_id="Nama yang lebih jelas"))
    assert answer.status_code == 303
    assert (program.title_id, program.version) == ("Nama yang lebih jelas", 2)


def test_a_stale_program_shows_both_texts(head, agency):
    program = make_program(agency)
    data = given(program, title_id="Nama yang saya tulis")
    writing.edit(
        program, actor=actor(head.user), at=clock.now(), version=1, fields={"title_id": "Nama rekan"}
    )
    answer = head.post(f"/meja/program/{program.code}", **data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Nama yang saya tulis" in page
    assert "Nama rekan" in page
    assert re.search(r'name="version" type="hidden" value="2"', page)
    assert program.title_id == "Nama rekan"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"budget": "banyak"}, "Tulis anggaran dengan angka, contoh: 420.000.000."),
        ({"budget": "Rp"}, "Tulis anggaran dengan angka, contoh: 420.000.000."),
        ({"budget": ",00"}, "Tulis anggaran dengan angka, contoh: 420.000.000."),
        ({"budget": "00000" + "9" * 25}, "Tulis anggaran dengan angka, contoh: 420.000.000."),
        ({"budget": "1" * 5000}, "Tulis anggaran dengan angka, contoh: 420.000.000."),
        ({"budget": "9" * 25}, "Tulis anggaran dengan angka, contoh: 420.000.000."),
        ({"progress": "101"}, "Tulis angka 0 sampai 100."),
        ({"year": "26"}, "Tulis tahun, contoh: 2026."),
        ({"code": "a/b"}, "Kode hanya berisi huruf, angka, titik, dan tanda hubung."),
        ({"title_id": "\u200b"}, "Tulis nama, minimal 5 huruf."),
        ({"status": "aneh"}, "Pilih salah satu dari daftar."),
    ],
)
def test_a_wrong_field_of_a_program_is_told_and_the_rest_kept(head, agency, changes, said):
    answer = head.post(
        "/meja/program/baru", **fields(agency, summary_id="Ringkasan yang panjang.", **changes)
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert "Ringkasan yang panjang." in page


def test_a_code_can_be_used_once(head, agency):
    program = make_program(agency)
    answer = head.post("/meja/program/baru", **fields(agency, code=program.code))
    assert answer.status_code == 422
    assert "Kode ini sudah dipakai program lain." in answer.get_data(as_text=True)


def test_progress_is_told_to_the_cases_behind_a_program(head, agency, db):
    program = make_program(agency)
    case = make_case(Status.ASSIGNED, agency=agency)
    head.act(case, "link", program_id=program.id, type="answers", sentence="Program ini menjawab Anda.")
    answer = head.post(
        f"/meja/program/{program.code}/kemajuan",
        text_id="Tiang lampu sudah dipasang.",
        progress="40",
        version="1",
    )
    assert answer.status_code == 303
    assert db.session.scalars(select(ProgramUpdate.progress)).all() == [40]
    assert program.progress == 40
    assert events_of(case)[-1].action == "program_progress"


def test_progress_without_words_comes_back(head, agency, db):
    program = make_program(agency)
    answer = head.post(f"/meja/program/{program.code}/kemajuan", text_id="", progress="40")
    assert answer.status_code == 422
    assert "Tulis kemajuan, minimal 10 huruf." in answer.get_data(as_text=True)
    assert db.session.scalars(select(ProgramUpdate)).all() == []


def test_a_milestone_is_promised_and_kept(head, agency, db):
    program = make_program(agency)
    today = clock.city_date(clock.now())
    head.post(f"/meja/program/{program.code}/tonggak", title_id="Lampu menyala", due_on=today.isoformat())
    milestone = db.session.scalars(select(Milestone)).one()
    assert "Nyatakan tercapai" in head.get(f"/meja/program/{program.code}").get_data(as_text=True)
    path = f"/meja/program/{program.code}/tonggak/tercapai"
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert head.post(path, milestone_id=milestone.id, on=tomorrow).status_code == 422
    assert head.post(path, milestone_id=milestone.id, on=today.isoformat()).status_code == 303
    assert milestone.done_on == today


def test_a_milestone_of_another_program_cannot_be_kept(head, agency, db):
    own, other = make_program(agency), make_program(make_agency())
    milestone = writing.add_milestone(
        other, actor=staff(), at=clock.now(), title_id="Milik lain", due_on=clock.now().date()
    )
    db.session.flush()
    answer = head.post(
        f"/meja/program/{own.code}/tonggak/tercapai", milestone_id=milestone.id, on="2026-01-05"
    )
    assert answer.status_code == 404
    assert milestone.done_on is None


def test_progress_made_of_parts_is_told_and_not_asked(triage, agency):
    whole = make_program(agency, progress=40)
    assert 'type="hidden" name="progress"' not in triage.get(f"/meja/program/{whole.code}").text
    make_program(agency, level=ProgramLevel.SUB_ACTIVITY, parent_id=whole.id, progress=40)
    page = triage.get(f"/meja/program/{whole.code}").text
    assert '<input type="hidden" name="progress" value="40">' in page
    assert "40% <span" in page
    saved = triage.post(f"/meja/program/{whole.code}", **given(whole, progress="40"))
    assert saved.status_code == 303


def test_the_list_narrows_by_words_and_agency(triage, agency):
    make_program(agency, title_id="Dermaga terang")
    make_program(make_agency(), title_id="Pelatihan pemandu")
    page = triage.get("/meja/program?q=dermaga").get_data(as_text=True)
    assert "Dermaga terang" in page
    assert "Pelatihan pemandu" not in page
    assert "Pelatihan pemandu" not in triage.get(f"/meja/program?dinas={agency.slug}").get_data(as_text=True)
    assert "Tidak ada program yang cocok." in triage.get("/meja/program?q=zzzz").get_data(as_text=True)


@pytest.mark.parametrize("typed", ["kemarin", "31-12-2026", "0001-13-01"])
def test_a_date_that_is_none_is_told(head, agency, db, typed):
    program = make_program(agency)
    path = f"/meja/program/{program.code}/tonggak"
    assert head.post(path, title_id="Lampu menyala", due_on=typed).status_code == 422
    head.post(path, title_id="Lampu menyala", due_on=clock.city_date(clock.now()).isoformat())
    milestone = db.session.scalars(select(Milestone)).one()
    for wrong in (typed, "0001-01-01"):
        assert head.post(f"{path}/tercapai", milestone_id=milestone.id, on=wrong).status_code == 422


def test_a_milestone_beyond_the_database_is_none_of_the_program(head, agency, db):
    own = make_program(agency)
    answer = head.post(f"/meja/program/{own.code}/tonggak/tercapai", milestone_id="9" * 30, on="2026-01-05")
    other = head.post(f"/meja/program/{own.code}/tonggak/tercapai", milestone_id="1", on="2026-01-05")
    assert answer.status_code == other.status_code < 500


def test_a_link_beyond_the_database_is_none_of_the_case(head, agency, db):
    case = make_case(Status.ASSIGNED, agency=agency)
    assert head.act(case, "unlink", program_id="9" * 30).status_code == 303


def test_a_report_that_was_sent_twice_is_told_once(head, agency, db):
    program = make_program(agency)
    case = make_case(Status.ASSIGNED, agency=agency)
    head.act(case, "link", program_id=program.id, type="answers", sentence="Program ini menjawab Anda.")
    path = f"/meja/program/{program.code}/kemajuan"
    sent = {"text_id": "Tiang lampu sudah dipasang.", "progress": "40", "version": "1"}
    assert head.post(path, **sent).status_code == 303
    again = head.post(path, **sent)
    assert again.status_code == 409
    page = again.get_data(as_text=True)
    assert "Program ini berubah" in page
    assert "Tiang lampu sudah dipasang.</textarea>" in page
    assert re.search(r'id="kemajuan-version"[^>]*value="2"', page)
    assert len(db.session.scalars(select(ProgramUpdate)).all()) == 1
    assert [row.action for row in events_of(case)].count("program_progress") == 1
    assert head.post(path, **sent | {"version": "2"}).status_code == 303
