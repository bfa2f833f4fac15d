import io
import re
import zipfile
from datetime import timedelta

import pytest

from portal.core import clock
from portal.models import Consultation, ConsultationKind, Eligibility, QuestionKind, Role, Status
from portal.queries import consultations as reads
from portal.rules.consultations import Given
from portal.services import consultations as writing
from tests import factories as make


def form(agency, **changes):
    today = clock.city_date(clock.now())
    return {
        "version": "0",
        "title_id": "Jalan mana yang dibenahi dulu",
        "kind": "consultation",
        "agency_id": str(agency.id),
        "background_id": "Anggaran cukup untuk dua jalan saja.",
        "eligibility": "anyone",
        "opens_on": str(today),
        "closes_on": str(today + timedelta(days=9)),
        "q-0-kind": "single",
        "q-0-text_id": "Mana dulu?",
        "q-0-required": "1",
        "q-0-o-0-text_id": "Barat",
        "q-0-o-1-text_id": "Timur",
    } | changes


def saved(one, **changes):
    """Return what the form of a consultation posts when nothing was touched."""
    found = {"version": str(one.version), "title_id": one.title_id, "background_id": one.background_id * 2}
    for q, question in enumerate(reads.questions(one.id)):
        found |= {f"q-{q}-id": question.id, f"q-{q}-kind": question.kind.value, f"q-{q}-required": "1"}
        found |= {f"q-{q}-text_id": question.text_id, f"q-{q}-most": question.most or ""}
        found[f"q-{q}-points"] = question.points or ""
        for o, option in enumerate(question.options):
            found |= {f"q-{q}-o-{o}-id": option.id, f"q-{q}-o-{o}-text_id": option.written_id}
    return found | changes


def vote(one, seal, person="user:1", text=""):
    question = reads.questions(one.id)[0]
    row = Given(question.id, None, None, text) if text else Given(question.id, question.options[0].id, 1)
    writing.answer(
        one.id, person=person, given=[row], ward_code=None, confirmed=True, at=clock.now(), seal=seal
    )


def test_an_officer_writes_looks_ahead_and_the_head_publishes(officer, head, agency, db, client):
    made = officer.post("/meja/konsultasi/baru", **form(agency))
    assert made.status_code == 303
    path = made.headers["Location"]
    one = db.session.query(Consultation).one()
    assert clock.city_time(one.closes_at).strftime("%H:%M") == "00:00"
    preview = officer.get(f"{path}/pratinjau").text
    assert "Pratinjau" in preview
    assert "Mana dulu?" in preview
    assert "Terbitkan konsultasi" not in officer.get(path).text
    assert officer.post(f"{path}/terbitkan", version=1).status_code == 404
    assert "Terbitkan konsultasi" in head.get(path).text
    assert head.post(f"{path}/terbitkan", version=1).status_code == 303
    assert client.get(f"/konsultasi/{one.slug}").status_code == 200


def test_other_agencies_find_nothing_of_it(at_desk, agency, db):
    one = make.make_consultation(agency=agency, published_at=None)
    other = at_desk(Role.HEAD, make.make_agency())
    for path in ("", "/ubah", "/pratinjau", "/jawaban.csv", "/jawaban.xlsx"):
        assert other.get(f"/meja/konsultasi/{one.id}{path}").status_code == 404
    for path in ("/ubah", "/terbitkan", "/tutup", "/perpanjang", "/tindak-lanjut", "/arsipkan"):
        assert other.post(f"/meja/konsultasi/{one.id}{path}", version=1).status_code == 404
    assert one.title_id not in other.get("/meja/konsultasi").text
    assert other.get("/meja/konsultasi/99999999999999").status_code == 404


