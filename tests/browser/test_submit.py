"""The whole way of a citizen, on a phone, in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.core.database import db
from portal.models import Submission
from tests.factories import a_ward, make_case
from tests.support.pictures import jpeg

FOCUSED = "document.activeElement.name || document.activeElement.textContent.trim()"
TEXT = "Lampu dermaga ke Poncan mati sejak Senin, penumpang takut jatuh."


@pytest.fixture
def ward(live_server) -> str:
    with live_server.arrange():
        return a_ward().name


@pytest.fixture
def photo(tmp_path) -> Path:
    file = tmp_path / "dermaga.jpg"
    file.write_bytes(jpeg(2400, 1800).getvalue())
    return file


def fill_by_hand(page: Page, ward: str) -> None:
    page.goto("/kirim/1")
    page.get_by_label("Masalah").check()
    page.get_by_label("Ceritakan dengan kata-kata Anda").fill(TEXT)
    page.get_by_role("button", name="Lanjutkan").click()
    page.get_by_label("Kelurahan").select_option(ward)
    page.get_by_role("button", name="Lanjutkan").click()


def test_the_whole_flow_by_keyboard_takes_at_most_45_keys(page: Page, live_server, ward):
    keys = 0

    def press(key: str, times: int = 1) -> None:
        nonlocal keys
        for _ in range(times):
            page.keyboard.press(key)
            keys += 1

    def go_to(name: str, most: int = 20) -> None:
        for _ in range(most):
            focused = page.evaluate(
                "document.activeElement.name || document.activeElement.textContent.trim()"
            )
            if focused == name:
                return
            press("Tab")
        raise AssertionError(f"{name} was not reached")

    page.goto("/kirim/1?jenis=masalah")
    press("Tab")
    press("Enter")  # "Langsung ke isi"
    go_to("kind")
    go_to("text")
    page.keyboard.type(TEXT)  # the story itself counts for nobody's patience
    go_to("Lanjutkan")
    press("Enter")
    page.wait_for_url("**/kirim/2")
    press("Tab")
    press("Enter")
    go_to("ward")
    page.keyboard.type(ward[:6])
    keys += 6
    go_to("Lanjutkan")
    press("Enter")
    page.wait_for_url("**/kirim/3")
    press("Tab")
    press("Enter")
    go_to("Kirim sekarang")
    press("Enter")
    page.wait_for_url("**/kirim/selesai")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sudah kami terima")
    assert keys <= 45, keys
    with live_server.arrange():
        case = live_server_case()
        assert case.body == TEXT
        assert case.ward_code == a_ward().code


def live_server_case() -> Submission:
    return db.session.query(Submission).one()


def test_the_whole_flow_works_without_javascript(new_page, live_server, ward, photo):
    page = new_page(java_script_enabled=False)
    page.goto("/kirim/1")
    page.get_by_label("Masalah").check()
    page.locator('input[name="photos"]').last.set_input_files(photo)
    page.get_by_role("button", name="Lanjutkan").last.click()
    expect(page.locator("#error-summary")).to_contain_text("Tulis apa yang terjadi, minimal 10 huruf")
    expect(page.get_by_role("link", name="Foto 1")).to_be_visible()
    page.get_by_label("Ceritakan dengan kata-kata Anda").fill(TEXT)
    page.get_by_role("button", name="Lanjutkan").last.click()
    page.get_by_label("Kelurahan").select_option(ward)
    page.get_by_role("button", name="Lanjutkan").click()
    expect(page.get_by_text("1 foto", exact=True)).to_be_visible()
    page.get_by_role("button", name="Kirim sekarang").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sudah kami terima")
    first = page.locator(".reference").all_text_contents()
    page.reload()
    assert page.locator(".reference").all_text_contents() == first


def test_what_was_typed_survives_a_reload_and_a_closed_tab(page: Page):
    page.goto("/kirim/1")
    page.get_by_label("Ceritakan dengan kata-kata Anda").fill(TEXT)
    page.reload()
    expect(page.get_by_label("Ceritakan dengan kata-kata Anda")).to_have_value(TEXT)
    expect(page.get_by_text("Draf Anda sebelumnya kami tampilkan lagi.")).to_be_visible()


def test_the_back_button_keeps_every_answer(page: Page, ward):
    fill_by_hand(page, ward)
    page.wait_for_url("**/kirim/3")
    page.go_back()
    expect(page.get_by_label("Kelurahan").locator("option:checked")).to_have_text(ward)
    page.go_back()
    expect(page.get_by_label("Ceritakan dengan kata-kata Anda")).to_have_value(TEXT)
    expect(page.get_by_label("Masalah")).to_be_checked()


def test_the_receipt_forgets_the_drafts_of_this_phone(page: Page, ward):
    fill_by_hand(page, ward)
    page.get_by_role("button", name="Kirim sekarang").click()
    page.wait_for_url("**/kirim/selesai")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []
    page.goto("/kirim/1")
    expect(page.get_by_label("Ceritakan dengan kata-kata Anda")).to_have_value("")


def test_a_photo_is_made_small_on_the_phone_and_removed_with_a_button(page: Page, photo):
    page.goto("/kirim/1")
    page.get_by_label("Masalah").check()
    page.locator('input[name="photos"]').last.set_input_files(photo)
    expect(page.get_by_text(re.compile(r"1 foto siap, \d+ KB"))).to_be_visible()
    page.get_by_role("button", name="Lanjutkan").last.click()
    page.locator("#berkas img").wait_for()
    page.wait_for_load_state("load")
    assert page.evaluate("document.querySelector('#berkas img').naturalWidth") > 100
    page.get_by_role("button", name="Hapus foto 1").click()
    page.wait_for_url("**/kirim/1#berkas")
    expect(page.get_by_text("Sudah terlampir")).to_have_count(0)


def test_a_double_click_sends_once(page: Page, live_server, ward):
    fill_by_hand(page, ward)
    page.get_by_role("button", name="Kirim sekarang").dblclick()
    page.wait_for_url("**/kirim/selesai")
    with live_server.arrange():
        assert live_server_case().body == TEXT


def test_similar_ones_are_offered_and_yes_merges(page: Page, live_server, ward):
    with live_server.arrange():
        make_case(title="Lampu dermaga Poncan mati", body=TEXT, ward_code=a_ward().code)
    fill_by_hand(page, ward)
    page.wait_for_url("**/kirim/2#serupa")
    expect(page.get_by_role("heading", name="Apakah ini sudah pernah disampaikan?")).to_be_in_viewport()
    page.get_by_role("button", name="Ya, sama").click()
    page.get_by_role("button", name="Kirim sekarang").click()
    expect(page.get_by_text("Digabung dengan kiriman yang sama")).to_be_visible()


def sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [320, 360, 1366])
def test_every_page_of_the_way_is_accessible_and_never_scrolls_sideways(
    new_page, axe, live_server, ward, width
):
    page = new_page(viewport={"width": width, "height": 740})

    def check() -> None:
        assert axe(page) == []
        assert sideways(page) <= 0

    page.goto("/kirim/1")
    check()
    page.get_by_role("button", name="Lanjutkan").last.click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("Galat: ")
    check()
    page.get_by_label("Masalah").check()
    page.get_by_label("Ceritakan dengan kata-kata Anda").fill(TEXT)
    page.get_by_role("button", name="Lanjutkan").last.click()
    page.wait_for_url("**/kirim/2")
    check()
    page.get_by_label("Kelurahan").select_option(ward)
    page.get_by_role("button", name="Lanjutkan").click()
    page.wait_for_url("**/kirim/3")
    check()
    page.get_by_role("button", name="Kirim sekarang").click()
    page.wait_for_url("**/kirim/selesai")
    check()
    page.get_by_role("link", name="Buka halaman pribadi").click()
    page.wait_for_url("**/lacak/*")
    check()
    page.goto("/lacak")
    check()
