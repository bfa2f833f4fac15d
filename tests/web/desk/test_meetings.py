"""Meetings over HTTP: who gets in, what each may read, two secretaries, minutes and mail."""

import base64
import io
import json
import re
from datetime import date

import pikepdf
import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db as database
from portal.models import Agency, IdentityMode, Meeting, MeetingStatus, Note, Role, Status
from portal.queries import meetings as reads
from portal.services import meetings as writing
from portal.web.desk import meeting_run
from tests.factories import actor, make_agency, make_case, make_meeting, make_user
from tests.support.jobs import send_due, use

HOSTILE = '#read("/etc/passwd") *_#[ $ 🙏 مرحبا '


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def chair(head):
    return head


@pytest.fixture
def guest(at_desk):
    """Somebody of another agency."""
    return at_desk(Role.OFFICER, make_agency())


@pytest.fixture
def case(agency):
    return make_case(Status.ASSIGNED, agency=agency, title="Jembatan Aek Habil retak")


@pytest.fixture
def meeting(agency, chair, guest, case):
    return make_meeting(agency, case, chair=chair.user, people=(guest.user,))


def url(meeting, path: str = "") -> str:
    return f"/meja/rapat/{meeting.token}{path}"


def item(meeting, number: int = 0):
    return reads.agenda(meeting.id)[number].item


def decide(desk, meeting, number: int = 0, **data):
    one = item(meeting, number)
    given = {"version": one.version, "decision": "Perbaiki pekan ini", "owner_id": "", "due_on": ""}
    return desk.post(url(meeting, f"/jalan/{one.id}"), **(given | data))


@pytest.fixture
def printed(monkeypatch):
    """Keep what was given to the compiler: the words of the minutes, before they are glyphs."""
    kept = {}
    real = meeting_run.compile_letter

    def keep(template, data, **more):
        kept.update(data)
        return real(template, data, **more)

    monkeypatch.setattr(meeting_run, "compile_letter", keep)
    return kept


# --- calling a meeting -----------------------------------------------------------------------------------


def form(agency, chair, **changes):
    return {
        "version": "0",
        "title": "Rapat mingguan",
        "place": "Aula lantai 2",
        "day": "2026-12-01",
        "time": "08:30",
        "agency_id": str(agency.id),
        "chair_id": str(chair.user_id),
        "people": [str(chair.user_id)],
    } | changes


def test_an_officer_calls_a_meeting_in_the_citys_time(officer, chair, agency, db):
    assert officer.get("/meja/rapat/baru").status_code == 200
    answer = officer.post("/meja/rapat/baru", **form(agency, chair))
    made = db.session.scalars(select(Meeting)).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, url(made))
    assert clock.city_time(made.starts_at).strftime("%d %H:%M") == "01 08:30"
    assert made.starts_at.utcoffset().total_seconds() == 0
    assert "Rapat mingguan" in text(officer.get("/meja/rapat"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "\u200b"}, "Tulis judul, minimal 5 huruf."),
        ({"day": ""}, "Pilih tanggal rapat."),
        ({"time": "99:99"}, "Tulis jam yang benar, contoh: 08:30."),
        ({"day": "2099-01-01"}, "Tanggal ini terlalu jauh. Periksa tahunnya."),
        ({"chair_id": ""}, "Pilih pemimpin rapat."),
        ({"people": ["999999"]}, "Pilih dari daftar."),
        ({"agency_id": "999999999999999999"}, "Pilih salah satu dari daftar."),
    ],
)
def test_a_wrong_field_is_told_and_the_rest_kept(officer, chair, agency, db, changes, said):
    answer = officer.post("/meja/rapat/baru", **form(agency, chair, **changes))
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Aula lantai 2" in text(answer)
    assert db.session.scalars(select(Meeting)).all() == []


def test_an_officer_calls_no_meeting_of_several_agencies_and_a_coordinator_does(
    officer, triage, chair, agency, guest, db
):
    assert officer.post("/meja/rapat/baru", **form(agency, chair, agency_id="")).status_code == 422
    given = form(agency, chair, agency_id="", people=[str(guest.user_id), str(chair.user_id)])
    assert triage.post("/meja/rapat/baru", **given).status_code == 303
    made = db.session.scalars(select(Meeting)).one()
    assert made.agency_id is None
    assert reads.invited(made.id) == {guest.user_id, chair.user_id, triage.user_id}


