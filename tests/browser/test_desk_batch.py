"""Many cases at once in a real browser: by keyboard, without JavaScript, and on a phone."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from portal.core import clock
from portal.core.database import db
from portal.models import Event, Role, Status, Submission, User
from portal.services import sessions
from tests.factories import make_agency, make_case, make_category, make_user

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1366, "height": 768}
CASES = 6


@pytest.fixture(autouse=True)
def town(live_server):
    """An agency, its category, triage, and a few cases to sort."""
    with live_server.arrange():
        agency = make_agency(name_id="Dinas Uji Dermaga", short_id="Dishub")
        category = make_category(name_id="Lampu dan dermaga", agency_id=agency.id)
        make_user(Role.TRIAGE, email="triage@contoh.example", name="Petugas Triase")
        make_user(Role.HEAD, agency, email="head@contoh.example", name="Kepala Dermaga")
        for number in range(1, CASES + 1):
            make_case(
                Status.IN_REVIEW,
                category=category,
                title=f"Lampu nomor {number} mati",
                received_at=clock.now(),
            )


@pytest.fixture
def triage(live_server, new_page):
    """Open a page as triage: triage(viewport=DESK)."""

    def open_(**options):
        with live_server.arrange():
            user = db.session.scalar(select(User).where(User.email == "triage@contoh.example"))
            token = sessions.start(user, at=clock.now(), hours=1)
        app = live_server.app
        value = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token, "_fresh": True})
        page = new_page(**options)
        name = app.config["SESSION_COOKIE_NAME"]
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return page

    return open_


def assigned(live_server) -> int:
    with live_server.arrange():
        query = select(func.count()).where(Submission.status == Status.ASSIGNED)
        return db.session.scalar(query)


def test_rows_are_chosen_assigned_and_taken_back_by_keyboard_alone(live_server, triage, axe):
    page = triage(viewport=DESK)
    page.goto("/meja/antrean/to_sort")
    boxes = page.locator(".case-row .pick input")
    expect(boxes).to_have_count(CASES)
    buttons = page.get_by_role("button", name="Teruskan")
    expect(buttons).to_be_hidden()

    for key in ("j", "x"):  # the first row
        page.keyboard.press(key)
    expect(page.get_by_text("1 dipilih")).to_be_visible()
    page.keyboard.press("x")
    expect(buttons).to_be_hidden()
    for key in ("x", "j", "j", "Shift+X"):  # the first three
        page.keyboard.press(key)
    expect(page.get_by_text("3 dipilih")).to_be_visible()
    assert [box.is_checked() for box in boxes.all()] == [True] * 3 + [False] * 3
    assert axe(page) == []

    page.keyboard.press("1")  # all that are chosen, not the row in focus
    expect(page.get_by_role("heading", level=1)).to_have_text("Teruskan: 3 kiriman")
    expect(page.get_by_label("Dinas", exact=True).locator("option:checked")).to_have_text("Dinas Uji Dermaga")
    assert axe(page) == []
    page.get_by_role("button", name="Teruskan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Terakhir: 3 diteruskan.")).to_be_visible()
    assert assigned(live_server) == 3

    page.reload()
    page.keyboard.press("z")
    expect(page.get_by_text("3 dikembalikan.")).to_be_visible()
    expect(boxes).to_have_count(CASES)
    assert assigned(live_server) == 0
    with live_server.arrange():
        for action in ("assign", "take_back"):
            assert db.session.scalar(select(func.count()).where(Event.action == action)) >= 3


def test_all_of_a_page_are_chosen_and_let_go_again(triage):
    page = triage(viewport=DESK)
    page.goto("/meja/antrean/to_sort")
    page.get_by_role("link", name=f"Pilih semua {CASES} di halaman ini").click()
    expect(page.get_by_text(f"{CASES} dipilih")).to_be_visible()
    page.get_by_role("link", name="Kosongkan pilihan").click()
    expect(page.locator(".pick input:checked")).to_have_count(0)


def test_a_range_is_chosen_with_the_mouse_and_letters_rest_while_typing(triage):
    page = triage(viewport=DESK)
    page.goto("/meja/antrean/to_sort")
    boxes = page.locator(".case-row .pick input")
    boxes.nth(1).check()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.get_by_text("4 dipilih")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("x1")
    expect(page.locator("#desk-search")).to_have_value("x1")
    expect(page.get_by_text("4 dipilih")).to_be_visible()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_many_are_assigned_and_taken_back_without_javascript(live_server, triage, axe, viewport):
    page = triage(viewport=viewport, java_script_enabled=False)
    page.goto("/meja/antrean/to_sort")
    page.get_by_role("link", name=f"Pilih semua {CASES} di halaman ini").click()
    page.get_by_role("button", name="Teruskan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Teruskan: {CASES} kiriman")
    page.get_by_role("button", name="Teruskan").click()
    expect(page.get_by_text(f"Terakhir: {CASES} diteruskan.")).to_be_visible()
    assert assigned(live_server) == CASES
    page.get_by_role("button", name="Batalkan").click()
    expect(page.get_by_text(f"{CASES} dikembalikan.")).to_be_visible()
    assert assigned(live_server) == 0


def test_the_focused_row_is_put_off_by_a_letter(triage):
    page = triage(viewport=DESK)
    page.goto("/meja/antrean/to_sort")
    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", name="Nanti saja (di meja)")).to_be_visible()
    expect(page).to_have_url(re.compile("aksi=later"))


def test_no_screen_of_a_selection_scrolls_sideways_on_a_phone(triage, axe):
    page = triage(viewport={"width": 320, "height": 640}, has_touch=True)
    page.goto("/meja/antrean/to_sort?centang=semua")
    for button in ("Gabung", None):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert axe(page) == []
        if button:
            page.get_by_role("button", name=button).click()
            expect(page.get_by_role("heading", level=1)).to_have_text(f"{button}: {CASES} kiriman")
