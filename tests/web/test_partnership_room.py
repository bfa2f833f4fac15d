"""The room of a partnership: both sides meet there, staff keep their notes, strangers find nothing."""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from icalendar import Calendar

from portal.core import clock
from portal.core.clock import city_date, now
from portal.core.sealing import current_seal
from portal.models import (
    AgreementDraft,
    AuditEntry,
    BusinessRole,
    Duty,
    DutyKind,
    MonitoringForm,
    OutboxMessage,
    PartnershipMeeting,
    PartnershipMessage,
    PartnershipStage,
    Party,
    Role,
)
from portal.queries import partnership_room
from portal.services.partnerships import meetings, monitoring, talk
from tests import factories as make
from tests.support.pictures import pdf

S = PartnershipStage
PAGES = ("ruang", "jadwal", "naskah", "kewajiban", "pemantauan")


@pytest.fixture
def agency(db):
    return make.make_agency()


@pytest.fixture
def partnership(agency, db):
    business = make.make_business(slug="bagan-contoh")
    row = make.make_partnership(agency, business, stage=S.DRAFTING)
    db.session.commit()
    return row


@pytest.fixture
def reference(partnership, db):
    return make.db.session.get(make.Submission, partnership.submission_id).reference


@pytest.fixture
def desk(reference):
    return f"/meja/kemitraan/{reference}"


@pytest.fixture
def own(reference):
    return f"/akun/usaha/bagan-contoh/kemitraan/{reference}"


@pytest.fixture
def head(agency):
    return make.make_user(Role.HEAD, agency)


def _firm(partnership):
    return make.db.session.get(make.Business, partnership.business_id)


@pytest.fixture
def owner(partnership, db):
    user = make.make_user(email="pemilik@contoh.example", citizen=True)
    make.make_member(_firm(partnership), user)
    db.session.commit()
    return user


def test_both_sides_write_into_one_thread(client, head, owner, desk, own):
    make.sign_in(client, head)
    assert client.post(f"{desk}/ruang", data={"text": "Kapan bisa bertemu?"}).status_code == 303
    make.sign_in(client, owner)
    assert "Kapan bisa bertemu?" in client.get(f"{own}/ruang").text
    assert client.post(f"{own}/ruang", data={"text": "Senin pagi."}).status_code == 303
    make.sign_in(client, head)
    assert "Senin pagi." in client.get(f"{desk}/ruang").text


def test_a_message_is_told_to_the_other_side_and_not_to_its_author(client, head, owner, desk, db):
    make.sign_in(client, head)
    client.post(f"{desk}/ruang", data={"text": "Halo."})
    rows = (
        db.session.query(OutboxMessage)
        .filter(OutboxMessage.kind.in_(["business_partnership", "staff_partnership"]))
        .all()
    )
    assert [row.recipient_id for row in rows] == [owner.id]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_for_both_sides(client, head, owner, desk, own, page):
    make.sign_in(client, head)
    assert client.get(f"{desk}/{page}").status_code == 200
    make.sign_in(client, owner)
    assert client.get(f"{own}/{page}").status_code == 200


@pytest.mark.parametrize("page", ["", *(f"/{page}" for page in PAGES)])
def test_strangers_find_no_room(client, desk, own, partnership, db, page):
    make.sign_in(client, make.make_user(Role.HEAD, make.make_agency()))
    assert client.get(desk + page).status_code == 404
    other = make.make_user(email="lain@contoh.example", citizen=True)
    make.make_member(make.make_business(slug="usaha-lain"), other)
    make.sign_in(client, other)
    assert client.get(own + page).status_code == 404
    assert client.get(own.replace("bagan-contoh", "usaha-lain") + page).status_code == 404