def test_a_stale_change_shows_both(chair, meeting, agency):
    page = text(chair.get(url(meeting, "/ubah")))
    assert meeting.title in page
    writing.edit(
        meeting, title="Judul rekan", place="", starts_at=meeting.starts_at, chair_id=chair.user_id,
        people=reads.invited(meeting.id), actor=actor(chair.user), version=1,
    )  # fmt: skip
    answer = chair.post(url(meeting, "/ubah"), **form(agency, chair, version="1", title="Judul saya"))
    assert answer.status_code == 409
    assert "Judul rekan" in text(answer)
    assert "Judul saya" in text(answer)
    assert chair.post(url(meeting, "/ubah"), **form(agency, chair, version="2")).status_code == 303


# --- who gets in -----------------------------------------------------------------------------------------

PAGES = ("", "/jalan", "/notulen.pdf")
PRESSES = ("/ubah", "/agenda", "/hadir", "/tutup")


@pytest.mark.parametrize("path", PAGES)
def test_staff_of_the_agency_the_invited_and_coordinators_see_it(officer, guest, triage, meeting, path):
    for desk in (officer, guest, triage):
        assert desk.get(url(meeting, path)).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_for_everybody_else_it_does_not_exist(at_desk, client, meeting, path):
    stranger = at_desk(Role.HEAD, make_agency())
    assert stranger.get(url(meeting, path)).status_code == 404
    assert meeting.title not in text(stranger.get("/meja/rapat"))
    assert client.get(url(meeting, path)).status_code == 303


@pytest.mark.parametrize("path", PRESSES)
def test_those_who_only_take_part_change_nothing(officer, guest, at_desk, meeting, path):
    stranger = at_desk(Role.HEAD, make_agency())
    for desk in (officer, guest, stranger):
        assert desk.post(url(meeting, path)).status_code == 404
        assert decide(desk, meeting).status_code == 404
        order = url(meeting, f"/agenda/{item(meeting).id}/hapus")
        assert desk.post(order).status_code == 404
    assert len(reads.agenda(meeting.id)) == 1


def test_an_invited_colleague_who_lost_the_desk_is_out(guest, meeting, db):
    guest.user.memberships.clear()
    db.session.commit()
    assert guest.get(url(meeting)).status_code == 404


# --- the agenda ------------------------------------------------------------------------------------------


def test_cases_are_put_on_by_number_and_what_cannot_be_read_is_not_found(chair, meeting, agency):
    mine = make_case(Status.ASSIGNED, agency=agency)
    foreign = make_case(Status.ASSIGNED, agency=make_agency(), title="Judul dinas lain")
    typed = f"{mine.reference.lower()}, {foreign.reference}\nSB-9999-AAAA"
    answer = chair.post(url(meeting, "/agenda"), nomor=typed)
    assert answer.status_code == 303
    page = text(chair.get(url(meeting)))
    assert mine.title in page
    assert f"Tidak ditemukan: {foreign.reference}, SB-9999-AAAA" in page
    assert "Judul dinas lain" not in page
    answer = chair.post(url(meeting, "/agenda"), nomor=foreign.reference)
    assert answer.status_code == 422
    assert f"Tidak ditemukan: {foreign.reference}" in text(answer)


def test_a_case_goes_on_the_agenda_from_its_own_page(chair, meeting, agency):
    other = make_case(Status.ASSIGNED, agency=agency)
    assert "rapat=pilih" in text(chair.open(other))
    assert meeting.token in text(chair.open(other, "?rapat=pilih"))
    for said in ("masuk agenda rapat", "sudah ada di agenda rapat"):
        answer = chair.post("/meja/rapat/agenda", nomor=other.reference, rapat=meeting.token)
        assert answer.headers["Location"] == f"/meja/k/{other.reference}"
        assert said in text(chair.open(other))
    assert len(reads.agenda(meeting.id)) == 2


def test_no_page_offers_a_meeting_that_one_may_not_prepare(officer, meeting, agency, case):
    page = text(officer.open(case, "?rapat=pilih"))
    assert meeting.token not in page
    assert "Belum ada rapat yang Anda siapkan." in page
    answer = officer.post("/meja/rapat/agenda", nomor=case.reference, rapat=meeting.token)
    assert answer.status_code == 404


def test_items_are_ordered_without_a_script(chair, meeting, agency):
    second = make_case(Status.ASSIGNED, agency=agency)
    writing.add_cases(meeting, [second], actor=actor(chair.user), at=clock.now())
    assert chair.post(url(meeting, f"/agenda/{item(meeting, 1).id}/naik")).status_code == 303
    assert reads.agenda(meeting.id)[0].case.id == second.id
    chair.post(url(meeting, f"/agenda/{item(meeting, 0).id}/hapus"))
    assert len(reads.agenda(meeting.id)) == 1
    assert chair.post(url(meeting, f"/agenda/{2**40}/naik")).status_code == 404


