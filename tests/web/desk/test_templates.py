import re

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.models import (
    Answer,
    AnswerKind,
    AnswerTemplate,
    HideCode,
    IdentityMode,
    Kind,
    ReasonCode,
    Role,
    Status,
)
from tests.factories import (
    events_of,
    make_agency,
    make_answer,
    make_case,
    make_category,
    make_template,
)

WORDS = "Lampu sudah kami ganti kemarin sore."


def fields(**changes):
    return {
        "version": 1,
        "title": "Penolakan lahan",
        "owner": "kota",
        "kind": "decline",
        "reason_code": "land",
        "category_id": "",
        "text": "Terima kasih {nama_sapaan}. Lahan di {kelurahan} bukan milik kota.",
    } | changes


def text_in(response, name="text") -> str:
    """Return what stands in the (first filled) text field of a page."""
    found = re.findall(r"<textarea[^>]*>\s*([^<]*)</textarea>", response.get_data(as_text=True))
    return next((value for value in found if value.strip()), "").replace("\r", "")


def newest_answer(case) -> Answer:
    return db.session.scalars(
        select(Answer).where(Answer.submission_id == case.id).order_by(Answer.id.desc())
    ).first()


# --- the pages ----------------------------------------------------------------------------------------


def test_a_head_writes_a_template_of_the_agency(head, agency):
    answer = head.post("/meja/templat/baru", **fields(owner=agency.id))
    assert answer.status_code == 303
    made = db.session.scalars(select(AnswerTemplate)).one()
    assert (made.agency_id, made.kind, made.reason_code) == (agency.id, "decline", "land")
    assert "Penolakan lahan" in head.get("/meja/templat").get_data(as_text=True)


def test_triage_writes_templates_of_the_city(triage):
    assert triage.post("/meja/templat/baru", **fields()).status_code == 303
    assert db.session.scalars(select(AnswerTemplate)).one().agency_id is None


@pytest.mark.parametrize("owner", ["kota", "elsewhere", "", "99999999999999999999", "x"])
def test_a_head_writes_no_templates_of_others(head, owner):
    owner = str(make_agency().id) if owner == "elsewhere" else owner
    assert head.post("/meja/templat/baru", **fields(owner=owner)).status_code == 422
    assert db.session.scalars(select(AnswerTemplate)).all() == []


@pytest.mark.parametrize("publisher", [False, True])
def test_officers_read_and_write_none(at_desk, agency, publisher):
    officer = at_desk(Role.OFFICER, agency, publisher=publisher)
    row = make_template(agency)
    page = officer.get(f"/meja/templat/{row.id}").get_data(as_text=True)
    assert row.title in page
    assert "Simpan templat" not in page
    assert officer.get("/meja/templat/baru").status_code == 404
    assert officer.post("/meja/templat/baru", **fields()).status_code == 404
    assert officer.post(f"/meja/templat/{row.id}", **fields(owner=agency.id)).status_code == 404
    assert officer.post(f"/meja/templat/{row.id}/aktif", version=1, aktif="").status_code == 404


def test_templates_of_another_agency_do_not_exist(head, triage):
    row = make_template(make_agency(), title="Rahasia dinas lain")
    for desk in (head, triage):
        assert desk.get(f"/meja/templat/{row.id}").status_code == 404
        assert desk.post(f"/meja/templat/{row.id}", **fields()).status_code == 404
        assert desk.post(f"/meja/templat/{row.id}/aktif", version=1).status_code == 404
        assert "Rahasia dinas lain" not in desk.get("/meja/templat").get_data(as_text=True)


def test_an_unknown_field_is_refused_by_name_and_nothing_typed_is_lost(triage):
    answer = triage.post("/meja/templat/baru", **fields(text="Halo {nama_pelapor}, laporan {nomor} ditutup."))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "{nama_pelapor} tidak dikenal" in page
    assert "laporan {nomor} ditutup" in page


def test_a_stale_save_shows_both_texts(triage):
    row = make_template()
    assert (
        triage.post(f"/meja/templat/{row.id}", **fields(text="Isi dari rekan yang lebih dahulu.")).status_code
        == 303
    )
    late = triage.post(f"/meja/templat/{row.id}", **fields(text="Isi yang ditulis belakangan ini."))
    assert late.status_code == 409
    for words in ("Isi dari rekan yang lebih dahulu.", "Isi yang ditulis belakangan ini."):
        assert words in late.get_data(as_text=True)
    assert (
        triage.post(
            f"/meja/templat/{row.id}", **fields(version=2, text="Isi gabungan keduanya ini.")
        ).status_code
        == 303
    )


