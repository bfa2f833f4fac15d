"""Jelajah Sibolga: found by filters, read by machines, changed through staff, asked through the portal."""

import json
import re
from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.sealing import current_seal
from portal.models import (
    Kind,
    OutboxMessage,
    PackageChange,
    PackagePoint,
    Partnership,
    PartnershipStage,
    Role,
    Status,
    VisitorQuestion,
)
from portal.queries import packages as reading
from portal.services import businesses as writing
from portal.services import delivery, packages, pages
from portal.web import mails
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


def test_points_move_with_their_stops(business, db):
    route = [
        {"time": f"0{n}.00", "place": place} for n, place in enumerate(("Pelabuhan", "Poncan", "Pandan"))
    ]
    package = make.make_package(business, data={"route": route})
    triage = make.triage()
    packages.set_points(package, [(1.74, 98.77), (1.70, 98.75), (1.68, 98.82)], actor=triage, at=MONDAY)
    changed = [*route[1:], {"time": "15.00", "place": "Sarudik"}]
    change = packages.propose(
        package, {"route": changed}, note="", version=package.version, actor=make.member(business), at=MONDAY
    )
    packages.decide(change, accepted=True, actor=triage, at=MONDAY)
    db.session.flush()
    assert reading.points(package.id) == {0: (1.70, 98.75), 1: (1.68, 98.82)}


def test_what_ended_is_not_offered_again(client, business, db):
    agency = make.make_agency()
    case = make.make_case(Status.ACCEPTED, Kind.TOURISM_PACKAGE, agency=agency)
    package = make.make_package(business, case, listed=False)
    fields = {"stage": PartnershipStage.STOPPED, "created_at": MONDAY}
    row = Partnership(submission_id=case.id, business_id=business.id, agency_id=agency.id, **fields)
    db.session.add(row)
    db.session.commit()
    make.sign_in(client, make.make_user(Role.HEAD, agency))
    page = client.post(f"/meja/paket/{case.reference}/tampil", data={"listed": "1"}, follow_redirects=True)
    assert "Kemitraannya sudah berakhir" in page.text
    db.session.refresh(package)
    assert not package.listed


def test_the_address_of_an_unpublished_business_is_nobodys(client, db):
    business = make.make_business(published=False, address="Jl. KENARI 7", hours="KENARI")
    package = make.make_package(business)
    db.session.commit()
    reference = db.session.get(make.Submission, package.submission_id).reference
    assert "KENARI" not in client.get(f"/jelajah/{reference}").text


def test_a_question_that_was_sent_twice_is_asked_once(app, new_client, owner, reference, db, monkeypatch):
    app.config["MIN_SECONDS_TO_SEND"] = 0
    visitor, path = new_client(), f"/jelajah/{reference}/tanya"
    first = ask(visitor, reference, contact="tamu@contoh.example")
    data = {"text": "Apakah ada jaket anak-anak?", "contact": "tamu@contoh.example"}
    again = visitor.post(path, data=data)
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.location == first.location
    assert visitor.get(again.location).status_code == 200
    assert db.session.query(VisitorQuestion).count() == 1
    assert db.session.query(OutboxMessage).filter_by(kind="visitor_asked").count() == 1
    # another visitor with the same words is another visitor
    other = ask(new_client(), reference, contact="lain@contoh.example")
    assert other.location != first.location
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert visitor.post(path, data=data).location != first.location
    assert db.session.query(VisitorQuestion).count() == 3


def test_who_never_saw_the_form_was_too_fast(app, new_client, reference, db):
    app.config["MIN_SECONDS_TO_SEND"] = 3
    page = new_client().post(f"/jelajah/{reference}/tanya", data={"text": "Apakah ada jaket anak-anak?"})
    assert page.status_code == 422
    assert "Apakah ada jaket anak-anak?" in page.text
    assert db.session.query(VisitorQuestion).count() == 0


def test_a_name_without_a_contact_goes_as_well(package, db):
    row = VisitorQuestion(package_id=package.id, token_hash="x", name="Rina", text="?", created_at=MONDAY)
    db.session.add(row)
    db.session.commit()
    packages.forget_contacts(make.at(28, month=12, year=2027))
    db.session.refresh(row)
    assert row.name == ""


def test_who_decides_on_what_a_colleague_decided_reads_it_and_loses_no_word(
    client, owner, package, reference, new_client, db
):
    client.post(f"/akun/usaha/lancang-jaya/paket/{reference}/ubah/6", data=SAFE)
    change = db.session.query(PackageChange).one()
    first, second = new_client(), new_client()
    make.sign_in(first, make.make_user(Role.TRIAGE, name="Tiur Hutagalung"))
    make.sign_in(second, make.make_user(Role.TRIAGE))
    path = f"/meja/paket/{reference}/perubahan/{change.id}"
    assert first.post(f"{path}/terima").status_code == 303
    assert first.post(f"{path}/terima").status_code == 303  # the same press again
    late = second.post(f"{path}/tolak", data={"reason": "Terlalu mahal."})
    assert late.status_code == 409
    assert "Perubahan ini sudah diputuskan oleh Tiur Hutagalung: Diterima." in late.text
    assert "Terlalu mahal." in late.text
    assert second.post(f"{path}/terima").status_code == 409
    assert db.session.query(OutboxMessage).filter_by(kind="package_decided").count() == 1


def test_the_title_of_what_was_hidden_is_told_to_no_visitor(
    app, owner, business, package, reference, new_client, db
):
    app.config["MIN_SECONDS_TO_SEND"] = 0
    visitor = new_client()
    answer = ask(visitor, reference, contact="tamu@contoh.example")
    assert package.title in visitor.get(answer.location).text
    question = db.session.query(VisitorQuestion).one()
    case = db.session.get(make.Submission, package.submission_id)
    package.listed = case.listed = False
    packages.answer(question, text="Seratus ribu.", actor=make.member(business), at=clock.now())
    db.session.commit()
    page = visitor.get(answer.location)
    assert page.status_code == 200
    assert "Seratus ribu." in page.text
    assert package.title not in page.text
    assert reference not in page.text
    row = db.session.query(OutboxMessage).filter_by(kind="visitor_answered").one()
    claim = delivery.claim(row.id, at=clock.now(), seal=current_seal())
    told = mails.compose(claim.letter, message_id="x@contoh.example", kind=row.kind, queued_at=row.created_at)
    assert "Seratus ribu." in told.text
    for said in (told.subject, told.text, told.html):
        assert package.title not in said
        assert reference not in said


def test_packages_are_found_under_the_new_name_and_ward_of_their_business(client, business, package, owner):
    ward = make.a_ward().code
    writing.edit(
        business,
        actor=make.member(business),
        at=clock.now(),
        version=business.version,
        fields={"name": "Mutiara Laut", "ward_code": ward},
        seal=current_seal(),
    )
    make.db.session.commit()
    assert package.title not in client.get("/jelajah?q=lancang").text
    assert package.title in client.get("/jelajah?q=mutiara").text
    assert package.title in client.get(f"/jelajah?kelurahan={ward}").text
