"""The counter: one page, one case, one receipt; the same privacy as on the site."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.core import clock
from portal.models import (
    Attachment,
    Draft,
    Identity,
    IdentityMode,
    Intake,
    OutboxMessage,
    Purpose,
    Role,
    Status,
    Submission,
)
from tests.factories import a_ward, events_of, make_agency, make_case, make_category
from tests.support.pictures import jpeg, pdf
from tests.web.desk.conftest import Desk

TOKEN = "k" * 43
TEXT = "Talud di ujung gang longsor sejak hujan Minggu malam, jalan tinggal separuh."


def fields(**changes: Any) -> dict[str, Any]:
    """What the form posts; an empty change takes a field away."""
    given = {
        "token": TOKEN,
        "channel": "counter",
        "kind": "problem",
        "text": TEXT,
        "ward": a_ward().code,
        "category": "",
        "identity": "hidden",
        "consent": "spoken",
    } | changes
    return {name: value for name, value in given.items() if value is not None}


def write_down(desk: Desk, **changes: Any) -> Any:
    return desk.post("/meja/loket", **fields(**changes))


def only_case(db: Any) -> Submission:
    return db.session.query(Submission).one()


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


# --- one page, one case, one receipt -------------------------------------------------------------------


def test_looking_at_the_form_begins_nothing(officer, db):
    page = officer.get("/meja/loket")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert db.session.query(Draft).count() == 0


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.TRIAGE])
def test_everybody_at_the_desk_may_write_down(at_desk, agency, db, role):
    desk = at_desk(role, None if role is Role.TRIAGE else agency)
    answer = write_down(desk)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja/loket/tanda-terima")
    intake = db.session.query(Intake).one()
    assert (intake.submission_id, intake.entered_by_id) == (only_case(db).id, desk.user_id)
    assert (intake.channel, intake.consent) == ("counter", "spoken")


def test_the_event_says_that_staff_wrote_it_down_and_by_which_way_it_came(officer, db):
    write_down(officer, channel="phone")
    [sent] = events_of(only_case(db))
    assert (sent.action, sent.actor_kind, sent.actor_id) == ("send", "staff", officer.user_id)
    assert sent.data == {"kind": "problem", "channel": "phone"}


def test_pressing_twice_makes_one_case_and_shows_the_same_receipt(officer, db):
    write_down(officer, photos=[(jpeg(), "a.jpg")])
    first = words(officer.get("/meja/loket/tanda-terima"))
    again = write_down(officer, photos=[(jpeg(), "a.jpg")])
    assert again.headers["Location"] == "/meja/loket/tanda-terima"
    assert words(officer.get("/meja/loket/tanda-terima")) == first
    assert db.session.query(Submission).count() == 1
    assert db.session.query(Attachment).count() == 1


def test_the_next_citizen_gets_a_form_of_their_own(officer, db):
    write_down(officer)
    officer.post("/meja/loket/kosongkan")
    page = officer.get("/meja/loket").get_data(as_text=True)
    assert TEXT not in page
    assert TOKEN not in page
    assert officer.get("/meja/loket/tanda-terima").headers["Location"] == "/meja/loket"


def test_everything_typed_and_every_file_is_kept_when_something_is_wrong(officer, db):
    page = write_down(
        officer,
        consent=None,
        phone="0812 3456 7890",
        email="bukan alamat",
        letters=[(pdf(), "surat.pdf"), (jpeg(), "halaman.jpg")],
        photos=[(jpeg(90), "talud.jpg")],
    )
    assert page.status_code == 422
    body = page.get_data(as_text=True)
    assert "<title>Galat: " in body
    assert body.count("Pilih bagaimana warga menyetujui") == 2
    assert TEXT in body
    assert "bukan alamat" in body
    assert body.count('name="remove"') == 3
    assert db.session.query(Submission).count() == 0
    kept = officer.get("/meja/loket").get_data(as_text=True)
    assert TEXT in kept
    assert "+6281234567890" in kept
    write_down(officer, phone="0812 3456 7890")
    assert only_case(db).file_count == 3


def test_contacts_of_an_unfinished_form_are_kept_sealed(officer, db):
    write_down(officer, consent=None, name="Rahmat Kenari", phone="0812 3456 7890", email="rahmat@contoh.id")
    kept = str(db.session.query(Draft).one().data)
    assert not [canary for canary in ("Kenari", "81234567890", "rahmat@") if canary in kept]


def test_a_file_can_be_taken_out_again(officer, db):
    write_down(officer, consent=None, letters=[(pdf(), "surat.pdf")])
    token = db.session.query(Attachment).one().token
    assert officer.get(f"/berkas/{token}").status_code == 200
    write_down(officer, consent=None, remove=token)
    assert db.session.query(Attachment).count() == 0
    assert TEXT in officer.get("/meja/loket").get_data(as_text=True)


@pytest.mark.parametrize("field", ["channel", "kind", "ward", "consent", "text"])
def test_what_must_be_said_is_asked_for(officer, db, field):
    assert write_down(officer, **{field: None}).status_code == 422
    assert db.session.query(Submission).count() == 0


def test_another_officer_cannot_open_an_unfinished_form_by_its_token(officer, at_desk, agency, db):
    write_down(officer, consent=None)
    other = at_desk(Role.OFFICER, agency)
    page = write_down(other, text="Tulisan lain yang cukup panjang.", consent=None).get_data(as_text=True)
    assert TEXT not in page
    assert TOKEN not in page
    assert other.post("/meja/loket/kirim", token=TOKEN).headers["Location"] == "/meja/loket"
    assert db.session.query(Draft).count() == 2


def test_the_category_is_proposed_from_the_words_unless_the_officer_leaves_it_to_triage(officer, db):
    category = make_category(words="talud, longsor")
    write_down(officer)
    assert only_case(db).category_id == category.id
    officer.post("/meja/loket/kosongkan")
    write_down(officer, token="m" * 43, category="0", ward="unknown", text="Talud longsor lagi di sana.")
    assert db.session.query(Submission).filter_by(ward_code=None).one().category_id is None


# --- what was told before ------------------------------------------------------------------------------


@pytest.fixture
def twin(db) -> Submission:
    return make_case(title="Talud ujung gang longsor", body=TEXT)


def test_similar_ones_are_shown_before_sending(officer, twin, db):
    assert write_down(officer).headers["Location"] == "/meja/loket/serupa"
    assert db.session.query(Submission).count() == 1
    page = officer.get("/meja/loket/serupa").get_data(as_text=True)
    assert twin.reference in page
    answer = officer.post("/meja/loket/kirim", token=TOKEN, same=twin.reference)
    assert answer.headers["Location"] == "/meja/loket/tanda-terima"
    made = db.session.query(Submission).filter(Submission.id != twin.id).one()
    assert (made.status, made.merged_into_id) == (Status.MERGED, twin.id)
    assert twin.reference in words(officer.get("/meja/loket/tanda-terima"))


def test_not_that_one_sends_a_case_of_its_own(officer, twin, db):
    write_down(officer)
    officer.post("/meja/loket/kirim", token=TOKEN, same="")
    officer.post("/meja/loket/kirim", token=TOKEN, same="")
    made = db.session.query(Submission).filter(Submission.id != twin.id).one()
    assert made.status is Status.RECEIVED


def test_a_case_that_was_not_shown_cannot_be_named(officer, twin, db):
    secret = make_case(secret=True, body=TEXT)
    write_down(officer)
    answer = officer.post("/meja/loket/kirim", token=TOKEN, same=secret.reference)
    assert answer.headers["Location"] == "/meja/loket/serupa"
    assert db.session.query(Submission).count() == 2


def test_the_question_is_asked_once(officer, twin):
    write_down(officer)
    assert write_down(officer).headers["Location"] == "/meja/loket/tanda-terima"


# --- who may know --------------------------------------------------------------------------------------


def test_the_reporter_is_sealed_as_on_the_site(officer, db, app: Flask):
    write_down(officer, name="Rahmat Kenari", phone="0812 3456 7890", email="Rahmat@Contoh.id")
    identity = db.session.query(Identity).one()
    seal = app.extensions["seal"]
    assert "Kenari" not in identity.name
    assert seal.open(identity.name) == "Rahmat Kenari"
    assert seal.open(identity.phone) == "+6281234567890"
    assert seal.open(identity.email) == "rahmat@contoh.id"
    assert [mail.kind for mail in db.session.query(OutboxMessage)] == ["receipt"]


def test_of_a_shielded_reporter_nobody_is_named_and_only_the_hour_is_kept(officer, db):
    write_down(officer, identity="shielded", name="Rahmat Kenari", letters=[(jpeg(), "surat Rahmat.jpg")])
    case, intake = only_case(db), db.session.query(Intake).one()
    [sent] = events_of(case)
    assert intake.entered_by_id is None
    assert (sent.actor_kind, sent.actor_id) == ("staff", None)
    for moment in (case.received_at, intake.created_at, sent.at):
        assert (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)
    letter = db.session.query(Attachment).one()
    assert (letter.cleared, letter.file_name) == (False, "")
    assert db.session.query(Identity).one().name == ""
    assert db.session.query(Draft).one().data == {"sent": case.id}


def test_a_name_that_is_to_be_shown_must_be_given(officer):
    page = write_down(officer, identity="shown").get_data(as_text=True)
    assert "Tulis nama yang ditampilkan" in page


def test_writing_it_down_opens_the_case_to_nobody(officer, triage, db):
    write_down(officer, secret="y")
    case = only_case(db)
    assert officer.open(case).status_code == 404
    assert officer.get(f"/lacak/{case.reference}").status_code == 303
    assert case.reference not in officer.get("/meja/antrean/all").get_data(as_text=True)
    assert triage.open(case).status_code == 200


def test_the_desk_reads_how_it_came_and_who_wrote_it_down(officer, triage, db):
    write_down(officer, channel="letter", consent="signed")
    page = words(triage.open(only_case(db)))
    assert "Lewat surat, persetujuan tertulis." in page
    assert re.search(rf"Dicatat dari surat · {officer.user.name}", page)


def test_the_public_reads_only_that_it_came_over_the_counter(officer, client, db):
    write_down(officer)
    page = words(client.get(f"/k/{only_case(db).reference}"))
    assert "Disampaikan lewat loket." in page
    assert officer.user.name not in page


# --- letters -------------------------------------------------------------------------------------------


def test_a_letter_is_for_the_staff_of_the_case_and_its_reporter_and_for_nobody_else(
    officer, triage, at_desk, client, new_client, db
):
    write_down(
        officer, letters=[(pdf(), "surat-kenari.pdf"), (jpeg(), "hal.jpg")], photos=[(jpeg(70), "f.jpg")]
    )
    case = only_case(db)
    receipt = words(officer.get("/meja/loket/tanda-terima"))
    letters = [file.token for file in db.session.query(Attachment).filter_by(purpose=Purpose.LETTER)]
    photo = db.session.query(Attachment).filter_by(purpose=Purpose.STORY).one().token
    triage.act(case, "verify", category_id=make_category().id, title=case.title)
    assert client.get(f"/berkas/{photo}").status_code == 200
    public = client.get(f"/k/{case.reference}").get_data(as_text=True)
    other = at_desk(Role.OFFICER, make_agency())
    code = re.search(r"Kode lacak rahasia (\S+-\S+)", receipt)
    assert code
    reporter = new_client()
    reporter.post("/lacak", data={"reference": case.reference, "code": code[1]})
    own = reporter.get(f"/lacak/{case.reference}").get_data(as_text=True)
    assert len(letters) == 2
    for token in letters:
        assert token not in public
        assert client.get(f"/berkas/{token}").status_code == 404
        assert other.get(f"/berkas/{token}").status_code == 404
        assert officer.get(f"/berkas/{token}").status_code == 404
        assert triage.get(f"/berkas/{token}").status_code == 200
        assert reporter.get(f"/berkas/{token}").status_code == 200
        assert token in own
    assert "Surat pelapor" in words(triage.open(case))


def test_a_letter_must_be_a_pdf_or_a_picture(officer, db):
    page = write_down(officer, letters=[(pdf(), "a.pdf"), (io.BytesIO(b"MZ" * 50), "a.exe")])
    assert page.status_code == 422
    assert db.session.query(Attachment).count() == 1


# --- the receipt ---------------------------------------------------------------------------------------


def test_the_receipt_has_both_codes_dates_and_a_qr_code_without_the_secret(
    officer, app: Flask, db, monkeypatch
):
    for name, value in {"address": "Jalan Contoh 1", "phone": "0631 000000"}.items():
        monkeypatch.setitem(app.config["SITE"], name, value)
    write_down(officer)
    page = officer.get("/meja/loket/tanda-terima")
    said = words(page)
    code = re.search(r"Kode lacak rahasia (\S+)", said)
    assert only_case(db).reference in said
    assert "Paling lambat" in said
    assert "Jalan Contoh 1" in said
    assert 'src="data:image/svg+xml' in page.get_data(as_text=True)
    address = re.search(r"buka (\S+) \.", said)
    assert address
    assert code
    assert address[1].endswith(f"/lacak?nomor={only_case(db).reference}")
    assert code[1] not in address[1]


def test_a_secret_submission_prints_no_title(officer, db):
    write_down(officer, secret="y")
    assert only_case(db).title not in words(officer.get("/meja/loket/tanda-terima"))


def test_the_receipt_can_be_drawn_again_for_half_an_hour(officer, monkeypatch):
    write_down(officer)
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment.replace(microsecond=0))
    assert officer.get("/meja/loket/tanda-terima").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(minutes=31))
    assert officer.get("/meja/loket/tanda-terima").status_code == 303


def test_the_mail_of_the_receipt_is_in_the_language_of_the_city(officer, db):
    officer.post("/en/meja/loket", **fields(email="warga@contoh.id"))
    assert db.session.query(Identity).one().locale == "id"
    assert only_case(db).identity_mode is IdentityMode.HIDDEN


def test_a_letter_shows_an_agency_no_name_before_triage_opens_it(officer, triage, agency, db):
    write_down(officer, letters=[(pdf(), "surat-kenari.pdf")])
    case = only_case(db)
    triage.act(case, "assign", category_id=make_category().id, agency_id=agency.id)
    db.session.refresh(case)
    letter = db.session.query(Attachment).filter_by(purpose=Purpose.LETTER).one()
    assert officer.open(case).status_code == 200
    assert officer.get(f"/berkas/{letter.token}").status_code == 404
    assert officer.act(case, "clear_file", attachment_id=letter.id).status_code == 404
    assert triage.get(f"/berkas/{letter.token}").status_code == 200
    triage.act(case, "clear_file", attachment_id=letter.id)
    assert officer.get(f"/berkas/{letter.token}").status_code == 200
