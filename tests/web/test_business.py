import re

import pytest

from portal.core.sealing import current_seal
from portal.models import (
    Attachment,
    Business,
    BusinessMember,
    Draft,
    Identity,
    Kind,
    OutboxMessage,
    Package,
    Proposal,
    SearchDocument,
    Submission,
)
from portal.services import cases
from tests import factories as make
from tests.factories import a_ward, at, head, make_agency, make_category, triage
from tests.support.pictures import jpeg, pdf

BUSINESS = {
    "cooperation": "tourism_package",
    "name": "Perahu Contoh",
    "kind": "boat",
    "contact_name": "Kontak Rahasia",
    "email": "perahu@contoh.id",
    "phone": "0812 3456 7890",
    "ward": "",
    "nib": "0220 1045 00731",
}
PACKAGE = {
    2: {
        "title": "Sehari di pulau",
        "tour_kind": "marine",
        "background": "Berlayar pelan melewati bagan nelayan di teluk.",
        "benefit_citizens": "Tiga keluarga juru perahu mendapat penghasilan.",
    },
    3: {
        "route_0_time": "8",
        "route_0_place": "Pelabuhan Lama",
        "route_0_activity": "Arahan keselamatan",
        "route_1_time": "15:30",
        "route_1_place": "Pelabuhan Lama",
        "route_2_time": "",
    },
    4: {"duration_hours": "7,5", "capacity_min": "6", "capacity_max": "12"},
    5: {
        "price_per_person": "Rp 225.000",
        "price_components_0_label": "KENARI_HARGA perahu",
        "price_components_0_amount": "110.000",
        "guide": "KENARI_PEMANDU",
    },
    6: {
        "safety_equipment": "Jaket pelampung semua ukuran",
        "community_share": "Rp 10.000 per tamu",
        "risk_level": "medium",
    },
    7: {"private": ["price_components", "guide"]},
}
COOPERATION = {
    2: {
        "title": "Pelatihan kerajinan",
        "background": "Warga ingin belajar.",
        "purpose": "Membuka pekerjaan.",
    },
    3: {"location": "Balai kelurahan", "scope": "Sepuluh kali latihan.", "duration": "3 bulan"},
    4: {"benefit_citizens": "Dua puluh warga dilatih."},
    5: {},
}


def path(response) -> str:
    assert response.status_code == 303, response.get_data(as_text=True)[:3000]
    return response.headers["Location"].split("#")[0]


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def address(step: int) -> str:
    return f"/usaha/kemitraan/{step}"


@pytest.fixture
def ward(db) -> str:
    return a_ward().code


@pytest.fixture
def fill(client, ward):
    """Fill in the steps up to and with `until`; return the visitor."""

    def fill(until: int = 7, steps=PACKAGE, **business):
        assert path(client.post(address(1), data=BUSINESS | business)) == address(2)
        for step in range(2, until + 1):
            assert path(client.post(address(step), data=steps[step])) == address(step + 1)
        return client

    return fill


# --- the way through ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/usaha", "/en/usaha"])
def test_the_door_leads_to_the_proposal_and_to_the_catalogue(client, page):
    answer = client.get(page)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "/usaha/kemitraan/1" in answer.get_data(as_text=True)
    assert "/jelajah" in answer.get_data(as_text=True)


def test_looking_at_the_first_step_begins_nothing(client, db):
    page = client.get(address(1))
    assert page.headers["Cache-Control"] == "no-store"
    assert db.session.query(Draft).count() == 0


@pytest.mark.parametrize("step", [2, 5, 6])
def test_steps_cannot_be_skipped(client, step):
    assert path(client.get(address(step))) == address(1)


def test_an_open_step_is_where_later_ones_lead(fill):
    visitor = fill(until=3)
    assert path(visitor.get(address(8))) == address(4)
    assert path(visitor.post(address(8), data={})) == address(4)


