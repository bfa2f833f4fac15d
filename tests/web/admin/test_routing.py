"""Routing rules in the administration: written, tried, put in order; days to answer by kind."""

import re
from collections.abc import Callable

import pytest

from portal.core.clock import now
from portal.models import (
    Kind,
    Role,
    RoutingOutcome,
    RoutingRule,
    ServiceLevel,
    SuggestionSource,
)
from portal.queries import routing
from portal.services import pages
from portal.web.public.receipt import next_steps
from tests import factories as make
from tests.support.client import PageClient
from tests.support.html import text_of


@pytest.fixture
def signed_in(db, new_client) -> Callable[[Role], PageClient]:
    def enter(role: Role) -> PageClient:
        client = new_client()
        make.sign_in(client, make.make_user(role))
        return client

    return enter


@pytest.fixture
def admin(signed_in) -> PageClient:
    return signed_in(Role.ADMIN)


@pytest.fixture
def agency(db):
    return make.make_agency()


def rule(db, name: str = "Lampu", **fields) -> RoutingRule:
    row = make.make_rule(name=name, **fields)
    db.session.commit()
    return row


def fields(**given) -> dict[str, object]:
    """Return what the form posts; `given` changes it."""
    return {"name": "Lampu jalan", "version": 1, "active": "y", "try_kind": "problem"} | given


def names(db) -> list[str]:
    db.session.expire_all()
    return [row.name for row in routing.rules()]


