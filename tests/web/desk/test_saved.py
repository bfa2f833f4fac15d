"""Filters kept under a name: whose they are, who sees them, and what becomes of old ones."""

import re
from html import unescape

import pytest

from portal.core.database import db
from portal.models import Role, SavedFilter
from portal.queries import saved_filters
from portal.rules.saved_filters import MOST_EACH
from portal.services import saved_filters as service
from portal.services.errors import NotPermitted
from tests.factories import MONDAY, actor, make_agency, make_case, make_user

KEEP = "/meja/saringan?antrean=all&status=assigned&tenggat=lewat"


def rail(response) -> dict[str, str]:
    page = response.get_data(as_text=True).split('<nav class="rail"')[1].split("</nav>")[0]
    links = page.split("Saringan tersimpan</h2>")[1]
    return {name: unescape(url) for url, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', links)}


def names(desk) -> set[str]:
    return set(rail(desk.get("/meja"))) - {"Kelola saringan"}


def keep(desk, name: str = "Lewat batas kami", scope: str = "saya", address: str = KEEP):
    return desk.post(address, name=name, scope=scope)


def test_a_filter_is_kept_and_opens_again_from_the_rail(officer):
    answer = keep(officer)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/meja/antrean/all?status=assigned&tenggat=lewat"
    page = officer.get("/meja")
    assert "Saringan “Lewat batas kami” tersimpan." in page.get_data(as_text=True)
    address = rail(page)["Lewat batas kami"]
    assert address == "/meja/antrean/all?status=assigned&tenggat=lewat"
    opened = officer.get(address).get_data(as_text=True)
    assert 'aria-current="page">Lewat batas kami</a>' in opened


def test_the_list_offers_to_keep_its_filter_only_when_it_is_narrowed(officer):
    narrowed = officer.get("/meja/antrean/all?status=assigned&tenggat=lewat").get_data(as_text=True)
    assert f'href="{KEEP.replace("&", "&amp;")}"' in narrowed
    assert "Simpan saringan ini" not in officer.get("/meja/antrean/all").get_data(as_text=True)
    form = officer.get(KEEP).get_data(as_text=True)
    assert "Sedang ditangani" in form
    assert "lewat batas" in form


def test_a_persons_filter_is_theirs_alone(officer, head, triage):
    keep(officer)
    assert names(officer) == {"Lewat batas kami"}
    assert names(head) == names(triage) == set()


def test_an_agencys_filter_stands_with_its_staff_and_nobody_else(head, officer, agency, triage, at_desk):
    stranger = at_desk(Role.HEAD, make_agency())
    assert keep(head, scope=str(agency.id)).status_code == 303
    assert names(head) == names(officer) == {"Lewat batas kami"}
    assert names(stranger) == names(triage) == set()


def test_triage_keeps_filters_for_everybody(triage, officer, at_desk):
    assert keep(triage, scope="semua").status_code == 303
    assert names(officer) == names(at_desk(Role.HEAD, make_agency())) == {"Lewat batas kami"}


@pytest.mark.parametrize("scope", ["semua", "1", "agency", "", "x", "-1", "99999999999999999999"])
def test_an_officer_keeps_filters_for_nobody_else(officer, agency, scope):
    answer = keep(officer, scope=str(agency.id) if scope == "agency" else scope)
    assert answer.status_code == 422
    assert names(officer) == set()


def test_the_service_asks_the_same_rules(agency):
    one, boss = actor(make_user(Role.OFFICER, agency)), actor(make_user(Role.HEAD, agency))
    given = {"at": MONDAY, "name": "Coba", "queue": "all", "query": "status=done"}
    everybody, there = {"everybody": True}, {"agency_id": make_agency().id}
    for who, scope in ((one, {"agency_id": agency.id}), (one, everybody), (boss, everybody), (boss, there)):
        with pytest.raises(NotPermitted):
            service.keep(actor=who, **given, **scope)
    row = service.keep(actor=boss, **given, agency_id=agency.id)
    assert saved_filters.by_id(row.id, one) is row
    with pytest.raises(NotPermitted):
        service.rename(row, actor=one, name="Lain")
    with pytest.raises(NotPermitted):
        service.remove(row, actor=one)


def test_names_are_unique_for_each_owner_whatever_their_capitals(head, triage, agency):
    keep(head, "Lampu Padam")
    answer = keep(head, "lampu padam")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Nama ini sudah dipakai. Pilih nama lain." in page
    assert 'value="lampu padam"' in page
    assert keep(head, "Lampu padam", scope=str(agency.id)).status_code == 303
    assert keep(triage, "Lampu padam", scope="semua").status_code == 303
    assert keep(triage, "LAMPU PADAM", scope="semua").status_code == 422


def test_an_owner_keeps_at_most_thirty(officer):
    for number in range(MOST_EACH):
        db.session.add(
            SavedFilter(
                owner_id=officer.user_id, name=f"Saringan {number}", queue="all", query="status=done",
                created_at=MONDAY,
            )
        )  # fmt: skip
    db.session.commit()
    answer = keep(officer)
    assert answer.status_code == 422
    assert "Sudah ada 30 saringan" in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["", " ", "a", "x" * 61, "\u200b\u200b"])
