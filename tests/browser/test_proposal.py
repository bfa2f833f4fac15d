"""The whole proposal of a tourism package, on a small phone without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from portal.core.database import db
from portal.models import Proposal
from tests.factories import a_ward
from tests.support.pictures import pdf


@pytest.fixture
def ward(live_server) -> str:
    with live_server.arrange():
        return a_ward().name


def go_on(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
    with page.expect_navigation():  # the next measure must be of the next page
        page.get_by_role("button", name="Lanjutkan").last.click()


def test_a_package_is_proposed_at_360_pixels_without_javascript(new_page, live_server, ward, tmp_path):
    letter = tmp_path / "konsep.pdf"
    source = pdf()
    letter.write_bytes(source.getvalue() if hasattr(source, "getvalue") else source)
    page = new_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.goto("/usaha")
    page.get_by_role("link", name="Mulai usulan").click()
    page.wait_for_url("**/usaha/kemitraan/1*")
    go_on(page)
    expect(page.locator("#error-summary")).to_contain_text("Tulis nama usaha Anda")
    page.get_by_role("radio", name="Paket wisata").check()
    page.locator("#name").fill("Perahu Contoh")
    page.locator("#kind").select_option("boat")
    page.locator("#ward").select_option(ward)
    page.get_by_label("Nama yang dihubungi").fill("Orang Contoh")
    page.locator("#email").fill("usaha@contoh.id")
    go_on(page)
    page.get_by_label("Judul").fill("Sehari di pulau")
    page.get_by_role("radio", name="Wisata bahari").check()
    page.get_by_label("Latar belakang").fill("Berlayar pelan melewati bagan nelayan.")
    page.get_by_label("Manfaat bagi warga").fill("Tiga keluarga mendapat penghasilan.")
    go_on(page)
    page.locator("#route_0_time").fill("8")
    page.locator("#route_0_place").fill("Pelabuhan Lama")
    page.get_by_role("button", name="Tambah pemberhentian").click()
    expect(page.locator("#route_0_place")).to_have_value("Pelabuhan Lama")
    page.locator("#route_3_time").fill("15.30")
    page.locator("#route_3_place").fill("Kembali")
    go_on(page)
    page.get_by_label("Lama (jam)").fill("7,5")
    page.get_by_label("Tamu paling sedikit").fill("6")
    page.get_by_label("Tamu paling banyak").fill("12")
    go_on(page)
    page.get_by_label("Harga per orang").fill("225.000")
    page.locator("#guide").fill("Orang kedua")
    go_on(page)
    page.get_by_label("Alat keselamatan").fill("Jaket pelampung")
    page.get_by_label("Bagian untuk masyarakat").fill("Rp 10.000 per tamu")
    page.get_by_role("radio", name="Sedang").check()
    go_on(page)
    page.locator("#concept").set_input_files(letter)
    page.get_by_role("checkbox", name="Pemandu").check()
    go_on(page)
    expect(page.get_by_text("1 berkas, 1 rahasia")).to_be_visible()
    expect(page.get_by_text("Rahasia usaha").first).to_be_visible()
    page.get_by_role("button", name="Kirim usulan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sudah kami terima")
    first = page.locator(".reference").all_text_contents()
    page.reload()
    assert page.locator(".reference").all_text_contents() == first
    page.get_by_role("link", name="Lihat halaman publik").click()
    expect(page.get_by_text("15.30")).to_be_visible()
    assert "Orang kedua" not in page.content()
    with live_server.arrange():
        proposal = db.session.query(Proposal).one()
        assert proposal.proprietary == ["guide"]
        assert len(proposal.data["route"]) == 2
