import pytest

from portal.models import Business, Kind, Package, Partnership, PartnershipStage, Proposal, Status, Submission
from portal.queries import packages, reference
from portal.rules import proposals as rules
from portal.rules.workflow import MissingRequirement
from portal.services import drafts, proposals
from portal.services.submissions import DraftIncomplete
from tests.factories import MONDAY, SECRET, a_ward, head, make_agency, make_case

BUSINESS = {"name": "Perahu Contoh", "kind": "boat", "nib": "", "cooperation": "tourism_package"}
FIELDS = {
    "title": "Sehari di pulau",
    "tour_kind": "marine",
    "background": "Berlayar pelan melewati bagan",
    "benefit_citizens": "Tiga keluarga",
    "route": [{"time": "08.00", "place": "A"}, {"time": "15.00", "place": "A"}],
    "duration_hours": 7.5,
    "capacity_min": 2,
    "capacity_max": 6,
    "price_per_person": 225_000,
    "safety_equipment": "Jaket pelampung",
    "community_share": "Sepuluh persen",
    "risk_level": "low",
    "guide": "KENARI",
}


@pytest.fixture
def seal(app):
    return app.extensions["seal"]


@pytest.fixture
def draft(db, seal):
    """A proposal that may be sent."""
    a_ward()
    draft, _token = drafts.begin(drafts.PROPOSAL, at=MONDAY)
    contact = {"contact_name": "Orang", "email": "usaha@contoh.id", "phone": "+6281234567890"}
    proposals.save_business(draft, BUSINESS, contact, seal=seal, at=MONDAY)
    proposals.save_fields(draft, FIELDS, at=MONDAY)
    proposals.save_private(draft, ["guide", "title"], [], at=MONDAY)
    for step in range(1, rules.last_step(Kind.TOURISM_PACKAGE)):
        proposals.note_step(draft, step, complete=True, at=MONDAY)
    db.session.commit()
    return draft


def send(draft, seal):
    return proposals.send(
        draft, secret=SECRET, seal=seal, at=MONDAY, locale="id", calendar=reference.calendar()
    )


def test_sending_again_returns_the_first_receipt(draft, seal, db):
    first = send(draft, seal)
    again = send(draft, seal)
    assert (first.reference, first.tracking_code) == (again.reference, again.tracking_code)
    assert db.session.query(Submission).count() == db.session.query(Business).count() == 1


def test_an_incomplete_proposal_is_not_sent(draft, seal):
    proposals.note_step(draft, 4, complete=False, at=MONDAY)
    with pytest.raises(DraftIncomplete) as caught:
        send(draft, seal)
    assert caught.value.step == 4


def test_what_must_be_open_cannot_be_marked_private(draft, seal, db):
    sent = send(draft, seal)
    assert db.session.get(Proposal, sent.submission.id).proprietary == ["guide"]
    assert "KENARI" not in sent.submission.body


def test_a_contact_is_shown_to_guests_only_when_the_business_says_so(draft, seal, db):
    proposals.save_business(draft, {"show_contact": True}, {}, seal=seal, at=MONDAY)
    send(draft, seal)
    assert db.session.query(Business).one().public_phone == "+6281234567890"


def assigned(kind, data, db, **fields):
    agency = make_agency()
    case = make_case(Status.ASSIGNED, kind, agency=agency, **fields)
    proposal = db.session.get(Proposal, case.id)
    proposal.data, proposal.proprietary = data, ["guide"]
    return case, head(agency)


def test_an_accepted_package_enters_the_catalogue_without_its_private_parts(db):
    case, actor = assigned(Kind.TOURISM_PACKAGE, FIELDS, db)
    proposals.accept_proposal(case, actor=actor, at=MONDAY)
    db.session.flush()
    package = db.session.query(Package).one()
    assert package.listed
    assert "guide" not in package.data
    assert db.session.query(Partnership).one().stage is PartnershipStage.NEW


def test_an_accepted_cooperation_is_no_package(db):
    case, actor = assigned(Kind.PARTNERSHIP, {"title": "x"}, db)
    proposals.accept_proposal(case, actor=actor, at=MONDAY)
    db.session.flush()
    assert db.session.query(Package).count() == 0
    assert db.session.query(Partnership).count() == 1


def test_a_secret_package_is_not_listed(db):
    case, actor = assigned(Kind.TOURISM_PACKAGE, FIELDS, db, secret=True)
    proposals.accept_proposal(case, actor=actor, at=MONDAY)
    db.session.flush()
    assert packages.by_reference(case.reference) is None


def test_a_case_without_proposal_cannot_be_accepted(db):
    case = make_case(Status.ASSIGNED)
    with pytest.raises(MissingRequirement):
        proposals.accept_proposal(case, actor=head(make_agency()), at=MONDAY)
