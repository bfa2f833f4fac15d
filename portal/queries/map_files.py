"""What the map is drawn on: the shipped sketch, and the files that the city lays into `DATA_DIR/map`."""

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from portal.rules import geojson
from portal.rules.geojson import NotUsable
from portal.rules.map import Spot

_SKETCH = Path(__file__).parents[1] / "data" / "map" / "sketch.json"
WARDS = "wards.geojson"
#: Of the header of a PMTiles file, version 3: what it begins with, and the kinds of tiles we can draw.
_MAGIC = b"PMTiles\x03"
_TILES = {1: "vector", 2: "raster", 3: "raster", 4: "raster"}
_HEADER = 127  # bytes


@dataclass(frozen=True, slots=True)
class Sketch:
    """A coast drawn by hand; `inland` closes it to an area of land."""

    coast: tuple[Spot, ...]
    inland: tuple[Spot, ...]
    islands: tuple[tuple[str, tuple[Spot, ...]], ...]
    places: tuple[tuple[str, Spot], ...]
    sea_name: str
    sea: Spot


@dataclass(frozen=True, slots=True)
class Found:
    """What of the city's own lies in the folder; `faults` say why a file is not used."""

    areas: bytes = b""
    areas_etag: str = ""
    areas_number: int = 0
    tiles: Path | None = None
    tiles_kind: str = ""
    faults: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def sketch() -> Sketch:
    """Return the sketch of the city."""
    data = json.loads(_SKETCH.read_text(encoding="utf-8"))
    return Sketch(
        coast=_spots(data["coast"]),
        inland=_spots(data["inland"]),
        islands=tuple((island["name"], _spots(island["shape"])) for island in data["islands"]),
        places=tuple((place["name"], _spot(place["at"])) for place in data["places"]),
        sea_name=data["sea"]["name"],
        sea=_spot(data["sea"]["at"]),
    )


def _spot(pair: list[float]) -> Spot:
    return pair[0], pair[1]


def _spots(pairs: list[list[float]]) -> tuple[Spot, ...]:
    return tuple(_spot(pair) for pair in pairs)


def find(folder: Path) -> Found:
    """Return what lies in the folder. Files are read again only when they changed."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in {".pmtiles", ".geojson"})
        stamps = tuple((path, (at := path.stat()).st_mtime_ns, at.st_size) for path in files)
    except OSError:  # no such folder: the usual case
        return Found()
    return _read(stamps)


@lru_cache(maxsize=2)
def _read(stamps: tuple[tuple[Path, int, int], ...]) -> Found:
    areas, number, tiles, kind, faults = b"", 0, None, "", []
    for path, _changed, size in stamps:
        try:
            if path.name == WARDS:
                areas, number = _areas(path, size)
            elif path.suffix == ".pmtiles" and tiles is None:
                kind = _kind(path)
                tiles = path
        except (NotUsable, OSError, ValueError, RecursionError) as error:
            faults.append(f"{path.name}: {error or type(error).__name__}")
    etag = blake2b(areas, digest_size=10).hexdigest() if areas else ""
    return Found(areas, etag, number, tiles, kind, tuple(faults))


def _areas(path: Path, size: int) -> tuple[bytes, int]:
    if size > geojson.MOST_BYTES:
        raise NotUsable(f"it is longer than {geojson.MOST_BYTES // 1024 // 1024} MB")
    value: dict[str, Any] = geojson.areas(json.loads(path.read_text(encoding="utf-8")))
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode(), len(value["features"])


def _kind(path: Path) -> str:
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise NotUsable("it is no PMTiles file of version 3")
    kind = _TILES.get(header[99])
    if kind is None:
        raise NotUsable("its tiles are of a kind that this map cannot draw")
    return kind
