import re

import pytest

from portal.core.references import parse_reference, parse_tracking_code
from portal.models import Attachment, Draft, Identity, Kind, OutboxMessage, Place, Status, Submission
from tests.factories import a_ward, make_case, make_category
from tests.support.html import text_of
from tests.support.pictures import jpeg, pdf, too_large

TEXT = "Lampu dermaga ke Poncan mati sejak Senin, penumpang takut jatuh."
STORY = {"kind": "problem", "text": TEXT}


@pytest.fixture
def ward(db) -> str:
    return a_ward().code


@pytest.fixture
def fill(client, ward):
    """Fill in the first steps; return the visitor."""

    def fill(steps: int = 2, **values):
        client.post("/kirim/1", data=STORY | values)
        if steps > 1:
            client.post("/kirim/2", data={"ward": ward, "category": ""})
        return client

    return fill


def path(response) -> str:
    assert response.status_code == 303, response.get_data(as_text=True)[:2000]
    return response.headers["Location"]


# --- a draft begins with the first POST ----------------------------------------------------------------


@pytest.mark.parametrize("address", ["/kirim/1", "/kirim/1?jenis=ide", "/en/kirim/1"])
def test_looking_at_the_form_begins_nothing(client, db, address):
    page = client.get(address)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert db.session.query(Draft).count() == 0


@pytest.mark.parametrize(
    ("word", "kind"),
    [("masalah", "problem"), ("ide", "idea"), ("pertanyaan", "question"), ("terima-kasih", "thanks")],
)
def test_the_door_on_the_home_page_chooses_the_kind(client, word, kind):
    page = client.get(f"/kirim/1?jenis={word}").get_data(as_text=True)
    assert re.findall(r'<input checked [^>]*value="(\w+)"', page) == [kind]


def test_an_unknown_kind_chooses_nothing(client):
    assert "checked" not in client.get("/kirim/1?jenis=x").get_data(as_text=True)


@pytest.mark.parametrize("address", ["/kirim/2", "/kirim/3", "/kirim/selesai"])
def test_steps_cannot_be_skipped(client, address):
    assert path(client.get(address)) == "/kirim/1"


def test_the_third_step_leads_back_to_the_second_while_that_is_open(fill):
    visitor = fill(steps=1)
    assert path(visitor.get("/kirim/3")) == "/kirim/2"
    assert path(visitor.post("/kirim/3", data={"identity": "hidden"})) == "/kirim/2"


def test_going_back_shows_what_was_written(fill, ward):
    visitor = fill()
    assert TEXT in visitor.get("/kirim/1").get_data(as_text=True)
    assert f'selected value="{ward}"' in visitor.get("/kirim/2").get_data(as_text=True)


# --- what is refused, and how ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "Singkat", "\0" * 50, "\u200b\u2060" * 40, "........................", "e" + "\u0301" * 32_000],
)
def test_a_story_needs_ten_letters_that_people_can_see(client, text):
    page = client.post("/kirim/1", data={"kind": "problem", "text": text})
    assert page.status_code == 422
    words = page.get_data(as_text=True)
    assert "<title>Galat: " in words
    assert "Ada yang perlu diperbaiki. Isian Anda tidak hilang." in words
    assert words.count("Tulis apa yang terjadi, minimal 10 huruf") == 2


def test_a_story_of_5000_letters_is_taken_and_one_more_is_not(client):
    assert path(client.post("/kirim/1", data=STORY | {"text": "a" * 5000})) == "/kirim/2"
    page = client.post("/kirim/1", data=STORY | {"text": "a" * 5001})
    assert page.status_code == 422
    assert "Paling banyak 5000 huruf. Isian Anda 5001 huruf." in page.get_data(as_text=True)
    assert "a" * 5001 in page.get_data(as_text=True)


@pytest.mark.parametrize("kind", ["", "partnership", "tourism_package", "<script>"])
def test_only_the_four_kinds_can_be_sent(client, kind):
    assert client.post("/kirim/1", data=STORY | {"kind": kind}).status_code == 422


def test_what_was_written_survives_the_refusal_and_a_reload(client):
    client.post("/kirim/1", data={"text": TEXT})
    assert TEXT in client.get("/kirim/1").get_data(as_text=True)


def test_markup_in_a_story_stays_text(fill):
    visitor = fill(text='<script>alert(1)</script> "><img src=x> lampu mati')
    for address in ("/kirim/1", "/kirim/3"):
        assert "<script>alert" not in visitor.get(address).get_data(as_text=True)


