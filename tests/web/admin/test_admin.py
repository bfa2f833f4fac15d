"""The administration: who gets in, what it changes, and what it never shows."""

from collections.abc import Callable

import pytest

from portal.core.clock import now
from portal.models import AccessLog, Holiday, Premoderation, Recipient, Role, Status, User
from portal.queries import administration as listed
from portal.queries import reference
from portal.services import audit, outbox
from tests import factories as make
from tests.support.client import PageClient
from tests.support.html import text_of


@pytest.fixture
def signed_in(db, new_client) -> Callable[..., PageClient]:
    def enter(user: User) -> PageClient:
        client = new_client()
        make.sign_in(client, user)
        return client

    return enter


@pytest.fixture
def me(db) -> User:
    return make.make_user(Role.ADMIN)


@pytest.fixture
def admin(me, signed_in) -> PageClient:
    return signed_in(me)


LISTS = [
    "",
    "/pengguna",
    "/dinas",
    "/kategori",
    "/hari-libur",
    "/lembaga",
    "/perencanaan",
    "/pengaturan",
    "/surat",
    "/catatan",
]


@pytest.mark.parametrize("page", [*LISTS, "/pengguna/baru", "/dinas/baru", "/kategori/baru", "/lembaga/baru"])
def test_every_page_draws_in_both_languages(admin, page):
    for prefix in ("", "/en"):
        assert admin.get(f"{prefix}/admin{page}").status_code == 200


def test_an_admin_alone_sees_no_desk_and_no_case(db, admin):
    case = make.make_case(status=Status.ASSIGNED)
    db.session.commit()
    for path in ("/meja", "/meja/antrean/semua", f"/meja/k/{case.reference}", "/meja/program"):
        assert admin.get(path).status_code == 404


def test_no_page_shows_what_a_citizen_wrote(app, db, admin):
    case = make.make_case(title="Lampu padam di gang kecil", body="Sudah tiga malam gelap sekali di sini.")
    outbox.queue("receipt", to=Recipient.REPORTER, recipient_id=case.id, case=case, at=now())
    db.session.commit()
    for page in LISTS:
        text = admin.get(f"/admin{page}").text
        for secret in ("Lampu padam", "tiga malam", case.reference):
            assert secret not in text, page


def test_a_mail_shows_its_envelope_only(app, db, admin):
    user = make.make_user(email="rosma.panjang@contoh.example")
    outbox.queue(
        "password_reset", to=Recipient.USER, recipient_id=user.id, at=now(),
        data=outbox.sealed(app.extensions["seal"], "rahasia"),
    )  # fmt: skip
    db.session.commit()
    text = admin.get("/admin/surat").text
    assert "Kata sandi baru" in text
    assert "r***@" in text
    assert "rosma.panjang" not in text
    assert "rahasia" not in text.replace("dirahasiakan", "")
    assert "Tidak ada surat" in admin.get("/admin/surat?status=failed").text
    assert admin.get("/admin/surat?status=ngawur&after=ngawur").status_code == 200


# --- users --------------------------------------------------------------------------------------------


def test_a_user_is_added_with_a_role_and_gets_a_link(db, admin):
    agency = make.make_agency()
    db.session.commit()
    answer = admin.post(
        "/admin/pengguna/baru",
        data={
            "name": "Hotman Contoh", "email": "Hotman@Contoh.Example", "role": "officer", "agency": agency.id,
            "publisher": "y", "active": "0", "password_hash": "x",
        },
    )  # fmt: skip
    assert answer.status_code == 303
    user = db.session.query(User).filter_by(email="hotman@contoh.example").one()
    assert [(s.role, s.agency_id, s.publisher) for s in user.memberships] == [(Role.OFFICER, agency.id, True)]
    assert (user.password_hash, user.active) == ("!", True)
    assert "Akun dibuat" in admin.get(answer.headers["Location"]).text
    assert "h***@" in admin.get("/admin/surat").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Tulis namanya."),
        ({"email": "bukan"}, "alamat e-mail yang lengkap"),
        ({"role": "officer", "agency": ""}, "Pilih dinas untuk petugas"),
        ({"role": "raja"}, "Pilih salah satu dari daftar."),
        ({"email": "ada@contoh.example"}, "sudah punya akun"),
    ],
)
def test_what_is_wrong_with_a_new_user_is_said(db, admin, change, words):
    make.make_user(email="ada@contoh.example")
    data = {"name": "Mutiara", "email": "m@contoh.example", "role": "triage", "agency": ""} | change
    page = admin.post("/admin/pengguna/baru", data=data)
    assert page.status_code == 422
    assert words in page.text
    assert 'id="error-summary"' in page.text
    assert db.session.query(User).filter_by(name="Mutiara").count() == 0