def test_internal_notes_never_reach_the_business(client, head, owner, desk, own, db):
    make.sign_in(client, head)
    assert client.post(f"{desk}/catatan", data={"text": "KENARI internal."}).status_code == 303
    assert "KENARI internal." in client.get(f"{desk}/catatan").text
    assert "KENARI" not in client.get(f"{desk}/ruang").text
    make.sign_in(client, owner)
    assert client.get(f"{own}/catatan").status_code == 404
    assert client.get(f"{desk}/catatan").status_code == 404
    for page in PAGES:
        assert "KENARI" not in client.get(f"{own}/{page}").text
    assert db.session.query(OutboxMessage).filter_by(recipient_id=owner.id).count() == 0


def test_staff_who_also_own_the_business_see_no_notes_by_its_door(client, head, desk, own, partnership, db):
    make.make_member(_firm(partnership), head)
    make.sign_in(client, head)
    client.post(f"{desk}/catatan", data={"text": "KENARI", "file": (pdf(), "rahasia.pdf")})
    token = partnership_room.messages(partnership.id, internal=True).items[0].upload.token
    assert client.get(f"{desk}/berkas/{token}").status_code == 200
    assert client.get(f"{own}/berkas/{token}").status_code == 404


def test_an_empty_message_keeps_the_page(client, head, desk):
    make.sign_in(client, head)
    page = client.post(f"{desk}/ruang", data={"text": "  "})
    assert page.status_code == 422
    assert "Tulis pesannya." in page.text


def test_an_ended_partnership_keeps_what_was_typed(client, head, desk, partnership, db):
    partnership.stage = S.STOPPED
    db.session.commit()
    make.sign_in(client, head)
    page = client.post(f"{desk}/ruang", data={"text": "Terlambat menulis."})
    assert page.status_code == 409
    assert "Terlambat menulis." in page.text


def _meeting(**fields):
    day = (now() + timedelta(days=7)).date()
    return {
        "title": "Bahas dermaga",
        "place": "Kantor Pariwisata",
        "day": day.isoformat(),
        "begins": "09:00",
        "ends": "10:30",
    } | fields


def test_a_meeting_is_called_and_carried_into_a_calendar(client, head, owner, desk, own, db):
    make.sign_in(client, head)
    assert client.post(f"{desk}/jadwal", data=_meeting()).status_code == 303
    row = db.session.query(PartnershipMeeting).one()
    make.sign_in(client, owner)
    assert "Bahas dermaga" in client.get(f"{own}/jadwal").text
    answer = client.get(f"{own}/jadwal/{row.id}.ics")
    event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert event["summary"] == "Bahas dermaga"
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=90)
    assert client.post(f"{own}/jadwal", data=_meeting()).status_code == 404


def test_a_meeting_that_ends_before_it_begins_is_refused(client, head, desk):
    make.sign_in(client, head)
    page = client.post(f"{desk}/jadwal", data=_meeting(ends="08:00"))
    assert page.status_code == 422
    assert "Bahas dermaga" in page.text


def test_a_meeting_is_called_off_with_its_reason(client, head, desk, db):
    make.sign_in(client, head)
    client.post(f"{desk}/jadwal", data=_meeting())
    row = db.session.query(PartnershipMeeting).one()
    url = f"{desk}/jadwal/{row.id}"
    assert client.post(f"{url}/hasil", data={"version": 9, "summary": "Sepakat."}).status_code == 409
    assert client.post(f"{url}/batal", data={"version": row.version, "reason": "Ombak."}).status_code == 303
    assert "Ombak." in client.get(f"{desk}/jadwal").text
    assert b"CANCELLED" in client.get(f"{url}.ics").data


def _about(db, *kinds):
    rows = db.session.query(OutboxMessage).all()
    return sorted((row.recipient_id, row.data["about"]) for row in rows if row.data.get("about") in kinds)


