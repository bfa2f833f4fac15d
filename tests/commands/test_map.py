import json

import pytest

from tests.queries.test_map_files import AREAS, pmtiles


@pytest.fixture
def folder(app):
    folder = app.config["DATA_DIR"] / "map"
    folder.mkdir()
    yield folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def test_without_files_it_says_what_could_be_laid_where(db, run_command):
    done = run_command("map", "check")
    assert done.exit_code == 0
    assert "wards.geojson" in done.output
    assert "sketch" in done.output


def test_it_tells_what_it_found(db, run_command, folder):
    (folder / "wards.geojson").write_text(json.dumps(AREAS))
    (folder / "sibolga.pmtiles").write_bytes(pmtiles(2))
    done = run_command("map", "check")
    assert done.exit_code == 0
    assert "1 areas" in done.output
    assert "sibolga.pmtiles (raster" in done.output


def test_it_fails_on_a_file_that_no_map_can_draw_and_says_why(db, run_command, folder):
    (folder / "wards.geojson").write_text('{"type": "Point"}')
    done = run_command("map", "check")
    assert done.exit_code == 1
    assert "Not used: wards.geojson: it is no FeatureCollection" in done.output