def test_users_are_found_by_name_and_listed_in_pages(db, admin):
    for number in range(60):
        make.make_user(name=f"Warga {number:02}")
    make.make_user(name="100% Unik_")
    first = admin.get("/admin/pengguna").text
    assert "Berikutnya" in first
    assert "100% Unik_" in admin.get("/admin/pengguna?q=100%25").text
    assert "Warga 01" not in admin.get("/admin/pengguna?q=100%25").text
    assert "Tidak ada pengguna yang cocok" in admin.get("/admin/pengguna?q=tidakada").text
    seen, path = [], "/admin/pengguna?q=Warga"
    import re

    while path:
        text = admin.get(path).text
        seen += re.findall(r">(Warga \d\d)<", text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        path = following and following[1].replace("&amp;", "&")
    assert seen == [f"Warga {number:02}" for number in range(60)]


def test_a_role_that_is_taken_ends_with_the_next_request(db, admin, signed_in):
    user = make.make_user(Role.TRIAGE)
    desk = signed_in(user)
    assert desk.get("/meja").status_code == 200
    seat = user.memberships[0].id
    assert admin.post(f"/admin/pengguna/{user.id}/peran/{seat}/cabut").status_code == 303
    assert desk.get("/meja").status_code == 404
    assert db.session.query(AccessLog).filter_by(what="role_revoked").count() == 1
    assert "Peran dicabut" in admin.get("/admin/catatan").text


def test_a_closed_account_is_out_at_once_and_stays_out(db, admin, signed_in):
    user = make.make_user(Role.TRIAGE)
    desk = signed_in(user)
    assert admin.post(f"/admin/pengguna/{user.id}/aktif", data={"active": "0"}).status_code == 303
    assert desk.get("/meja").status_code == 303
    assert admin.post(f"/admin/pengguna/{user.id}/aktif", data={"active": "1"}).status_code == 303
    assert desk.get("/meja").status_code == 303


def test_the_last_admin_is_told_why_not(admin, me, db):
    page = admin.post(f"/admin/pengguna/{me.id}/aktif", data={"active": "0"})
    assert page.status_code == 422
    assert "admin terakhir" in page.text
    page = admin.post(f"/admin/pengguna/{me.id}/peran/{me.memberships[0].id}/cabut")
    assert page.status_code == 422
    assert admin.get("/admin").status_code == 200


def test_an_admin_gives_themselves_nothing(admin, me, db):
    page = admin.post(f"/admin/pengguna/{me.id}/peran", data={"role": "triage", "agency": ""})
    assert page.status_code == 422
    assert admin.get("/meja").status_code == 404


def test_a_role_given_works_at_once(db, admin, signed_in):
    user, agency = make.make_user(), make.make_agency()
    db.session.commit()
    desk = signed_in(user)
    assert desk.get("/meja").status_code == 404
    data = {"role": "head", "agency": agency.id}
    assert admin.post(f"/admin/pengguna/{user.id}/peran", data=data).status_code == 303
    assert desk.get("/meja").status_code == 200
    assert admin.post(f"/admin/pengguna/{user.id}/peran", data=data).status_code == 422


def test_a_name_is_corrected_and_a_link_sent_again(db, admin):
    user = make.make_user()
    path = f"/admin/pengguna/{user.id}"
    assert admin.post(f"{path}/nama", data={"name": " "}).status_code == 422
    assert admin.post(f"{path}/nama", data={"name": "Nama Benar"}).status_code == 303
    assert admin.post(f"{path}/tautan").status_code == 303
    assert "Nama Benar" in admin.get(path).text


@pytest.mark.parametrize("number", [999_999, 2**31, 2**70])
def test_what_does_not_exist_is_not_found(admin, number):
    for path in ("pengguna", "dinas", "kategori", "lembaga"):
        assert admin.get(f"/admin/{path}/{number}").status_code == 404
    assert admin.post(f"/admin/pengguna/{number}/aktif").status_code == 404


# --- reference data -----------------------------------------------------------------------------------


def test_a_category_that_is_changed_is_remembered_anew(app, db, admin):
    category = make.make_category(name_id="Lama")
    db.session.commit()
    data = {
        "name_id": "Jalan baru", "name_en": "New roads", "agency_id": "", "answer_days": "7",
        "verify_first": "y", "words": "jalan aspal", "slug": "lain", "position": "0",
    }  # fmt: skip
    with app.test_request_context():
        reference.categories()
    assert admin.post(f"/admin/kategori/{category.id}", data=data).status_code == 303
    row = reference.categories()[category.id]
    assert (row.name_id, row.answer_days, row.verify_first, row.active) == ("Jalan baru", 7, True, False)
    assert row.slug == category.slug != "lain"


def premoderation_of(category) -> Premoderation:
    row = listed.category(category.id)
    assert row is not None
    return row.premoderation


def test_an_admin_says_whose_comments_wait_in_a_category(app, db, admin):
    category = make.make_category()
    data = {"name_id": "A", "name_en": "A", "agency_id": "", "answer_days": "7", "active": "y"}
    page = admin.post(f"/admin/kategori/{category.id}", data=data | {"premoderation": "first_timers"})
    assert page.status_code == 303
    assert premoderation_of(category) is Premoderation.FIRST_TIMERS
    assert '<option selected value="first_timers">' in admin.get(f"/admin/kategori/{category.id}").text
    # a form that does not name it changes nothing of it
    admin.post(f"/admin/kategori/{category.id}", data=data)
    assert premoderation_of(category) is Premoderation.FIRST_TIMERS
    for odd in ("sometimes", "", "OFF"):
        page = admin.post(f"/admin/kategori/{category.id}", data=data | {"premoderation": odd})
        assert page.status_code == 422, odd


def test_what_was_done_to_accounts_and_comments_is_listed_without_names_or_words(app, db, admin):
    seal = app.extensions["seal"]
    moderator, citizen = make.make_user(Role.TRIAGE, name="Tiur"), make.make_citizen(seal, name="Budi")
    comment = make.make_comment(make.make_case(), citizen, body="Kata kasar sekali")
    data = {"words": "Kata kasar sekali"}
    audit.note(
        "moderation_hide", "comment", comment.id, actor=make.actor(moderator), at=make.MONDAY, data=data
    )
    audit.note("account_made", "user", citizen.id, actor=make.actor(citizen), at=make.MONDAY)
    page = admin.get("/admin/catatan?daftar=kegiatan")
    said = text_of(page)
    assert f"Tiur Disembunyikan Komentar {comment.id}" in said
    assert "Warga atau sistem Akun warga dibuat" in said
    assert "Budi" not in page.text
    assert "kasar" not in page.text
    assert "Disembunyikan" not in text_of(admin.get("/admin/catatan"))


def test_the_list_of_what_was_done_goes_on_page_by_page(db, admin):
    for number in range(55):
        audit.note("close_thread", "thread", number + 1, actor=None, at=make.MONDAY)
    first = text_of(admin.get("/admin/catatan?daftar=kegiatan"))
    assert "Diskusi 55" in first
    assert "Diskusi 5 " not in first
    page = listed.audited()
    rest = text_of(admin.get(f"/admin/catatan?daftar=kegiatan&after={page.next_cursor}"))
    assert "Diskusi 5 " in rest
    assert admin.get("/admin/catatan?daftar=kegiatan&after=x").status_code == 200


@pytest.mark.parametrize("days", ["0", "-1", "1000", "satu", ""])
def test_days_to_answer_are_a_sensible_number(db, admin, days):
    category = make.make_category()
    data = {"name_id": "A", "name_en": "A", "agency_id": "", "answer_days": days, "active": "y"}
    page = admin.post(f"/admin/kategori/{category.id}", data=data)
    assert page.status_code == 422
    assert 'id="answer_days-error"' in page.text


def test_agencies_categories_and_institutions_are_added_once(admin):
    agency = {
        "code": "UJI",
        "name_id": "Uji",
        "name_en": "Test",
        "short_id": "U",
        "short_en": "T",
        "active": "y",
    }
    category = {"slug": "uji-coba", "name_id": "Uji", "name_en": "Test", "agency_id": "", "answer_days": "5"}
    institution = {"name_id": "Kementerian Uji", "name_en": "Ministry of Tests"}
    for path, data in (("dinas", agency), ("kategori", category), ("lembaga", institution)):
        assert admin.post(f"/admin/{path}/baru", data=data).status_code == 303, path
        assert data["name_id"] in admin.get(f"/admin/{path}").text
        again = admin.post(f"/admin/{path}/baru", data=data)
        assert again.status_code == 422, path
        assert "sudah" in again.text


def test_an_agency_and_an_institution_are_changed(db, admin):
    agency = make.make_agency()
    db.session.commit()
    page = admin.get(f"/admin/dinas/{agency.id}").text
    assert f'value="{agency.name_id}"' in page
    data = {
        "name_id": "Baru",
        "name_en": "New",
        "short_id": "B",
        "short_en": "N",
        "code": "LAIN",
        "active": "y",
    }
    assert admin.post(f"/admin/dinas/{agency.id}", data=data).status_code == 303
    row = reference.agencies()[agency.id]
    assert (row.name_id, row.code) == ("Baru", agency.code)
    one = reference.institutions()[0]
    data = {"name_id": "Lembaga Baru", "name_en": "New Institution"}
    assert admin.post(f"/admin/lembaga/{one.id}", data=data).status_code == 303
    assert "Lembaga Baru" in {row.name_id for row in reference.institutions()}


def test_a_day_off_counts_at_once_and_can_be_taken_back(db, admin):
    data = {"day": "2026-11-11", "name_id": "Hari jadi", "name_en": "City day"}
    assert admin.post("/admin/hari-libur", data=data).status_code == 303
    assert admin.post("/admin/hari-libur", data=data).status_code == 422
    assert not reference.calendar().is_working_day(make.at(11).date())
    assert admin.post("/admin/hari-libur/2026-11-11/hapus").status_code == 303
    assert db.session.query(Holiday).filter_by(day=make.at(11).date()).count() == 0
    assert reference.calendar().is_working_day(make.at(11).date())
    assert admin.post("/admin/hari-libur/2026-11-11/hapus").status_code == 404
    assert admin.post("/admin/hari-libur/kemarin/hapus").status_code == 404


def test_the_box_of_places_is_a_setting(admin):
    data = {"south": "1.6", "west": "98.5", "north": "1.8", "east": "98.9"}
    assert admin.post("/admin/pengaturan", data=data).status_code == 303
    assert reference.setting("place_box", [0.0]) == [1.6, 98.5, 1.8, 98.9]
    assert admin.post("/admin/pengaturan", data=data | {"north": "1.5"}).status_code == 422
    assert admin.post("/admin/pengaturan", data=data | {"east": "nan"}).status_code == 422


def test_another_site_cannot_press_a_button(db, admin):
    user = make.make_user(Role.TRIAGE)
    path = f"/admin/pengguna/{user.id}/aktif"
    answer = admin.post(path, data={"active": "0"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert user.active


# --- the head's page ----------------------------------------------------------------------------------


def test_a_head_lets_an_officer_publish(db, signed_in):
    agency, other = make.make_agency(), make.make_agency()
    officer, stranger = make.make_user(Role.OFFICER, agency), make.make_user(Role.OFFICER, other)
    head = signed_in(make.make_user(Role.HEAD, agency))
    page = head.get("/akun/dinas").text
    assert officer.name in page
    assert stranger.name not in page
    seat = officer.memberships[0]
    assert head.post(f"/akun/dinas/{seat.id}", data={"publisher": "1"}).status_code == 303
    assert "boleh menerbitkan jawaban" in head.get("/akun/dinas").text
    db.session.refresh(seat)
    assert seat.publisher
    foreign = stranger.memberships[0].id
    assert head.post(f"/akun/dinas/{foreign}", data={"publisher": "1"}).status_code == 404
    assert signed_in(officer).post(f"/akun/dinas/{seat.id}", data={"publisher": "1"}).status_code == 404


@pytest.mark.parametrize(
    "path", ["perencanaan/{}", "perencanaan/langkah/{}/hapus", "perencanaan/{}/hapus", "dinas/{}"]
)
def test_no_row_has_a_number_that_large(admin, path):
    for number in (2**31, 2**70):
        answer = admin.post(f"/admin/{path.format(number)}")
        assert answer.status_code == 404