def test_a_meeting_that_moves_is_told_to_the_others_and_not_over_newer_words(
    client, head, owner, desk, own, db
):
    make.sign_in(client, head)
    client.post(f"{desk}/jadwal", data=_meeting())
    row = db.session.query(PartnershipMeeting).one()
    url = f"{desk}/jadwal/{row.id}/ubah"
    moved = _meeting(place="Aula Dinas", begins="13:00", ends="15:00") | {"version": 1}
    assert client.post(url, data=moved | {"ends": "12:00"}).status_code == 422
    assert client.post(url, data=moved).status_code == 303
    assert _about(db, "meeting_moved") == [(owner.id, "meeting_moved")]
    late = client.post(url, data=moved | {"place": "Kantor lurah"})
    assert late.status_code == 409
    assert "Kantor lurah" in late.text
    make.sign_in(client, owner)
    page = client.get(f"{own}/jadwal").text
    assert "Aula Dinas" in page
    assert "13.00" in page
    assert client.post(f"{own}/jadwal/{row.id}/ubah", data=moved).status_code == 404


def test_everybody_is_reminded_once_a_day_before_a_meeting(client, head, owner, desk, partnership, db):
    make.sign_in(client, head)
    client.post(f"{desk}/jadwal", data=_meeting())
    row = db.session.query(PartnershipMeeting).one()
    assert meetings.run_due(row.starts_at - timedelta(hours=25)) == 0
    near = row.starts_at - timedelta(hours=23)
    assert meetings.run_due(near) == 1
    assert meetings.run_due(near) == 0
    assert _about(db, "meeting_soon") == [(one, "meeting_soon") for one in sorted((head.id, owner.id))]


def test_what_is_called_for_tomorrow_is_told_once(partnership, agency, head, owner, db):
    at = now()
    hours = {"starts_at": at + timedelta(hours=5), "ends_at": at + timedelta(hours=6)}
    who = make.head(agency)
    meetings.call(partnership, title="Mendesak", place="Dermaga", actor=who, at=at, **hours)
    assert meetings.run_due(at + timedelta(hours=1)) == 0


def test_a_promise_is_put_right_and_a_kept_one_is_not(client, head, owner, desk, own, partnership, db):
    partnership.stage = S.ACTIVE
    db.session.commit()
    make.sign_in(client, head)
    soon, later = ((date.today() + timedelta(days=days)).isoformat() for days in (3, 60))
    duty = {"kind": "milestone", "party": "agency", "title_id": "Dermaga diperbaki", "due_on": soon}
    client.post(f"{desk}/kewajiban", data=duty | {"public": "y"})
    row = db.session.query(Duty).one()
    row.reminded = 7
    db.session.commit()
    url = f"{desk}/kewajiban/{row.id}/ubah"
    right = {"version": 1, "title_id": "Dermaga diperbaiki", "due_on": later, "public": "y"}
    assert client.post(url, data=right | {"due_on": ""}).status_code == 422
    assert client.post(url, data=right).status_code == 303
    db.session.refresh(row)
    assert (row.title_id, row.due_on.isoformat(), row.reminded) == ("Dermaga diperbaiki", later, None)
    late = client.post(url, data=right | {"title_id": "Dermaga baru"})
    assert late.status_code == 409
    assert "Dermaga baru" in late.text
    assert client.post(url, data={"version": 1, "apa": "hapus"}).status_code == 409
    assert client.post(url, data={"apa": "hapus"}).status_code == 422
    make.sign_in(client, owner)
    assert client.post(f"{own}/kewajiban/{row.id}/ubah", data=right).status_code == 404
    make.sign_in(client, head)
    client.post(f"{desk}/kewajiban/{row.id}", data={"version": 2, "done": "1"})
    assert "Ubah janji" not in client.get(f"{desk}/kewajiban").text
    assert client.post(url, data=right | {"version": 3}).status_code == 404


def test_a_promise_written_down_by_mistake_goes_and_leaves_a_trace(client, head, desk, partnership, db):
    make.sign_in(client, head)
    client.post(
        f"{desk}/kewajiban", data={"kind": "obligation", "party": "agency", "title_id": "Salah catat"}
    )
    row = db.session.query(Duty).one()
    url = f"{desk}/kewajiban/{row.id}/ubah"
    assert client.post(url, data={"version": 1, "apa": "hapus"}).status_code == 303
    assert db.session.query(Duty).count() == 0
    assert "duty_remove" in [one.action for one in db.session.query(AuditEntry)]


