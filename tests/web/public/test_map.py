import json
import re

import pytest
from sqlalchemy import select

from portal.models import IdentityMode, Kind, Place, Status, Ward
from portal.rules.map import SPREAD
from tests import factories
from tests.factories import make_case
from tests.queries.test_map_files import AREAS, pmtiles


@pytest.fixture
def folder(app):
    folder = app.config["DATA_DIR"] / "map"
    folder.mkdir()
    yield folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def points(client, **filters):
    found = client.get("/peta/titik.json", query_string=filters).json
    south, west = found["origin"]
    return [
        {
            "at": (round((south + y) / 10_000, 4), round((west + x) / 10_000, 4)),
            "status": found["statuses"][status],
            "reference": reference,
            "title": title,
            "near": bool(near),
        }
        for y, x, status, reference, title, near in found["points"]
    ]


def test_the_page_counts_by_ward_and_leads_to_each_list_under_the_same_filters(client, db):
    ward = factories.a_ward()
    make_case(ward_code=ward.code, kind=Kind.IDEA)
    make_case(ward_code=ward.code, kind=Kind.IDEA)
    make_case(ward_code=ward.code)
    page = client.get("/peta?jenis=idea&q=lampu").text
    assert "2 kiriman" in page
    assert f'href="/kiriman?q=lampu&amp;jenis=idea&amp;kelurahan={ward.code}">{ward.name}</a>' in page
    assert 'data-points="/peta/titik.json?q=lampu&amp;jenis=idea"' in page


def test_list_and_map_lead_to_each_other_with_the_filters_kept(client, db):
    make_case(kind=Kind.IDEA)
    assert 'href="/peta?jenis=idea"' in client.get("/kiriman?jenis=idea&dari=x").text
    assert 'href="/kiriman?jenis=idea"' in client.get("/peta?jenis=idea").text


def test_a_case_with_a_point_leads_to_it_on_the_map(client, db):
    case = make_case(latitude=1.7378, longitude=98.7767)
    assert f'href="/peta?q={case.reference}#peta"' in client.get(f"/k/{case.reference}").text
    assert [point["reference"] for point in points(client, q=case.reference)] == [case.reference]


def test_a_filter_that_does_not_exist_is_ignored_on_the_map(client, db):
    case = make_case()
    bad = {"jenis": "x", "status": "'--", "kelurahan": "99", "kategori": "..", "dinas": "\0"}
    assert [point["reference"] for point in points(client, **bad)] == [case.reference]


def test_a_point_is_shown_as_near_as_on_the_page_of_the_case(client, db):
    make_case(latitude=1.73784999, longitude=98.77665111)
    assert points(client)[0]["at"] == (1.7378, 98.7767)
    assert not points(client)[0]["near"]


def test_without_a_point_a_case_stands_around_that_of_its_ward(client, db):
    ward = factories.a_ward()
    make_case(ward_code=ward.code)
    found = points(client)[0]
    assert found["near"]
    assert abs(found["at"][0] - ward.latitude) <= SPREAD + 0.0001
    assert abs(found["at"][1] - ward.longitude) <= SPREAD + 0.0001


def test_a_case_without_a_place_is_counted_but_stands_nowhere(client, db):
    make_case(ward_code=None, place=Place.UNKNOWN)
    assert points(client) == []
    assert "Tempat tidak diketahui" in client.get("/peta").text


def test_a_case_at_sea_stands_in_the_bay(client, db):
    make_case(ward_code=None, place=Place.SEA)
    assert points(client)[0]["near"]
    assert "Di laut atau pulau" in client.get("/peta").text


def test_the_exact_point_of_a_shielded_reporter_is_on_no_page(client, db):
    case = make_case(identity_mode=IdentityMode.SHIELDED, latitude=1.7001, longitude=98.8001)
    assert points(client)[0]["near"]
    assert points(client)[0]["at"] != (1.7001, 98.8001)
    assert "1.7001" not in client.get(f"/k/{case.reference}").text