def test_what_waits_for_a_decision_is_offered(chair, meeting, agency):
    make_case(Status.DEFERRED, agency=agency, title="Ditunda tahun lalu", review_on=date(2026, 1, 2))
    make_case(Status.DEFERRED, agency=make_agency(), title="Ditunda dinas lain", review_on=date(2026, 1, 2))
    page = text(chair.get(url(meeting)))
    assert "Ditunda tahun lalu" in page
    assert "Ditunda dinas lain" not in page


# --- running it ------------------------------------------------------------------------------------------


def test_a_decision_is_saved_and_the_next_item_opens(chair, meeting, case, agency, db):
    second = make_case(Status.ASSIGNED, agency=agency)
    writing.add_cases(meeting, [second], actor=actor(chair.user), at=clock.now())
    page = text(chair.get(url(meeting, "/jalan")))
    assert "1 dari 2" in page
    assert case.body in page
    answer = decide(chair, meeting, owner_id=str(chair.user_id), due_on="2026-12-05", as_note="y")
    assert answer.headers["Location"] == url(meeting, "/jalan?butir=2")
    (note,) = db.session.scalars(select(Note)).all()
    assert note.submission_id == case.id
    assert "Perbaiki pekan ini" in note.body
    assert chair.user.name in note.body
    assert decide(chair, meeting, 1).headers["Location"] == url(meeting, "#penutup")
    assert len(db.session.scalars(select(Note)).all()) == 1  # the box was not ticked
    page = text(chair.get(url(meeting)))
    assert "Tugas dari rapat" in page
    assert "2 dari 2 diputuskan" in page


def test_numbers_beyond_the_agenda_show_its_ends(chair, meeting):
    for number in ("0", "-5", "99", "9" * 40, "x"):
        assert "1 dari 1" in text(chair.get(url(meeting, f"/jalan?butir={number}")))


def test_two_secretaries_see_both_texts(chair, triage, meeting):
    decide(triage, meeting, decision="Tulisan rekan")
    answer = decide(chair, meeting, decision="Tulisan saya", version="1")
    assert answer.status_code == 409
    page = text(answer)
    assert "Tulisan rekan" in page
    assert "Tulisan saya" in page
    assert re.search(r'name="version" type="hidden" value="2"', page)
    assert item(meeting).decision == "Tulisan rekan"


def test_a_decision_after_the_end_is_kept_on_the_page(chair, meeting):
    version = item(meeting).version
    writing.close(meeting, remarks="", actor=actor(chair.user), at=clock.now(), version=1)
    answer = decide(chair, meeting, decision="Terlambat sedikit", version=version)
    assert answer.status_code == 409
    assert "Terlambat sedikit" in text(answer)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"owner_id": "999999"}, "Pilih salah satu dari daftar."),
        ({"decision": "", "due_on": "2026-12-05"}, "Tulis keputusannya lebih dahulu."),
        ({"due_on": "2100-01-01"}, "Tanggal ini terlalu jauh. Periksa tahunnya."),
        ({"decision": "x" * 5001}, "Paling banyak 5000 huruf. Isian Anda 5001 huruf."),
    ],
)
def test_a_wrong_decision_is_told(chair, meeting, changes, said):
    answer = decide(chair, meeting, **changes)
    assert answer.status_code == 422
    assert said in text(answer)


def test_the_owner_is_staff_of_the_cases_agency(chair, guest, officer, meeting):
    page = text(chair.get(url(meeting, "/jalan")))
    select_box = re.search(r'<select[^>]*name="owner_id".*?</select>', page, re.DOTALL).group()
    assert officer.user.name in select_box
    assert guest.user.name not in select_box


# --- what each may read ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/jalan", "/jalan?butir=1"])
def test_a_guest_reads_nothing_of_a_case_of_another_agency(chair, guest, meeting, case, path):
    decide(chair, meeting, decision="Anggaran dari pos rahasia")
    page = text(guest.get(url(meeting, path)))
    assert case.reference in page
    assert "Tidak untuk dinas Anda" in page
    assert case.title not in page
    assert case.body not in page
    assert "Anggaran dari pos rahasia" not in page