def test_five_thousand_fields_are_no_trouble(client):
    junk = {f"field{number}": "x" for number in range(5000)}
    assert client.post("/kirim/1", data=junk | STORY).status_code in {303, 413}


def test_fields_that_nobody_asked_for_change_nothing(fill, db):
    visitor = fill()
    path(visitor.post("/kirim/3", data={"identity": "hidden", "status": "done", "agency_id": 1, "id": 7}))
    case = db.session.query(Submission).one()
    assert (case.status, case.agency_id) == (Status.RECEIVED, None)


def test_another_site_cannot_send_for_somebody(fill):
    visitor = fill()
    answer = visitor.post("/kirim/3", data={"identity": "hidden"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


# --- files ----------------------------------------------------------------------------------------------


def test_photos_and_a_document_are_kept_and_shown_with_a_button_to_remove(client, db):
    files = {"photos": [(jpeg(), "a.jpg"), (jpeg(), "b.jpg")], "document": (pdf(), "surat.pdf")}
    path(client.post("/kirim/1", data=STORY | files))
    page = client.get("/kirim/1").get_data(as_text=True)
    assert page.count('name="remove"') == 3
    assert page.count("?ukuran=kecil") == 2
    assert "a.jpg" not in page


@pytest.mark.parametrize(
    "query", ["_anchor=x", "endpoint=x", "_method=POST", "_external=1&_scheme=ftp", "ubah=1&_external=1"]
)
def test_the_address_steers_no_redirect(client, db, query):
    answer = client.post(f"/kirim/1?{query}", data=STORY | {"remove": "nothing"})
    kept = "?ubah=1" if query.startswith("ubah") else ""
    assert path(answer) == f"/kirim/1{kept}#berkas"


def test_camera_and_gallery_post_the_same_name(client, db):
    page = client.get("/kirim/1").get_data(as_text=True)
    assert page.count('name="photos"') == 2
    assert "capture=" in page


def test_each_refused_file_says_why_and_the_good_ones_stay(client, db):
    files = [(jpeg(), "baik.jpg"), (too_large(14), "besar.jpg"), (pdf(), "bukan.jpg")]
    page = client.post("/kirim/1", data=STORY | {"photos": files})
    assert page.status_code == 422
    words = text_of(page)
    assert "besar.jpg: Foto ini 14 MB. Batasnya 10 MB, pilih foto lain" in words
    assert "bukan.jpg: Berkas ini bukan foto yang kami kenal." in words
    assert db.session.query(Attachment).count() == 1
    assert TEXT in words
    assert path(client.post("/kirim/1", data=STORY)) == "/kirim/2"
    assert db.session.query(Attachment).count() == 1


def test_a_single_refused_photo_is_told_in_the_agreed_words(client):
    page = client.post("/kirim/1", data=STORY | {"photos": (too_large(14), "x.jpg")})
    assert "</span>Foto ini 14 MB. Batasnya 10 MB, pilih foto lain</span>" in page.get_data(as_text=True)


def test_a_photo_a_little_over_the_limit_reads_as_over_it(client):
    stream = too_large(10)
    stream.seek(0, 2)
    stream.write(b"\0" * 3000)
    stream.seek(0)
    page = client.post("/kirim/1", data=STORY | {"photos": (stream, "x.jpg")})
    assert "Foto ini 10,1 MB. Batasnya 10 MB" in page.get_data(as_text=True)


def test_a_sixth_photo_finds_no_room(client, db):
    client.post("/kirim/1", data=STORY | {"photos": [(jpeg(), f"{n}.jpg") for n in range(4)]})
    page = client.post("/kirim/1", data=STORY | {"photos": [(jpeg(), "5.jpg"), (jpeg(), "6.jpg")]})
    assert page.status_code == 422
    assert "Paling banyak 5 foto. Sisanya tidak ikut." in text_of(page)
    assert db.session.query(Attachment).count() == 5
    assert 'name="photos"' not in client.get("/kirim/1").get_data(as_text=True)


def test_removing_a_file_keeps_what_was_written(client, db):
    client.post("/kirim/1", data=STORY | {"photos": (jpeg(), "a.jpg")})
    token = db.session.query(Attachment).one().token
    answer = client.post("/kirim/1", data={"text": "Tulisan baru yang belum selesai", "remove": token})
    assert path(answer) == "/kirim/1#berkas"
    assert db.session.query(Attachment).count() == 0
    assert "Tulisan baru yang belum selesai" in client.get("/kirim/1").get_data(as_text=True)


def test_nobody_removes_the_file_of_another(client, new_client, db):
    client.post("/kirim/1", data=STORY | {"photos": (jpeg(), "a.jpg")})
    token = db.session.query(Attachment).one().token
    new_client().post("/kirim/1", data=STORY | {"remove": token})
    assert db.session.query(Attachment).count() == 1


def test_a_body_over_one_megabyte_is_taken_where_files_are_and_nowhere_else(client):
    large = too_large(3)
    assert client.post("/kirim/1", data=STORY | {"photos": (large, "x.jpg")}).status_code == 422
    assert client.post("/kirim/2", data={"landmark": "a" * 2_000_000}).status_code == 413


def test_a_body_over_64_megabytes_is_refused(client):
    answer = client.post("/kirim/1", data=STORY | {"photos": (too_large(65), "x.jpg")})
    assert answer.status_code == 413


# --- place and category ---------------------------------------------------------------------------------


def test_the_category_is_proposed_from_the_words(client, db):
    category = make_category(words="zebra unta jerapah")
    client.post("/kirim/1", data={"kind": "problem", "text": "Jerapah lepas di pasar tadi pagi"})
    page = client.get("/kirim/2").get_data(as_text=True)
    assert f'<option selected value="{category.id}">' in page
    assert "Kami usulkan dari kata-kata Anda" in page


def test_leaving_the_category_to_staff_is_remembered(fill, db):
    make_category(words="dermaga lampu")
    page = fill().get("/kirim/2").get_data(as_text=True)
    assert '<option selected value="">Biar petugas yang memilih' in page


@pytest.mark.parametrize("ward", ["", "12.73.99.1", "../x", "ward"])
def test_the_place_is_one_of_the_list(fill, ward):
    page = fill(steps=1).post("/kirim/2", data={"ward": ward, "landmark": "dekat masjid"})
    assert page.status_code == 422
    assert "dekat masjid" in page.get_data(as_text=True)


@pytest.mark.parametrize("place", ["sea", "unknown"])
def test_sea_and_unknown_are_places_too(fill, db, place):
    visitor = fill(steps=1)
    assert path(visitor.post("/kirim/2", data={"ward": place})) == "/kirim/3"
    path(visitor.post("/kirim/3", data={"identity": "hidden"}))
    case = db.session.query(Submission).one()
    assert (case.place, case.ward_code) == (Place(place), None)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("nan", "98.77"), ("1,7", "x"), ("51.5", "0.1"), ("1.74", ""), ("", "98.7"), ("inf", "-inf")],
)
def test_a_point_lies_around_the_city_or_is_refused(fill, ward, latitude, longitude):
    page = fill(steps=1).post("/kirim/2", data={"ward": ward, "latitude": latitude, "longitude": longitude})
    assert page.status_code == 422
    assert f'value="{latitude}"' in page.get_data(as_text=True)