def _upload(client, url, **fields):
    data = {"kind": "agreement", "file": (pdf(), "pks.pdf"), "note": "Pasal 4"} | fields
    return client.post(f"{url}/naskah", data=data)


def test_a_draft_is_agreed_once_every_party_ticked_it(client, head, owner, desk, own, partnership, db):
    make.sign_in(client, head)
    assert _upload(client, desk).status_code == 303
    row = db.session.query(AgreementDraft).one()
    assert client.get(f"{desk}/naskah").text.count("Belum menanggapi") == 3
    answer = f"naskah/{row.id}/tanggapan"
    voice = {"voice": f"agency-{partnership.agency_id}", "answer": "yes"}
    assert client.post(f"{desk}/{answer}", data=voice).status_code == 303
    make.sign_in(client, owner)
    assert client.post(f"{own}/{answer}", data={"voice": "business", "answer": "yes"}).status_code == 303
    assert partnership_room.approved_draft(partnership) is None
    make.sign_in(client, make.make_user(Role.TRIAGE))
    assert client.post(f"{desk}/{answer}", data={"voice": "coordinator", "answer": "yes"}).status_code == 303
    db.session.expire_all()
    assert partnership_room.approved_draft(partnership).id == row.id
    assert "Sepakat" in client.get(f"{desk}/naskah").text
    make.sign_in(client, owner)
    assert _upload(client, own).status_code == 303
    assert partnership_room.approved_draft(partnership) is None
    assert client.post(f"{own}/{answer}", data={"voice": "business", "answer": "yes"}).status_code == 409


def test_nobody_speaks_with_the_voice_of_another(client, head, owner, desk, own, partnership, db):
    make.sign_in(client, head)
    _upload(client, desk)
    row = db.session.query(AgreementDraft).one()
    answer = f"naskah/{row.id}/tanggapan"
    for voice in ("business", "coordinator", "agency-99999", ""):
        assert client.post(f"{desk}/{answer}", data={"voice": voice, "answer": "yes"}).status_code == 404
    make.sign_in(client, owner)
    lead = {"voice": f"agency-{partnership.agency_id}", "answer": "yes"}
    assert client.post(f"{own}/{answer}", data=lead).status_code == 404


def test_an_objection_says_what_should_change(client, head, owner, desk, own, db):
    make.sign_in(client, head)
    _upload(client, desk)
    row = db.session.query(AgreementDraft).one()
    make.sign_in(client, owner)
    url = f"{own}/naskah/{row.id}/tanggapan"
    page = client.post(url, data={"voice": "business", "answer": "no"})
    assert page.status_code == 422
    assert "Tulis apa yang perlu diubah." in page.text
    data = {"voice": "business", "answer": "no", "remark": "Masa sewa terlalu pendek."}
    assert client.post(url, data=data).status_code == 303
    assert "Masa sewa terlalu pendek." in client.get(f"{own}/naskah").text


def test_a_helper_of_the_business_writes_but_does_not_agree(client, head, desk, own, partnership, db):
    make.sign_in(client, head)
    _upload(client, desk)
    row = db.session.query(AgreementDraft).one()
    helper = make.make_user(email="bantu@contoh.example", citizen=True)
    make.make_member(_firm(partnership), helper, BusinessRole.HELPER)
    make.sign_in(client, helper)
    assert client.post(f"{own}/ruang", data={"text": "Siap."}).status_code == 303
    url = f"{own}/naskah/{row.id}/tanggapan"
    assert client.post(url, data={"voice": "business", "answer": "yes"}).status_code == 404


