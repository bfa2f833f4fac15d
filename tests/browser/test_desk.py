"""The desk in a real browser: without JavaScript, on a phone and on a desk, and by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.models import Category, Role, Status, Submission, User
from portal.services import sessions
from tests.factories import make_agency, make_case, make_category, make_user

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1366, "height": 768}


@pytest.fixture
def open_desk(live_server, new_page):
    """Open a page as somebody who signed in: open_desk("triage", viewport=DESK)."""

    def open_(who: str, **options):
        with live_server.arrange():
            user = db.session.scalar(select(User).where(User.email == f"{who}@contoh.example"))
            token = sessions.start(user, at=clock.now(), hours=1)
        app = live_server.app
        signer = app.session_interface.get_signing_serializer(app)
        page = new_page(**options)
        page.context.add_cookies(
            [
                {
                    "name": app.config["SESSION_COOKIE_NAME"],
                    "value": signer.dumps({"_user_id": token, "_fresh": True}),
                    "url": live_server.url,
                }
            ]
        )
        return page

    return open_


@pytest.fixture(autouse=True)
def town(live_server):
    """An agency with a head, triage, and two cases to sort."""
    with live_server.arrange():
        agency = make_agency(name_id="Dinas Uji Dermaga", short_id="Dishub")
        make_category(name_id="Lampu dan dermaga", agency_id=agency.id)
        make_user(Role.TRIAGE, email="triage@contoh.example", name="Petugas Triase")
        make_user(Role.OFFICER, agency, email="officer@contoh.example", name="Petugas Dermaga")
        make_user(Role.HEAD, agency, email="head@contoh.example", name="Kepala Dermaga")
        for title in ("Lampu dermaga mati", "Papan dermaga lapuk"):
            make_case(title=title, body=f"{title} sejak Senin malam.", received_at=clock.now())


def case_of(live_server, title: str) -> Submission:
    with live_server.arrange():
        case = db.session.scalar(select(Submission).where(Submission.title == title))
        db.session.expunge(case)
        return case


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_case_goes_from_triage_to_a_public_answer_without_javascript(
    live_server, open_desk, new_page, axe, viewport
):
    options = {"java_script_enabled": False, "viewport": viewport}
    triage = open_desk("triage", **options)
    triage.goto("/meja")
    triage.get_by_role("main").get_by_role("link", name="Lampu dermaga mati").click()
    expect(triage.get_by_role("heading", level=1)).to_have_text("Lampu dermaga mati")
    form = triage.get_by_role("complementary", name="Data kiriman")
    form.get_by_label("Kategori").select_option("Lampu dan dermaga")
    form.get_by_label("Dinas", exact=True).select_option("Dinas Uji Dermaga")
    form.get_by_label("Petugas").select_option("Petugas Dermaga")
    form.get_by_role("button", name="Terima & teruskan").click()
    expect(triage.get_by_text("Kiriman diteruskan.")).to_be_visible()
    expect(triage.get_by_role("heading", level=1)).to_have_text("Papan dermaga lapuk")

    officer = open_desk("officer", **options)
    officer.goto("/meja")
    officer.get_by_role("main").get_by_role("link", name="Lampu dermaga mati").click()
    officer.get_by_role("radio", name="Draf jawaban").check()
    officer.get_by_role("textbox", name="Draf jawaban").fill("Empat lampu sudah diganti kemarin sore.")
    officer.get_by_role("button", name="Simpan draf jawaban").click()
    assert officer.get_by_text("Draf jawaban tersimpan.").is_visible()

    head = open_desk("head", **options)
    head.goto("/meja/antrean/agency")
    head.get_by_role("main").get_by_role("link", name="Lampu dermaga mati").click()
    head.get_by_role("radio", name="Jawaban publik").check()
    assert head.get_by_text("AKAN TAYANG UNTUK PUBLIK").is_visible()
    assert (
        head.get_by_role("textbox", name="Jawaban publik").input_value()
        == "Empat lampu sudah diganti kemarin sore."
    )
    head.get_by_role("button", name="Terbitkan jawaban").click()

    case = case_of(live_server, "Lampu dermaga mati")
    assert case.status is Status.ANSWERED
    visitor = new_page(**options)
    visitor.goto(f"/k/{case.reference}")
    assert "Empat lampu sudah diganti kemarin sore." in visitor.get_by_role("main").inner_text()


@pytest.mark.parametrize("width", [320, 360, 1366])
def test_pages_of_the_desk_are_accessible_and_never_scroll_sideways(live_server, open_desk, axe, width):
    case = case_of(live_server, "Lampu dermaga mati")
    page = open_desk("triage", viewport={"width": width, "height": 768})
    for path in (
        "/meja",
        "/meja/antrean/overdue",
        "/meja?jenis=problem",
        f"/meja/k/{case.reference}?antrean=to_sort",
        f"/meja/k/{case.reference}?aksi=refer",
        "/meja/program",
        "/meja/program/baru",
        "/en/meja",
    ):
        page.goto(path)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_columns_stand_side_by_side_only_where_there_is_room(live_server, open_desk):
    case = case_of(live_server, "Lampu dermaga mati")
    page = open_desk("triage", viewport=DESK)
    page.goto(f"/meja/k/{case.reference}?antrean=to_sort")
    boxes = [page.locator(name).bounding_box() for name in (".rail", ".case-list", "main.case")]
    assert boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]
    assert page.evaluate("document.documentElement.scrollHeight") <= DESK["height"] + 1
    page.set_viewport_size(PHONE)
    assert not page.locator(".rail").is_visible()
    assert not page.locator(".case-list").is_visible()
    page.get_by_role("link", name="Perlu dipilah").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Perlu dipilah")


def test_a_refused_form_focuses_its_summary_and_a_conflict_shows_both_texts(live_server, open_desk, axe):
    case = case_of(live_server, "Lampu dermaga mati")
    page = open_desk("triage", viewport=DESK)
    page.goto(f"/meja/k/{case.reference}?aksi=ask")
    page.get_by_label("Pertanyaan kepada pelapor").fill("Apa?")
    page.get_by_role("button", name="Tanya pelapor").click()
    expect(page).to_have_title(re.compile("^Galat: "))
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.get_by_label("Pertanyaan kepada pelapor").input_value() == "Apa?"
    assert axe(page) == []

    other = open_desk("triage", viewport=DESK)
    other.goto(f"/meja/k/{case.reference}?aksi=classify")
    other.get_by_role("textbox", name="Judul").fill("Lampu dermaga mati total")
    other.locator("#classify-category-id").select_option("Lampu dan dermaga")
    other.locator("#aksi").get_by_role("button").click()
    page.get_by_label("Pertanyaan kepada pelapor").fill("Lampu nomor berapa yang mati?")
    page.get_by_role("button", name="Tanya pelapor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lampu dermaga mati total")
    assert page.get_by_label("Pertanyaan kepada pelapor").input_value() == "Lampu nomor berapa yang mati?"
    assert axe(page) == []
    page.get_by_role("button", name=re.compile("Kirim lagi")).click()
    assert case_of(live_server, "Lampu dermaga mati total").status is Status.NEEDS_INFO


def test_the_desk_is_worked_by_keyboard(live_server, open_desk):
    page = open_desk("triage", viewport=DESK)
    page.goto("/meja")
    page.keyboard.press("j")
    page.keyboard.press("j")
    first, second = (row.inner_text() for row in page.locator(".case-title a").all())
    assert page.evaluate("document.activeElement.textContent") == second
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == first
    page.keyboard.press("Enter")
    page.wait_for_url("**/meja/k/**")

    page.keyboard.press("n")
    page.keyboard.type("Sudah saya telepon.")
    assert page.locator("#note-text").input_value() == "Sudah saya telepon."
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.id") == "draft-answer-text"
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.id") == "assign-officer-id"
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    assert page.evaluate("document.activeElement.id") == "assign-category-id"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("2")
    page.wait_for_url("**aksi=merge**")
    expect(page.locator("#merge-into")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#desk-search")).to_be_focused()


def test_letters_do_nothing_once_switched_off(open_desk):
    page = open_desk("triage", viewport=DESK)
    page.goto("/meja")
    page.keyboard.press("?")
    page.get_by_label("Matikan pintasan satu huruf").check()
    page.get_by_role("button", name="Tutup").click()
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")


def test_ten_cases_are_cleared_with_the_keyboard_alone(live_server, open_desk):
    """Accept what is complete, ask, refer, decline, classify first: no mouse, no Tab through the page."""
    with live_server.arrange():
        category = db.session.scalar(select(Category))
        for number in range(8):
            make_case(
                title=f"Papan nama dermaga {number} hilang",
                body=f"Papan nama dermaga {number} hilang sejak Senin.",
                category=category,
                status=Status.IN_REVIEW,
                received_at=clock.now(),
            )
    page = open_desk("triage", viewport=DESK)
    press, write = page.keyboard.press, page.keyboard.type
    heading = page.get_by_role("heading", level=1)

    def next_case(done: str) -> None:
        expect(page.get_by_role("status").first).to_contain_text(done)

    page.goto("/meja/antrean/to_sort?q=papan+nama")
    press("j")
    press("1")  # from the list: the first row, ready for Enter
    expect(page.get_by_role("button", name="Terima & teruskan")).to_be_focused()
    press("Enter")
    next_case("Kiriman diteruskan.")
    for _ in range(3):  # the next one opened by itself
        press("1")
        press("Enter")
        next_case("Kiriman diteruskan.")
    press("3")
    page.wait_for_url("**aksi=refer**")
    expect(page.get_by_label("Lembaga yang berwenang")).to_be_focused()
    write("Kantor Kesyahbandaran dan Otoritas Pelabuhan")
    press("Tab")
    write("Papan nama dermaga dikelola kantor pelabuhan; sudah kami sampaikan.")
    press("Tab")
    press("Enter")
    next_case("Kiriman dialihkan ke lembaga lain.")
    for _ in range(3):
        press("1")
        press("Enter")
        next_case("Kiriman diteruskan.")

    page.goto("/meja")
    press("j")
    press("Enter")
    page.wait_for_url("**/meja/k/**")
    first = heading.inner_text()
    press("1")  # no category yet: the first gap has the focus
    properties = page.get_by_role("complementary", name="Data kiriman")
    expect(properties.get_by_label("Kategori")).to_be_focused()
    write("Lampu")
    press("Escape")
    press("1")
    expect(properties.get_by_label("Dinas", exact=True)).to_be_focused()
    write("Dinas Uji")
    press("Escape")
    press("1")
    press("Enter")
    next_case("Kiriman diteruskan.")
    assert heading.inner_text() != first
    press("2")
    page.wait_for_url("**aksi=merge**")
    write(case_of(live_server, first).reference)
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Perlu dipilah")

    with live_server.arrange():
        states = db.session.scalars(select(Submission.status)).all()
    assert sorted(states) == sorted([Status.ASSIGNED] * 8 + [Status.REFERRED, Status.MERGED])
    expect(page.get_by_text("Semua sudah dipilah.")).to_be_visible()
