"""Jelajah Sibolga: found by filters, read by machines, changed through staff, asked through the portal."""

import json
import re

import pytest

from portal.core.sealing import current_seal
from portal.models import OutboxMessage, PackageChange, PackagePoint, Role, VisitorQuestion
from portal.services import packages, pages
from tests import factories as make
from tests.factories import MONDAY
from tests.support import schema_org

ROUTE = [
    {"time": "08.00", "place": "Pelabuhan Lama", "activity": "Berkumpul"},
    {"time": "10.00", "place": "Poncan Gadang", "activity": "Berenang"},
]


@pytest.fixture
def business(db):
    return make.make_business(
        slug="lancang-jaya", name="Lancang Jaya", published=True, public_phone="+6281211112222"
    )


@pytest.fixture
def package(business, db):
    data = {
        "route": ROUTE,
        "background": "Dua pulau </script><script>alert(1)</script>",
        "season": "Maret sampai Mei",
    }
    package = make.make_package(business, data=data)
    packages.fill(package, business, at=MONDAY)
    db.session.commit()
    pages.touch()
    db.session.commit()
    return package


@pytest.fixture
def reference(package, db):
    return db.session.get(make.Submission, package.submission_id).reference


@pytest.fixture
def owner(client, business, db):
    user = make.make_citizen(current_seal())
    make.make_member(business, user)
    db.session.commit()
    make.sign_in(client, user)
    return user


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?q=poncan", True),
        ("?q=gunung", False),
        ("?jenis=marine", True),
        ("?jenis=walking", False),
        ("?lama=sehari", True),
        ("?lama=singkat", False),
        ("?harga=150000", True),
        ("?harga=75000", False),
        ("?bulan=4", True),
        ("?bulan=11", False),
        ("?akses=kursi-roda", False),
        ("?bulan=13&harga=x&jenis=%00&dari=zz", True),
    ],
)
def test_filters_find_what_fits(client, package, reference, query, found):
    assert (reference in client.get(f"/jelajah{query}").text) is found


def test_the_most_complete_stand_first(client, business, package, db):
    other = make.make_package(business, readiness=90, title="Lengkap sekali")
    other.title = "Lengkap sekali"
    db.session.commit()
    text = client.get("/jelajah").text
    assert text.index("Lengkap sekali") < text.index(package.title)


def test_the_page_tells_machines_what_it_is_and_nothing_written_can_end_the_block(client, reference):
    page = client.get(f"/jelajah/{reference}").text
    found = _structured(page)
    assert found["@type"] == "TouristTrip"
    assert found["offers"] == found["offers"] | {"price": 150_000, "priceCurrency": "IDR"}
    assert [stop["item"]["name"] for stop in found["itinerary"]["itemListElement"]] == [
        "Pelabuhan Lama",
        "Poncan Gadang",
    ]
    assert "alert(1)</script>" not in page


def _structured(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])


@pytest.mark.parametrize("known", ["little", "all"])
def test_the_vocabulary_of_schema_org_objects_to_nothing(client, business, db, known):
    package = make.make_package(business, price=150_000 if known == "all" else None)
    if known == "all":
        business.address, business.public_email = "Jl. Pelabuhan 1", "perahu@contoh.example"
        package.data = package.data | {"route": ROUTE, "background": "Dua pulau."}
        package.ward_code = make.a_ward().code
        db.session.add(PackagePoint(package_id=package.id, position=1, latitude=1.72, longitude=98.76))
        case = db.session.get(make.Submission, package.submission_id)
        make.make_attachment(case, width=1200, height=800)
        case.file_count, case.files_public = 1, True
    db.session.commit()
    reference = db.session.get(make.Submission, package.submission_id).reference
    found = _structured(client.get(f"/jelajah/{reference}").text)
    assert schema_org.faults(found) == []
    assert ("image" in found, "itinerary" in found, "offers" in found) == ((known == "all"),) * 3
    if known == "all":
        assert found["itinerary"]["itemListElement"][1]["item"]["geo"]["latitude"] == 1.72


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"@type": "Tour"}, "@type: Tour is no type"),
        ({"inLanguage": "id"}, "inLanguage: no property of TouristTrip"),
        ({"provider": {"@type": "Place"}}, "provider: {'@type': 'Place'} is none of"),
        ({"image": "/foto.jpg"}, "image: '/foto.jpg' is none of"),
        ({"offers": {"@type": "Offer", "availability": "https://schema.org/Ada"}}, "offers.availability:"),
    ],
)
def test_the_check_of_structured_data_objects_to_what_is_wrong(fields, fault):
    trip = {"@context": "https://schema.org", "@type": "TouristTrip"} | fields
    assert [one.startswith(fault) for one in schema_org.faults(trip)] == [True]


