import pytest

from portal.models import HideCode, Kind, Status
from portal.services import cases
from tests import factories
from tests.factories import make_case

TEXT = {
    "title": "Lampu dermaga Poncan mati",
    "body": "Lampu di dermaga penyeberangan ke Poncan mati sejak Senin.",
}
HEADING = "Kiriman serupa"


def twin(**fields):
    return make_case(**TEXT | fields)


def test_a_case_names_at_most_three_others_that_tell_the_same(client, db):
    case, *others = [twin() for _ in range(5)]
    page = client.get(f"/k/{case.reference}").text
    section = page.split(HEADING)[1].split("</section>")[0]
    assert section.count("<li") == 3
    assert case.reference not in section
    assert sum(other.reference in section for other in others) == 3


def test_a_case_without_a_twin_has_no_such_list(client, db):
    case = twin()
    make_case(title="Sampah menumpuk", body="Sampah pasar bau.")
    assert HEADING not in client.get(f"/k/{case.reference}").text


@pytest.mark.parametrize(
    "trait", [{"secret": True}, {"text_public": False}, {"status": Status.WITHDRAWN}, {"kind": Kind.THANKS}]
)
def test_what_is_closed_or_secret_is_named_nowhere(client, db, trait):
    case = twin()
    other = twin(**trait)
    page = client.get(f"/k/{case.reference}").text
    assert HEADING not in page
    assert other.reference not in page


def test_a_case_merged_into_it_is_not_named_again(client, db):
    case = twin()
    merged = twin(status=Status.MERGED, into=case)
    assert merged.reference not in client.get(f"/k/{case.reference}").text.split(HEADING)[-1]


def test_a_page_whose_text_is_closed_gives_no_hint_by_what_resembles_it(client, db):
    twin()
    closed = twin(text_public=False)
    assert HEADING not in client.get(f"/k/{closed.reference}").text


def test_the_list_costs_one_question(client, db, count_queries):
    case, alone = twin(), make_case(title="Sampah menumpuk", body="Bau.", text_public=False)
    client.get(f"/k/{twin().reference}")
    with count_queries() as asked:
        client.get(f"/k/{case.reference}")
    with count_queries() as closed:
        client.get(f"/k/{alone.reference}")
    assert len(asked) == len(closed) + 1


def test_the_list_changes_when_a_twin_is_hidden(client, db):
    case, other = twin(), twin()
    assert other.reference in client.get(f"/k/{case.reference}").text
    cases.hide(
        other, code=HideCode.INSULT, text="Memuat hinaan.", actor=factories.triage(), at=factories.at(20)
    )
    assert other.reference not in client.get(f"/k/{case.reference}").text
