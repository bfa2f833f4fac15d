"""An answer in a real browser: from a template over the look ahead to the page, and what citizens say."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.models import Role, Status, User
from portal.services import sessions
from tests.factories import make_agency, make_case, make_template, make_user, tracking_code

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def case(live_server):
    """A case of an agency with a head and a template."""
    with live_server.arrange():
        agency = make_agency(name_id="Dinas Uji Dermaga", short_id="Dishub")
        make_user(Role.HEAD, agency, name="Kepala Dermaga", email="head@contoh.example")
        make_template(agency, title="Sudah diganti", text="Terima kasih {nama_sapaan}. [apa yang diganti]")
        made = make_case(Status.ASSIGNED, agency=agency, title="Lampu dermaga mati", received_at=clock.now())
        db.session.expunge(made)
    return made


@pytest.fixture
def head(live_server, new_page, case):
    """Open the case as the head: head(viewport=PHONE)."""

    def open_(**options) -> Page:
        with live_server.arrange():
            user = db.session.scalar(select(User).where(User.email == "head@contoh.example"))
            token = sessions.start(user, at=clock.now(), hours=1)
        app = live_server.app
        cookie = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token, "_fresh": True})
        page = new_page(**{"viewport": DESK} | options)
        page.context.add_cookies(
            [{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": live_server.url}]
        )
        page.goto(f"/meja/k/{case.reference}")
        return page

    return open_


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_from_a_template_to_the_reporters_word_without_javascript(head, new_page, case, axe, viewport):
    page = head(java_script_enabled=False, viewport=viewport)
    page.get_by_role("radio", name="Jawaban publik").check()
    page.get_by_role("textbox", name="Jawaban publik").fill("Selamat pagi.")
    page.get_by_label("Mulai dari templat").select_option("Sudah diganti")
    page.get_by_role("button", name="Pakai templat").click()
    text = page.get_by_role("textbox", name="Jawaban publik")
    assert text.input_value() == "Selamat pagi.\n\nTerima kasih Bapak/Ibu. [apa yang diganti]"
    page.get_by_role("button", name="Pratinjau").click()
    assert page.get_by_text("Masih ada yang belum diisi: [apa yang diganti].").first.is_visible()
    text.fill("Terima kasih Bapak/Ibu. Dua lampu sudah diganti.")
    page.get_by_role("button", name="Pratinjau").click()
    assert page.get_by_text("Belum tayang.").is_visible()
    mail = page.frame_locator("iframe").get_by_role("blockquote")
    assert mail.inner_text() == "Terima kasih Bapak/Ibu. Dua lampu sudah diganti."
    # the mail looks as in a mail program: its own styles are read
    assert mail.evaluate("quote => getComputedStyle(quote).borderLeftWidth") == "4px"
    page.get_by_role("button", name="Ubah lagi").click()
    assert text.input_value() == "Terima kasih Bapak/Ibu. Dua lampu sudah diganti."
    page.get_by_role("button", name="Pratinjau").click()
    page.get_by_role("button", name="Terbitkan").click()
    assert page.get_by_text("Jawaban diterbitkan.").is_visible()

    citizen = new_page(java_script_enabled=False, viewport=viewport)
    citizen.goto(f"/lacak?nomor={case.reference}")
    citizen.get_by_label("Kode lacak rahasia").fill(tracking_code(case))
    citizen.get_by_role("button", name="Lihat status").click()
    citizen.get_by_role("group", name="Jawaban ini bermanfaat?").get_by_role("button", name="Ya").click()
    assert citizen.get_by_text("Anda memilih Ya. Boleh diubah.").is_visible()
    page.reload()
    assert page.get_by_text("1 dari 1 merasa terbantu").is_visible()


@pytest.mark.parametrize("width", [320, 360, 1366])
def test_the_pages_around_an_answer_are_accessible_and_never_scroll_sideways(
    head, new_page, case, axe, width
):
    page = head(viewport={"width": width, "height": 768})

    def is_fine(one: Page) -> None:
        assert axe(one) == [], one.url
        assert not one.evaluate("document.documentElement.scrollWidth > innerWidth"), one.url

    page.get_by_role("radio", name="Jawaban publik").check()
    page.get_by_role("textbox", name="Jawaban publik").fill("Dua lampu sudah diganti kemarin sore.")
    page.get_by_role("button", name="Pratinjau").click()
    is_fine(page)
    page.get_by_role("button", name="Terbitkan").click()
    expect(page.get_by_text("Jawaban diterbitkan.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Perbaiki")).click()
    page.get_by_label("Jawaban yang diperbaiki").fill("Tiga lampu sudah diganti kemarin sore.")
    page.get_by_role("button", name="Perbaiki jawaban").click()
    page.get_by_text("Versi lama (1) dan perubahannya").click()
    expect(page.locator("ins").first).to_have_text("Tiga ")
    is_fine(page)
    for path in ("/meja/templat", "/meja/templat/baru", "/meja/antrean/drafts"):
        page.goto(path)
        is_fine(page)
    citizen = new_page(viewport={"width": width, "height": 768})
    citizen.goto(f"/lacak?nomor={case.reference}")
    citizen.get_by_label("Kode lacak rahasia").fill(tracking_code(case))
    citizen.get_by_role("button", name="Lihat status").click()
    is_fine(citizen)


def test_t_leads_to_the_templates_from_the_other_tab(head, case):
    page = head()
    expect(page.get_by_role("radio", name="Catatan internal")).to_be_checked()
    page.keyboard.press("t")
    expect(page.get_by_role("radio", name="Jawaban publik")).to_be_checked()
    expect(page.get_by_label("Mulai dari templat")).to_be_focused()
