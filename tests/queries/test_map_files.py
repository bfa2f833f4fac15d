import json

import pytest

from portal.queries import map_files
from portal.rules import geojson

RING = [[98.77, 1.73], [98.78, 1.73], [98.78, 1.74], [98.77, 1.73]]
AREAS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Pasar Baru"},
            "geometry": {"type": "Polygon", "coordinates": [RING]},
        }
    ],
}


def pmtiles(kind):
    return b"PMTiles\x03" + bytes(91) + bytes([kind]) + bytes(27)


def test_the_shipped_sketch_lies_around_the_city():
    sketch = map_files.sketch()
    spots = [*sketch.coast, sketch.sea, *(at for _, at in sketch.places), *sketch.islands[0][1]]
    assert all(1.6 < latitude < 1.9 and 98.7 < longitude < 98.9 for latitude, longitude in spots)


def test_without_a_folder_there_is_nothing_and_no_fault(tmp_path):
    assert map_files.find(tmp_path / "map") == map_files.Found()


def test_outlines_of_the_wards_are_found_and_read_again_when_they_change(tmp_path):
    file = tmp_path / "wards.geojson"
    file.write_text(json.dumps(AREAS))
    first = map_files.find(tmp_path)
    assert (first.areas_number, first.faults) == (1, ())
    file.write_text(json.dumps(AREAS | {"features": AREAS["features"] * 2}))
    second = map_files.find(tmp_path)
    assert second.areas_number == 2
    assert second.areas_etag != first.areas_etag


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, '{"type":"FeatureCollection","features":[1]}', "\xff"]
)
def test_a_broken_file_is_a_fault_and_breaks_nothing(tmp_path, text):
    (tmp_path / "wards.geojson").write_bytes(text.encode("latin-1"))
    found = map_files.find(tmp_path)
    assert found.areas == b""
    assert found.faults[0].startswith("wards.geojson: ")


def test_too_long_a_file_is_not_even_read(tmp_path):
    (tmp_path / "wards.geojson").write_bytes(b" " * (geojson.MOST_BYTES + 1))
    assert map_files.find(tmp_path).faults == ("wards.geojson: it is longer than 2 MB",)


@pytest.mark.parametrize(("number", "kind"), [(1, "vector"), (2, "raster"), (3, "raster"), (4, "raster")])
def test_tiles_are_found_with_their_kind(tmp_path, number, kind):
    (tmp_path / "sibolga.pmtiles").write_bytes(pmtiles(number))
    found = map_files.find(tmp_path)
    assert (found.tiles, found.tiles_kind) == (tmp_path / "sibolga.pmtiles", kind)


@pytest.mark.parametrize("content", [b"", b"PMTiles\x03", pmtiles(0), b"PMTiles\x02" + bytes(200)])
def test_tiles_that_no_map_can_draw_are_a_fault(tmp_path, content):
    (tmp_path / "sibolga.pmtiles").write_bytes(content)
    found = map_files.find(tmp_path)
    assert found.tiles is None
    assert len(found.faults) == 1
