"""The same matter or another: enough on the card, two cases side by side, and what is done about it."""

import re

import pytest
from sqlalchemy import select

from portal.models import NotDuplicate, Role, Status, Submission
from tests.factories import make_agency, make_case, make_category


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.get_data(as_text=True)))


@pytest.fixture
def twins(db):
    category = make_category()
    words = {"title": "Lampu dermaga padam", "category": category}
    one = make_case(Status.IN_REVIEW, body="Lampu dermaga padam sejak Senin malam.", **words)
    two = make_case(
        Status.IN_REVIEW, body="Semua lampu dermaga padam lagi.", support_count=4,
        latitude=1.74, longitude=98.78, **words,
    )  # fmt: skip
    return one, two


def test_a_card_says_enough_to_judge(triage, twins):
    one, two = twins
    page = triage.open(one).get_data(as_text=True)
    assert f"/meja/k/{one.reference}/banding/{two.reference}" in page
    assert "<mark>Lampu</mark> <mark>dermaga</mark> <mark>padam</mark>" in page
    said = text_of(triage.open(one))
    assert "hari yang sama" in said
    assert "kelurahan yang sama" in said
    assert "4 dukungan" in said


def test_two_cases_stand_side_by_side_and_the_better_main_one_comes_first(triage, twins):
    one, two = twins
    page = text_of(triage.get(f"/meja/k/{one.reference}/banding/{two.reference}"))
    assert "Lampu dermaga padam sejak Senin malam." in page
    assert "Semua lampu dermaga padam lagi." in page
    assert f"Diusulkan sebagai kiriman utama: {two.reference}, karena dukungannya lebih banyak" in page
    assert page.index(f"Gabung {one.reference} ke {two.reference}") < page.index(
        f"Gabung {two.reference} ke {one.reference}"
    )


def test_what_was_found_different_is_not_proposed_again(triage, twins, db):
    one, two = twins
    answer = triage.post(f"/meja/k/{one.reference}/banding/{two.reference}/beda")
    assert answer.status_code == 303
    triage.post(f"/meja/k/{one.reference}/banding/{two.reference}/beda")
    assert len(db.session.scalars(select(NotDuplicate)).all()) == 1
    for case, other in (twins, twins[::-1]):
        assert f"/banding/{other.reference}" not in triage.open(case).get_data(as_text=True)
    assert "dicatat sebagai hal yang berbeda" in text_of(
        triage.get(f"/meja/k/{one.reference}/banding/{two.reference}")
    )


def test_a_typed_number_leads_to_the_comparison_or_is_said_not_to_exist(triage, twins):
    one, two = twins
    found = triage.get(f"/meja/k/{one.reference}/banding?dengan={two.reference.lower()}")
    assert found.headers["Location"].endswith(f"/meja/k/{one.reference}/banding/{two.reference}")
    lost = triage.get(f"/meja/k/{one.reference}/banding?dengan=SB-2611-AAAA")
    assert lost.headers["Location"].endswith(f"/meja/k/{one.reference}")


def test_a_secret_case_is_compared_with_nothing(triage, twins):
    secret = make_case(Status.IN_REVIEW, title="Lampu dermaga padam", secret=True)
    secret.category_id = twins[0].category_id
    assert triage.get(f"/meja/k/{twins[0].reference}/banding/{secret.reference}").status_code == 404
    assert triage.get(f"/meja/k/{secret.reference}/banding/{twins[0].reference}").status_code == 404
    assert f"/banding/{secret.reference}" not in triage.open(twins[0]).get_data(as_text=True)


def test_an_officer_compares_no_unlisted_case_of_another_agency(officer, agency, db):
    category = make_category(agency_id=agency.id)
    here = make_case(Status.ASSIGNED, agency=agency, category=category, title="Lampu dermaga padam")
    there = make_case(
        Status.ASSIGNED,
        agency=make_agency(),
        category=category,
        title="Lampu dermaga padam",
        text_public=False,
    )
    assert officer.get(f"/meja/k/{here.reference}/banding/{there.reference}").status_code == 404
    assert officer.get(f"/meja/k/{there.reference}/banding/{here.reference}").status_code == 404
    assert there.reference not in officer.open(here).get_data(as_text=True)


def test_markup_of_a_citizen_stays_words(triage, twins, db):
    one, two = twins
    two.body = "<script>lampu</script> dermaga padam"
    page = triage.get(f"/meja/k/{one.reference}/banding/{two.reference}").get_data(as_text=True)
    assert "<script>lampu" not in page


def test_the_second_matter_becomes_a_case(triage, db):
    case = make_case(Status.IN_REVIEW, body="Lampu padam.\nParit di samping sekolah tersumbat.")
    page = triage.get(f"/meja/k/{case.reference}/pecah")
    assert page.status_code == 200
    data = {
        "version": case.version, "title_1": "Parit sekolah tersumbat",
        "text_1": "Parit di samping sekolah tersumbat.",
    }  # fmt: skip
    answer = triage.post(f"/meja/k/{case.reference}/pecah", **data)
    assert answer.status_code == 303
    again = triage.post(f"/meja/k/{case.reference}/pecah", **data)
    assert again.status_code == 303
    child = db.session.scalars(select(Submission).where(Submission.id != case.id)).one()
    said = text_of(triage.open(case))
    assert f"Dipecah menjadi {child.reference}" in said
    assert f"Dipisahkan dari {case.reference}" in text_of(triage.open(child))


def test_words_that_are_not_the_citizens_are_named_and_nothing_typed_is_lost(triage, db):
    case = make_case(Status.IN_REVIEW, body="Lampu padam.\nParit di samping sekolah tersumbat.")
    answer = triage.post(
        f"/meja/k/{case.reference}/pecah",
        version=case.version, title_1="Parit", text_1="Parit tersumbat karena warga.", title_2="Hal ketiga",
    )  # fmt: skip
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Ini bukan kata-kata warga: “Parit tersumbat karena warga.”" in page
    assert "Sisakan sedikitnya 10 huruf" in page
    assert 'value="Hal ketiga"' in answer.get_data(as_text=True)


def test_a_case_that_moved_meanwhile_is_not_split_and_the_parts_stay(triage, db):
    case = make_case(Status.IN_REVIEW, body="Lampu padam.\nParit di samping sekolah tersumbat.")
    answer = triage.post(
        f"/meja/k/{case.reference}/pecah", version=case.version - 1,
        title_1="Parit sekolah", text_1="Parit di samping sekolah tersumbat.",
    )  # fmt: skip
    assert answer.status_code == 409
    assert 'value="Parit sekolah"' in answer.get_data(as_text=True)


def test_a_case_of_another_agency_cannot_be_split(at_desk, db):
    case = make_case(Status.ASSIGNED)
    elsewhere = at_desk(Role.OFFICER, make_agency())
    assert elsewhere.get(f"/meja/k/{case.reference}/pecah").status_code == 404
    assert elsewhere.post(f"/meja/k/{case.reference}/pecah", version=1).status_code == 404


def test_a_place_is_compared_no_nearer_than_the_public_reads_it(triage, twins):
    one, two = twins
    two.latitude, two.longitude = 1.7412345, 98.7812345
    page = text_of(triage.get(f"/meja/k/{one.reference}/banding/{two.reference}"))
    assert "1.7412, 98.7812" in page
    assert "1.74123" not in page