@pytest.mark.parametrize("trait", [{"secret": True}, {"text_public": False}, {"status": Status.WITHDRAWN}])
def test_a_closed_or_secret_case_is_nowhere_on_the_map(client, db, trait):
    case = make_case(title="CANARY judul", latitude=1.7123, longitude=98.7987, **trait)
    for path in (
        "/peta",
        "/peta/titik.json",
        f"/peta?q={case.reference}",
        f"/peta/titik.json?q={case.reference}",
    ):
        answer = client.get(path).text
        assert "CANARY" not in answer
        assert "98.7987" not in answer
    assert points(client) == []
    assert f'href="/peta?q={case.reference}' not in client.get(f"/k/{case.reference}").text


def test_the_drawing_says_that_it_is_a_sketch_and_carries_the_numbers(client, db):
    make_case()
    page = client.get("/peta").text
    assert "Gambar ini sketsa" in page
    drawing = re.search(r"<svg class=\"map-sketch\".*?</svg>", page, re.DOTALL)
    assert ">1</text>" in drawing[0]
    assert 'role="img"' in drawing[0]


def test_every_ward_of_the_city_has_a_point(db):
    assert db.session.scalars(select(Ward.name).where(Ward.latitude.is_(None))).all() == []


def test_the_map_costs_few_questions(client, db, count_queries):
    make_case()
    client.get("/kiriman")  # reference data is remembered from here on
    with count_queries() as asked:
        client.get("/peta?jenis=problem")
    assert len(asked) == 1
    with count_queries() as asked:
        client.get("/peta/titik.json?jenis=problem")
    assert len(asked) == 2


def test_titles_are_text_and_never_markup(client, db):
    make_case(title='<script>x</script> & "kutip"')
    answer = client.get("/peta/titik.json")
    assert answer.mimetype == "application/json"
    assert answer.json["points"][0][4] == '<script>x</script> & "kutip"'


def test_the_ground_names_every_ward_and_is_asked_for_again_cheaply(client, db):
    answer = client.get("/peta/dasar.json")
    assert len(answer.json["wards"]) == 17
    assert (answer.json["areas"], answer.json["tiles"]) == (False, "")
    again = client.get("/peta/dasar.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/peta/kelurahan.geojson", "/peta/ubin.pmtiles"])
def test_what_the_city_did_not_supply_is_not_there(client, path):
    assert client.get(path).status_code == 404


def test_outlines_that_the_city_supplies_are_handed_out_cleaned(client, folder):
    text = json.dumps(AREAS).replace('"name"', '"secret": "CANARY", "name"')
    (folder / "wards.geojson").write_text(text)
    answer = client.get("/peta/kelurahan.geojson")
    assert json.loads(answer.data)["features"][0]["properties"] == {"name": "Pasar Baru", "code": ""}
    assert "CANARY" not in answer.text
    assert client.get("/peta/dasar.json").json["areas"] is True


def test_a_range_of_the_city_s_tiles_is_handed_out(client, folder):
    (folder / "sibolga.pmtiles").write_bytes(pmtiles(1))
    answer = client.get("/peta/ubin.pmtiles", headers={"Range": "bytes=0-6"})
    assert (answer.status_code, answer.data) == (206, b"PMTiles")
    assert client.get("/peta/dasar.json").json["tiles"] == "vector"


def test_a_broken_file_of_the_city_breaks_nothing(client, folder):
    (folder / "wards.geojson").write_text("{")
    (folder / "x.pmtiles").write_bytes(b"no tiles")
    assert client.get("/peta/kelurahan.geojson").status_code == 404
    assert client.get("/peta/ubin.pmtiles").status_code == 404
    assert client.get("/peta/dasar.json").json["tiles"] == ""
    assert client.get("/peta").status_code == 200


def test_the_map_speaks_english_too(client, db):
    case = make_case(latitude=1.74, longitude=98.77)
    page = client.get("/en/peta").text
    assert 'data-case="/en/k/"' in page
    assert 'data-points="/en/peta/titik.json"' in page
    assert f"/en/peta?q={case.reference}#peta" in client.get(f"/en/k/{case.reference}").text


@pytest.mark.parametrize("path", ["/peta", "/peta/titik.json", "/peta/dasar.json"])
def test_the_map_sets_no_cookie(client, path):
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public")
