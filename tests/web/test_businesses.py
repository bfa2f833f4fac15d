"""Businesses: their people keep the profile, the city looks at them, everybody reads what is open."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.sealing import current_seal
from portal.models import (
    Business,
    BusinessInvitation,
    BusinessMember,
    BusinessRole,
    BusinessVerification,
    HideCode,
    Kind,
    Licence,
    LicenceKind,
    OutboxMessage,
    Role,
    Status,
)
from portal.queries import businesses
from portal.rules.businesses import MOST_LICENCES, MOST_MEMBERS
from portal.rules.contacts import parse
from portal.services import businesses as writing
from portal.services import delivery
from portal.services.businesses import give_address
from portal.web import mails
from tests import factories as make
from tests.support.pictures import jpeg

PROFILE = {
    "name": "Lancang Jaya",
    "kind": "boat",
    "about_id": "Dua perahu untuk tamu.",
    "languages": ["id", "en"],
    "nib": "0220 1045 00731",
    "npwp": "12.345.678.9-012.000",
    "published": "y",
    "public_phone": "0812-1111-2222",
    "version": "1",
}


NEXT_YEAR = (make.day(make.now()) + timedelta(days=360)).isoformat()


@pytest.fixture
def owner(client, db):
    user = make.make_citizen(current_seal(), "pemilik@contoh.example")
    make.sign_in(client, user)
    return user


@pytest.fixture
def business(client, owner, db):
    client.post("/akun/usaha/baru", data=PROFILE)
    return db.session.query(Business).filter_by(name="Lancang Jaya").one()


def joined(db, business, role, client):
    user = make.make_citizen(current_seal())
    make.make_member(business, user, role)
    db.session.commit()
    make.sign_in(client, user)
    return user


def test_an_owner_adds_a_business_and_the_public_reads_its_page(client, business):
    page = client.get(f"/usaha/profil/{business.slug}")
    assert page.status_code == 200
    for words in ("Lancang Jaya", "Dua perahu untuk tamu.", "0220104500731", "Belum diverifikasi"):
        assert words in page.text
    assert business.slug in client.get("/usaha/profil").text


def test_of_the_tax_number_only_the_last_digits_are_kept(business, db):
    assert business.npwp_tail == "2000"
    stored = " ".join(str(value) for value in vars(business).values())
    assert "123456789012000" not in stored


def test_bad_numbers_are_said_at_the_field_and_nothing_typed_is_lost(client, owner):
    page = client.post("/akun/usaha/baru", data=PROFILE | {"nib": "123", "npwp": "4"})
    assert page.status_code == 422
    assert "NIB terdiri dari 13 angka" in page.text
    assert "NPWP terdiri dari 15 atau 16 angka" in page.text
    assert "Dua perahu untuk tamu." in page.text


@pytest.mark.parametrize("field", ["name", "about_id", "address"])
def test_what_belongs_on_no_page_is_refused_at_its_field(client, owner, field, db):
    page = client.post("/akun/usaha/baru", data=PROFILE | {field: "Rosma, NIK 1273010101900001"})
    assert page.status_code == 422
    assert "Ini langsung tampil untuk umum. Hapus dulu: nomor mirip NIK." in page.text
    assert db.session.query(Business).count() == 0


def test_an_unpublished_business_does_not_exist_for_others(client, business, new_client, db):
    client.post(f"/akun/usaha/{business.slug}", data={**PROFILE, "published": ""})
    assert new_client().get(f"/usaha/profil/{business.slug}").status_code == 404
    assert business.slug not in new_client().get("/usaha/profil").text


PRIVATE = ["", "/izin", "/anggota"]


@pytest.mark.parametrize("page", PRIVATE)
def test_strangers_and_members_of_other_businesses_find_no_private_page(client, business, page, db):
    joined(db, make.make_business(slug="lain-1"), BusinessRole.OWNER, client)
    assert client.get(f"/akun/usaha/{business.slug}{page}").status_code == 404


@pytest.mark.parametrize(
    ("role", "expected"), [(BusinessRole.OWNER, 303), (BusinessRole.MANAGER, 303), (BusinessRole.HELPER, 404)]
)
def test_who_changes_the_profile(client, business, role, expected, db):
    joined(db, business, role, client)
    assert client.post(f"/akun/usaha/{business.slug}", data=PROFILE).status_code == expected


@pytest.mark.parametrize("role", [BusinessRole.MANAGER, BusinessRole.HELPER])
def test_only_owners_manage_members(client, business, role, db):
    joined(db, business, role, client)
    data = {"contact": "baru@contoh.example", "role": "helper"}
    assert client.post(f"/akun/usaha/{business.slug}/anggota", data=data).status_code == 404


def test_a_stale_profile_keeps_what_was_typed(client, business):
    page = client.post(
        f"/akun/usaha/{business.slug}", data=PROFILE | {"version": "7", "address": "Jalan Baru 3"}
    )
    assert page.status_code == 409
    assert "Jalan Baru 3" in page.text


def test_somebody_invited_joins_with_the_contact_that_was_invited_and_nobody_else(
    client, business, new_client, db
):
    client.post(
        f"/akun/usaha/{business.slug}/anggota", data={"contact": "adik@contoh.example", "role": "helper"}
    )
    invitation = db.session.query(BusinessInvitation).one()
    assert "adik@contoh.example" not in invitation.contact
    mail = db.session.query(OutboxMessage).filter_by(kind="business_invited").one()
    assert mail.recipient_id == invitation.id
    other, guest = new_client(), new_client()
    make.sign_in(other, make.make_citizen(current_seal(), "lain@contoh.example"))
    assert other.post(f"/akun/usaha/undangan/{invitation.id}").status_code == 404
    make.sign_in(guest, make.make_citizen(current_seal(), "adik@contoh.example"))
    assert "Lancang Jaya" in guest.get("/akun/usaha").text
    assert guest.post(f"/akun/usaha/undangan/{invitation.id}").status_code == 303
    assert guest.get(f"/akun/usaha/{business.slug}").status_code == 200
    assert db.session.query(BusinessInvitation).count() == 0


def test_the_last_owner_stays(client, business, owner, db):
    member = db.session.query(BusinessMember).filter_by(business_id=business.id, user_id=owner.id).one()
    page = client.post(f"/akun/usaha/{business.slug}/anggota/{member.id}/keluar")
    assert page.status_code == 422
    assert "paling sedikit satu pemilik" in page.text


def test_a_member_of_another_business_is_out_of_reach(client, business, db):
    other = make.make_business(slug="lain-2")
    member = make.make_member(other, make.make_user())
    db.session.commit()
    assert client.post(f"/akun/usaha/{business.slug}/anggota/{member.id}/keluar").status_code == 404


def test_a_licence_with_its_scan_is_for_members_and_staff(client, business, new_client, db):
    data = {
        "kind": "skipper",
        "number": "AB-12",
        "valid_until": "2030-01-01",
        "scan": (jpeg(), "kartu.jpg"),
    }
    answer = client.post(f"/akun/usaha/{business.slug}/izin", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    licence = db.session.query(Licence).one()
    path = f"/izin/{licence.id}/berkas"
    assert client.get(f"/akun/usaha/{business.slug}{path}").status_code == 200
    stranger, officer = new_client(), new_client()
    make.sign_in(stranger, make.make_citizen(current_seal()))
    assert stranger.get(f"/akun/usaha/{business.slug}{path}").status_code == 404
    make.sign_in(officer, make.make_user(Role.OFFICER, make.make_agency()))
    assert officer.get(f"/meja/usaha/{business.slug}{path}").status_code == 200
    public = new_client().get(f"/usaha/profil/{business.slug}").text
    assert "Kecakapan nakhoda" in public
    assert "AB-12" not in public


def test_a_photo_is_shown_to_everybody_while_the_page_is_public(client, business, new_client, db):
    data = {"alt": "Perahu merah di dermaga", "photos": (jpeg(), "a.jpg")}
    answer = client.post(f"/akun/usaha/{business.slug}/foto", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    token = businesses.photos(business.id)[0].upload.token
    assert new_client().get(f"/usaha/foto/{token}").status_code == 200
    client.post(
        f"/akun/usaha/{business.slug}",
        data={**PROFILE, "published": "", "version": str(business.version + 1)},
    )
    db.session.refresh(business)
    business.published = False
    db.session.commit()
    assert new_client().get(f"/usaha/foto/{token}").status_code == 404
    assert client.get(f"/usaha/foto/{token}").status_code == 200
    assert client.post(f"/akun/usaha/{business.slug}/foto/{token}/hapus").status_code == 303
    assert businesses.photos(business.id) == []


def test_a_picture_without_a_description_is_asked_for_once_more(client, business):
    data = {"alt": "", "photos": (jpeg(), "a.jpg")}
    path = f"/akun/usaha/{business.slug}/foto"
    page = client.post(path, data=data, content_type="multipart/form-data")
    assert page.status_code == 422
    assert '<a href="#alt">Tulis apa yang terlihat.</a>' in page.text
    assert "pilih berkasnya sekali lagi" in page.text
    page = client.post(path, data={"alt": "Perahu"}, content_type="multipart/form-data")
    assert '<a href="#photos">Pilih satu foto.</a>' in page.text
    assert 'aria-current="true">Profil</a>' in page.text


def test_an_invitation_without_a_contact_asks_for_the_other_person(client, business):
    page = client.post(f"/akun/usaha/{business.slug}/anggota", data={"contact": "", "role": "helper"})
    assert page.status_code == 422
    assert "orang yang Anda undang" in page.text
    assert 'aria-current="true">Anggota</a>' in page.text


def test_the_city_verifies_and_everybody_reads_what_was_checked(client, business, new_client, db):
    desk = new_client()
    make.sign_in(desk, make.make_user(Role.OFFICER, make.make_agency()))
    path = f"/meja/usaha/{business.slug}"
    page = desk.post(
        f"{path}/verifikasi", data={"version": 1, "checked": ["photos"], "valid_until": "2027-06-01"}
    )
    assert page.status_code == 422
    sent = {"version": 1, "checked": ["met_owner", "address", "contact"], "valid_until": NEXT_YEAR}
    assert desk.post(f"{path}/verifikasi", data=sent | {"valid_until": "2020-01-01"}).status_code == 422
    assert desk.post(f"{path}/verifikasi", data=sent).status_code == 303
    text = new_client().get(f"/usaha/profil/{business.slug}").text
    assert "Terverifikasi sampai" in text
    assert "Alamat dikunjungi" in text
    db.session.refresh(business)
    client.post(
        f"/akun/usaha/{business.slug}", data=PROFILE | {"name": "Nama Lain", "version": business.version}
    )
    assert "Belum diverifikasi" in new_client().get(f"/usaha/profil/{business.slug}").text


def test_a_refusal_says_why_in_public(client, business, new_client, db):
    desk = new_client()
    make.sign_in(desk, make.make_user(Role.TRIAGE))
    path = f"/meja/usaha/{business.slug}/tolak"
    sent = {"version": 1, "reason": "Alamatnya tidak ditemukan."}
    assert desk.post(path, data=sent | {"reason": ""}).status_code == 422
    assert desk.post(path, data=sent).status_code == 303
    assert desk.post(path, data=sent).status_code == 409  # pressed twice: one finding
    assert db.session.query(BusinessVerification).count() == 1
    assert "Alamatnya tidak ditemukan." in new_client().get(f"/usaha/profil/{business.slug}").text


def test_nobody_verifies_a_name_that_they_did_not_see(client, business, new_client, db):
    desk = new_client()
    make.sign_in(desk, make.make_user(Role.OFFICER, make.make_agency()))
    path = f"/meja/usaha/{business.slug}"
    seen = business.version
    client.post(f"/akun/usaha/{business.slug}", data=PROFILE | {"name": "Hotel Resmi", "version": seen})
    sent = {"version": seen, "checked": ["met_owner", "address", "contact"], "valid_until": NEXT_YEAR}
    page = desk.post(f"{path}/verifikasi", data=sent)
    assert page.status_code == 409
    assert "Hotel Resmi" in page.text
    db.session.refresh(business)
    assert business.verified_until is None


def test_nobody_verifies_their_own_business(business, new_client, db):
    officer, desk = make.make_user(Role.OFFICER, make.make_agency()), new_client()
    make.make_member(business, officer)
    make.sign_in(desk, officer)
    path = f"/meja/usaha/{business.slug}"
    assert "Rekan lain yang memeriksanya" in desk.get(path).text
    sent = {"version": business.version, "reason": "Alamatnya tidak ditemukan."}
    assert desk.post(f"{path}/tolak", data=sent).status_code == 404


def test_a_hidden_partnership_is_not_on_the_page_of_its_business(business, new_client, db):
    case = make.make_case(
        Status.ACCEPTED,
        Kind.PARTNERSHIP,
        agency=make.make_agency(),
        title="KENARI",
        hidden_code=HideCode.INSULT,
    )
    make.make_partnership(None, business, case)
    db.session.commit()
    desk = new_client()
    make.sign_in(desk, make.make_user(Role.OFFICER, make.make_agency()))
    assert "KENARI" not in desk.get(f"/meja/usaha/{business.slug}").text


def test_staff_find_a_business_that_nobody_speaks_for_yet(new_client, db):
    business = make.make_business(name="Belum Diklaim")
    give_address(business)
    db.session.commit()
    desk = new_client()
    make.sign_in(desk, make.make_user(Role.OFFICER, make.make_agency()))
    assert "Belum Diklaim" in desk.get("/meja/usaha").text


def test_whoever_sent_a_proposal_may_speak_for_its_business(client, owner, db):
    case = make.make_case(Status.RECEIVED, Kind.TOURISM_PACKAGE)
    db.session.commit()
    path = f"/akun/usaha/klaim/{case.reference}"
    assert client.post(path).status_code == 404
    with client.session_transaction():
        pass
    code = make.tracking_code(case)
    client.post("/lacak", data={"reference": case.reference, "code": code})
    assert client.post(path).status_code == 303
    found = businesses.of_user(owner.id)
    assert len(found) == 1
    assert found[0].slug


@pytest.mark.parametrize("query", ["?jenis=x", "?kelurahan=99", "?dari=zzz", "?q=%00%25", "?verifikasi=?"])
def test_meddled_addresses_of_the_directory_answer(client, query):
    assert client.get(f"/usaha/profil{query}").status_code == 200


def test_a_business_that_was_sent_twice_is_added_once(client, owner, db, monkeypatch):
    first = client.post("/akun/usaha/baru", data=PROFILE)
    again = client.post("/akun/usaha/baru", data=PROFILE)
    assert (again.status_code, again.location) == (303, first.location)
    assert db.session.query(Business).count() == 1
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.post("/akun/usaha/baru", data=PROFILE).location != first.location


def test_one_account_speaks_for_twenty_businesses_and_is_told_so(client, owner, db):
    for number in range(businesses.MOST_OF_ONE):
        make.make_member(make.make_business(slug=f"usaha-{number}"), owner, BusinessRole.HELPER)
    said = "Satu akun paling banyak mewakili 20 usaha."
    assert said in client.post("/akun/usaha/baru", data=PROFILE).text
    other = make.make_business(slug="lain")
    inviter = make.make_citizen(current_seal(), "lain@contoh.example")
    make.make_member(other, inviter)
    contact = parse("pemilik@contoh.example")
    invitation = writing.invite(
        other,
        contact,
        BusinessRole.HELPER,
        actor=make.member(other, user=inviter),
        at=clock.now(),
        seal=current_seal(),
    )
    case = make.make_case(Status.ASSIGNED, Kind.PARTNERSHIP, agency=make.make_agency())
    make.propose(case, make.make_business())
    db.session.commit()
    client.post(f"/akun/usaha/undangan/{invitation.id}")
    assert said in client.get("/akun/usaha").text
    with pytest.raises(writing.Full):
        writing.claim(case.id, user=owner, at=clock.now())


def test_an_invitation_reaches_whom_it_is_for(client, business, db):
    sent = {"contact": "teman@contoh.example", "role": "helper"}
    assert client.post(f"/akun/usaha/{business.slug}/anggota", data=sent).status_code == 303
    row = db.session.query(OutboxMessage).filter_by(kind="business_invited").one()
    claim = delivery.claim(row.id, at=clock.now(), seal=current_seal())
    told = mails.compose(claim.letter, message_id="x@contoh.example", kind=row.kind, queued_at=row.created_at)
    assert told.address == "teman@contoh.example"
    assert business.name in told.text


def test_a_full_business_takes_nobody_in(client, owner, db):
    other = make.make_business(slug="lain")
    inviter = make.make_citizen(current_seal(), "lain@contoh.example")
    make.make_member(other, inviter)
    invitation = writing.invite(
        other,
        parse("pemilik@contoh.example"),
        BusinessRole.HELPER,
        actor=make.member(other, user=inviter),
        at=clock.now(),
        seal=current_seal(),
    )
    for _ in range(MOST_MEMBERS - 1):
        make.make_member(other, make.make_user())
    db.session.commit()
    client.post(f"/akun/usaha/undangan/{invitation.id}")
    assert "Anggota sudah 20 orang." in client.get("/akun/usaha").text
    assert client.get("/akun/usaha/lain").status_code == 404


def test_there_is_an_end_to_licences_and_it_is_said(client, business, db):
    for number in range(MOST_LICENCES):
        db.session.add(
            Licence(
                business_id=business.id,
                kind=LicenceKind.OTHER,
                title=f"Izin {number}",
                created_at=clock.now(),
            )
        )
    db.session.commit()
    path = f"/akun/usaha/{business.slug}/izin"
    page = client.post(path, data={"kind": "vessel", "number": "KAPAL-1"})
    assert page.status_code == 422
    assert "Izin sudah 50." in page.text
    assert "KAPAL-1" in page.text


@pytest.mark.parametrize(
    "path",
    ["izin/{}/hapus", "undangan/{}/tarik", "anggota/{}/keluar", "pertanyaan/{}", "pertanyaan/{}/tutup"],
)
def test_nothing_of_a_business_has_a_number_that_large(client, business, path):
    for number in (2**31, 2**70):
        assert client.post(f"/akun/usaha/{business.slug}/{path.format(number)}").status_code == 404
    assert client.get(f"/akun/usaha/{business.slug}/izin/{2**70}/berkas").status_code == 404
