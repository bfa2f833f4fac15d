"""The catalogue Jelajah Sibolga: tourism packages of citizens' businesses."""

import math
from typing import Any

import segno
from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from portal.core import clock
from portal.core.references import parse_reference
from portal.core.text import normalise
from portal.queries import map_files, reference, submissions
from portal.queries import packages as queries
from portal.queries.packages import PackageFilters, PackagePage, PackageRow
from portal.rules.businesses import is_verified
from portal.rules.map import Frame, apart
from portal.rules.packages import ALL_YEAR, runs_in, shares, whatsapp_number
from portal.rules.proposals import TOUR_KINDS
from portal.web import labels, proposal_labels, structured_data
from portal.web.access import member_actor, public
from portal.web.caching import cached_page
from portal.web.files import answer_with
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name, shorten
from portal.web.public.paging import page_url

#: What the address may say of the list.
PARAMETERS = ("q", "jenis", "lama", "harga", "bulan", "kelurahan", "akses")
#: Words of the address, what people read, and the hours: more than, at most.
DURATIONS = {
    "singkat": (_l("Sampai 4 jam"), (0.0, 4.0)),
    "sehari": (_l("Lebih dari 4 sampai 10 jam"), (4.0, 10.0)),
    "menginap": (_l("Lebih dari 10 jam"), (10.0, 10_000.0)),
}
#: Rupiah a person, at most.
PRICES = (75_000, 150_000, 300_000)
#: Size of the drawing of a route, in its own units.
WIDTH, HEIGHT = 320, 220


def _number(name: str, among: Any) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 and int(text) in among else None


def _filters() -> PackageFilters:
    wanted, ward = request.args.get("jenis"), request.args.get("kelurahan", "")
    duration = DURATIONS.get(request.args.get("lama", ""))
    return PackageFilters(
        words=normalise(request.args.get("q", "")[:100]),
        tour_kind=wanted if wanted in TOUR_KINDS else None,
        hours=duration[1] if duration else None,
        price=_number("harga", PRICES),
        month=_number("bulan", range(1, 13)),
        ward_code=ward if ward in reference.wards() else None,
        accessible=request.args.get("akses") == "kursi-roda",
    )


def _card(row: PackageRow) -> dict[str, Any]:
    wards = reference.wards()
    return {
        "url": f"{request.script_root}/jelajah/{row.reference}",
        "title": row.title,
        "business": row.business,
        "place": wards[row.ward_code].name if row.ward_code in wards else "",
        "kind": str(proposal_labels.TOUR_KIND.get(str(row.data.get("tour_kind")), "")),
        "text": shorten(str(row.data.get("background", ""))),
        "price": row.data.get("price_per_person"),
        "verified": is_verified(row.verified_until, clock.city_date(clock.now())),
        "checked_on": row.safety_checked_on,
        "facts": proposal_labels.facts(
            {name: value for name, value in row.data.items() if name in _CARD_FACTS}
        ),
    }


_CARD_FACTS = frozenset({"duration_hours", "capacity_min", "capacity_max"})


@blueprint.get("/jelajah", endpoint="packages")
@public
@cached_page
def packages_list() -> str:
    """Show a page of the catalogue."""
    filters = _filters()
    page = queries.listed(filters, request.args.get("dari"))
    return render_template(
        "public/packages/list.html",
        filters=filters,
        cards=[_card(row) for row in page.items],
        tour_kinds=proposal_labels.TOUR_KIND,
        durations={word: words for word, (words, _hours) in DURATIONS.items()},
        chosen_duration=request.args.get("lama"),
        prices=PRICES,
        months=[(number, labels.month_name(number)) for number in range(1, 13)],
        wards=reference.wards_by_district(),
        previous_url=page_url("/jelajah", PARAMETERS, page.previous_cursor),
        next_url=page_url("/jelajah", PARAMETERS, page.next_cursor),
    )


def listed_package(reference_text: str) -> PackagePage:
    """Return a package of the catalogue; 404 for what is not (or no longer) in it."""
    canonical = parse_reference(reference_text)
    found = queries.by_reference(canonical) if canonical else None
    if found is None:
        abort(404)
    return found


@blueprint.get("/jelajah/<reference>", endpoint="package")
@public
@cached_page
def package_page(reference: str) -> Any:
    """Show a package: route, price, safety, who earns, and whom to ask."""
    found = listed_package(reference)
    if reference != found.reference:
        return redirect(url_for("public.package", reference=found.reference), code=301)
    return render_template("public/packages/package.html", **_values(found))


