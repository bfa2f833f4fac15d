"""What a case's page says of its deadline, of the one before, and of hand-overs."""

import time_machine

from portal.core.sealing import Seal, new_key
from portal.models import Role, Status
from portal.services import cases
from tests import factories as make
from tests.factories import at
from tests.support.html import text_of

SEAL = Seal([new_key()])


def _assigned(agency, **fields):
    category = make.make_category(name_id="Jalan", name_en="Roads", answer_days=10)
    case = make.make_case(Status.IN_REVIEW, category=category, **fields)
    cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(16, 10))
    return case


@time_machine.travel(at(24), tick=False)
def test_the_page_says_why_the_deadline_is_that_day(db, at_desk, agency):
    officer = at_desk(Role.OFFICER, agency)
    case = _assigned(agency)
    cases.ask(case, question="Di mana tepatnya?", seal=SEAL, actor=make.officer(agency), at=at(17, 9))
    db.session.commit()
    assert "Berhenti sejak Selasa 17 Nov, menunggu keterangan" in text_of(officer.open(case))
    cases.reply(case, text="Di depan pasar.", actor=make.reporter(case), at=at(19, 9))
    db.session.commit()
    page = text_of(officer.open(case))
    assert "Mengapa tanggal ini?" in page
    assert "Diteruskan Senin 16 Nov." in page
    assert "10 hari kerja untuk kategori Jalan." in page
    assert "Berhenti 2 hari kerja menunggu keterangan." in page
    assert "Jadi: Rabu 2 Des 2026, 16.00 WIB." in page
    assert officer.get(f"/en/meja/k/{case.reference}").status_code == 200


@time_machine.travel(at(28, month=12), tick=False)
def test_days_off_are_named(db, at_desk, agency):
    officer = at_desk(Role.OFFICER, agency)
    case = make.make_case(Status.IN_REVIEW, category=make.make_category(answer_days=5))
    make.add_holiday(make.day(at(28, month=12)))
    cases.assign(case, agency_id=agency.id, actor=make.triage(), at=at(23, month=12))
    db.session.commit()
    page = text_of(officer.open(case))
    assert "24 Des (Cuti Bersama Hari Raya Natal)" in page
    assert "28 Des (Hari Jadi Kota)" in page
    assert "1 Jan (Tahun Baru Masehi)" in page


@time_machine.travel(at(24), tick=False)
def test_a_day_off_added_later_moves_nothing_and_the_page_says_so(db, at_desk, agency):
    officer = at_desk(Role.OFFICER, agency)
    case = _assigned(agency)
    make.add_holiday(make.day(at(26)))
    page = text_of(officer.open(case))
    assert "Tanggal ini ditetapkan lebih dulu." in page
    assert "Jadi: Senin 30 Nov 2026, 16.00 WIB." in page


@time_machine.travel(at(24), tick=False)
def test_older_data_says_that_nobody_noted_it(db, at_desk, agency):
    officer = at_desk(Role.OFFICER, agency)
    case = _assigned(agency)
    case.due_from = case.due_days = None
    db.session.commit()
    assert "Cara hitungnya tidak tercatat." in text_of(officer.open(case))


@time_machine.travel(at(7, month=12), tick=False)
def test_after_the_answer_the_page_says_how_it_was_kept(db, at_desk, agency):
    officer = at_desk(Role.OFFICER, agency)
    in_time, late = _assigned(agency), _assigned(agency)
    cases.answer(in_time, text="Sudah kami periksa.", actor=make.head(agency), at=at(25))
    cases.answer(late, text="Sudah kami periksa.", actor=make.head(agency), at=at(2, month=12))
    db.session.commit()
    page = text_of(officer.open(in_time))
    assert "Dijawab dalam 12 hari kerja sejak diterima, tepat waktu." in page
    assert "Mengapa tanggal ini?" not in page
    assert "sejak diterima, lewat 2 hari kerja." in text_of(officer.open(late))


@time_machine.travel(at(24), tick=False)
def test_hand_overs_are_counted_on_the_page_and_in_the_list_with_their_last_reason(db, at_desk, agency):
    case = _assigned(agency)
    here = make.make_agency()
    cases.hand_over(case, agency_id=here.id, reason="Ini jalan nasional.", actor=make.head(agency), at=at(17))
    cases.hand_over(case, agency_id=agency.id, reason="Ternyata jalan kota.", actor=make.triage(), at=at(18))
    db.session.commit()
    page = text_of(at_desk(Role.HEAD, agency).open(case, "?antrean=agency"))
    assert "Pengalihan 2 kali Alasan terakhir: Ternyata jalan kota." in " ".join(page.split())
    assert "dialihkan 2 kali" in page
    assert "Pengalihan antardinas tidak mengulang hitungan." in page


@time_machine.travel(at(24), tick=False)
def test_a_head_is_warned_that_there_is_one_hand_over_and_triage_is_not(db, at_desk, agency):
    head, triage = at_desk(Role.HEAD, agency), at_desk(Role.TRIAGE)
    case = _assigned(agency)
    db.session.commit()
    said = "Sesudah ini hanya triase yang dapat."
    assert said in text_of(head.open(case, "?aksi=hand_over"))
    assert said not in text_of(triage.open(case, "?aksi=hand_over"))
    assert said not in text_of(head.open(case))