def test_triage_sees_those_of_all_agencies(triage, agency):
    one = make.make_consultation(agency=agency)
    assert one.title_id in triage.get("/meja/konsultasi").text
    assert triage.get(f"/meja/konsultasi/{one.id}").status_code == 200


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("add", ["Barat", "Timur", "", ""]),
        ("add-0", ["Barat", "Timur", ""]),
        ("up-0-1", ["Timur", "Barat"]),
        ("drop-0-0", ["Timur"]),
        ("drop-0", []),
        ("up-9-9", ["Barat", "Timur"]),
        ("drop-x", ["Barat", "Timur"]),
    ],
)
def test_the_buttons_of_the_editor_keep_everything_typed_and_save_nothing(head, agency, db, button, expected):
    page = head.post("/meja/konsultasi/baru", **form(agency, do=button)).text
    assert re.findall(r'name="q-\d+-o-\d+-text_id" value="([^"]*)"', page) == expected
    assert "Jalan mana yang dibenahi dulu" in page
    assert db.session.query(Consultation).count() == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"q-0-text_id": "?"}, "Tulis pertanyaan, minimal 5 huruf."),
        ({"q-0-o-1-text_id": ""}, "Tulis sedikitnya dua pilihan."),
        ({"q-0-kind": "points", "q-0-points": "nol"}, "Jumlah poin: tulis angka"),
        ({"q-0-o-1-ref": "SB-2611-ZZZZ"}, "bukan kiriman yang tayang"),
        ({"closes_on": "2020-01-01"}, "Hari terakhir mendahului hari pertama."),
        ({"eligibility": "ward"}, "Pilih kelurahan."),
        ({"kind": "priorities"}, "Prioritas kelurahan hanya untuk warga"),
        ({"title_id": "x"}, "Tulis judul, minimal 5 huruf."),
        ({"agency_id": "999999"}, "Pilih salah satu dari daftar."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(head, agency, db, changes, said):
    answer = head.post("/meja/konsultasi/baru", **form(agency, **changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert "Anggaran cukup" in answer.text
    assert db.session.query(Consultation).count() == 0


def test_a_stale_save_shows_both_and_loses_nothing(head, agency, db):
    one = make.make_consultation(agency=agency, published_at=None)
    path = f"/meja/konsultasi/{one.id}/ubah"
    extra = form(agency, version="1")
    mine = saved(one) | {
        name: extra[name] for name in ("kind", "agency_id", "eligibility", "opens_on", "closes_on")
    }
    assert head.post(path, **mine | {"title_id": "Judul dari Tiur"}).status_code == 303
    stale = head.post(path, **mine | {"title_id": "Judul dari Hotman"})
    assert stale.status_code == 409
    assert "Judul dari Tiur" in stale.text
    assert "Judul dari Hotman" in stale.text
    assert 'name="version" type="hidden" value="2"' in stale.text


def test_after_the_first_answer_questions_are_locked_but_for_slips_with_a_note(app, head, agency, db):
    one = make.make_consultation(agency=agency)
    vote(one, app.extensions["seal"])
    path = f"/meja/konsultasi/{one.id}/ubah"
    page = head.get(path).text
    assert "Pertanyaan terkunci" in page
    assert "Tambah pilihan" not in page
    slip = saved(one) | {"q-0-text_id": "Pertanyaan yang benar ejaannya"}
    refused = head.post(path, **slip)
    assert refused.status_code == 422
    assert "Tulis apa yang diperbaiki" in refused.text
    dropped = {name: value for name, value in slip.items() if not name.startswith("q-0-o-2")}
    assert head.post(path, **dropped, note="Salah ketik").status_code == 409
    assert head.post(path, **slip, note="Salah ketik").status_code == 303
    assert db.session.get(Consultation, one.id).changes[0]["text"] == "Salah ketik"


def test_a_vote_on_priorities_takes_proposals_of_its_ward_by_search(head, agency, db):
    ward = make.a_ward()
    case = make.make_case(status=Status.ANSWERED, title="Talud sungai roboh", ward_code=ward.code)
    elsewhere = db.session.query(type(ward)).filter(type(ward).code != ward.code).first()
    other = make.make_case(status=Status.ANSWERED, title="Talud lain", ward_code=elsewhere.code)
    typed = form(
        agency,
        kind="priorities",
        eligibility="ward",
        ward_code=ward.code,
        **{"q-0-kind": "points", "q-0-points": "10"},
    )
    found = head.post("/meja/konsultasi/baru", **typed, do="find", find="talud").text
    assert f"take-0-{case.reference}" in found
    assert other.reference not in found
    taken = head.post("/meja/konsultasi/baru", **typed, do=f"take-0-{case.reference}").text
    assert f'value="{case.reference}"' in taken
    wrong = typed | {"q-0-o-2-text_id": "", "q-0-o-2-ref": other.reference}
    assert "bukan kiriman yang tayang" in head.post("/meja/konsultasi/baru", **wrong).text
    right = typed | {"q-0-o-2-text_id": "", "q-0-o-2-ref": case.reference}
    assert head.post("/meja/konsultasi/baru", **right).status_code == 303
    one = db.session.query(Consultation).one()
    assert (one.kind, one.eligibility) == (ConsultationKind.PRIORITIES, Eligibility.WARD)
    assert [option.text_id for option in reads.questions(one.id)[0].options] == [
        "Barat",
        "Timur",
        "Talud sungai roboh",
    ]


def test_the_steps_of_its_life_are_taken_at_the_desk(head, agency, db, client):
    one = make.make_consultation(agency=agency)
    path = f"/meja/konsultasi/{one.id}"
    refused = head.post(f"{path}/perpanjang", version=1, until="2020-01-01", reason="x")
    assert refused.status_code == 422
    assert "Pilih hari setelah" in refused.text
    day = clock.city_date(one.closes_at) + timedelta(days=20)
    head.post(f"{path}/perpanjang", version=1, until=str(day), reason="Banyak yang belum sempat")
    assert head.post(f"{path}/tutup", version=1, reason="Keputusan dimajukan").status_code == 409
    assert head.post(f"{path}/arsipkan", version=2).status_code == 409
    assert head.post(f"{path}/tutup", version=2, reason="Keputusan dimajukan").status_code == 303
    empty = head.post(f"{path}/tindak-lanjut", version=3, text_id="", review_on=str(day))
    assert empty.status_code == 422
    words = "Jalan barat dibenahi tahun depan, jalan timur sesudahnya."
    told = head.post(f"{path}/tindak-lanjut", version=3, text_id=words, review_on=str(day))
    assert told.status_code == 303
    assert head.post(f"{path}/arsipkan", version=4).status_code == 303
    assert words in client.get(f"/konsultasi/{one.slug}").text
    assert db.session.get(Consultation, one.id).archived_at is not None


def test_staff_read_texts_with_what_the_screen_found(app, officer, agency):
    one = make.make_consultation(QuestionKind.TEXT, agency=agency)
    for number, text in enumerate(["Hubungi saya 0812 3456 7890", *["Jalan rusak"] * 5]):
        vote(one, app.extensions["seal"], f"user:{number}", text)
    page = officer.get(f"/meja/konsultasi/{one.id}").text
    assert "Hubungi saya" in page
    assert "tag tone-danger" in page


def test_files_for_staff_carry_no_person_and_no_formula(app, officer, agency, db):
    one = make.make_consultation(QuestionKind.TEXT, agency=agency)
    for number in range(6):
        vote(one, app.extensions["seal"], f"user:{number}", f"=SUM({number})")
    text = officer.get(f"/meja/konsultasi/{one.id}/jawaban.csv").text.lstrip("\ufeff")
    assert text.splitlines()[0] == "Kelurahan;1. Pertanyaan text"
    assert sorted(text.splitlines()[1:]) == [f";'=SUM({number})" for number in range(6)]
    workbook = officer.get(f"/meja/konsultasi/{one.id}/jawaban.xlsx").data
    with zipfile.ZipFile(io.BytesIO(workbook)) as book:
        answers = book.read("xl/worksheets/sheet2.xml").decode()
        assert 'name="Angka"' in book.read("xl/workbook.xml").decode()
    assert "=SUM(5)" in answers
    assert "<f>" not in answers
