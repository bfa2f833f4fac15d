"""The whole story: what a boat owner proposes on a phone becomes an agreement, a package and an answer.

Nothing is arranged but the town: everything else is done on the pages, by the people who do it.
"""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.core import clock
from portal.core.database import db
from portal.models import Role, User
from portal.services import sessions
from tests.factories import a_ward, make_agency, make_category, make_user
from tests.support.mail import MailServer
from tests.support.pictures import pdf
from tests.support.server import Server

DESK = {"width": 1366, "height": 768}
OWNER = "pemilik@contoh.example"
VISITOR = "tamu@contoh.example"
AGENCY = "Dinas Uji Pariwisata"
TITLE = "Sehari di pulau dengan perahu"
SECRET = "Pemandu Rahasia"
PURPOSE = "Wisata bahari yang aman ke Poncan."
SIGNED = "Perjanjian ditandatangani hari ini di kantor dinas."
QUESTION = "Apakah ada jaket pelampung untuk anak umur empat tahun?"


@pytest.fixture
def site(start_server, smtp) -> Server:
    """A site that really sends its mail, in a town with one agency."""
    started = start_server(MAIL_SERVER=smtp.host, MAIL_PORT=str(smtp.port), MIN_SECONDS_TO_SEND="0")
    with started.arrange():
        agency = make_agency(name_id=AGENCY, short_id="Dispar")
        make_category(name_id="Wisata", agency_id=agency.id)
        make_user(Role.TRIAGE, email="triage@contoh.example", name="Petugas Triase")
        make_user(Role.HEAD, agency, email="head@contoh.example", name="Kepala Pariwisata")
    return started


@pytest.fixture
def letter(tmp_path) -> Path:
    path = tmp_path / "perjanjian.pdf"
    path.write_bytes(pdf().getvalue())
    return path


