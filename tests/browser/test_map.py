"""The map in a real browser: opened, filtered and left by keyboard, on a phone."""

from playwright.sync_api import Page, expect

from portal.models import Kind
from tests.factories import make_case

FOCUSED = "document.activeElement.textContent.trim()"


def go_to(page: Page, name: str, most: int = 40) -> None:
    for _ in range(most):
        if page.evaluate(FOCUSED) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} was not reached")


def test_the_map_is_opened_filtered_and_left_by_keyboard_and_leads_to_a_case(page: Page, live_server, axe):
    with live_server.arrange():
        make_case(title="Lampu dermaga mati", latitude=1.7378, longitude=98.7767)
        make_case(title="Pasar malam di lapangan", body="Ramai dan murah.", kind=Kind.IDEA)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/peta")
    assert not any("leaflet" in url for url in asked)
    page.evaluate(
        "new PerformanceObserver(l => l.getEntries().forEach(e => { window.moved = (window.moved || 0) +"
        " (e.hadRecentInput ? 0 : e.value); })).observe({type: 'layout-shift', buffered: true})"
    )
    go_to(page, "Buka peta")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 kiriman di layar ini")).to_be_visible()
    expect(page.locator(".map-canvas")).to_be_focused()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("window.moved || 0") <= 0.03

    # a filter keeps the map open
    page.get_by_label("Cari").fill("lampu")
    page.keyboard.press("Enter")
    page.wait_for_url("**/peta?q=lampu**#peta")
    expect(page.get_by_text("1 kiriman di layar ini")).to_be_visible()
    page.locator(".map-pin").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup .submission a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    expect(page.locator(".map-pin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup .submission a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Lampu dermaga mati")).to_be_visible()

    page.get_by_role("link", name="Lihat di peta").click()
    expect(page.get_by_text("1 kiriman di layar ini")).to_be_visible()
    page.locator(".map-canvas").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Buka peta")).to_be_focused()
    expect(page.locator(".map-canvas")).to_be_hidden()
    assert faults == []


def test_without_javascript_the_wards_are_a_list_with_links(new_page, live_server):
    with live_server.arrange():
        make_case(title="Lampu dermaga mati")
    page = new_page(java_script_enabled=False)
    page.goto("/peta")
    assert page.get_by_role("button", name="Buka peta").count() == 0
    page.get_by_role("region", name="Per kelurahan").get_by_role("link").first.click()
    page.wait_for_url("**/kiriman?kelurahan=*")
    assert page.get_by_role("link", name="Lampu dermaga mati").count() == 1