def test_a_point_may_be_written_with_a_comma(fill, ward, db):
    visitor = fill(steps=1)
    path(visitor.post("/kirim/2", data={"ward": ward, "latitude": "1,7385", "longitude": "98.7767"}))
    path(visitor.post("/kirim/3", data={"identity": "hidden"}))
    case = db.session.query(Submission).one()
    assert (case.latitude, case.longitude) == (1.7385, 98.7767)


# --- similar ones ---------------------------------------------------------------------------------------


@pytest.fixture
def twin(db, ward):
    return make_case(
        Status.ASSIGNED,
        title="Lampu dermaga Poncan mati",
        body="Lampu dermaga ke Poncan mati, penumpang takut.",
        ward_code=ward,
    )


def test_similar_ones_are_shown_once_and_no_is_an_answer(fill, twin, ward):
    visitor = fill(steps=1)
    assert path(visitor.post("/kirim/2", data={"ward": ward})) == "/kirim/2#serupa"
    page = visitor.get("/kirim/2").get_data(as_text=True)
    assert "Apakah ini sudah pernah disampaikan?" in page
    assert twin.title in page
    assert path(visitor.post("/kirim/2", data={"same": ""})) == "/kirim/3"
    assert path(visitor.post("/kirim/2", data={"ward": ward})) == "/kirim/3"