def test_poster_and_page_carry_a_code_for_the_pier(client, reference):
    for path in (f"/jelajah/{reference}", f"/jelajah/{reference}/poster"):
        assert '<svg class="segno"' in client.get(path).text or "segno" in client.get(path).text


def test_what_is_not_listed_has_no_page_poster_or_form(client, package, reference, db):
    package.listed = False
    pages.touch()
    db.session.commit()
    for path in ("", "/poster", "/tanya"):
        assert client.get(f"/jelajah/{reference}{path}").status_code == 404
    assert (
        client.post(f"/jelajah/{reference}/tanya", data={"text": "Apakah ada jaket anak?"}).status_code == 404
    )


# --- changes --------------------------------------------------------------------------------------------

SAFE = {
    "safety_equipment": "14 jaket pelampung",
    "community_share": "Kas kelompok",
    "risk_level": "low",
    "version": "1",
}


def test_a_change_shows_only_after_staff_accepted_it(client, owner, package, reference, new_client, db):
    path = f"/akun/usaha/lancang-jaya/paket/{reference}/ubah/6"
    assert client.post(path, data=SAFE).status_code == 303
    change = db.session.query(PackageChange).one()
    assert "14 jaket pelampung" not in client.get(f"/jelajah/{reference}").text
    desk = new_client()
    agency = make.db.session.get(make.Submission, package.submission_id).agency_id
    make.sign_in(desk, make.make_user(Role.OFFICER, make.db.session.get(make.Agency, agency)))
    assert "14 jaket pelampung" in desk.get(f"/meja/paket/{reference}").text
    assert desk.post(f"/meja/paket/{reference}/perubahan/{change.id}/terima").status_code == 303
    assert "14 jaket pelampung" in desk.get(f"/meja/paket/{reference}").text
    assert "14 jaket pelampung" in new_client().get(f"/jelajah/{reference}").text
    told = db.session.query(OutboxMessage).filter_by(kind="package_decided").all()
    assert [row.recipient_id for row in told] == [owner.id]


def test_a_change_from_an_older_page_is_kept_on_the_screen(client, owner, package, reference):
    page = client.post(f"/akun/usaha/lancang-jaya/paket/{reference}/ubah/6", data=SAFE | {"version": "9"})
    assert page.status_code == 409
    assert "14 jaket pelampung" in page.text


def test_asking_for_one_more_stop_keeps_what_was_typed_and_asks_for_nothing_yet(
    client, owner, package, reference, db
):
    path = f"/akun/usaha/lancang-jaya/paket/{reference}/ubah/3"
    before = client.get(path).text
    shown = before.count("<legend>Pemberhentian")
    assert 'name="add" value="route"' in before
    typed = {"version": "1", "route_0_time": "07.15", **{f"route_{row}_time": "" for row in range(1, shown)}}
    page = client.post(path, data=typed | {"add": "route"})
    assert page.status_code == 200
    assert page.text.count("<legend>Pemberhentian") == shown + 1
    assert 'value="07.15"' in page.text
    assert "error-summary" not in page.text
    assert db.session.query(PackageChange).count() == 0


def test_a_declined_change_says_why_and_leaves_the_package(client, owner, package, reference, new_client, db):
    client.post(f"/akun/usaha/lancang-jaya/paket/{reference}/ubah/6", data=SAFE)
    change = db.session.query(PackageChange).one()
    desk = new_client()
    make.sign_in(desk, make.make_user(Role.TRIAGE))
    path = f"/meja/paket/{reference}/perubahan/{change.id}/tolak"
    assert desk.post(path, data={"reason": ""}).status_code == 422
    assert desk.post(path, data={"reason": "Jumlahnya belum cocok."}).status_code == 303
    assert "Jumlahnya belum cocok." in client.get(f"/akun/usaha/lancang-jaya/paket/{reference}").text
    assert "14 jaket pelampung" not in client.get(f"/jelajah/{reference}").text


