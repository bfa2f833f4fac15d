"""A phone that loses its line: what was written is sent when there is one again, once."""

import pytest
from playwright.sync_api import Page, expect

from portal.core.database import db
from portal.models import Submission
from tests.factories import a_ward, make_case

TEXT = "Jembatan papan di Aek Habil lapuk, anak sekolah lewat situ setiap pagi."


@pytest.fixture
def ward(live_server) -> str:
    with live_server.arrange():
        return a_ward().name


@pytest.fixture
def phone(new_page) -> Page:
    """A phone on which the portal's worker is at work."""
    page = new_page(service_workers="allow")
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # from now on the worker answers
    page.evaluate("navigator.serviceWorker.controller !== null")
    return page


def fill(page: Page, ward: str) -> None:
    page.get_by_label("Masalah").check()
    page.get_by_label("Ceritakan dengan kata-kata Anda").fill(TEXT)
    page.get_by_label("Kelurahan").select_option(ward)


def test_a_story_written_without_a_line_is_sent_once_when_it_is_back(phone, live_server, ward, axe):
    phone.context.set_offline(True)
    phone.goto("/kirim/1")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Tulis dan kirim nanti")
    fill(phone, ward)
    phone.get_by_role("button", name="Kirim sekarang").click()
    expect(phone.get_by_text("Tersimpan di HP ini. Terkirim sendiri begitu ada sinyal.")).to_be_visible()
    expect(phone.get_by_text("Menunggu sinyal.")).to_be_visible()
    assert axe(phone) == []
    phone.reload()
    expect(phone.get_by_text("Menunggu sinyal.")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_text("Sudah diterima. Kode lacak:")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("Sudah diterima. Kode lacak:")).to_be_visible()
    with live_server.arrange():
        assert [case.body for case in db.session.query(Submission)] == [TEXT]


def test_a_press_that_meets_no_line_leads_to_the_page_that_has_the_story(phone, ward):
    phone.goto("/kirim/1")
    phone.get_by_label("Masalah").check()
    phone.get_by_label("Ceritakan dengan kata-kata Anda").fill(TEXT)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Lanjutkan").last.click()
    phone.get_by_role("button", name="Lanjutkan").last.click()  # the first press only warns
    expect(phone.get_by_role("heading", level=1)).to_have_text("Tulis dan kirim nanti")
    expect(phone.get_by_label("Ceritakan dengan kata-kata Anda")).to_have_value(TEXT)


def test_a_page_read_before_can_be_read_again_and_a_private_one_cannot(phone, live_server):
    with live_server.arrange():
        case = make_case(text_public=True)
        reference, title = case.reference, case.title
    phone.goto(f"/k/{reference}")
    phone.goto("/masuk")
    phone.context.set_offline(True)
    phone.goto(f"/k/{reference}")
    expect(phone.get_by_role("heading", level=1)).to_have_text(title)
    phone.goto("/masuk")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Tidak ada sambungan internet")


def test_one_press_clears_what_this_phone_keeps(phone, ward):
    phone.context.set_offline(True)
    phone.goto("/kirim/luring")
    fill(phone, ward)
    phone.get_by_role("button", name="Kirim sekarang").click()
    expect(phone.get_by_text("Menunggu sinyal.")).to_be_visible()
    phone.goto("/penyimpanan")
    expect(phone.locator("[data-kept=waiting]")).to_have_text("1")
    phone.get_by_role("button", name="Hapus semua dari HP ini").click()
    expect(phone.get_by_text("Sudah dihapus dari HP ini.")).to_be_visible()
    expect(phone.locator("[data-kept=waiting]")).to_have_text("0")