def test_minutes_say_to_each_only_theirs(chair, guest, meeting, case, printed):
    own = make_case(Status.ASSIGNED, agency=_agency_of(guest))
    triage_adds(meeting, own)
    decide(chair, meeting, decision="Rahasia dapur PUPR")
    assert guest.get(url(meeting, "/notulen.pdf")).status_code == 200
    said = repr(printed["items"])
    assert case.reference in said
    assert case.title not in said
    assert "Rahasia dapur PUPR" not in said
    assert own.title in said
    chair.get(url(meeting, "/notulen.pdf"))
    said = repr(printed["items"])
    assert "Rahasia dapur PUPR" in said
    assert own.title not in said


def _agency_of(desk):
    return database.session.get(Agency, desk.user.memberships[0].agency_id)


def triage_adds(meeting, case):
    writing.add_cases(meeting, [case], actor=actor(make_user(Role.TRIAGE)), at=clock.now())


def test_a_secret_title_stands_neither_on_the_wall_nor_in_the_minutes(chair, guest, meeting, agency, printed):
    secret = make_case(
        Status.ASSIGNED, agency=agency, secret=True, title="Pungli di loket", body="Ia meminta uang."
    )
    triage_adds(meeting, secret)
    for path in ("", "/jalan?butir=2"):
        page = text(chair.get(url(meeting, path)))
        assert secret.reference in page
        assert "Pungli di loket" not in page
        assert "Ia meminta uang." not in page
        assert secret.reference not in text(guest.get(url(meeting, path)))
    chair.get(url(meeting, "/notulen.pdf"))
    assert secret.reference in repr(printed)
    assert "Pungli" not in repr(printed)
    guest.get(url(meeting, "/notulen.pdf"))
    assert secret.reference not in repr(printed)


def test_whom_a_secret_case_names_does_not_learn_of_it(chair, officer, meeting, agency):
    secret = make_case(Status.ASSIGNED, agency=agency, secret=True, named=officer.user)
    triage_adds(meeting, secret)
    assert secret.reference not in text(officer.get(url(meeting)))
    assert secret.reference in text(chair.get(url(meeting)))


def test_a_press_that_moves_an_item_never_stops_at_one_that_nobody_may_know_of(guest, agency, case):
    secret = make_case(Status.ASSIGNED, agency=agency, secret=True)
    last = make_case(Status.ASSIGNED, agency=agency)
    meeting = make_meeting(None, case, secret, last, chair=guest.user)
    moved = item(meeting, 2)
    assert guest.post(url(meeting, f"/agenda/{moved.id}/naik")).status_code == 303
    page = text(guest.get(url(meeting)))
    assert page.index(last.reference) < page.index(case.reference)
    assert secret.reference not in page


# --- closing ---------------------------------------------------------------------------------------------


def close(desk, meeting, **data):
    return desk.post(url(meeting, "/tutup"), **({"version": meeting.version, "remarks": ""} | data))


def test_an_empty_agenda_is_not_closed_and_says_why(chair, agency):
    meeting = make_meeting(agency, chair=chair.user)
    answer = close(chair, meeting, remarks="Catatan panjang")
    assert answer.status_code == 422
    assert "Agenda masih kosong. Masukkan kiriman sebelum menutup rapat." in text(answer)
    assert "Catatan panjang" in text(answer)
    assert chair.get(url(meeting, "/jalan")).status_code == 303


def test_closed_minutes_are_fixed_and_take_corrections(chair, officer, meeting):
    assert close(chair, meeting, remarks="Semua hadir").status_code == 303
    assert meeting.status is MeetingStatus.CLOSED
    page = text(chair.get(url(meeting)))
    assert "Semua hadir" in page
    assert "Simpan kehadiran" not in page
    assert chair.get(url(meeting, "/ubah")).status_code == 303
    for path in ("/hadir", f"/agenda/{item(meeting).id}/hapus"):
        assert chair.post(url(meeting, path)).status_code == 409
    assert officer.post(url(meeting, "/ralat"), version="2", text="Bukan hak saya").status_code == 404
    answer = chair.post(url(meeting, "/ralat"), version="2", text="Tanggalnya 3 Desember")
    assert answer.status_code == 303
    page = text(chair.get(url(meeting)))
    assert "Tanggalnya 3 Desember" in page
    assert f"oleh {chair.user.name}" in page


def test_attendance_is_kept(chair, guest, meeting, printed):
    assert chair.post(url(meeting, "/hadir"), hadir=[str(guest.user_id), "x", "999999"]).status_code == 303
    chair.get(url(meeting, "/notulen.pdf"))
    assert ("Hadir", guest.user.name) in printed["facts"]
    assert ("Tidak hadir", chair.user.name) in printed["facts"]


