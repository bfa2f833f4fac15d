import copy

import pytest

from portal.rules import geojson
from portal.rules.geojson import NotUsable

RING = [[98.7700001, 1.73], [98.78, 1.73], [98.78, 1.74], [98.7700001, 1.73]]


def collection(**changes):
    feature = {
        "type": "Feature",
        "properties": {"nama": "Pasar Baru", "kode": "12.73.02.1002", "onclick": "x()"},
        "geometry": {"type": "Polygon", "coordinates": [RING]},
    }
    return {"type": "FeatureCollection", "crs": "x", "features": [feature | changes]}


def test_only_outlines_names_and_codes_are_kept():
    assert geojson.areas(collection()) == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "Pasar Baru", "code": "12.73.02.1002"},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[98.77, 1.73], [98.78, 1.73], [98.78, 1.74], [98.77, 1.73]]],
                },
            }
        ],
    }


def test_an_area_of_several_parts_is_kept_whole():
    geometry = {"type": "MultiPolygon", "coordinates": [[RING], [RING]]}
    kept = geojson.areas(collection(geometry=geometry))
    assert len(kept["features"][0]["geometry"]["coordinates"]) == 2


@pytest.mark.parametrize("properties", [None, [], {"name": {"a": 1}}, {"name": ["x"]}])
def test_properties_of_another_kind_give_no_name(properties):
    assert geojson.areas(collection(properties=properties))["features"][0]["properties"]["name"] == ""


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "FeatureCollection",
        {"type": "Feature"},
        {"type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": []},
        {"type": "FeatureCollection", "features": [None]},
        {"type": "FeatureCollection", "features": [{}] * 501},
        collection(geometry=None),
        collection(geometry={"type": "Point", "coordinates": [98.77, 1.73]}),
        collection(geometry={"type": "Polygon"}),
        collection(geometry={"type": "Polygon", "coordinates": [RING[:3]]}),
        collection(geometry={"type": "Polygon", "coordinates": [[*RING[:3], [0, 0]]]}),
        collection(geometry={"type": "Polygon", "coordinates": [[["98", 1], *RING[1:]]]}),
        collection(geometry={"type": "Polygon", "coordinates": [[[True, 1], *RING[1:]]]}),
        collection(geometry={"type": "Polygon", "coordinates": [[[500_000.0, 190_000.0]] * 4]}),
        collection(geometry={"type": "Polygon", "coordinates": [[[float("nan"), 1.0]] * 4]}),
        collection(geometry={"type": "MultiPolygon", "coordinates": [RING]}),
    ],
)
def test_what_a_map_cannot_draw_is_refused(value):
    before = copy.deepcopy(value)
    with pytest.raises(NotUsable):
        geojson.areas(value)
    assert str(value) == str(before)
