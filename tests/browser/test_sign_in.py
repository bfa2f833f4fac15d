"""Somebody signs in on a phone with the code that really came by mail."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.support.mail import MailServer

ADDRESS = "rosma@contoh.example"
SECONDS = 20


def mailed_code(smtp: MailServer) -> str:
    deadline = time.monotonic() + SECONDS
    while not smtp.to(ADDRESS):
        assert time.monotonic() < deadline, "no mail came"
        time.sleep(0.05)
    return re.search(r"\b\d{6}\b", smtp.to(ADDRESS)[-1].text).group()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_the_code_from_the_mail_opens_an_account(new_page, start_server, smtp, axe, script):
    site = start_server(MAIL_SERVER=smtp.host, MAIL_PORT=str(smtp.port))
    page = new_page(base_url=site.url, java_script_enabled=script)
    page.goto("/masuk")
    page.get_by_label("E-mail").first.fill(ADDRESS)
    page.get_by_role("button", name="Kirim kode").click()
    expect(page.get_by_label("Kode")).to_be_visible()
    code = mailed_code(smtp)
    page.get_by_label("Kode").fill("000000" if code != "000000" else "111111")
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_text("Kode tidak cocok").first).to_be_visible()
    page.get_by_label("Kode").fill(code)
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()
    if script:
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Keluar").first.click()
    page.goto("/akun")
    expect(page.get_by_role("heading", name="Masuk")).to_be_visible()