def test_what_is_no_pdf_is_refused(client, head, desk, db):
    make.sign_in(client, head)
    page = _upload(client, desk, file=(BytesIO(b"bukan pdf"), "pks.pdf"))
    assert page.status_code == 422
    assert "Berkas ini bukan PDF." in page.text
    assert db.session.query(AgreementDraft).count() == 0


def test_each_side_ticks_its_own_promise(client, head, owner, desk, own, partnership, db):
    partnership.stage = S.ACTIVE
    db.session.commit()
    make.sign_in(client, head)
    duty = {"kind": "milestone", "party": "agency", "title_id": "Dermaga diperbaiki", "public": "y"}
    assert client.post(f"{desk}/kewajiban", data=duty).status_code == 422
    day = (date.today() + timedelta(days=60)).isoformat()
    assert client.post(f"{desk}/kewajiban", data=duty | {"due_on": day}).status_code == 303
    row = db.session.query(Duty).one()
    make.sign_in(client, owner)
    assert "Dermaga diperbaiki" in client.get(f"{own}/kewajiban").text
    assert client.post(f"{own}/kewajiban/{row.id}", data={"version": 1, "done": "1"}).status_code == 404
    make.sign_in(client, head)
    assert client.post(f"{desk}/kewajiban/{row.id}", data={"version": 7, "done": "1"}).status_code == 409
    assert client.post(f"{desk}/kewajiban/{row.id}", data={"version": 1, "done": "1"}).status_code == 303
    db.session.refresh(row)
    assert row.done_on is not None


def test_ids_of_another_partnership_lead_nowhere(client, head, desk, agency, db):
    other = make.make_partnership(agency, stage=S.ACTIVE)
    fields = {"kind": DutyKind.OBLIGATION, "party": Party.AGENCY, "title_id": "Lain", "created_at": now()}
    duty = Duty(partnership_id=other.id, **fields)
    db.session.add(duty)
    db.session.commit()
    make.sign_in(client, head)
    assert client.post(f"{desk}/kewajiban/{duty.id}", data={"version": 1, "done": "1"}).status_code == 404


ANSWERS = {"promises": "yes", "schedule": "no", "benefit": "yes", "communication": "yes", "remark": "KENARI"}


def test_the_parties_answer_alone_and_differences_are_marked(client, head, owner, desk, own, partnership, db):
    partnership.stage = S.ACTIVE
    monitoring.ask(partnership, date(2026, 7, 1), at=now())
    db.session.commit()
    make.sign_in(client, head)
    assert client.post(f"{desk}/pemantauan/2026-07-01", data=ANSWERS).status_code == 303
    make.sign_in(client, owner)
    assert "KENARI" not in client.get(f"{own}/pemantauan").text
    assert client.post(f"{own}/pemantauan/2026-07-01", data={"promises": "yes"}).status_code == 422
    assert client.post(f"{own}/pemantauan/kapan", data=ANSWERS).status_code == 404
    assert client.post(f"{own}/pemantauan/2020-01-01", data=ANSWERS).status_code == 404
    mine = ANSWERS | {"schedule": "yes", "remark": ""}
    assert client.post(f"{own}/pemantauan/2026-07-01", data=mine).status_code == 303
    page = client.get(f"{own}/pemantauan").text
    assert "KENARI" in page
    assert page.count("Berbeda") == 1
    assert client.post(f"{own}/pemantauan/2026-07-01", data=mine).status_code == 409
    assert db.session.query(MonitoringForm).filter(MonitoringForm.submitted_at.is_(None)).count() == 1


def test_a_helper_reads_what_the_others_said_only_after_its_own_party(client, head, own, partnership, db):
    partnership.stage = S.ACTIVE
    monitoring.ask(partnership, date(2026, 7, 1), at=now())
    monitoring.answer(partnership, date(2026, 7, 1), ANSWERS, actor=make.actor(head), at=now())
    helper = make.make_user(email="bantu@contoh.example", citizen=True)
    make.make_member(_firm(partnership), helper, BusinessRole.HELPER)
    db.session.commit()
    make.sign_in(client, helper)
    page = client.get(f"{own}/pemantauan").text
    assert "KENARI" not in page
    assert "Pihak Anda belum menjawab." in page


