"""What of a GeoJSON file (RFC 7946) that the city supplies goes to a browser: areas, their name and code."""

from typing import Any

#: The file may be this long, in bytes.
MOST_BYTES = 2 * 1024 * 1024
MOST_AREAS = 500
_NAMES = ("name", "nama", "NAME", "NAMOBJ", "kelurahan", "KELURAHAN")
_CODES = ("code", "kode", "KODE", "KDEPUM", "KDEBPS")


class NotUsable(Exception):
    """The file is not what a map can draw; the message says why."""


def areas(value: object) -> dict[str, Any]:
    """Return a FeatureCollection of the polygons in `value` and nothing else. Raise `NotUsable`.

    Coordinates are WGS84 degrees, longitude first, cut to five digits (about a metre).
    """
    if not isinstance(value, dict) or value.get("type") != "FeatureCollection":
        raise NotUsable("it is no FeatureCollection")
    features = value.get("features")
    if not isinstance(features, list) or not features:
        raise NotUsable("it has no features")
    if len(features) > MOST_AREAS:
        raise NotUsable(f"it has more than {MOST_AREAS} features")
    return {"type": "FeatureCollection", "features": [_area(one) for one in features]}


def _area(feature: object) -> dict[str, Any]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise NotUsable("a feature is neither Polygon nor MultiPolygon")
    assert isinstance(feature, dict)  # it had a geometry
    parts = geometry.get("coordinates")
    polygon = geometry["type"] == "Polygon"
    coordinates: Any = _polygon(parts) if polygon else [_polygon(part) for part in _list(parts)]
    given = feature.get("properties")
    known = given if isinstance(given, dict) else {}
    return {
        "type": "Feature",
        "properties": {"name": _word(known, _NAMES, 80), "code": _word(known, _CODES, 20)},
        "geometry": {"type": geometry["type"], "coordinates": coordinates},
    }


def _polygon(rings: object) -> list[list[list[float]]]:
    return [_ring(ring) for ring in _list(rings)]


def _ring(ring: object) -> list[list[float]]:
    spots = [_spot(spot) for spot in _list(ring)]
    if len(spots) < 4 or spots[0] != spots[-1]:
        raise NotUsable("a ring is not closed")
    return spots


def _spot(spot: object) -> list[float]:
    numbers = _list(spot)[:2]
    if len(numbers) < 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise NotUsable("a position is not a pair of numbers")
    longitude, latitude = numbers
    # says no to NaN and infinity too
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise NotUsable("a position lies outside the world: degrees (EPSG:4326) are needed")
    return [round(float(longitude), 5), round(float(latitude), 5)]


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise NotUsable("coordinates are missing")
    return value


def _word(properties: dict[str, Any], keys: tuple[str, ...], most: int) -> str:
    found = next((properties[key] for key in keys if properties.get(key)), "")
    return " ".join(str(found).split())[:most] if isinstance(found, str | int) else ""
