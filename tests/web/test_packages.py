import pytest

from portal.models import Business, Kind, Package, Proposal, Status
from portal.services import packages, pages
from tests.factories import MONDAY, make_case

DATA = {
    "tour_kind": "marine",
    "background": "Berlayar pelan melewati bagan nelayan.",
    "route": [
        {"time": "08.00", "place": "Pelabuhan Lama", "activity": "Arahan"},
        {"time": "15.30", "place": "Pelabuhan Lama"},
    ],
    "duration_hours": 7.5,
    "capacity_min": 6,
    "capacity_max": 12,
    "price_per_person": 225_000,
    "safety_equipment": "Jaket pelampung",
    "community_share": "Rp 10.000 untuk kas kebersihan",
}


@pytest.fixture
def make_package(db):
    """Add a package to the catalogue; return its reference."""

    def make(title="Sehari di pulau", listed=True, case_fields=None, **data) -> str:
        case = make_case(Status.ACCEPTED, Kind.TOURISM_PACKAGE, title=title, **(case_fields or {}))
        business_id = db.session.get(Proposal, case.id).business_id
        package = Package(
            submission_id=case.id,
            business_id=business_id,
            title=title,
            data=DATA | data,
            listed=listed,
            created_at=MONDAY,
        )
        packages.fill(package, db.session.get(Business, business_id), at=MONDAY)
        db.session.add(package)
        db.session.flush()
        pages.touch()
        db.session.commit()
        return case.reference

    return make


def test_an_empty_catalogue_invites_to_propose(client, db):
    page = client.get("/jelajah").get_data(as_text=True)
    assert "Belum ada paket wisata yang diterima." in page
    assert 'href="/usaha"' in page


def test_a_card_shows_what_a_visitor_asks_first(client, make_package):
    reference = make_package()
    page = client.get("/jelajah").get_data(as_text=True)
    for words in (
        "Sehari di pulau",
        f"/jelajah/{reference}",
        "7,5 jam",
        "6–12 orang",
        "Rp\N{NO-BREAK SPACE}225.000",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("jenis=marine", True),
        ("jenis=culinary", False),
        ("lama=sehari", True),
        ("lama=singkat", False),
        ("jenis=x&lama=y&dari=z", True),
    ],
)
def test_the_catalogue_can_be_narrowed(client, make_package, query, found):
    make_package()
    assert ("Sehari di pulau" in client.get(f"/jelajah?{query}").get_data(as_text=True)) is found


def test_a_package_page_has_route_safety_share_and_its_source(client, make_package):
    reference = make_package()
    answer = client.get(f"/jelajah/{reference}")
    assert "Set-Cookie" not in answer.headers
    page = answer.get_data(as_text=True)
    for words in ("08.00", "Arahan", "Jaket pelampung", "kas kebersihan", f"/k/{reference}"):
        assert words in page


def test_what_a_business_wrote_is_marked_as_indonesian_on_the_english_page(client, make_package):
    reference = make_package()
    page = client.get(f"/en/jelajah/{reference}").get_data(as_text=True)
    assert '<h1 lang="id">Sehari di pulau</h1>' in page
    assert "Written in Indonesian by the business." in page
    assert "<h1>Sehari di pulau</h1>" in client.get(f"/jelajah/{reference}").get_data(as_text=True)


def test_another_spelling_of_the_reference_leads_to_the_one_address(client, make_package):
    reference = make_package()
    answer = client.get(f"/jelajah/{reference.lower()}")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/jelajah/{reference}"


@pytest.mark.parametrize(
    "fields", [{"listed": False}, {"case_fields": {"hidden_code": "insult"}}], ids=["unlisted", "hidden"]
)
def test_a_package_that_is_not_open_does_not_exist(client, make_package, fields):
    reference = make_package(**fields)
    assert client.get(f"/jelajah/{reference}").status_code == 404
    assert reference not in client.get("/jelajah").get_data(as_text=True)


def test_any_other_address_is_404(client, db):
    assert client.get("/jelajah/SB-2611-XXXX").status_code == 404
    assert client.get("/jelajah/apa").status_code == 404


def test_thirty_packages_come_in_two_pages_with_a_bounded_number_of_queries(
    client, make_package, count_queries
):
    for number in range(30):
        make_package(title=f"Paket {number}")
    client.get("/jelajah?jenis=nature")  # reference data is remembered from now on
    with count_queries() as asked:
        page = client.get("/jelajah").get_data(as_text=True)
    assert page.count('class="card tile"') == 24
    assert 'rel="next"' in page
    assert len(asked) <= 2, asked
