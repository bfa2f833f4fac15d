"""Somebody unknown writes a comment: the text survives signing in by a code, with and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from portal.core.database import db
from portal.models import OutboxMessage, Status
from tests.factories import make_case, make_citizen, make_comment

WORDS = "Di gang kami juga gelap sejak Minggu malam."


def newest_code(live_server) -> str:
    with live_server.arrange():
        rows = db.session.query(OutboxMessage).filter_by(kind="sign_in_code")
        row = rows.order_by(OutboxMessage.id.desc()).first()
        return live_server.app.extensions["seal"].open(row.data["token"])


@pytest.fixture
def case(live_server) -> str:
    with live_server.arrange():
        made = make_case(Status.ASSIGNED)
        citizen = make_citizen(live_server.app.extensions["seal"], name="Ros")
        root = make_comment(made, citizen, body="Sampai kapan gelapnya?")
        make_comment(made, citizen, parent_id=root.id, body="Kemarin ada yang jatuh.")
        return made.reference


def write_as_somebody_new(page: Page, live_server, case: str) -> None:
    page.goto(f"/k/{case}")
    page.get_by_label("Tulis komentar").fill(WORDS)
    page.get_by_role("button", name="Kirim komentar").click()
    expect(page.get_by_role("heading", name="Masuk")).to_be_visible()
    page.get_by_label("E-mail").first.fill("baru@contoh.example")
    page.get_by_role("button", name="Kirim kode").click()
    page.get_by_label("Kode").fill(newest_code(live_server))
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_label("Komentar Anda")).to_have_value(WORDS)


def test_a_new_citizen_writes_with_the_text_kept_and_changes_it(page, live_server, case, axe):
    page.goto(f"/k/{case}")
    assert axe(page) == []
    write_as_somebody_new(page, live_server, case)
    assert axe(page) == []
    page.get_by_label("Nama yang tampil").fill("Mak Ros")
    page.get_by_role("button", name="Kirim komentar").click()
    expect(page.get_by_text("Komentar Anda sudah tayang.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Ubah").click()
    page.get_by_label("Komentar Anda").fill(f"{WORDS} Tolong **segera**.")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("link", name="Lihat di diskusi").click()
    card = page.get_by_role("article").filter(has_text=WORDS)
    expect(card).to_contain_text("Mak Ros")
    expect(card.locator("strong")).to_have_text("segera")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    small = page.evaluate(
        "[...document.querySelectorAll('#diskusi a, #diskusi button')].filter(one => {"
        " const box = one.getBoundingClientRect(); return box.width && (box.height < 44 || box.width < 44) })"
        ".map(one => one.textContent)"
    )
    assert [text for text in small if text.strip()] == []


def test_all_of_it_works_without_javascript(new_page, live_server, case):
    page = new_page(java_script_enabled=False)
    write_as_somebody_new(page, live_server, case)
    page.get_by_role("button", name="Kirim komentar").click()
    expect(page.get_by_text("Komentar Anda sudah tayang.")).to_be_visible()
    page.get_by_role("link", name="Lihat di diskusi").click()
    other = page.get_by_role("article").filter(has_text="Sampai kapan gelapnya?")
    other.get_by_role("button", name="Berguna").click()
    expect(other.get_by_role("button", name="Berguna (1)")).to_be_visible()
    other.get_by_role("link", name="Balas").click()
    page.get_by_label("Komentar Anda").fill("Kami ikut menunggu.")
    page.get_by_role("button", name="Kirim balasan").click()
    page.get_by_role("link", name="Lihat di diskusi").click()
    expect(page.get_by_text("Kami ikut menunggu.")).to_be_visible()
    page.goto("/akun/komentar")
    page.get_by_role("link").filter(has_text="Lampu jalan padam").first.click()
    page.get_by_text("Hapus komentar ini").click()
    page.get_by_role("button", name="Ya, hapus").click()
    expect(page.get_by_text("Kami ikut menunggu.")).to_have_count(0)
