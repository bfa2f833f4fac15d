"""The nomenclature on the pages of the admin."""

import io

import pytest
from sqlalchemy import select

from portal.models import NomenclatureCode, NomenclatureVersion, Role
from tests import factories as make

GOOD = b"code;title\n3.26.02;Peningkatan Daya Tarik Destinasi Pariwisata\n3.26.05;Pengembangan Sumber Daya\n"


@pytest.fixture
def admin(client, db):
    make.sign_in(client, make.make_user(Role.ADMIN))
    return client


def send(client, content: bytes = GOOD, **changes):
    data = {"decree": "Kepmendagri 050-5889 Tahun 2021", "issued_on": "2021-12-27"} | changes
    data["berkas"] = (io.BytesIO(content), "kode.csv")
    return client.post("/admin/nomenklatur", data=data, content_type="multipart/form-data")


def test_the_page_says_that_there_is_none_yet(admin):
    assert "Belum ada nomenklatur." in admin.get("/admin/nomenklatur").get_data(as_text=True)


def test_an_admin_takes_in_a_decree_and_finds_its_codes(admin, db):
    answer = send(admin)
    assert answer.status_code == 303
    page = admin.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Pengembangan Sumber Daya" in page
    narrowed = admin.get("/admin/nomenklatur?q=3.26.05").get_data(as_text=True)
    assert "Pengembangan Sumber Daya" in narrowed
    assert "Peningkatan Daya Tarik" not in narrowed
    assert "Tidak ada kode yang cocok." in admin.get("/admin/nomenklatur?q=zzz").get_data(as_text=True)
    assert admin.get("/admin/nomenklatur?versi=99999999999999999999").status_code == 200


@pytest.mark.parametrize(
    ("content", "changes", "said"),
    [
        (GOOD, {"decree": ""}, "Tulis nomor keputusan"),
        (GOOD, {"issued_on": "kemarin"}, "Tulis tanggal yang benar"),
        (b"", {}, "Berkas ini kosong."),
        (b"\x00", {}, "bukan CSV atau XLSX"),
        (b"kode;nama\n1;2\n", {}, "Berkas perlu kolom code dan title."),
        (b"code;title\ntiga;Nama\n", {}, "Ini bukan kode nomenklatur"),
    ],
)
def test_what_cannot_be_taken_in_is_told_and_nothing_is_kept(admin, db, content, changes, said):
    answer = send(admin, content, **changes)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert db.session.scalars(select(NomenclatureVersion)).all() == []


def test_a_decree_that_is_there_stays_as_it_is(admin, db):
    send(admin)
    assert send(admin, b"code;title\n9.99.99;Lain\n").status_code == 422
    assert "9.99.99" not in db.session.scalars(select(NomenclatureCode.code)).all()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.TRIAGE])
def test_nobody_else_sees_it(client, db, role):
    make.sign_in(client, make.make_user(role, make.make_agency()))
    assert client.get("/admin/nomenklatur").status_code == 404
    assert send(client).status_code == 404