def test_yes_the_same_merges_and_gives_a_receipt_of_its_own(fill, twin, ward, db):
    visitor = fill(steps=1)
    visitor.post("/kirim/2", data={"ward": ward})
    assert path(visitor.post("/kirim/2", data={"same": twin.reference})) == "/kirim/3"
    assert twin.title in visitor.get("/kirim/3").get_data(as_text=True)
    path(visitor.post("/kirim/3", data={"identity": "hidden"}))
    case = db.session.query(Submission).order_by(Submission.id.desc()).first()
    assert (case.status, case.merged_into_id) == (Status.MERGED, twin.id)
    page = visitor.get("/kirim/selesai").get_data(as_text=True)
    assert case.reference in page
    assert twin.reference in page


def test_only_what_was_shown_can_be_said_to_be_the_same(fill, db, ward):
    secret = make_case(secret=True)
    visitor = fill()
    assert path(visitor.post("/kirim/2", data={"same": secret.reference})) == "/kirim/2#serupa"
    path(visitor.post("/kirim/3", data={"identity": "hidden"}))
    assert db.session.query(Submission).order_by(Submission.id.desc()).first().merged_into_id is None


def test_another_story_is_asked_about_again(fill, twin, ward):
    visitor = fill(steps=1)
    visitor.post("/kirim/2", data={"ward": ward})
    visitor.post("/kirim/2", data={"same": twin.reference})
    visitor.post("/kirim/1", data=STORY | {"text": "Lampu dermaga mati dan papan dermaga Poncan lepas"})
    assert path(visitor.post("/kirim/2", data={"ward": ward})) == "/kirim/2#serupa"
    assert twin.title not in text_of(visitor.get("/kirim/3"))


# --- check and send -------------------------------------------------------------------------------------


def test_the_check_shows_everything_with_a_way_to_change_it(fill):
    page = fill().get("/kirim/3").get_data(as_text=True)
    assert TEXT in page
    assert page.count('<a class="text-link" href="/kirim/') == 4
    assert "Aturan privasi" in page


def test_changing_one_answer_leads_back_to_the_check(fill):
    assert path(fill().post("/kirim/1?ubah=1", data=STORY)) == "/kirim/3"


def test_sending_shows_reference_code_and_dates(fill, db):
    visitor = fill()
    assert path(visitor.post("/kirim/3", data={"identity": "hidden"})) == "/kirim/selesai"
    page = visitor.get("/kirim/selesai").get_data(as_text=True)
    reference, code = re.findall(r'class="reference">([^<]+)<', page)
    assert parse_reference(reference) == reference
    assert parse_tracking_code(code) == code
    assert page.count("Paling lambat") == 2
    assert "data:image/svg+xml" in page
    assert "data-draft-clear" in page


def test_the_receipt_survives_a_reload_and_a_repeated_send(fill, db):
    visitor = fill()
    cookie = visitor.get_cookie("suara").value
    path(visitor.post("/kirim/3", data={"identity": "hidden"}))
    first = re.findall(r'class="reference">([^<]+)<', visitor.get("/kirim/selesai").text)
    assert re.findall(r'class="reference">([^<]+)<', visitor.get("/kirim/selesai").text) == first
    visitor.set_cookie("suara", cookie)  # the answer was lost on its way
    assert path(visitor.get("/kirim/3")) == "/kirim/selesai"
    visitor.set_cookie("suara", cookie)
    path(visitor.post("/kirim/3", data={"identity": "hidden"}))
    assert re.findall(r'class="reference">([^<]+)<', visitor.get("/kirim/selesai").text) == first
    assert db.session.query(Submission).count() == 1


def test_the_tracking_code_is_never_part_of_an_address(fill):
    visitor = fill()
    visitor.post("/kirim/3", data={"identity": "hidden"})
    page = visitor.get("/kirim/selesai").get_data(as_text=True)
    code = re.findall(r'class="reference">([^<]+)<', page)[1]
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', page)
    assert not any(code in address or code.replace("-", "") in address for address in addresses)


def test_a_receipt_without_a_contact_says_so(fill):
    visitor = fill()
    visitor.post("/kirim/3", data={"identity": "hidden"})
    assert "Anda tidak meninggalkan e-mail atau nomor." in visitor.get("/kirim/selesai").text