def test_a_template_that_is_switched_off_is_offered_no_more(triage, head, agency):
    row = make_template(title="Templat lama")
    case = make_case(Status.ASSIGNED, agency=agency)
    assert "Templat lama" in head.open(case).get_data(as_text=True)
    assert triage.post(f"/meja/templat/{row.id}/aktif", version=1, aktif="").status_code == 303
    assert "Templat lama" not in head.open(case).get_data(as_text=True)
    assert "Nonaktif" in triage.get("/meja/templat").get_data(as_text=True)
    triage.post(f"/meja/templat/{row.id}/aktif", version=2, aktif="ya")
    assert "Templat lama" in head.open(case).get_data(as_text=True)


def test_the_list_narrows_by_step_and_category(triage):
    category = make_category()
    make_template(title="Yang dicari", kind="decline", category_id=category.id)
    make_template(title="Yang lain", kind="promise")
    page = triage.get(f"/meja/templat?langkah=decline&kategori={category.slug}").get_data(as_text=True)
    assert "Yang dicari" in page
    assert "Yang lain" not in page
    assert "Yang lain" in triage.get("/meja/templat?langkah=ngawur&kategori=ngawur").get_data(as_text=True)


# --- on a case ----------------------------------------------------------------------------------------


def test_a_case_offers_the_templates_that_fit_it(head, agency):
    category, other = make_category(), make_category()
    case = make_case(Status.ASSIGNED, agency=agency, category=category)
    for title, owner, values in (
        ("Untuk semua", None, {}),
        ("Milik dinas", agency, {"kind": "answer", "category_id": category.id}),
        ("Kategori lain", agency, {"category_id": other.id}),
        ("Langkah lain", agency, {"kind": "promise"}),
        ("Dinas lain", make_agency(), {}),
    ):
        make_template(owner, title=title, **values)
    page = head.open(case).get_data(as_text=True)
    composer = page.split('id="tulis-templat"')[1].split("</select>")[0]
    assert "Untuk semua" in composer
    assert "Milik dinas" in composer
    assert "lain" not in composer
    panel = head.open(case, "?aksi=promise").get_data(as_text=True)
    assert "Langkah lain" in panel.split('id="aksi-templat"')[1].split("</select>")[0]


def test_choosing_a_template_fills_the_composer_and_keeps_what_was_typed(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency, title="Lampu padam")
    row = make_template(agency, text="{nomor} “{judul}” kami terima di {dinas}. [jelaskan]")
    before = len(events_of(case)), row.used
    answer = head.post(
        f"/meja/k/{case.reference}/tulis/answer",
        version=case.version,
        text="Yang saya tulis.",
        templat=row.id,
    )
    assert answer.status_code == 200
    assert text_in(answer) == (
        f"Yang saya tulis.\n\n{case.reference} “Lampu padam” kami terima di {agency.name_id}. [jelaskan]"
    )
    assert f'name="template_id" type="hidden" value="{row.id}"' in answer.get_data(as_text=True)
    db.session.expire_all()
    assert (len(events_of(case)), row.used) == before


