"""A case on paper: who gets it, what it says, and what it never says."""

import io

import pikepdf
import pytest

from portal.core import clock
from portal.models import IdentityMode, Kind, Purpose, Status
from portal.services import cases
from portal.web.desk import casefile, printing
from tests.factories import actor, make_agency, make_attachment, make_case


def path(case, query: str = "") -> str:
    return f"/meja/k/{case.reference}/berkas.pdf{query}"


@pytest.fixture
def values(app, monkeypatch):
    """Keep what was given to the compiler: the words of the PDF, before they are glyphs."""
    kept = {}
    real = casefile.compile_letter

    def keep(template, data, **more):
        kept.update(data)
        return real(template, data, **more)

    monkeypatch.setattr(casefile, "compile_letter", keep)
    return kept


def test_the_staff_of_a_case_print_it(officer, agency):
    case = make_case(Status.ANSWERED, agency=agency)
    answer = officer.get(path(case))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="berkas-{case.reference}.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang) == "id"
        assert case.reference in str(pdf.docinfo["/Title"])


def test_the_english_file_says_that_it_is_english(officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    with pikepdf.open(io.BytesIO(officer.get(f"/en{path(case)}").data)) as pdf:
        assert str(pdf.Root.Lang) == "en"


def test_nobody_prints_the_case_of_another_agency(officer, triage):
    case = make_case(Status.ASSIGNED, agency=make_agency())
    assert officer.get(path(case)).status_code == 404
    assert triage.get(path(case)).status_code == 200


def test_a_secret_case_is_printed_with_a_mark_and_not_by_whom_it_names(officer, head, agency, values):
    case = make_case(Status.ASSIGNED, agency=agency, secret=True, named=officer.user)
    assert officer.get(path(case)).status_code == 404
    assert head.get(path(case)).status_code == 200
    assert values["mark"].startswith("RAHASIA")


@pytest.mark.parametrize("mode", list(IdentityMode))
def test_the_reporter_is_never_printed(officer, agency, app, values, mode):
    case = make_case(
        Status.ASSIGNED,
        agency=agency,
        identity_mode=mode,
        shown_name="Maruli Simatupang" if mode is IdentityMode.SHOWN else "",
        name="Maruli Simatupang",
        phone="+6281234567890",
        seal=app.extensions["seal"],
    )
    assert officer.get(path(case)).status_code == 200
    assert "Maruli" not in repr(values)
    assert "81234567890" not in repr(values)
    assert ("Pelapor", "Dirahasiakan") in values["facts"]


def test_internal_notes_are_printed_on_request_only(officer, agency, values):
    case = make_case(Status.ASSIGNED, agency=agency)
    cases.note(case, text="Warga ini sering menelepon.", actor=actor(officer.user), at=clock.now())
    officer.get(path(case))
    assert "sering menelepon" not in repr(values["history"])
    officer.get(path(case, "?catatan=ya"))
    assert "sering menelepon" in repr(values["history"])


def test_questions_replies_and_answers_are_printed(officer, agency, values):
    case = make_case(Status.ANSWERED, agency=agency)
    officer.get(path(case))
    assert "menjadwalkan perbaikan" in repr(values["answers"])
    asked = make_case(Status.NEEDS_INFO, agency=agency)
    officer.get(path(asked))
    assert "Di depan rumah nomor berapa?" in repr(values["history"])


def test_the_one_head_of_the_agency_is_named_below_the_line(officer, head, agency, values):
    case = make_case(Status.ASSIGNED, agency=agency)
    officer.get(path(case))
    (block,) = values["signatures"]
    assert block["name"] == head.user.name
    assert agency.name_id in block["role"]


def test_what_a_business_keeps_to_itself_is_left_out_and_said(officer, agency, db, values):
    case = make_case(Status.ASSIGNED, Kind.PARTNERSHIP, agency=agency)
    from portal.queries import cases as reads

    proposal = reads.proposal(case.id)
    proposal.data = {"background": "Latar terbuka", "funding": "Dana rahasia dapur"}
    proposal.proprietary = ["funding"]
    db.session.commit()
    officer.get(path(case))
    assert "Latar terbuka" in repr(values)
    assert "Dana rahasia dapur" not in repr(values)
    assert values["proposal_note"] == "Bagian rahasia usaha tidak dicetak."


def test_small_pictures_are_printed_but_no_letter_and_no_photo_that_waits(triage, agency, app, values):
    case = make_case(Status.ASSIGNED, agency=agency, identity_mode=IdentityMode.SHIELDED)
    storage = app.extensions["storage"]
    storage.put("aa/aa/" + "a" * 32 + ".webp", _webp(), "image/webp")
    key = {"thumbnail_key": "aa/aa/" + "a" * 32 + ".webp"}
    for _ in range(8):
        make_attachment(case, **key)
    make_attachment(case, cleared=False, **key)
    make_attachment(case, Purpose.LETTER, **key)
    assert triage.get(path(case)).status_code == 200
    assert len(values["pictures"]) == 6
    assert values["files_note"] == "8 berkas di meja kerja, 6 dicetak."


def _webp() -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(made, "WEBP")
    return made.getvalue()


def test_a_picture_that_is_gone_does_not_stop_the_file(officer, agency, values):
    case = make_case(Status.ASSIGNED, agency=agency)
    make_attachment(case, thumbnail_key="bb/bb/" + "b" * 32 + ".webp")
    assert officer.get(path(case)).status_code == 200
    assert values["pictures"] == []


def test_of_an_endless_history_the_newest_part_is_printed(officer, agency, values, monkeypatch):
    monkeypatch.setattr(casefile, "MOST_HISTORY", 250)
    case = make_case(Status.ANSWERED, agency=agency)
    officer.get(path(case))
    assert [row["what"] for row in values["history"]][-1] == "Jawaban diterbitkan"
    assert values["history_note"]


def test_what_a_citizen_wrote_cannot_command_the_printer(officer, agency):
    case = make_case(
        Status.ASSIGNED, agency=agency, title='#read("/etc/passwd")', body="*_#[ $ 🙏 " + "x" * 5000
    )
    assert officer.get(path(case)).status_code == 200


def test_the_case_page_leads_to_the_file(officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    assert path(case) in officer.open(case).get_data(as_text=True)


def test_too_many_letters_in_an_hour_are_refused(officer, agency, monkeypatch):
    monkeypatch.setattr(printing, "LIMIT", "2/hour")
    address = path(make_case(Status.ASSIGNED, agency=agency))
    assert [officer.get(address).status_code for _ in range(3)] == [200, 200, 429]
