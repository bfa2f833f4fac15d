"""The counter in a real browser: written down, printed on one sheet, and on a phone."""

import io

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from portal.core import clock
from portal.models import Role
from portal.services import sessions
from tests.factories import make_agency, make_user


@pytest.fixture
def sit(live_server, new_page):
    """Open a page as an officer."""

    def open_(**options) -> Page:
        with live_server.arrange():
            token = sessions.start(make_user(Role.OFFICER, make_agency()), at=clock.now(), hours=1)
        app = live_server.app
        signer = app.session_interface.get_signing_serializer(app)
        page = new_page(**options)
        cookie = signer.dumps({"_user_id": token, "_fresh": True})
        page.context.add_cookies(
            [{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": live_server.url}]
        )
        return page

    return open_


def write_down(page: Page) -> None:
    page.goto("/meja/loket")
    page.get_by_role("radio", name="Telepon").check()
    page.get_by_role("radio", name="Masalah").check()
    page.get_by_label("Isi, dengan kata-kata warga").fill("Talud di ujung gang longsor sejak Minggu malam.")
    page.get_by_role("combobox", name="Kelurahan").select_option(label="Tidak tahu")


def test_an_officer_writes_down_and_prints_a_receipt_on_one_sheet(sit, axe):
    page = sit(viewport={"width": 1366, "height": 768})
    write_down(page)
    page.get_by_role("button", name="Kirim dan buat tanda terima").click()
    expect(page.get_by_text("Pilih bagaimana warga menyetujui")).to_have_count(2)
    expect(page.get_by_label("Isi, dengan kata-kata warga")).to_have_value(
        "Talud di ujung gang longsor sejak Minggu malam."
    )
    assert axe(page) == []
    page.get_by_role("radio", name="Lisan").check()
    page.get_by_role("button", name="Kirim dan buat tanda terima").click()
    expect(page.get_by_role("heading", name="Tanda terima kiriman")).to_be_visible()
    expect(page.get_by_role("button", name="Cetak")).to_be_visible()
    assert axe(page) == []
    for paper in ("A4", "A5"):
        assert len(pikepdf.open(io.BytesIO(page.pdf(format=paper))).pages) == 1
    page.get_by_role("button", name="Selesai, warga berikutnya").click()
    expect(page.get_by_label("Isi, dengan kata-kata warga")).to_have_value("")


def test_the_form_and_the_receipt_fit_a_phone(sit):
    page = sit(viewport={"width": 320, "height": 740})
    write_down(page)
    page.get_by_role("radio", name="Lisan").check()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("button", name="Kirim dan buat tanda terima").click()
    expect(page.get_by_role("heading", name="Tanda terima kiriman")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
