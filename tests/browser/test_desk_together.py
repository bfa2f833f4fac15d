"""Two officers on one case, each with a browser of their own: they see each other and lose nothing."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.models import Role, Status, Submission, User
from portal.services import sessions
from tests.factories import make_agency, make_case, make_user

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def case(live_server):
    """A case of an agency in which Hotman and Tiur publish answers."""
    with live_server.arrange():
        agency = make_agency(name_id="Dinas Uji Dermaga", short_id="Dishub")
        for name in ("Hotman", "Tiur"):
            make_user(Role.OFFICER, agency, publisher=True, name=name, email=f"{name.lower()}@contoh.example")
        made = make_case(Status.ASSIGNED, agency=agency, title="Lampu dermaga mati", received_at=clock.now())
        db.session.expunge(made)
    return made


@pytest.fixture
def sit(live_server, new_page, case):
    """Open the case as somebody: sit("hotman")."""

    def open_(who: str, **options) -> Page:
        with live_server.arrange():
            user = db.session.scalar(select(User).where(User.email == f"{who}@contoh.example"))
            token = sessions.start(user, at=clock.now(), hours=1)
        app = live_server.app
        signer = app.session_interface.get_signing_serializer(app)
        page = new_page(**{"viewport": DESK} | options)
        cookie = signer.dumps({"_user_id": token, "_fresh": True})
        page.context.add_cookies(
            [{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": live_server.url}]
        )
        with page.expect_response("**/hadir"):
            page.goto(f"/meja/k/{case.reference}")
        return page

    return open_


def look_again(page: Page) -> None:
    """Come back to the tab: a sign of life goes out at once instead of within 18 seconds."""
    with page.expect_response("**/hadir"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def write(page: Page, text: str) -> None:
    page.get_by_role("radio", name="Jawaban publik").check()
    with page.expect_response("**/hadir"):
        page.get_by_role("textbox", name="Jawaban publik").fill(text)


def test_two_officers_see_each_other_and_lose_nothing(live_server, sit, case, axe):
    hotman, tiur = sit("hotman"), sit("tiur")
    look_again(hotman)
    expect(hotman.get_by_text("Tiur sedang melihat.").first).to_be_visible()

    write(hotman, "Kami ganti lampunya lusa.")
    look_again(tiur)
    box = tiur.locator("[data-presence-box]")
    expect(box).to_be_visible()
    expect(box).to_contain_text("Hotman sedang menulis jawaban.")
    assert axe(tiur) == []

    box.get_by_role("button", name="Ambil alih").click()
    expect(tiur.get_by_role("textbox", name="Jawaban publik")).to_be_visible()
    look_again(hotman)
    told = hotman.locator("[data-presence-taken]").last
    expect(told).to_contain_text("Tiur mengambil alih jawaban ini. Tulisan Anda tetap ada di halaman ini")
    expect(told).to_be_in_viewport()
    assert hotman.get_by_role("textbox", name="Jawaban publik").input_value() == "Kami ganti lampunya lusa."
    expect(hotman.locator("[data-presence-box]")).to_contain_text("Tiur sedang menulis jawaban.")
    assert axe(hotman) == []
    look_again(tiur)
    expect(tiur.locator("[data-presence-box]")).not_to_be_visible()

    tiur.get_by_role("textbox", name="Jawaban publik").fill("Kami ganti lampunya besok.")
    tiur.get_by_role("button", name="Terbitkan jawaban").click()
    expect(tiur.get_by_text("Jawaban diterbitkan.")).to_be_visible()
    hotman.get_by_role("button", name="Terbitkan jawaban").click()
    expect(hotman.get_by_text("Belum tersimpan.", exact=True)).to_be_visible()
    merge = hotman.get_by_role("region", name="Gabungkan dengan tulisan Tiur")
    field = merge.get_by_label("Gabungan")
    assert (
        "Kami ganti lampunya lusa.\n--- Tulisan Tiur ---\nKami ganti lampunya besok." in field.input_value()
    )
    assert axe(hotman) == []
    assert hotman.evaluate("document.documentElement.scrollWidth") <= DESK["width"]

    merge.get_by_role("button", name="Kirim gabungan").click()
    expect(hotman).to_have_title(re.compile("^Galat: "))
    expect(hotman.get_by_text("Pilih satu kalimat di tiap perbedaan").first).to_be_visible()
    panel = hotman.locator("#aksi")
    panel.get_by_label("Jawaban yang diperbaiki").fill("Kami ganti lampunya besok, bukan lusa.")
    panel.get_by_role("button", name="Perbaiki jawaban").click()
    expect(hotman.get_by_text("Jawaban diperbaiki.")).to_be_visible()
    with live_server.arrange():
        now = db.session.scalar(select(Submission).where(Submission.reference == case.reference))
        assert now.status is Status.ANSWERED


def test_without_javascript_the_page_tells_who_was_there_when_it_was_drawn(sit, new_page, live_server, case):
    hotman = sit("hotman")
    write(hotman, "Kami ganti lampunya lusa.")
    with live_server.arrange():
        user = db.session.scalar(select(User).where(User.email == "tiur@contoh.example"))
        token = sessions.start(user, at=clock.now(), hours=1)
    app = live_server.app
    cookie = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token, "_fresh": True})
    tiur = new_page(java_script_enabled=False, viewport=PHONE)
    tiur.context.add_cookies(
        [{"name": app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": live_server.url}]
    )
    tiur.goto(f"/meja/k/{case.reference}")
    assert tiur.locator("noscript p").is_visible(), "it says that words age"
    box = tiur.locator("[data-presence-box]")
    assert "Hotman sedang menulis jawaban." in box.inner_text()
    box.get_by_role("button", name="Ambil alih").click()
    look_again(hotman)
    expect(hotman.locator("[data-presence-taken]").first).to_contain_text("Tiur mengambil alih")


def test_whoever_closes_the_page_is_gone_at_once(sit):
    hotman, tiur = sit("hotman"), sit("tiur")
    look_again(tiur)
    expect(tiur.get_by_text("Hotman sedang melihat.").first).to_be_visible()
    hotman.goto("/meja")
    for _ in range(40):  # the farewell travels by itself and may arrive a little later
        look_again(tiur)
        if tiur.get_by_text("Hotman sedang melihat.").count() == 0:
            break
    expect(tiur.get_by_text("Hotman sedang melihat.")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 360, 1366])
def test_the_page_of_two_is_accessible_and_never_scrolls_sideways(sit, axe, width):
    write(sit("hotman"), "Kami ganti lampunya lusa.")
    page = sit("tiur", viewport={"width": width, "height": 740})
    expect(page.locator("[data-presence-box]")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_typing_an_at_sign_offers_colleagues_to_the_keyboard(sit, axe):
    page = sit("hotman")
    field = page.get_by_role("textbox", name="Catatan internal")
    field.press_sequentially("Tolong @ti")
    offered = page.get_by_role("list", name="Sebut rekan").get_by_role("button")
    expect(offered).to_have_text(["Tiur"])
    assert axe(page) == []
    field.press("ArrowDown")
    expect(offered.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    assert field.input_value() == "Tolong @Tiur "
    expect(offered).to_have_count(0)
    page.keyboard.type("cek. @tiur")
    expect(offered).to_have_count(1)
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)
    page.get_by_role("button", name="Simpan catatan internal").click()
    expect(page.locator(".mention")).to_have_text(["@Tiur", "@tiur"])
    tiur = sit("tiur", viewport=PHONE)
    tiur.goto("/meja/sebutan")
    assert axe(tiur) == []
    assert tiur.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    tiur.get_by_role("link", name="Lampu dermaga mati").click()
    expect(tiur.locator(".mention").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 1366])
def test_the_pages_of_absences_and_mentions_are_accessible_and_never_scroll_sideways(sit, axe, width):
    page = sit("hotman", viewport={"width": width, "height": 740})
    page.goto("/meja/cuti")
    today = clock.city_date(clock.now()).isoformat()
    page.get_by_label("Hari pertama").fill(today)
    page.get_by_label("Hari terakhir").fill(today)
    page.get_by_role("button", name="Catat cuti").click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert axe(page) == []
    assert page.get_by_label("Hari pertama").input_value() == today
    page.get_by_label("Pengganti").select_option("Tiur")
    page.get_by_role("button", name="Catat cuti").click()
    expect(page.get_by_text("Sedang cuti")).to_be_visible()
    for path in ("/meja/cuti", "/meja/sebutan", "/en/meja/cuti"):
        page.goto(path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto("/meja/cuti")
    page.get_by_role("button", name="Sudah kembali").click()
    expect(page.get_by_text("Cuti diakhiri.")).to_be_visible()
