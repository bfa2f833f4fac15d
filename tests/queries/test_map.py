import pytest
from sqlalchemy import select

from portal.models import HideCode, Kind, LinkType, Place, Status, Ward
from portal.queries import map as map_queries
from portal.queries.submissions import Filters
from portal.services import programs as program_services
from tests import factories
from tests.factories import make_case

ANY = Filters()


@pytest.fixture
def wards(db):
    return db.session.scalars(select(Ward.code).order_by(Ward.code).limit(2)).all()


def numbers(filters=ANY):
    return {(area.place, area.ward_code): area.number for area in map_queries.per_area(filters)}


def titles(filters=ANY):
    return [row.title for row in map_queries.points(filters)[0]]


def test_submissions_are_counted_by_ward_and_those_at_sea_apart(wards):
    here, there = wards
    make_case(ward_code=here)
    make_case(ward_code=here)
    make_case(ward_code=there)
    make_case(ward_code=None, place=Place.SEA)
    make_case(ward_code=None, place=Place.UNKNOWN)
    assert numbers() == {
        (Place.WARD, here): 2,
        (Place.WARD, there): 1,
        (Place.SEA, None): 1,
        (Place.UNKNOWN, None): 1,
    }


@pytest.mark.parametrize(
    "trait",
    [
        {"secret": True},
        {"text_public": False},
        {"hidden_code": HideCode.INSULT},
        {"status": Status.WITHDRAWN},
        {"status": Status.MERGED},
    ],
)
def test_what_is_closed_secret_or_merged_is_on_no_map_and_in_no_count(wards, trait):
    case = make_case(title="Tidak boleh tampak", latitude=1.74, longitude=98.77, **trait)
    assert not case.listed
    assert numbers() == {}
    assert map_queries.points(ANY) == ([], False)
    assert map_queries.points(Filters(words=case.reference)) == ([], False)


def test_the_filters_of_the_list_narrow_the_map_too(wards):
    here, there = wards
    category = factories.make_category()
    make_case(title="Lampu dermaga mati", body="Gelap sekali.", ward_code=here, category=category)
    make_case(title="Ide pasar malam", body="Ramai.", kind=Kind.IDEA, ward_code=there)
    make_case(title="Sampah di pantai", body="Bau.", status=Status.ASSIGNED, ward_code=there)
    for filters, title in (
        (Filters(ward_code=here), "Lampu dermaga mati"),
        (Filters(category_id=category.id), "Lampu dermaga mati"),
        (Filters(kind=Kind.IDEA), "Ide pasar malam"),
        (Filters(status=Status.ASSIGNED), "Sampah di pantai"),
        (Filters(words="lampu mati"), "Lampu dermaga mati"),
        (Filters(words="sampah", status=Status.ASSIGNED), "Sampah di pantai"),
    ):
        assert titles(filters) == [title]
        assert sum(numbers(filters).values()) == 1


def test_a_reference_leads_to_its_own_point(wards):
    case = make_case()
    make_case()
    assert titles(Filters(words=case.reference.lower())) == [case.title]
    assert sum(numbers(Filters(words=case.reference)).values()) == 1


@pytest.mark.parametrize("words", ["yang di", "'\" OR 1=1", "* NEAR("])
def test_words_that_say_nothing_find_nothing(wards, words):
    make_case()
    assert titles(Filters(words=words)) == []
    assert numbers(Filters(words=words)) == {}
    assert map_queries.programs(Filters(words=words)) == []


def test_the_newest_come_first_and_no_more_than_the_most(wards, monkeypatch):
    monkeypatch.setattr(map_queries, "MOST_POINTS", 2)
    for day, title in ((9, "satu"), (10, "dua"), (11, "tiga")):
        make_case(title=title, received_at=factories.at(day))
    rows, more = map_queries.points(ANY)
    assert [row.title for row in rows] == ["tiga", "dua"]
    assert more


def test_a_program_stands_where_listed_submissions_behind_it_come_from(wards):
    here, there = wards
    program = factories.make_program()
    triage = factories.triage()
    for fields in (
        {"ward_code": here},
        {"ward_code": here},
        {"ward_code": there},
        {"ward_code": there, "secret": True},
        {"ward_code": None, "place": Place.UNKNOWN},
    ):
        case = make_case(status=Status.IN_REVIEW, **fields)
        program_services.link(
            case,
            program,
            type=LinkType.REASON_FOR,
            sentence="Usulan Anda masuk program.",
            actor=triage,
            at=factories.at(20),
        )
    found = {(row.code, row.ward_code): row.number for row in map_queries.programs(ANY)}
    assert found == {(program.code, here): 2, (program.code, there): 1}
    assert [row.ward_code for row in map_queries.programs(Filters(ward_code=there))] == [there]
    assert map_queries.programs(Filters(kind=Kind.IDEA)) == []