def test_the_list_of_a_business_names_its_partnerships(client, owner, reference):
    make.sign_in(client, owner)
    page = client.get("/akun/usaha/bagan-contoh/kemitraan")
    assert reference in page.text


def test_many_messages_of_a_day_are_one_mail(partnership, agency, owner, db):
    actor = make.head(agency)
    for text in ("Satu", "Dua", "Tiga"):
        talk.write(partnership, text, actor=actor, at=make.MONDAY)
    assert db.session.query(OutboxMessage).filter_by(recipient_id=owner.id).count() == 1


@pytest.mark.parametrize(
    "path", ["jadwal/{}/hasil", "jadwal/{}/batal", "naskah/{}/tanggapan", "kewajiban/{}", "undang/{}/lepas"]
)
def test_no_row_of_a_room_has_a_number_that_large(client, agency, desk, path):
    make.sign_in(client, make.make_user(Role.HEAD, agency))
    assert client.get(f"{desk}/jadwal/{2**70}.ics").status_code == 404
    assert client.post(f"{desk}/{path.format(2**31)}").status_code == 404


def test_what_was_sent_twice_stands_once_and_is_told_once(client, agency, desk, partnership, db, monkeypatch):
    make.make_member(
        db.session.get(make.Business, partnership.business_id), make.make_citizen(current_seal())
    )
    db.session.commit()
    make.sign_in(client, make.make_user(Role.HEAD, agency))
    day = (city_date(now()) + timedelta(days=7)).isoformat()
    hours = {"day": day, "begins": "09:00", "ends": "10:00"}
    sent = {
        "ruang": {"text": "Halo."},
        "jadwal": {"title": "Bahas dermaga", "place": "Kantor", **hours},
        "kewajiban": {"kind": "obligation", "party": "agency", "title_id": "Dermaga baru", "public": "y"},
    }

    def count():
        return [db.session.query(row).count() for row in (PartnershipMessage, PartnershipMeeting, Duty)]

    for page, data in sent.items():
        for _ in range(2):
            assert client.post(f"{desk}/{page}", data=data).status_code == 303
    assert count() == [1, 1, 1]
    told = db.session.query(OutboxMessage).filter_by(kind="business_partnership")
    assert sorted(row.data["about"] for row in told) == ["meeting", "message"]
    later = now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    for page, data in sent.items():
        assert client.post(f"{desk}/{page}", data=data).status_code == 303
    assert count() == [2, 2, 2]


def test_two_files_with_the_same_words_are_two_messages(client, agency, desk, db):
    make.sign_in(client, make.make_user(Role.HEAD, agency))
    for pages in (1, 2, 2):
        data = {"text": "Ini berkasnya.", "file": (pdf(pages), "naskah.pdf")}
        assert client.post(f"{desk}/ruang", data=data).status_code == 303
    assert db.session.query(PartnershipMessage).count() == 2


def test_old_messages_are_reached_page_by_page(client, agency, desk, partnership, db):
    head = make.make_user(Role.HEAD, agency)
    for number in range(partnership_room.MOST_MESSAGES + 5):
        talk.write(partnership, f"pesan-{number}.", actor=make.actor(head), at=now())
    db.session.commit()
    make.sign_in(client, head)
    newest = client.get(f"{desk}/ruang").text
    assert "pesan-204." in newest
    assert "pesan-4." not in newest
    older = unescape(re.search(r'href="([^"]*dari=[^"]*)" rel="next"', newest)[1])
    page = client.get(older).text
    assert "pesan-4." in page
    assert "pesan-5." not in page
    newer = unescape(re.search(r'href="([^"]*dari=[^"]*)" rel="prev"', page)[1])
    assert "pesan-204." in client.get(newer).text
    assert client.get(f"{desk}/ruang?dari=rusak").status_code == 200