def test_a_step_that_does_not_exist_is_404(client):
    assert client.get(address(0)).status_code == 404
    assert client.get(address(99)).status_code == 404


def test_a_package_becomes_a_submission_with_its_business(fill, db):
    visitor = fill()
    check = words(visitor.get(address(8)))
    assert "Sehari di pulau" in check
    assert "KENARI_HARGA perahu: Rp 110.000" in check
    assert path(visitor.post(address(8), data={})) == "/usaha/kemitraan/selesai"
    case = db.session.query(Submission).one()
    assert case.kind is Kind.TOURISM_PACKAGE
    assert case.title == "Sehari di pulau"
    proposal = db.session.get(Proposal, case.id)
    assert proposal.data["duration_hours"] == 7.5
    assert proposal.data["price_per_person"] == 225_000
    assert proposal.data["route"] == [
        {"time": "08.00", "place": "Pelabuhan Lama", "activity": "Arahan keselamatan"},
        {"time": "15.30", "place": "Pelabuhan Lama"},
    ]
    assert proposal.proprietary == ["guide", "price_components"]
    assert proposal.business.nib == "0220104500731"
    assert proposal.business.public_phone == ""
    receipt = words(visitor.get("/usaha/kemitraan/selesai"))
    assert case.reference in receipt


def test_other_cooperation_has_its_own_shorter_steps(fill, db):
    visitor = fill(until=5, steps=COOPERATION, cooperation="training")
    assert "langkah 6 dari 6" in visitor.get(address(6)).get_data(as_text=True)
    assert path(visitor.post(address(6), data={})) == "/usaha/kemitraan/selesai"
    case = db.session.query(Submission).one()
    assert case.kind is Kind.PARTNERSHIP
    assert db.session.get(Proposal, case.id).data["cooperation"] == "training"
    assert "Pelatihan" in words(visitor.get(f"/k/{case.reference}"))


def test_sending_twice_gives_one_submission_and_one_receipt(fill, db):
    visitor = fill()
    visitor.post(address(8), data={})
    first = words(visitor.get("/usaha/kemitraan/selesai"))
    visitor.post(address(8), data={})
    assert words(visitor.get("/usaha/kemitraan/selesai")) == first
    assert db.session.query(Submission).count() == 1
    assert db.session.query(Business).count() == 1


def test_changing_an_answer_from_the_check_leads_back_to_it(fill):
    visitor = fill()
    assert path(visitor.post(address(4) + "?ubah=1", data=PACKAGE[4])) == address(8)


def test_a_draft_can_be_deleted_on_a_shared_phone(fill, db):
    visitor = fill(until=4)
    assert path(visitor.post("/kirim/hapus", data={"flow": "proposal"})).startswith(address(1))
    assert db.session.query(Draft).count() == 0


# --- what is refused, and how ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Tulis nama usaha Anda"),
        ("kind", "", "Pilih jenis usaha Anda"),
        ("contact_name", "", "Tulis nama yang bisa dihubungi"),
        ("nib", "12345", "NIB terdiri dari 13 angka"),
        ("email", "bukan", "Tulis alamat e-mail yang lengkap"),
        ("phone", "12", "Tulis nomor yang lengkap"),
        ("cooperation", "", "Pilih apa yang Anda usulkan"),
    ],
)
def test_a_fault_in_the_first_step_is_said_at_the_top_and_at_the_field(client, db, field, value, message):
    page = client.post(address(1), data=BUSINESS | {field: value})
    assert page.status_code == 422
    assert page.get_data(as_text=True).count(message) == 2
    assert "Galat: " in page.get_data(as_text=True)
    if field != "contact_name":
        assert "Kontak Rahasia" in page.get_data(as_text=True)


def test_one_way_to_reach_the_business_must_be_given(client, db):
    page = client.post(address(1), data=BUSINESS | {"email": "", "phone": ""})
    assert page.status_code == 422
    assert "salah satu cukup" in words(page)


