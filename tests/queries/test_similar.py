import pytest

from portal.models import Kind, Status
from portal.queries import similar
from tests.factories import a_ward, make_case, make_category

TEXT = "Lampu dermaga ke Poncan mati, gelap sekali dan penumpang takut"


@pytest.fixture
def here(db):
    return a_ward().code


def find(ward, text=TEXT, kind=Kind.PROBLEM, category=None):
    found = similar.find(text, kind=kind, ward_code=ward, category_id=category)
    return [row.reference for row in found]


def twin(**fields):
    return make_case(
        **{
            "title": "Lampu dermaga Poncan mati",
            "body": "Lampu di dermaga penyeberangan ke Poncan mati sejak Senin.",
        }
        | fields
    )


def test_a_case_that_tells_the_same_in_the_same_ward_is_found(here):
    case = twin(ward_code=here)
    make_case(title="Sampah menumpuk", body="Sampah pasar menumpuk dan bau.", ward_code=here)
    assert find(here) == [case.reference]


def test_it_is_found_by_its_category_without_a_ward(db):
    category = make_category()
    case = twin(category_id=category.id)
    assert find(None, category=category.id) == [case.reference]


def test_without_ward_and_category_nothing_is_asked(here):
    twin(ward_code=here)
    assert find(None) == []


def test_at_most_three_are_shown_and_the_most_supported_come_first(here):
    cases = [twin(ward_code=here, support_count=count) for count in (1, 9, 3, 5)]
    assert find(here) == [cases[1].reference, cases[3].reference, cases[2].reference]


@pytest.mark.parametrize(
    "trait",
    [
        {"secret": True},
        {"text_public": False},
        {"status": Status.DONE},
        {"status": Status.DECLINED},
        {"status": Status.MERGED},
        {"status": Status.WITHDRAWN},
        {"kind": Kind.PARTNERSHIP},
        {"kind": Kind.THANKS},
    ],
)
def test_what_is_closed_secret_or_of_another_kind_is_never_shown(here, trait):
    twin(ward_code=here, **trait)
    assert find(here) == []


def test_thanks_have_no_twins(here):
    twin(ward_code=here)
    assert find(here, kind=Kind.THANKS) == []


@pytest.mark.parametrize("text", ["", "dan yang di", '" OR 1=1 --', "* NEAR( ^", "\u0301" * 500])
def test_any_text_can_be_looked_for(here, text):
    twin(ward_code=here)
    assert find(here, text=text) == []