def test_other_agencies_and_businesses_change_nothing(client, package, reference, db):
    make.sign_in(client, make.make_user(Role.HEAD, make.make_agency()))
    assert client.get(f"/meja/paket/{reference}").status_code == 404
    stranger = make.make_citizen(current_seal())
    make.make_member(make.make_business(slug="lain-3"), stranger)
    db.session.commit()
    make.sign_in(client, stranger)
    assert client.post(f"/akun/usaha/lain-3/paket/{reference}/ubah/6", data=SAFE).status_code == 404


def test_two_stops_at_one_place_are_drawn_apart(client, package, reference, db):
    make.sign_in(client, make.make_user(Role.TRIAGE))
    data = {f"titik-{row}-{name}": at for row in (0, 1) for name, at in SPOT.items()}
    assert client.post(f"/meja/paket/{reference}/titik", data=data).status_code == 303
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', client.get(f"/jelajah/{reference}").text)
    assert len(set(dots)) == 2


SPOT = {"latitude": "1.71", "longitude": "98.74"}


def test_points_of_the_route_become_a_sketch(client, package, reference, db):
    make.sign_in(client, make.make_user(Role.TRIAGE))
    data = {
        "titik-0-latitude": "1,7418",
        "titik-0-longitude": "98.7734",
        "titik-1-latitude": "1.71",
        "titik-1-longitude": "98.74",
    }
    assert client.post(f"/meja/paket/{reference}/titik", data=data).status_code == 303
    assert 'class="tour-map"' in client.get(f"/jelajah/{reference}").text
    assert (
        client.post(f"/meja/paket/{reference}/titik", data=data | {"titik-1-longitude": ""}).status_code
        == 422
    )


# --- questions ------------------------------------------------------------------------------------------


def ask(client, reference, **data):
    client.get(f"/jelajah/{reference}/tanya")
    return client.post(f"/jelajah/{reference}/tanya", data={"text": "Apakah ada jaket anak-anak?", **data})


def test_a_visitor_asks_and_the_business_answers_without_knowing_the_contact(
    app, client, owner, reference, new_client, db
):
    app.config["MIN_SECONDS_TO_SEND"] = 0
    visitor = new_client()
    answer = ask(visitor, reference, contact="tamu@contoh.example", name="Rina")
    assert answer.status_code == 303
    question = db.session.query(VisitorQuestion).one()
    assert "tamu@contoh.example" not in question.contact
    inbox = client.get("/akun/usaha/lancang-jaya/pertanyaan").text
    assert "Apakah ada jaket anak-anak?" in inbox
    assert "tamu@contoh.example" not in inbox
    path = f"/akun/usaha/lancang-jaya/pertanyaan/{question.id}"
    assert client.post(path, data={"text": ""}).status_code == 422
    assert client.post(path, data={"text": "Ada, enam buah."}).status_code == 303
    assert "Ada, enam buah." in visitor.get(answer.location).text
    kinds = {row.kind for row in db.session.query(OutboxMessage)}
    assert {"visitor_asked", "visitor_answered"} <= kinds


def test_a_bad_contact_or_an_empty_question_is_said_at_the_field(client, reference):
    page = ask(client, reference, text="", contact="bukan")
    assert page.status_code == 422
    assert "Tulis pertanyaan, minimal 10 huruf." in page.text


def test_machines_are_kept_out(app, client, reference, db):
    app.config["MIN_SECONDS_TO_SEND"] = 0
    assert ask(client, reference, website="http://x").status_code == 422
    assert db.session.query(VisitorQuestion).count() == 0


def test_nobody_guesses_the_page_of_an_answer(client, reference):
    assert client.get("/jelajah/tanya/abcdef").status_code == 404


def test_contacts_of_visitors_go_after_a_month(business, package, db):
    from_long_ago = VisitorQuestion(
        package_id=package.id, token_hash="x", contact="sealed", name="Rina", text="?", created_at=MONDAY
    )
    db.session.add(from_long_ago)
    db.session.commit()
    packages.forget_contacts(MONDAY + packages.KEPT)
    db.session.refresh(from_long_ago)
    assert from_long_ago.contact == "sealed"
    packages.forget_contacts(make.at(28, month=12, year=2027))
    db.session.refresh(from_long_ago)
    assert (from_long_ago.contact, from_long_ago.name) == ("", "")