def test_a_name_needs_two_letters_and_has_at_most_sixty(officer, name):
    assert keep(officer, name).status_code == 422


def test_an_unfiltered_list_and_a_very_long_filter_are_not_kept(officer):
    bare = keep(officer, address="/meja/saringan?antrean=all")
    assert bare.status_code == 422
    assert "Saring daftar lebih dahulu" in bare.get_data(as_text=True)
    numbers = ",".join(f"SB-2611-{a}{b}CD" for a in "ABCDEFGH" for b in "ABCDEFGH")
    long = keep(officer, address=f"/meja/saringan?antrean=all&nomor={numbers}")
    assert long.status_code == 422
    assert "terlalu panjang" in long.get_data(as_text=True)


def saved_id(name: str) -> int:
    return db.session.query(SavedFilter.id).filter_by(name=name).scalar()


def test_it_is_renamed_and_deleted_by_its_owner(officer):
    keep(officer)
    number = saved_id("Lewat batas kami")
    assert 'value="Lewat batas kami"' in officer.get("/meja/saringan").get_data(as_text=True)
    assert officer.post(f"/meja/saringan/{number}", name="Nama baru").status_code == 303
    assert names(officer) == {"Nama baru"}
    refused = officer.post(f"/meja/saringan/{number}", name="")
    assert refused.status_code == 422
    assert "Tulis nama, minimal 2 huruf." in refused.get_data(as_text=True)
    assert officer.post(f"/meja/saringan/{number}/hapus").status_code == 303
    assert names(officer) == set()


def test_renaming_to_a_taken_name_is_refused_and_keeps_what_was_typed(officer):
    keep(officer, "Satu")
    keep(officer, "Dua")
    answer = officer.post(f"/meja/saringan/{saved_id('Dua')}", name="SATU")
    assert answer.status_code == 422
    assert 'value="SATU"' in answer.get_data(as_text=True)
    assert names(officer) == {"Satu", "Dua"}


def test_others_can_neither_rename_nor_delete(officer, head, triage, agency, at_desk):
    keep(officer, "Punya petugas")
    keep(head, "Punya dinas", scope=str(agency.id))
    colleague = at_desk(Role.OFFICER, agency)
    for name, strangers in (("Punya petugas", (head, triage, colleague)), ("Punya dinas", (officer, triage))):
        number = saved_id(name)
        for stranger in strangers:
            assert stranger.post(f"/meja/saringan/{number}", name="Direbut").status_code == 404
            assert stranger.post(f"/meja/saringan/{number}/hapus").status_code == 404
    assert "Ubah atau hapus" not in colleague.get("/meja/saringan").get_data(as_text=True)
    assert names(officer) == {"Punya petugas", "Punya dinas"}
    assert officer.post(f"/meja/saringan/{2**40}/hapus").status_code == 404


def test_an_old_filter_whose_category_is_gone_still_opens_and_says_so(officer, agency):
    make_case(title="Tidak tampil, bukan dinas ini")
    db.session.add(
        SavedFilter(
            owner_id=officer.user_id, name="Lama", queue="hilang",
            query="kategori=sudah-dihapus&petugas=999999",
            created_at=MONDAY,
        )
    )  # fmt: skip
    db.session.commit()
    address = rail(officer.get("/meja"))["Lama"]
    answer = officer.get(address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "kategori:sudah-dihapus" in page
    assert "petugas:999999" in page
    assert officer.get("/meja/saringan").status_code == 200


def test_a_shared_filter_of_a_queue_that_others_have_not_opens_all_cases(triage, officer):
    keep(triage, "Terkirim", scope="semua", address="/meja/saringan?antrean=to_sort&status=received")
    assert rail(triage.get("/meja"))["Terkirim"] == "/meja/antrean/to_sort?status=received"
    assert rail(officer.get("/meja"))["Terkirim"] == "/meja/antrean/all?status=received"


def test_mine_means_the_reader_in_a_shared_filter(head, officer, agency):
    keep(head, "Milik pembaca", scope=str(agency.id), address="/meja/saringan?antrean=all&petugas=saya")
    assert rail(officer.get("/meja"))["Milik pembaca"] == "/meja/antrean/all?petugas=saya"


def test_an_empty_page_says_how_to_begin(officer):
    assert "Belum ada saringan tersimpan." in officer.get("/meja/saringan").get_data(as_text=True)


def test_many_saved_filters_cost_no_more_queries(officer, count_queries):
    keep(officer)
    officer.get("/meja")
    with count_queries() as few:
        officer.get("/meja")
        officer.get("/meja/saringan")
    for number in range(5):
        keep(officer, f"Saringan {number}", address=f"/meja/saringan?antrean=all&petugas={officer.user_id}")
    officer.get("/meja")
    with count_queries() as many:
        officer.get("/meja")
        officer.get("/meja/saringan")
    assert len(many) <= len(few) + 1  # the names of colleagues, once