PAGES = ("/aturan", "/aturan/baru", "/aturan/coba", "/saran", "/waktu-jawab")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_draws_empty_in_both_languages(admin, page):
    for prefix in ("", "/en"):
        assert admin.get(f"{prefix}/admin{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_nobody_but_admins_sees_them(signed_in, page):
    for role in (Role.TRIAGE, Role.COMPETENCY):
        assert signed_in(role).get(f"/admin{page}").status_code == 404


def test_a_rule_is_added_and_shown_in_words(db, admin, agency):
    officer = make.make_user(Role.OFFICER, agency)
    db.session.commit()
    done = admin.post(
        "/admin/aturan/baru",
        data=fields(words="lampu jalan\npadam,", kind="problem", agency_id=agency.id, officer_id=officer.id,
                    priority="2", ward_code=make.a_ward().code),
    )  # fmt: skip
    assert done.status_code == 303
    row = routing.rules()[0]
    assert (row.words, row.kind, row.agency_id, row.priority) == (
        "lampu jalan, padam",
        Kind.PROBLEM,
        agency.id,
        2,
    )
    said = text_of(admin.get("/admin/aturan"))
    assert "Bila: kata lampu jalan, padam; jenis Masalah; kelurahan" in said
    assert f"Maka: {agency.short_id}, petugas {officer.name}, prioritas mendesak." in said
    assert "Aturan" in text_of(admin.get("/admin/catatan"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ""}, "Tulis nama aturan."),
        ({"words": "lampu, yang, di"}, "Kata ini terlalu umum: yang, di."),
        ({"agency_id": ""}, "Pilih sedikitnya satu hal yang disarankan."),
        ({"agency_id": "999999"}, "Pilih salah satu dari daftar."),
        ({"kind": "ngawur"}, "Pilih salah satu dari daftar."),
        ({"priority": "7"}, "Pilih salah satu dari daftar."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(db, admin, agency, given, message):
    db.session.commit()
    page = admin.post("/admin/aturan/baru", data=fields(agency_id=agency.id, **{"words": "lampu"} | given)
                      if "agency_id" not in given else fields(words="lampu", **given))  # fmt: skip
    assert page.status_code == 422
    assert message in text_of(page)
    assert "lampu" in page.get_data(as_text=True)
    assert names(db) == []


def test_an_officer_belongs_to_the_agency_and_a_ward_to_its_district(db, admin, agency):
    elsewhere = make.make_user(Role.OFFICER, make.make_agency())
    db.session.commit()
    page = admin.post("/admin/aturan/baru", data=fields(agency_id=agency.id, officer_id=elsewhere.id))
    assert "Petugas ini bukan dari dinas yang dipilih." in text_of(page)
    page = admin.post("/admin/aturan/baru", data=fields(officer_id=elsewhere.id))
    assert "Pilih juga dinas petugas ini." in text_of(page)
    wards = {ward.district_code: ward for ward in db.session.scalars(make.select(make.Ward))}
    one, two = list(wards.values())[:2]
    page = admin.post(
        "/admin/aturan/baru",
        data=fields(agency_id=agency.id, ward_code=one.code, district_code=two.district_code),
    )
    assert "Kelurahan ini bukan di kecamatan itu." in text_of(page)


def test_a_name_is_used_once(db, admin, agency):
    rule(db, agency_id=agency.id)
    page = admin.post("/admin/aturan/baru", data=fields(name="Lampu", agency_id=agency.id))
    assert page.status_code == 422
    assert "Nama ini sudah dipakai aturan lain." in text_of(page)


def test_two_admins_see_both_versions_and_nothing_is_lost(db, admin, signed_in, agency):
    row = rule(db, words="lampu", agency_id=agency.id)
    other = signed_in(Role.ADMIN)
    path = f"/admin/aturan/{row.id}"
    assert other.post(path, data=fields(name="Lampu", words="obor", agency_id=agency.id)).status_code == 303
    page = admin.post(path, data=fields(name="Lampu kota", words="lentera", agency_id=agency.id))
    assert page.status_code == 409
    said = text_of(page)
    assert "Aturan ini sudah diubah" in said
    assert "Isian Anda: lentera Tersimpan: obor" in said
    assert "Isian Anda: Lampu kota Tersimpan: Lampu" in said
    assert 'name="version" type="hidden" value="2"' in page.get_data(as_text=True)
    assert names(db) == ["Lampu"]
    again = fields(name="Lampu kota", words="lentera", agency_id=agency.id, version=2)
    assert admin.post(path, data=again).status_code == 303
    assert names(db) == ["Lampu kota"]


def test_a_save_without_a_version_overwrites_nothing(db, admin, agency):
    row = rule(db, agency_id=agency.id)
    page = admin.post(f"/admin/aturan/{row.id}", data=fields(version="", agency_id=agency.id))
    assert page.status_code == 422
    assert names(db) == ["Lampu"]


def test_rules_are_put_in_order_switched_and_deleted(db, admin, agency):
    one, two = rule(db, "Satu", agency_id=agency.id), rule(db, "Dua", agency_id=agency.id)
    assert admin.post(f"/admin/aturan/{two.id}/geser", data={"arah": "naik"}).status_code == 303
    assert names(db) == ["Dua", "Satu"]
    admin.post(f"/admin/aturan/{two.id}/geser", data={"arah": "turun"})
    assert names(db) == ["Satu", "Dua"]
    admin.post(f"/admin/aturan/{one.id}/berlaku", data={"active": "0"})
    assert "Dimatikan" in text_of(admin.get("/admin/aturan"))
    admin.post(f"/admin/aturan/{one.id}/hapus")
    assert names(db) == ["Dua"]


@pytest.mark.parametrize("what", ["", "/geser", "/berlaku", "/hapus"])
def test_a_rule_there_is_not_cannot_be_changed(db, admin, what):
    for number in (999_999, 2**40):
        assert admin.post(f"/admin/aturan/{number}{what}", data=fields()).status_code == 404


# --- trying -------------------------------------------------------------------------------------------


def test_an_unsaved_rule_is_tried_together_with_those_that_count(db, admin, agency):
    other = make.make_agency()
    rule(db, "Umum", agency_id=other.id)
    page = admin.post(
        "/admin/aturan/baru",
        data=fields(words="lampu, gelap", agency_id=agency.id, priority="1", coba="1",
                    try_text="Lampunya mati, gelap sekali."),
    )  # fmt: skip
    assert page.status_code == 200
    said = text_of(page)
    assert "1. Aturan “Umum”: untuk semua kiriman." in said
    assert "2. Aturan “Lampu jalan”: kata lampu, gelap. aturan ini" in said
    assert f"{other.short_id} . Aturan “Umum”: untuk semua kiriman." in said
    assert "prioritas tinggi . Aturan “Lampu jalan”" in said
    assert names(db) == ["Umum"]
    assert "Lampunya mati, gelap sekali." in page.get_data(as_text=True)


def test_an_unsaved_change_is_tried_in_its_place_and_may_not_fit(db, admin, agency):
    row = rule(db, words="lampu", agency_id=agency.id)
    page = admin.post(
        f"/admin/aturan/{row.id}",
        data=fields(name="Lampu", words="sampah", agency_id=agency.id, coba="1", try_text="Lampu mati"),
    )
    assert "Aturan ini tidak cocok dengan teks itu." in text_of(page)
    db.session.refresh(row)
    assert (row.words, row.version) == ("lampu", 1)


def test_all_rules_are_tried_with_kind_category_and_ward(db, admin, agency):
    category = make.make_category()
    ward = make.a_ward()
    rule(db, kind=Kind.IDEA, category_id=category.id, ward_code=ward.code, agency_id=agency.id)
    data = {"try_text": "Taman baru", "try_kind": "idea", "try_category": category.id, "try_ward": ward.code}
    said = text_of(admin.post("/admin/aturan/coba", data=data))
    assert f"Aturan “Lampu”: jenis Ide, kategori {category.name_id}, kelurahan {ward.name}." in said
    assert "Tidak ada aturan yang cocok." in text_of(
        admin.post("/admin/aturan/coba", data=data | {"try_kind": "problem"})
    )
    assert admin.post("/admin/aturan/coba", data={"try_kind": "ngawur"}).status_code == 422


def test_what_is_not_at_work_is_warned_of_and_can_still_be_looked_at(db, admin, agency):
    category, officer = make.make_category(), make.make_user(Role.OFFICER, agency)
    row = rule(db, agency_id=agency.id, officer_id=officer.id, set_category_id=category.id)
    category.active = officer.active = False
    db.session.commit()
    said = text_of(admin.get("/admin/aturan"))
    assert "Kategori yang disarankan tidak aktif" in said
    assert "Petugasnya tidak bertugas di dinas itu" in said
    page = admin.get(f"/admin/aturan/{row.id}")
    assert "(tidak aktif)" in text_of(page)
    assert "Petugasnya tidak bertugas" in text_of(page)
    agency.active = False
    pages.touch_reference()
    db.session.commit()
    assert "Dinasnya tidak aktif" in text_of(admin.get("/admin/aturan"))
    kept = fields(name="Lampu", agency_id=agency.id, officer_id=officer.id, set_category_id=category.id)
    assert admin.post(f"/admin/aturan/{row.id}", data=kept).status_code == 303


# --- how good they are --------------------------------------------------------------------------------


def _outcomes(db, row: RoutingRule | None, source: SuggestionSource, kept: int, refused: int) -> None:
    for number in range(kept + refused):
        outcome = RoutingOutcome(submission_id=make.make_case().id, at=now(), source=source)
        outcome.rule_id = None if row is None else row.id
        outcome.agency_kept = None if source is SuggestionSource.NONE else number < kept
        db.session.add(outcome)
    db.session.commit()


def test_numbers_say_what_to_do_with_each_origin(db, admin, signed_in, agency):
    row = rule(db, words="lampu", agency_id=agency.id)
    _outcomes(db, row, SuggestionSource.RULE, 3, 7)
    _outcomes(db, None, SuggestionSource.SIMILAR, 9, 1)
    _outcomes(db, None, SuggestionSource.CATEGORY, 1, 1)
    _outcomes(db, None, SuggestionSource.NONE, 0, 2)
    for page in (admin.get("/admin/saran"), signed_in(Role.TRIAGE).get("/meja/saran")):
        said = text_of(page)
        assert "Aturan ini sering ditolak: 3 dari 10 dipakai." in said
        assert "Dapat diandalkan: 9 dari 10 dipakai." in said
        assert "Belum cukup untuk dinilai." in said
        assert "2 kiriman diteruskan tanpa saran." in said
        assert re.search(r"SB-\d{4}-", said) is None
    assert f'href="/admin/aturan/{row.id}"' in admin.get("/admin/saran").get_data(as_text=True)
    assert "/admin/" not in signed_in(Role.TRIAGE).get("/meja/saran").get_data(as_text=True)
    assert signed_in(Role.ADMIN).get("/meja/saran").status_code == 404


# --- days to answer -----------------------------------------------------------------------------------


def test_days_are_set_once_for_a_kind_and_category_and_taken_away(db, admin):
    category = make.make_category(name_id="Jalan")
    db.session.commit()
    for days in ("3", "4"):
        data = {"kind": "question", "category_id": category.id, "answer_days": days}
        assert admin.post("/admin/waktu-jawab", data=data).status_code == 303
    assert "Pertanyaan, Jalan : 4 hari kerja" in text_of(admin.get("/admin/waktu-jawab"))
    [number] = [row.id for row in routing.levels()]
    assert admin.post(f"/admin/waktu-jawab/{number}/hapus").status_code == 303
    db.session.expire_all()
    assert routing.levels() == []
    for gone in (number, 2**40):
        assert admin.post(f"/admin/waktu-jawab/{gone}/hapus").status_code == 404


@pytest.mark.parametrize("days", ["", "0", "121", "x"])
def test_days_that_make_no_sense_are_refused(db, admin, days):
    page = admin.post("/admin/waktu-jawab", data={"kind": "idea", "answer_days": days})
    assert page.status_code == 422
    assert db.session.query(ServiceLevel).count() == 0


def test_the_receipt_promises_the_days_that_were_chosen(app, db, admin):
    case = make.make_case(kind=Kind.QUESTION)  # received on Monday the 9th, verified by Thursday the 12th
    db.session.commit()
    with app.test_request_context():
        assert next_steps(case) == ["Kamis, 12 November 2026", "Kamis, 26 November 2026"]
    admin.post("/admin/waktu-jawab", data={"kind": "question", "category_id": "", "answer_days": "2"})
    with app.test_request_context():
        assert next_steps(case) == ["Kamis, 12 November 2026", "Senin, 16 November 2026"]


def test_the_pages_say_that_set_deadlines_stay(admin):
    for page in ("hari-libur", "waktu-jawab"):
        assert "Batas waktu yang sudah ditetapkan tidak berubah" in text_of(admin.get(f"/admin/{page}"))
