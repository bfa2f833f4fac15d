"""From a reader's report to hiding, the author's appeal and another moderator who shows it again."""

import os

import pytest
from playwright.sync_api import Page, expect

from portal.core import clock
from portal.models import Role, Status
from portal.services import sessions
from tests.factories import make_case, make_citizen, make_comment, make_user

WORDS = "Pak Lurah itu pembohong besar."
SENTENCE = "Menuduh orang tertentu tanpa bukti."
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1366, "height": 768}


@pytest.fixture
def people(live_server, new_page):
    """A commented case, and the browsers of a reader, the author and two moderators."""
    with live_server.arrange():
        case = make_case(Status.ASSIGNED)
        author = make_citizen(live_server.app.extensions["seal"], name="Bu Ros")
        make_comment(case, author, body=WORDS)
        users = {"author": author, "first": make_user(Role.TRIAGE), "second": make_user(Role.TRIAGE)}
        tokens = {name: sessions.start(user, at=clock.now(), hours=1) for name, user in users.items()}
        reference = case.reference
    app = live_server.app
    signer = app.session_interface.get_signing_serializer(app)

    def open_(name: str) -> Page:
        page: Page = new_page(
            viewport=DESK if name in {"first", "second"} else PHONE, java_script_enabled=True
        )
        if name in tokens:
            value = signer.dumps({"_user_id": tokens[name], "_fresh": True})
            page.context.add_cookies(
                [{"name": app.config["SESSION_COOKIE_NAME"], "value": value, "url": live_server.url}]
            )
        return page

    return reference, open_


def look(page: Page, axe, name: str) -> None:
    """Find no fault on the page as it stands, and keep a picture where somebody asks for them."""
    assert axe(page) == [], name
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, name
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_reported_hidden_appealed_and_shown_again(people, axe):
    reference, open_ = people
    reader = open_("reader")
    reader.goto(f"/k/{reference}")
    reader.get_by_role("article").filter(has_text=WORDS).get_by_role("link", name="Laporkan").click()
    look(reader, axe, "1-report")
    reader.get_by_label("Menuduh orang tanpa bukti").check()
    reader.get_by_role("button", name="Kirim laporan").click()
    look(reader, axe, "2-thanks")

    first = open_("first")
    first.goto("/meja/moderasi")
    look(first, axe, "3-list")
    first.get_by_role("link", name=WORDS).click()
    look(first, axe, "4-comment")
    first.get_by_label("Sembunyikan").check()
    first.get_by_label("Alasan").select_option("accusation")
    first.get_by_label("Kalimat untuk semua orang").fill(SENTENCE)
    first.get_by_role("button", name="Simpan keputusan").click()
    expect(first.get_by_text("Keputusan disimpan.")).to_be_visible()
    reader.goto(f"/k/{reference}")
    expect(reader.get_by_text(SENTENCE)).to_be_visible()
    expect(reader.get_by_text(WORDS)).to_have_count(0)

    author = open_("author")
    author.goto("/akun/moderasi")
    look(author, axe, "5-own")
    author.get_by_label("Mengapa Anda tidak setuju?").fill("Saya hanya mengutip berita.")
    author.get_by_role("button", name="Ajukan keberatan").click()
    expect(author.get_by_text("Menunggu putusan moderator lain.")).to_be_visible()

    second = open_("second")
    second.goto("/meja/moderasi?lihat=banding")
    second.get_by_role("link", name="Saya hanya mengutip berita.").click()
    look(second, axe, "6-appeal")
    second.get_by_label("Terima banding").check()
    second.get_by_label("Alasan putusan").fill("Memang kutipan berita.")
    second.get_by_role("button", name="Simpan putusan").click()
    reader.goto(f"/k/{reference}")
    expect(reader.get_by_text(WORDS)).to_be_visible()
    author.reload()
    # the words stand there too, for whoever wrote them
    expect(author.get_by_text("Diterima. Memang kutipan berita.")).to_be_visible()
    reader.goto("/keterbukaan/moderasi")
    look(reader, axe, "7-month")