def test_another_template_takes_the_place_of_an_untouched_one(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    first, second = (
        make_template(text="Yang pertama: {nomor} selesai."),
        make_template(text="Yang kedua: selesai."),
    )
    answer = head.post(
        f"/meja/k/{case.reference}/tulis/answer",
        version=case.version,
        text=f"Yang pertama: {case.reference} selesai.",
        template_id=first.id,
        templat=second.id,
    )
    assert text_in(answer) == "Yang kedua: selesai."


def test_an_address_begins_a_text_with_a_template(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    row = make_template(
        agency, text="Lahan ini milik pihak lain: {nomor}.", kind="decline", reason_code="land"
    )
    page = head.open(case, f"?aksi=decline&templat={row.id}")
    assert text_in(page) == f"Lahan ini milik pihak lain: {case.reference}."
    assert '<option selected value="land">' in page.get_data(as_text=True)
    assert text_in(head.open(case, f"?templat={row.id}")).startswith("Lahan ini")


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("answer", Status.ASSIGNED),
        ("promise", Status.ASSIGNED),
        ("decline", Status.ASSIGNED),
        ("defer", Status.ASSIGNED),
        ("refer", Status.ASSIGNED),
        ("draft_answer", Status.ASSIGNED),
        ("ask", Status.ASSIGNED),
        ("finish", Status.IN_PROGRESS),
        ("accept", Status.ASSIGNED),
    ],
)
def test_every_form_with_a_text_for_citizens_takes_a_template(head, agency, action, status):
    case = make_case(status, Kind.PARTNERSHIP if action == "accept" else Kind.PROBLEM, agency=agency)
    row = make_template(agency, kind="ask" if action == "ask" else "", text="Tentang {nomor} dari kami.")
    answer = head.post(
        f"/meja/k/{case.reference}/tulis/{action}", version=case.version, text="", templat=row.id
    )
    assert answer.status_code == 200
    assert text_in(answer) == f"Tentang {case.reference} dari kami."
    assert row.title in head.open(case, f"?aksi={action}").get_data(as_text=True)


@pytest.mark.parametrize("number", ["other", "0", "-1", "99999999999", "9" * 40, "x", "1.5"])
def test_a_template_that_is_not_ones_own_is_404_everywhere(head, agency, number):
    case = make_case(Status.ASSIGNED, agency=agency)
    number = str(make_template(make_agency()).id) if number == "other" else number
    assert head.open(case, f"?templat={number}").status_code == 404
    path = f"/meja/k/{case.reference}/tulis/answer"
    assert head.post(path, version=case.version, text="", templat=number).status_code == 404
    if number not in {"x", "1.5"}:  # those are no numbers, so nothing was chosen
        answer = head.act(case, "answer", text=WORDS, template_id=number)
        assert answer.status_code == 404
    assert case.status is Status.ASSIGNED


def test_no_text_can_be_begun_on_a_case_of_another_agency(head):
    case = make_case(Status.ASSIGNED, agency=make_agency())
    assert head.post(f"/meja/k/{case.reference}/tulis/answer", version=1, text=WORDS).status_code == 404


@pytest.mark.parametrize("action", ["note", "assign", "read", "nonsense", "withdraw"])
def test_only_texts_for_citizens_are_composed(head, agency, action):
    case = make_case(Status.ASSIGNED, agency=agency)
    assert head.post(f"/meja/k/{case.reference}/tulis/{action}", version=1, text=WORDS).status_code == 404


def test_a_case_that_moved_on_keeps_the_text(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    answer = head.post(f"/meja/k/{case.reference}/tulis/answer", version=case.version - 1, text=WORDS)
    assert answer.status_code == 409
    assert WORDS in answer.get_data(as_text=True)


# --- what may be published ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("Laporan {nomor} selesai dikerjakan.", "{nomor}"),
        ("Selesai pada [tanggal janji], terima kasih.", "[tanggal janji]"),
        ("Halo {apa saja}, sudah selesai.", "{apa saja}"),
    ],
)
@pytest.mark.parametrize("action", ["answer", "decline", "ask"])
def test_a_text_with_a_gap_is_not_published(head, agency, text, gap, action):
    case = make_case(Status.ASSIGNED, agency=agency)
    answer = head.act(case, action, text=text, code="land")
    assert answer.status_code == 422
    assert f"Masih ada yang belum diisi: {gap}." in answer.get_data(as_text=True)
    assert case.status is Status.ASSIGNED


def test_a_published_answer_is_not_mended_into_one_with_gaps(head, agency):
    case = make_case(Status.ANSWERED, agency=agency)
    answer = head.act(case, "edit_answer", answer_id=newest_answer(case).id, text="Selesai pada [tanggal].")
    assert answer.status_code == 422