def test_a_stale_close_keeps_the_remarks(chair, meeting):
    answer = close(chair, meeting, version="7", remarks="Catatan saya")
    assert answer.status_code == 409
    assert "Catatan saya" in text(answer)
    assert meeting.status is MeetingStatus.PLANNED


def test_the_minutes_are_a_tagged_pdf_and_a_draft_until_closed(chair, meeting, printed):
    answer = chair.get(url(meeting, "/notulen.pdf"))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert printed["mark"].startswith("KONSEP")
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.docinfo["/Title"]) == f"Notulen: {meeting.title}"
    close(chair, meeting)
    chair.get(url(meeting, "/notulen.pdf"))
    assert printed["mark"] == ""
    with pikepdf.open(io.BytesIO(chair.get(f"/en{url(meeting, '/notulen.pdf')}").data)) as pdf:
        assert str(pdf.Root.Lang) == "en"


def test_hostile_words_print_as_words(chair, meeting):
    decide(chair, meeting, decision=HOSTILE + "x" * 4000)
    close(chair, meeting, remarks=HOSTILE)
    assert chair.get(url(meeting, "/notulen.pdf")).status_code == 200


def test_sixty_cases_are_one_page_and_one_pdf(chair, agency, count_queries):
    cases = [make_case(Status.ASSIGNED, agency=agency) for _ in range(60)]
    meeting = make_meeting(agency, *cases, chair=chair.user)
    chair.get(url(meeting))
    with count_queries() as said:
        page = text(chair.get(url(meeting)))
    assert len(said) < 25
    assert "0 dari 60 diputuskan" in page
    with pikepdf.open(io.BytesIO(chair.get(url(meeting, "/notulen.pdf")).data)) as pdf:
        assert len(pdf.pages) > 2


# --- the mail --------------------------------------------------------------------------------------------


def test_the_mail_of_each_says_only_what_they_may_read(app, smtp, chair, guest, meeting, agency):
    use(app, smtp)
    secret = make_case(Status.ASSIGNED, agency=agency, secret=True, title="Pungli di loket")
    shielded = make_case(Status.ASSIGNED, agency=agency, identity_mode=IdentityMode.SHIELDED)
    triage_adds(meeting, secret)
    triage_adds(meeting, shielded)
    decide(chair, meeting, decision="Perbaiki jembatan", owner_id=str(chair.user_id), due_on="2026-12-05")
    decide(chair, meeting, 1, decision="Panggil petugas loket")
    decide(chair, meeting, 2, decision="Lindungi pelapor")
    close(chair, meeting)
    send_due(app, clock.now())
    mails = {one.message["To"]: one.text for one in smtp.messages}
    assert set(mails) == {chair.user.email, guest.user.email}
    mine, theirs = (mails[desk.user.email] for desk in (chair, guest))
    assert "Tugas Anda dari rapat ini:" in mine
    assert f"Perbaiki jembatan (tugas {chair.user.name}), sampai 5 Des 2026" in mine
    assert secret.reference in mine
    assert url(meeting) in mine
    for word in ("Pungli", "Panggil petugas", "Lindungi"):
        assert word not in mine
    assert "Tidak ada keputusan tentang kiriman yang boleh Anda baca." in theirs
    for word in ("jembatan", "Pungli", "SB-2611"):
        assert word not in theirs


def test_a_decision_hides_no_foreign_address_behind_its_words(app, smtp, chair, meeting):
    use(app, smtp)
    decide(chair, meeting, decision="Masuk ulang di sini <https://jahat.example/masuk>")
    close(chair, meeting)
    send_due(app, clock.now())
    (mail,) = smtp.to(chair.user.email)
    assert "jahat.example" in mail.html, "it may be read"
    assert 'href="https://jahat.example' not in mail.html


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-24"])
def test_a_meddled_place_in_the_list_is_its_first_page(chair, meeting, moment):
    cursor = base64.urlsafe_b64encode(json.dumps([0, moment, 1]).encode()).decode()
    answer = chair.get(f"/meja/rapat?dari={cursor}")
    assert answer.status_code == 200
    assert meeting.title in text(answer)


def test_what_no_page_of_ours_sends_is_no_error(chair, meeting, case):
    assert chair.post(url(meeting, "/hadir"), hadir="9" * 5000).status_code == 303
    answer = chair.post("/meja/rapat/agenda", nomor=case.reference, rapat="rapat-\0")
    assert answer.status_code == 404