def _values(found: PackagePage) -> dict[str, Any]:
    package, business = found.package, found.package.business
    files = submissions.files(found.submission_id) if found.has_files else []
    first = [file for file in files if file.width and not file.event_id]
    added = queries.photos(package.id)
    data, points = package.data, queries.points(package.id)
    today = clock.city_date(clock.now())
    url = url_for("public.package", reference=found.reference, _external=True)
    image = (
        url_for("public.attachment", token=first[0].token, _external=True)
        if first
        else (url_for("public.package_photo", token=added[0].upload.token, _external=True) if added else "")
    )
    ward = reference.wards().get(package.ward_code or "")
    return {
        "package": package,
        "data": data,
        "reference": found.reference,
        "business": business,
        "business_kind": labels.BUSINESS[business.kind],
        "verified": is_verified(business.verified_until, today),
        "kind": proposal_labels.TOUR_KIND.get(package.tour_kind, ""),
        "facts": proposal_labels.facts({k: v for k, v in data.items() if k in _PAGE_FACTS}),
        "season": [
            (labels.month_name(number, short=True), runs_in(package.months, number))
            for number in range(1, 13)
        ]
        if package.months != ALL_YEAR or data.get("season")
        else [],
        "included": [
            (proposal_labels.label(name), proposal_labels.lines(name, data[name]))
            for name in ("transport", "guide", "meals")
            if data.get(name)
        ],
        "shares": shares(data.get("price_components"), data.get("price_per_person")),
        "rest": _rest(data),
        "wheelchair": proposal_labels.WHEELCHAIR.get(str(data.get("wheelchair")), ""),
        "risk": proposal_labels.RISK.get(str(data.get("risk_level")), ""),
        "photos": first,
        "added_photos": added,
        "sketch": _sketch(points),
        "points": points,
        "checked_by": agency_name(package.safety_checked_by_id, short=True)
        if package.safety_checked_by_id
        else "",
        "whatsapp": whatsapp_number(business.public_phone),
        "place": ward.name if ward else "",
        "structured": structured_data.trip(
            package, business, url=url, place=ward.name if ward else "", image=image, points=points
        ),
        "qr": Markup(segno.make(url, error="m").svg_inline(scale=4, border=2, omitsize=True)),  # noqa: S704 (ours)
        "url": url,
    }


_PAGE_FACTS = frozenset({"duration_hours", "capacity_min", "capacity_max", "min_age", "season", "risk_level"})


def _rest(data: dict[str, Any]) -> int:
    """Return what of the price no part was named for, in rupiah."""
    parts = shares(data.get("price_components"), data.get("price_per_person"))
    return int(data["price_per_person"]) - sum(one.amount for one in parts) if parts else 0


#: How far the dot of a stop reaches from its middle, in units of the drawing.
_DOT = 11


def _sketch(points: dict[int, tuple[float, float]]) -> dict[str, Any] | None:
    """Return the drawing of the stops on the coast; None where fewer than two are known."""
    if len(points) < 2:
        return None
    drawn = map_files.sketch()
    frame = Frame.around(points.values(), WIDTH, HEIGHT, margin=36)
    # Stops at one place stand beside each other, so that every number can be read.
    places = apart([frame.draw(points[position]) for position in sorted(points)], 2 * _DOT)
    spots = [(position + 1, *spot) for position, spot in zip(sorted(points), places, strict=True)]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "land": frame.path([*drawn.coast, *drawn.inland], closed=True),
        "islands": [frame.path(shape, closed=True) for _name, shape in drawn.islands],
        "route": frame.path([spot for _position, spot in sorted(points.items())]),
        "spots": spots,
        "kilometres": _length([spot for _position, spot in sorted(points.items())]),
    }


def _length(spots: list[tuple[float, float]]) -> float:
    """Return the length of the line through the spots in kilometres, one decimal."""
    total = 0.0
    for (south, west), (north, east) in zip(spots, spots[1:], strict=False):
        total += math.hypot((north - south) * 110.6, (east - west) * 111.3 * math.cos(math.radians(south)))
    return round(total, 1)


@blueprint.get("/jelajah/<reference>/poster")
@public
@cached_page
def package_poster(reference: str) -> Any:
    """Show the sheet for the pier: title, price, and a code that opens the page."""
    found = listed_package(reference)
    if reference != found.reference:
        return redirect(url_for("public.package_poster", reference=found.reference), code=301)
    return render_template("public/packages/poster.html", **_values(found))


@blueprint.get("/jelajah/foto/<token>")
@public
def package_photo(token: str) -> Response:
    """Show a picture of a package: to everybody while it is listed, else to its business."""
    found = queries.photo(token)
    if found is None:
        abort(404)
    photo, package, open_to_all = found
    if not open_to_all and member_actor().role_in(package.business_id) is None:
        abort(404)
    small = request.args.get("ukuran") == "kecil" and bool(photo.upload.thumbnail_key)
    return answer_with(photo.upload, small=small, open_to_all=open_to_all)