@pytest.mark.parametrize(
    ("step", "values", "message"),
    [
        (2, {"title": ""}, "Isi “Judul”"),
        (2, {"tour_kind": "x"}, "Pilih"),
        (3, {"route_1_time": "", "route_1_place": ""}, "sedikitnya dua pemberhentian"),
        (3, {"route_0_time": "25"}, "Tulis jamnya seperti 08.30"),
        (3, {"route_2_activity": "Berenang"}, "Isi “Tempat” di baris ini"),
        (4, {"duration_hours": "lama"}, "Tulis lamanya dalam jam"),
        (4, {"capacity_max": "3"}, "tidak boleh kurang"),
        (5, {"price_per_person": "murah"}, "Tulis harga dalam rupiah"),
        (5, {"price_components_0_label": ""}, "Isi “Untuk apa” di baris ini"),
        (6, {"risk_level": ""}, "Pilih “Tingkat risiko”"),
    ],
)
def test_a_fault_in_a_step_is_said_and_nothing_typed_is_lost(fill, step, values, message):
    visitor = fill(until=step - 1)
    typed = PACKAGE[step] | values
    page = visitor.post(address(step), data=typed)
    assert page.status_code == 422
    assert message in words(page)
    for value in typed.values():
        assert value in page.get_data(as_text=True) or value in {"x", ""}


def test_an_added_stop_keeps_what_was_typed_and_finds_no_fault(fill):
    visitor = fill(until=2)
    page = visitor.post(address(3), data={"route_0_place": "Dermaga", "route_0_time": "99", "add": "route"})
    text = page.get_data(as_text=True)
    assert "Dermaga" in text
    assert 'value="99"' in text
    assert "error-text" not in text
    assert 'name="route_3_time"' not in text or text.count("Pemberhentian") >= 3
    full = {f"route_{row}_time": "" for row in range(8)}
    assert "Tambah pemberhentian" not in visitor.post(address(3), data=full | {"add": "route"}).text


@pytest.mark.parametrize("step", [2, 3, 5, 7, 8, 99])
def test_a_step_that_meets_a_dead_session_keeps_its_answers(client, db, ward, step):
    assert path(client.post(address(step), data=PACKAGE.get(step, {}))).startswith(address(1))
    kept = db.session.query(Draft).one().data.get("fields", {})
    if step == 2:
        assert kept["background"] == PACKAGE[2]["background"]
    if step == 3:
        assert kept["route"][0]["place"] == "Pelabuhan Lama"


def test_markup_in_an_answer_stays_text(fill):
    visitor = fill(until=2)
    visitor.post(address(3), data=PACKAGE[3] | {"route_0_place": "<script>alert(1)</script>"})
    assert "<script>alert" not in visitor.get(address(3)).get_data(as_text=True)


def test_the_contact_lies_sealed_in_the_draft(fill, db):
    fill(until=1)
    kept = str(db.session.query(Draft).one().data)
    for secret in ("Kontak Rahasia", "perahu@contoh.id", "81234567890"):
        assert secret not in kept


def test_a_machine_that_fills_the_hidden_field_sends_nothing(fill, db):
    page = fill().post(address(8), data={"website": "http://spam"})
    assert page.status_code == 422
    assert db.session.query(Submission).count() == 0


# --- what stays private ---------------------------------------------------------------------------------