def test_a_contact_is_sealed_and_the_receipt_mail_queued(fill, db, app):
    visitor = fill()
    visitor.post("/kirim/3", data={"identity": "hidden", "email": "Ani@Contoh.ID", "phone": "0812-3456-7890"})
    assert "tidak meninggalkan" not in visitor.get("/kirim/selesai").text
    identity = db.session.query(Identity).one()
    assert app.extensions["seal"].open(identity.email) == "ani@contoh.id"
    assert app.extensions["seal"].open(identity.phone) == "+6281234567890"
    assert db.session.query(OutboxMessage).one().kind == "receipt"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"identity": ""}, "Pilih siapa yang boleh melihat nama Anda"),
        ({"identity": "nobody"}, "Pilih salah satu dari daftar."),
        ({"identity": "shown"}, "Tulis nama yang ditampilkan"),
        ({"identity": "shown", "name": "\u200b\u200b"}, "Tulis nama yang ditampilkan"),
        ({"email": "ani"}, "Tulis alamat e-mail yang lengkap"),
        ({"email": "ani@contoh.id\r\nBcc: x@y.id"}, "Tulis alamat e-mail yang lengkap"),
        ({"phone": "12"}, "Tulis nomor yang lengkap"),
        ({"name": "a" * 121}, "Paling banyak 120 huruf."),
    ],
)
def test_what_is_wrong_in_the_third_step_is_said_at_the_field(fill, values, words):
    page = fill().post("/kirim/3", data={"identity": "hidden"} | values)
    assert page.status_code == 422
    assert words in page.get_data(as_text=True)


def test_a_secret_receipt_leads_to_no_public_page(fill, db, client):
    visitor = fill()
    visitor.post("/kirim/3", data={"identity": "hidden", "secret": "y"})
    case = db.session.query(Submission).one()
    page = visitor.get("/kirim/selesai").get_data(as_text=True)
    assert f"/k/{case.reference}" not in page
    assert "data:image/svg+xml" not in page
    assert client.get(f"/k/{case.reference}").status_code == 404


def test_sending_opens_the_private_page_in_this_browser(fill, db):
    visitor = fill()
    visitor.post("/kirim/3", data={"identity": "hidden"})
    case = db.session.query(Submission).one()
    assert visitor.get(f"/lacak/{case.reference}").status_code == 200


def test_the_receipt_is_another_for_every_browser(fill, new_client):
    fill().post("/kirim/3", data={"identity": "hidden"})
    assert path(new_client().get("/kirim/selesai")) == "/kirim/1"


# --- machines and floods --------------------------------------------------------------------------------


def test_the_hidden_field_asks_to_press_again_and_loses_nothing(fill, db):
    visitor = fill()
    page = visitor.post("/kirim/3", data={"identity": "hidden", "website": "http://x", "name": "Ani"})
    assert page.status_code == 422
    assert "sekali lagi" in page.text
    assert 'value="Ani"' in page.text
    assert "http://x" not in page.text
    assert db.session.query(Submission).count() == 0
    assert path(visitor.post("/kirim/3", data={"identity": "hidden", "name": "Ani"})) == "/kirim/selesai"


def test_whoever_needs_no_time_is_asked_to_press_again(app, fill, db):
    app.config["MIN_SECONDS_TO_SEND"] = 60
    visitor = fill()
    assert visitor.post("/kirim/3", data={"identity": "hidden"}).status_code == 422
    app.config["MIN_SECONDS_TO_SEND"] = 0
    assert path(visitor.post("/kirim/3", data={"identity": "hidden"})) == "/kirim/selesai"


def test_too_many_from_one_address_wait_and_lose_nothing(app, new_client, ward, db):
    app.config["LIMIT_SUBMIT_PER_ADDRESS"] = "2/hour"
    for attempt in range(3):
        visitor = new_client()
        visitor.post("/kirim/1", data=STORY)
        visitor.post("/kirim/2", data={"ward": ward, "same": ""})
        visitor.post("/kirim/2", data={"ward": ward})
        answer = visitor.post("/kirim/3", data={"identity": "hidden", "name": "Ani"})
        assert answer.status_code == (429 if attempt == 2 else 303)
    assert 'value="Ani"' in answer.text
    assert db.session.query(Submission).count() == 2


def test_too_many_from_one_contact_wait_wherever_they_come_from(app, new_client, ward, db):
    app.config["LIMIT_SUBMIT_PER_CONTACT"] = "1/hour"
    for attempt, email in enumerate(["ani@contoh.id", "ANI@contoh.id"]):
        visitor = new_client()
        visitor.post("/kirim/1", data=STORY)
        visitor.post("/kirim/2", data={"ward": "unknown"})
        answer = visitor.post("/kirim/3", data={"identity": "hidden", "email": email})
        assert answer.status_code == (429 if attempt else 303)


