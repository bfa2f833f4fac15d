"""The map of submissions and programs. Without a tap, or without JavaScript, it is a sketch and a list."""

from pathlib import Path
from typing import Any

from flask import abort, current_app, render_template, request, send_file
from flask import json as flask_json
from werkzeug.wrappers import Response

from portal.core.locale import current_locale
from portal.models import Place
from portal.queries import map as map_queries
from portal.queries import map_files
from portal.queries import reference as reference_data
from portal.queries.map import MOST_POINTS, MOST_SEARCHED, Area, PointRow
from portal.queries.submissions import Filters
from portal.rules import map as rules
from portal.rules.map import Frame, Spot
from portal.web import labels
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import shorten
from portal.web.public.paging import filtered_url
from portal.web.public.submissions import PARAMETERS, filter_choices, filters_from_query

#: The drawing, in its own units: about the pixels it has on a phone.
WIDTH, HEIGHT, APART = 360, 300, 25.0
#: Letters of a title on the map.
TITLE = 60


@blueprint.get("/peta", endpoint="map")
@public
@cached_page
def map_page() -> str:
    """Show how many matching submissions each ward has, as a list and a sketch, and offer the map."""
    filters = filters_from_query()
    areas = map_queries.per_area(filters)
    number = sum(area.number for area in areas)
    return render_template(
        "public/map.html",
        filters=filters,
        choices=filter_choices(),
        number=number,
        most_searched=MOST_SEARCHED if filters.words and number >= MOST_SEARCHED // 2 else None,
        sketch=_sketch(areas),
        districts=_districts(areas, filters),
        at_sea=sum(area.number for area in areas if area.place is Place.SEA),
        unplaced=sum(area.number for area in areas if _spot_of(area.place, area.ward_code) is None),
        list_url=filtered_url("/kiriman", PARAMETERS),
        points_url=filtered_url("/peta/titik.json", PARAMETERS),
        statuses=labels.STATUS,
    )


def _districts(areas: list[Area], filters: Filters) -> dict[str, list[tuple[str, int, str]]]:
    """Return (ward, number, address of its list) under the names of the districts."""
    numbers: dict[str, int] = {}
    for area in areas:
        if area.ward_code is not None:
            numbers[area.ward_code] = numbers.get(area.ward_code, 0) + area.number
    return {
        district: [
            (
                ward.name,
                numbers.get(ward.code, 0),
                filtered_url("/kiriman", PARAMETERS, kelurahan=ward.code),
            )
            for ward in wards
            if filters.ward_code in (None, ward.code)
        ]
        for district, wards in reference_data.wards_by_district().items()
        if filters.ward_code is None or any(ward.code == filters.ward_code for ward in wards)
    }


def _spot_of(place: Place, ward_code: str | None) -> Spot | None:
    """Return where a submission without a point of its own stands."""
    ward = reference_data.wards().get(ward_code or "")
    if ward is not None and ward.latitude is not None and ward.longitude is not None:
        return ward.latitude, ward.longitude
    return map_files.sketch().sea if place is Place.SEA else None


def _sketch(areas: list[Area]) -> dict[str, Any]:
    """Return what the drawing needs: paths, names and numbered circles that do not cover each other."""
    drawn = map_files.sketch()
    numbers: dict[Spot, int] = {}
    for area in areas:
        spot = _spot_of(area.place, area.ward_code)
        if spot is not None:
            numbers[spot] = numbers.get(spot, 0) + area.number
    wards = [spot for ward in reference_data.wards().values() if (spot := _spot_of(Place.WARD, ward.code))]
    islands = [spot for _, shape in drawn.islands for spot in shape]
    frame = Frame.around([*wards, *islands, drawn.sea], WIDTH, HEIGHT)
    spots = list(dict.fromkeys([*wards, *numbers]))
    moved = rules.apart([frame.draw(spot) for spot in spots], APART)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "land": frame.path([*drawn.coast, *drawn.inland], closed=True),
        "islands": [frame.path(shape, closed=True) for _, shape in drawn.islands],
        "names": [(name, *frame.draw(shape[0])) for name, shape in drawn.islands],
        "sea": (drawn.sea_name, *frame.draw(drawn.sea)),
        "circles": [(x, y, numbers.get(spot, 0)) for spot, (x, y) in zip(spots, moved, strict=True)],
    }