@pytest.fixture
def staff(site, new_page) -> Callable[[str], Page]:
    """Open the desk as somebody who signed in with a second factor."""

    def open_(who: str) -> Page:
        with site.arrange():
            user = db.session.scalar(select(User).where(User.email == f"{who}@contoh.example"))
            token = sessions.start(user, at=clock.now(), hours=1)
        signer = site.app.session_interface.get_signing_serializer(site.app)
        page = new_page(base_url=site.url, viewport=DESK)
        cookie = signer.dumps({"_user_id": token, "_fresh": True})
        page.context.add_cookies(
            [{"name": site.app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": site.url}]
        )
        return page

    return open_


def press(page: Page, name: str, about: str = "") -> None:
    """Press a button (`about` is said to a screen reader only) and wait for the page that comes; it fits."""
    said = re.compile(rf"^{re.escape(name)}\s*:\s*{re.escape(about)}$") if about else name
    with page.expect_navigation():
        page.get_by_role("button", name=said, exact=not about).last.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url
    assert not page.title().startswith("Galat"), page.locator("#error-summary").inner_text()


def step(page: Page, name: str, words: str = "") -> None:
    """Take a partnership to its next stage, with words for the public where the stage asks for them."""
    move = page.locator("details", has=page.locator("summary", has_text=name))
    if not move.get_by_role("button").is_visible():
        move.locator("summary").click()
    if words:
        move.get_by_label("Penjelasan untuk publik").fill(words)
    press(page, name)


def mailed(smtp: MailServer, address: str, pattern: str) -> str:
    """Wait for a mail in which the pattern is found; return what it found."""
    deadline = time.monotonic() + 30
    while True:
        for mail in reversed(smtp.to(address)):
            if found := re.search(pattern, mail.text):
                return found.group()
        assert time.monotonic() < deadline, f"no mail to {address} says {pattern}"
        time.sleep(0.1)


def sign_in(page: Page, smtp: MailServer) -> None:
    page.goto("/masuk")
    page.get_by_label("E-mail").first.fill(OWNER)
    press(page, "Kirim kode")
    page.get_by_label("Kode").fill(mailed(smtp, OWNER, r"\b\d{6}\b"))
    press(page, "Masuk")
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()


def propose(page: Page, ward: str) -> str:
    """Fill in the six steps; return the reference."""
    page.goto("/usaha")
    page.get_by_role("link", name="Mulai usulan").click()
    page.get_by_role("radio", name="Paket wisata").check()
    page.locator("#name").fill("Perahu Rindu Laut")
    page.locator("#kind").select_option("boat")
    page.locator("#ward").select_option(ward)
    page.get_by_label("Nama yang dihubungi").fill("Orang Contoh")
    press(page, "Lanjutkan")
    page.get_by_label("Judul").fill(TITLE)
    page.get_by_role("radio", name="Wisata bahari").check()
    page.get_by_label("Latar belakang").fill("Berlayar pelan melewati bagan nelayan sampai Poncan.")
    page.get_by_label("Manfaat bagi warga").fill("Tiga keluarga nelayan mendapat penghasilan.")
    press(page, "Lanjutkan")
    page.locator("#route_0_time").fill("8")
    page.locator("#route_0_place").fill("Pelabuhan Lama")
    page.locator("#route_1_time").fill("10")
    page.locator("#route_1_place").fill("Poncan Gadang")
    press(page, "Lanjutkan")
    page.get_by_label("Lama (jam)").fill("7,5")
    page.get_by_label("Tamu paling sedikit").fill("6")
    page.get_by_label("Tamu paling banyak").fill("12")
    press(page, "Lanjutkan")
    page.get_by_label("Harga per orang").fill("225.000")
    page.locator("#guide").fill(SECRET)
    press(page, "Lanjutkan")
    page.get_by_label("Alat keselamatan").fill("Jaket pelampung untuk dewasa dan anak")
    page.get_by_label("Bagian untuk masyarakat").fill("Rp 10.000 per tamu")
    page.get_by_role("radio", name="Sedang").check()
    press(page, "Lanjutkan")
    page.get_by_role("checkbox", name="Pemandu").check()
    press(page, "Lanjutkan")
    press(page, "Kirim usulan")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sudah kami terima")
    return page.locator(".reference").first.inner_text()


def represent(page: Page) -> str:
    """Stand for the business of the proposal; return the address of its pages."""
    page.goto("/akun/usaha")
    press(page, "Saya mewakili usaha ini", "Perahu Rindu Laut")
    page.goto("/akun/usaha")
    page.get_by_role("link", name="Perahu Rindu Laut").click()
    page.wait_for_url(re.compile(r"/akun/usaha/[a-z0-9-]+$"))
    address = page.url
    page.get_by_role("checkbox", name="Tampilkan halaman usaha ini kepada publik").check()
    page.get_by_label("Nomor WhatsApp untuk tamu").fill("0812 1111 2222")
    press(page, "Simpan profil")
    return address


def accept(triage: Page, head: Page, reference: str) -> None:
    triage.goto(f"/meja/k/{reference}")
    form = triage.get_by_role("complementary", name="Data kiriman")
    form.get_by_label("Kategori").select_option("Wisata")
    form.get_by_label("Dinas", exact=True).select_option(AGENCY)
    press(triage, "Terima & teruskan")
    head.goto(f"/meja/k/{reference}")
    head.get_by_role("link", name="Terima sebagai kemitraan").click()
    head.get_by_label("Kalimat penerimaan untuk publik").fill(
        "Usulan ini sejalan dengan rencana wisata bahari. Kami mulai membahasnya."
    )
    press(head, "Terima sebagai kemitraan")


def agree(owner: Page, own: str, triage: Page, head: Page, reference: str, letter: Path) -> None:
    """From the first message to an agreement in force."""
    desk = f"/meja/kemitraan/{reference}"
    room = f"{own}/kemitraan/{reference}"
    head.goto(desk)
    step(head, "Mulai pembahasan")
    owner.goto(f"{room}/ruang")
    owner.get_by_label("Pesan").fill("Selamat pagi. Kapan kami bisa membahas jadwal kapal?")
    press(owner, "Kirim pesan")
    head.goto(f"{desk}/ruang")
    expect(head.get_by_text("Kapan kami bisa membahas jadwal kapal?")).to_be_visible()
    head.goto(desk)
    step(head, "Lanjut menyusun perjanjian")
    head.goto(f"{desk}/naskah")
    head.get_by_label("Jenis naskah").select_option("Perjanjian kerja sama")
    head.get_by_label("Berkas naskah (PDF)").set_input_files(letter)
    press(head, "Simpan naskah")
    for page, where in ((owner, room), (head, desk), (triage, desk)):
        page.goto(f"{where}/naskah")
        page.get_by_role("radio", name="Setuju").check()
        press(page, "Simpan tanggapan")
    head.goto(desk)
    step(head, "Ajukan untuk ditandatangani")
    for item in (
        "Diperiksa bagian hukum",
        "Ditandatangani usaha",
        "Ditandatangani Pemko",
        "Bermeterai",
        "Salinan diarsipkan dan diserahkan ke usaha",
    ):
        press(head, "Tandai sudah", item)
    today = clock.city_date(clock.now())
    plan = head.get_by_role("region", name="Tujuan dan masa berlaku")
    plan.get_by_label("Tujuan kemitraan, tampil untuk publik").fill(PURPOSE)
    plan.get_by_label("Hari mulai").fill(today.isoformat())
    plan.get_by_label("Hari berakhir").fill((today + timedelta(days=365)).isoformat())
    press(head, "Simpan")
    step(head, "Nyatakan berlaku", SIGNED)


def test_a_boat_owners_proposal_becomes_a_package_that_visitors_find(
    site, new_page, staff, smtp, letter, axe
):
    with site.arrange():
        ward = a_ward().name
    owner, triage, head = new_page(base_url=site.url), staff("triage"), staff("head")

    sign_in(owner, smtp)
    reference = propose(owner, ward)
    own = represent(owner)
    accept(triage, head, reference)

    owner.goto(f"{own}/kesiapan/{reference}")
    task = owner.locator("#tugas-season")
    task.get_by_text("Isi keterangan").click()
    task.get_by_role("textbox").fill("Februari sampai Oktober")
    press(owner, "Simpan")
    # Accepted already, the package changes only once staff agree.
    expect(owner.locator("#tugas-season").get_by_text("Menunggu petugas")).to_be_visible()
    head.goto(f"/meja/paket/{reference}")
    press(head, "Terima")

    agree(owner, own, triage, head, reference, letter)

    visitor = new_page(base_url=site.url)
    visitor.goto("/jelajah?jenis=marine&bulan=4&q=poncan")
    visitor.get_by_role("link", name=TITLE).first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(visitor.get_by_text("Februari sampai Oktober").first).to_be_visible()
    assert axe(visitor) == []
    visitor.get_by_role("link", name="Tanya lewat portal").click()
    visitor.get_by_label("Pertanyaan Anda").fill(QUESTION)
    visitor.get_by_label("E-mail atau nomor HP").fill(VISITOR)
    press(visitor, "Kirim")
    answer_page = visitor.url

    mailed(smtp, OWNER, re.escape(QUESTION))
    owner.goto(f"{own}/pertanyaan")
    owner.get_by_text("Jawab", exact=True).click()
    owner.get_by_role("textbox").last.fill("Ada dua jaket anak. Kami siapkan sebelum berangkat.")
    press(owner, "Kirim jawaban")
    visitor.goto(answer_page)
    expect(visitor.get_by_text("Ada dua jaket anak.")).to_be_visible()
    mailed(smtp, VISITOR, "Ada dua jaket anak")

    # The whole way can be read by everybody; what the business keeps to itself is nowhere on it.
    visitor.goto(f"/jejak/kiriman/{reference}")
    expect(visitor.get_by_text(PURPOSE).first).to_be_visible()
    assert axe(visitor) == []
    for public in ("/jejak/kiriman", "/jejak/kemitraan", "/k", "/kemitraan", "/jelajah"):
        visitor.goto(f"{public}/{reference}")
        assert TITLE in visitor.content(), public
        assert SECRET not in visitor.content(), public
    visitor.goto(f"/kemitraan/{reference}")
    expect(visitor.get_by_text(SIGNED).first).to_be_visible()