def test_too_many_files_from_one_address_wait_and_the_words_stay(app, client, db):
    app.config["LIMIT_UPLOAD_PER_ADDRESS"] = "2/hour"
    client.post("/kirim/1", data=STORY | {"photos": [(jpeg(), "a.jpg"), (jpeg(), "b.jpg")]})
    page = client.post("/kirim/1", data=STORY | {"photos": (jpeg(), "c.jpg")})
    assert page.status_code == 422
    assert "Terlalu banyak berkas dari sini." in page.text
    assert TEXT in page.text
    assert db.session.query(Attachment).count() == 2


def test_a_repetition_is_never_limited(app, fill, db):
    app.config["LIMIT_SUBMIT_PER_ADDRESS"] = "1/hour"
    visitor = fill()
    cookie = visitor.get_cookie("suara").value
    for _ in range(5):
        visitor.set_cookie("suara", cookie)
        assert path(visitor.post("/kirim/3", data={"identity": "hidden"})) == "/kirim/selesai"
    assert db.session.query(Submission).count() == 1


# --- dead sessions and shared phones --------------------------------------------------------------------


def test_a_place_that_meets_a_dead_session_is_kept(client, ward):
    assert path(client.post("/kirim/2", data={"ward": ward, "landmark": "masjid"})) == "/kirim/1?putus=1"
    assert "Sambungan Anda sempat terputus" in client.get("/kirim/1?putus=1").text
    client.post("/kirim/1", data=STORY)
    assert 'value="masjid"' in client.get("/kirim/2").text


def test_a_sender_who_meets_a_dead_session_is_kept_sealed(client, db):
    values = {"identity": "shielded", "secret": "y", "email": "ani@contoh.id"}
    assert path(client.post("/kirim/3", data=values)) == "/kirim/1?putus=1"
    assert "ani@contoh.id" not in str(db.session.query(Draft).one().data)
    client.post("/kirim/1", data=STORY)
    client.post("/kirim/2", data={"ward": "sea"})
    page = client.get("/kirim/3").get_data(as_text=True)
    assert 'value="ani@contoh.id"' in page
    assert re.search(r'<input checked [^>]*value="shielded"', page)


def test_a_forged_cookie_opens_no_draft(fill, new_client):
    fill()
    stranger = new_client()
    stranger.set_cookie("suara", "eyJkcmFmdHMiOnt9fQ.x.y")
    assert path(stranger.get("/kirim/2")) == "/kirim/1"


def test_a_deleted_draft_is_gone_here_and_on_the_server(client, db, app):
    client.post("/kirim/1", data=STORY | {"photos": (jpeg(), "a.jpg")})
    assert path(client.post("/kirim/hapus")) == "/kirim/1?dihapus=1"
    page = client.get("/kirim/1?dihapus=1").get_data(as_text=True)
    assert "Draf sudah dihapus dari HP ini." in page
    assert TEXT not in page
    assert db.session.query(Draft).count() == db.session.query(Attachment).count() == 0
    assert list(app.extensions["storage"].files()) == []


def test_deleting_after_sending_forgets_the_receipt_and_keeps_the_case(fill, db):
    visitor = fill()
    visitor.post("/kirim/3", data={"identity": "hidden"})
    case = db.session.query(Submission).one()
    visitor.post("/kirim/hapus")
    assert path(visitor.get("/kirim/selesai")) == "/kirim/1"
    assert path(visitor.get(f"/lacak/{case.reference}")).startswith("/lacak?nomor=")
    assert db.session.query(Submission).count() == 1


def test_after_sending_a_new_story_begins_empty(fill, db):
    visitor = fill()
    visitor.post("/kirim/3", data={"identity": "hidden"})
    assert TEXT not in visitor.get("/kirim/1").text
    visitor.post("/kirim/1", data={"kind": "thanks", "text": "Terima kasih, lampunya sudah menyala."})
    visitor.post("/kirim/2", data={"ward": "unknown"})
    visitor.post("/kirim/3", data={"identity": "hidden"})
    assert [case.kind for case in db.session.query(Submission).order_by(Submission.id)] == [
        Kind.PROBLEM,
        Kind.THANKS,
    ]


def test_english_keeps_its_prefix_through_the_steps(client, ward, db):
    assert path(client.post("/en/kirim/1", data=STORY)) == "/en/kirim/2"
    assert path(client.post("/en/kirim/2", data={"ward": ward})) == "/en/kirim/3"
    assert path(client.post("/en/kirim/3", data={"identity": "hidden"})) == "/en/kirim/selesai"
    assert db.session.query(Identity).one().locale == "en"