def test_proprietary_answers_appear_nowhere_in_public(fill, db, client):
    visitor = fill(show_contact="y")
    visitor.post(address(8), data={})
    case = db.session.query(Submission).one()
    agency = make_agency()
    category = make_category(agency_id=agency.id)
    staff = triage()
    cases.verify(case, actor=staff, at=at(24), category_id=category.id)
    cases.assign(case, actor=staff, at=at(24), agency_id=agency.id)
    cases.accept(case, actor=head(agency), at=at(25), text="Kami terima paket ini dengan senang hati.")
    db.session.commit()
    pages = [
        f"/k/{case.reference}",
        "/jelajah",
        f"/jelajah/{case.reference}",
        "/kiriman",
        "/",
        "/keterbukaan",
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert "KENARI" not in answer.get_data(as_text=True), page
        assert "Kontak Rahasia" not in answer.get_data(as_text=True), page
    assert "+6281234567890" in client.get(f"/jelajah/{case.reference}").get_data(as_text=True)
    stored = [case.body, case.title, str(db.session.query(Package).one().data)]
    stored += [row.stems for row in db.session.query(SearchDocument)]
    stored += [str(row.data) for row in db.session.query(OutboxMessage)]
    assert not any("kenari" in text.lower() for text in stored)
    assert case.reference not in client.get("/kiriman?q=KENARI_PEMANDU").get_data(as_text=True)


def test_a_private_pdf_is_closed_and_an_open_photo_is_not_marked(fill, db, new_client):
    visitor = fill(until=6)
    files = {
        "concept": (pdf(), "konsep.pdf"),
        "documents_private": "y",
        "photos": (jpeg(200, 150), "laut.jpg"),
    }
    assert path(visitor.post(address(7), data=files, content_type="multipart/form-data")) == address(8)
    visitor.post(address(8), data={})
    case = db.session.query(Submission).one()
    case.files_public = True
    marked = {file.mime: (file.proprietary, file.token) for file in db.session.query(Attachment)}
    assert marked["application/pdf"][0]
    assert not marked["image/webp"][0]
    db.session.commit()
    stranger = new_client()
    assert stranger.get(f"/berkas/{marked['application/pdf'][1]}").status_code == 404
    assert stranger.get(f"/berkas/{marked['image/webp'][1]}").status_code == 200
    assert marked["application/pdf"][1] not in stranger.get(f"/k/{case.reference}").get_data(as_text=True)


def test_a_refused_file_leaves_the_other_ones_attached(fill, db):
    visitor = fill(until=6)
    files = {"concept": (jpeg(20, 20), "x.pdf"), "letter": (pdf(), "surat.pdf"), "private": ["guide"]}
    page = visitor.post(address(7), data=files, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "Berkas ini bukan PDF" in words(page)
    assert "PDF (berkas 1)" in words(page)
    assert db.session.query(Attachment).count() == 1


def test_the_identity_of_the_contact_is_sealed(fill, db):
    fill().post(address(8), data={})
    identity = db.session.query(Identity).one()
    assert identity.name
    assert "Kontak" not in identity.name


@pytest.fixture
def known(db, ward):
    """A business with an owner who can sign in."""
    user = make.make_citizen(current_seal())
    row = make.make_business(name="Lancang Terdaftar", slug="lancang-terdaftar", ward_code=ward)
    make.make_member(row, user)
    db.session.commit()
    return row, user


def test_a_member_proposes_for_a_business_that_is_known_without_a_second_row(fill, client, known, db):
    row, user = known
    make.sign_in(client, user)
    assert "Lancang Terdaftar" in client.get(address(1)).text
    visitor = fill(own=str(row.id), name="", kind="", nib="bukan angka")
    assert "Lancang Terdaftar" in visitor.get(address(8)).text
    visitor.post(address(8), data={})
    assert db.session.query(Proposal).one().business_id == row.id
    assert db.session.query(Business).count() == 1


def test_a_business_of_others_cannot_be_chosen(client, known, db):
    row, _user = known
    page = client.post(address(1), data=BUSINESS | {"own": str(row.id)})
    assert page.status_code == 422
    assert "Lancang Terdaftar" not in page.text


def test_whoever_left_a_business_meanwhile_sends_for_a_row_of_its_own(fill, client, known, db):
    row, user = known
    make.sign_in(client, user)
    visitor = fill(own=str(row.id))
    db.session.query(BusinessMember).delete()
    db.session.commit()
    visitor.post(address(8), data={})
    assert db.session.query(Proposal).one().business_id != row.id