def test_a_draft_may_have_gaps_and_be_the_bare_template(officer, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    row = make_template(agency, text="Selesai pada {tanggal_janji}, kata kami.")
    answer = officer.act(
        case, "draft_answer", text="Selesai pada [tanggal janji], kata kami.", template_id=row.id
    )
    assert answer.status_code == 303
    assert newest_answer(case).template_id == row.id
    assert row.used == 0


def test_the_bare_template_is_not_published_however_it_is_spaced(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    row = make_template(
        agency, title="Ucapan", text="Terima kasih {nama_sapaan}. Laporan {nomor} kami catat."
    )
    bare = f"Terima  kasih Bapak/Ibu.\n\nLaporan {case.reference} kami catat.\n"
    answer = head.act(case, "answer", text=bare, template_id=row.id)
    assert answer.status_code == 422
    assert "masih sama dengan templat “Ucapan”" in answer.get_data(as_text=True)
    assert (
        head.act(case, "answer", text=f"{bare} Besok pagi petugas datang.", template_id=row.id).status_code
        == 303
    )


def test_use_is_counted_when_the_text_is_published(head, officer, agency):
    row = make_template(agency)
    case = make_case(Status.ASSIGNED, agency=agency)
    officer.act(case, "draft_answer", text="Draf dari templat ini.", template_id=row.id)
    page = head.open(case).get_data(as_text=True)
    assert f'name="template_id" type="hidden" value="{row.id}"' in page
    assert "belum dipakai" in head.get("/meja/templat").get_data(as_text=True)
    assert head.act(case, "answer", text=WORDS, template_id=row.id).status_code == 303
    db.session.refresh(row)
    assert row.used == 1
    assert abs((clock.now() - row.last_used_at).total_seconds()) < 60
    assert newest_answer(case).template_id == row.id
    page = re.sub(r"<[^>]+>", " ", head.get("/meja/templat").get_data(as_text=True))
    assert re.search(r"dipakai 1 kali, terakhir \d+ \w+", page)


def test_a_refused_text_counts_no_use(head, agency):
    row = make_template(agency)
    case = make_case(Status.ASSIGNED, agency=agency)
    head.act(case, "answer", text="Halo {nomor} dan lain.", template_id=row.id)
    db.session.refresh(row)
    assert row.used == 0


def test_a_draft_of_the_agency_before_carries_no_template_over(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    foreign = make_template(make_agency())
    make_answer(case, text="Draf dari dinas lama.", published_at=None, template_id=foreign.id)
    page = head.open(case).get_data(as_text=True)
    assert "Draf dari dinas lama." in page
    assert f'name="template_id" type="hidden" value="{foreign.id}"' not in page


# --- whose name ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "greeted"),
    [
        ({"identity_mode": IdentityMode.SHOWN, "shown_name": "Marlina Hutagalung"}, "Marlina Hutagalung"),
        ({"identity_mode": IdentityMode.HIDDEN, "shown_name": "Marlina Hutagalung"}, "Bapak/Ibu"),
        ({"identity_mode": IdentityMode.SHIELDED, "shown_name": "Marlina Hutagalung"}, "Bapak/Ibu"),
        (
            {
                "identity_mode": IdentityMode.SHOWN,
                "shown_name": "Marlina Hutagalung",
                "hidden_code": HideCode.PERSONAL_DATA,
            },
            "Bapak/Ibu",
        ),
    ],
)
def test_a_text_greets_by_name_only_where_everybody_reads_it(app, head, agency, values, greeted):
    seal = app.extensions["seal"]
    case = make_case(
        Status.ASSIGNED,
        agency=agency,
        name="Marlina Hutagalung",
        email="m@contoh.example",
        seal=seal,
        **values,
    )
    row = make_template(text="Yth. {nama_sapaan}, terima kasih.")
    assert text_in(head.open(case, f"?templat={row.id}")) == f"Yth. {greeted}, terima kasih."


def test_a_promise_names_the_day_that_is_typed(head, agency):
    case = make_case(Status.ASSIGNED, agency=agency)
    row = make_template(text="Selesai {tanggal_janji}.", kind=AnswerKind.PROMISE.value)
    answer = head.post(
        f"/meja/k/{case.reference}/tulis/promise",
        version=case.version,
        on="2027-01-12",
        text="",
        templat=row.id,
    )
    assert text_in(answer) == "Selesai 12 Januari 2027."
    assert 'value="2027-01-12"' in answer.get_data(as_text=True)


def test_a_reason_that_the_step_does_not_know_is_not_chosen(triage):
    case = make_case(Status.IN_REVIEW)
    row = make_template(kind="decline", reason_code=ReasonCode.LAND.value)
    page = triage.open(case, f"?aksi=decline&templat={row.id}").get_data(as_text=True)
    assert "Terima kasih" in page
    assert '<option selected value="land">' not in page