@blueprint.get("/peta/titik.json", endpoint="map_points")
@public
@cached_page
def points() -> Response:
    """Return the points under the filters of the page, as short as they can be said.

    `points`: [latitude, longitude (both x 10,000, from `origin`), place in `statuses`, reference, title,
    1 where it stands at its ward's point]. `programs`: [latitude, longitude, code, title, percent, number].
    """
    filters = filters_from_query()
    rows, more = map_queries.points(filters)
    origin = map_files.sketch().sea
    statuses = [status.value for status in labels.STATUS]
    name = f"title_{current_locale()}"
    programs = []
    for row in map_queries.programs(filters):
        spot = _spot_of(Place.WARD, row.ward_code)
        if spot is not None:
            here = rules.strewn(row.code, spot)
            title = shorten(getattr(row, name) or row.title_id, TITLE)
            programs.append([*_short(here, origin), row.code, title, row.progress, row.number])
    found = [
        [*_short(spot, origin), statuses.index(row.status), row.reference, shorten(row.title, TITLE), near]
        for row, spot, near in map(_placed, rows)
        if spot is not None
    ]
    return _json(
        {
            "origin": _whole(origin),
            "statuses": statuses,
            "points": found,
            "programs": programs,
            "more": more,
            "most": MOST_POINTS,
        }
    )


def _placed(row: PointRow) -> tuple[PointRow, Spot | None, int]:
    """Return a row with its spot (None: nowhere) and 1 when that is only its ward's point."""
    exact = rules.public_spot(row)
    if exact is not None:
        return row, exact, 0
    around = _spot_of(row.place, row.ward_code)
    return row, rules.strewn(row.reference, around) if around else None, 1


def _whole(spot: Spot) -> list[int]:
    return [round(spot[0] * 10_000), round(spot[1] * 10_000)]


def _short(spot: Spot, origin: Spot) -> list[int]:
    return [one - other for one, other in zip(_whole(spot), _whole(origin), strict=True)]


@blueprint.get("/peta/dasar.json", endpoint="map_base")
@public
def base() -> Response:
    """Return what the points are drawn on: the sketch, the wards' points, and which files the city gave."""
    drawn, found = map_files.sketch(), map_files.find(folder())
    return _unchanged(
        _json(
            {
                "land": [*drawn.coast, *drawn.inland],
                "islands": [shape for _, shape in drawn.islands],
                "places": [[name, *spot] for name, spot in drawn.places],
                "wards": [
                    [ward.name, ward.latitude, ward.longitude]
                    for ward in reference_data.wards().values()
                    if ward.latitude is not None
                ],
                "areas": bool(found.areas),
                "tiles": found.tiles_kind,
            }
        )
    )


@blueprint.get("/peta/kelurahan.geojson", endpoint="map_areas")
@public
def areas() -> Response:
    """Return the outlines of the wards, when the city laid them into DATA_DIR/map."""
    found = map_files.find(folder())
    if not found.areas:
        abort(404)
    return _unchanged(current_app.response_class(found.areas, mimetype="application/geo+json"))


@blueprint.get("/peta/ubin.pmtiles", endpoint="map_tiles")
@public
def tiles() -> Response:
    """Return the range that was asked for of the city's tiles."""
    found = map_files.find(folder())
    if found.tiles is None:
        abort(404)
    response = send_file(found.tiles, mimetype="application/vnd.pmtiles", conditional=True)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def folder() -> Path:
    """Return where the city lays its own files for the map."""
    return Path(current_app.config["DATA_DIR"]) / "map"


def _json(value: object) -> Response:
    text = flask_json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=False)
    return current_app.response_class(text, mimetype="application/json")


def _unchanged(response: Response) -> Response:
    """Let browsers ask again each time, and answer 304 to those that know it."""
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    return response.make_conditional(request)
