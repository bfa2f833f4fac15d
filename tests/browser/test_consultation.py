"""Sharing out points on a small phone, with and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from portal.core.database import db
from portal.models import Consultation, QuestionKind
from tests import factories as make


@pytest.fixture
def slug(live_server) -> str:
    with live_server.arrange():
        one = make.make_consultation(QuestionKind.POINTS, QuestionKind.RANKING, options=4)
        return one.slug


def give(page: Page, *points: str) -> None:
    for place, number in enumerate(points, start=1):
        page.get_by_label(f"Pilihan {place}").first.fill(number)


def send(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
    for box in page.locator(".weigh .input").all():
        assert (box.bounding_box() or {"height": 0})["height"] >= 44
    with page.expect_navigation():
        page.get_by_role("button", name="Kirim jawaban").click()


def test_points_are_shared_out_at_360_pixels_without_javascript(new_page, live_server, slug):
    page = new_page(java_script_enabled=False)
    page.goto(f"/konsultasi/{slug}")
    page.get_by_role("link", name="Jawab sekarang").first.click()
    page.wait_for_url("**/jawab")
    give(page, "7", "5")
    page.locator("select").nth(2).select_option("1")
    send(page)
    assert page.title().startswith("Galat:")
    expect(page.locator("#error-summary")).to_contain_text("Jumlahnya 12, harus 10.")
    expect(page.get_by_label("Pilihan 1").first).to_have_value("7")
    give(page, "7", "3")
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Jawaban Anda kami terima")
    expect(page.get_by_text("Pilihan 1: 7 poin")).to_be_visible()
    page.get_by_role("link", name="Ubah jawaban").click()
    expect(page.get_by_label("Pilihan 2").first).to_have_value("3")
    give(page, "10", "0")
    send(page)
    expect(page.get_by_text("Pilihan 1: 10 poin")).to_be_visible()
    with live_server.arrange():
        assert db.session.query(Consultation).one().response_count == 1


def test_the_sum_is_told_while_points_are_typed(page, slug, axe):
    page.goto(f"/konsultasi/{slug}/jawab")
    said = page.locator("[data-sum]").first
    expect(said).to_have_text("Sisa 10 poin.")
    give(page, "7")
    expect(said).to_have_text("Sisa 3 poin.")
    give(page, "7", "5")
    expect(said).to_have_text("Lebih 2 poin. Kurangi dulu.")
    give(page, "7", "3")
    expect(said).to_have_text("Pas: semua poin terbagi.")
    assert axe(page) == []
    send(page)
    expect(page.locator("#error-summary")).to_be_focused()
    assert axe(page) == []
