"""A passkey in a real browser, with Chromium's own virtual device."""

import pytest
from playwright.sync_api import Page, expect

from portal.models import Role
from portal.services import accounts
from tests.factories import MONDAY, make_user
from tests.support.mail import free_port

PASSWORD = "ikan bakar Panyabungan"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named_server(start_server):
    """A site with a name: no browser makes a key for a bare network address."""
    port = str(free_port())
    return start_server(PORT=port, BASE_URL=f"http://localhost:{port}")


@pytest.fixture
def account(named_server) -> str:
    with named_server.arrange():
        user = make_user(Role.TRIAGE)
        accounts.set_password(user, PASSWORD, at=MONDAY)
        return user.email


def _plug_in(page: Page) -> None:
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_somebody_adds_a_key_signs_out_and_comes_in_with_it(new_page, named_server, account, axe, tmp_path):
    page = new_page(base_url=named_server.environment["BASE_URL"])
    _plug_in(page)
    page.goto("/masuk?next=/akun/kunci")
    page.get_by_label("E-mail").first.fill(account)
    page.get_by_text("Pakai kata sandi").click()
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.get_by_label("Nama kunci").fill("HP Ibu")
    page.get_by_role("button", name="Buat kunci sandi").click()
    expect(page.get_by_text("Kunci sandi ditambahkan.")).to_be_visible()
    expect(page.get_by_text("HP Ibu").first).to_be_visible()
    assert axe(page) == []
    page.get_by_text("Ganti nama atau hapus").click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.screenshot(path=tmp_path / "kunci.png", full_page=True)
    page.goto("/akun")
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.goto("/masuk?next=/akun/kunci")
    assert axe(page) == []
    page.screenshot(path=tmp_path / "masuk.png", full_page=True)
    page.get_by_role("button", name="Masuk dengan kunci sandi").click()
    expect(page.get_by_role("heading", name="Kunci sandi", exact=True)).to_be_visible()
    expect(page.get_by_text("Terakhir dipakai")).to_be_visible()
