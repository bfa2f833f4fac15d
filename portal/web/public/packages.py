"""The catalogue of tourism packages of citizens' businesses."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.core.references import parse_reference
from portal.models import Kind
from portal.queries import packages as queries
from portal.queries import reference, submissions
from portal.queries.packages import PackageFilters, PackageRow
from portal.rules.proposals import TOUR_KINDS
from portal.web import labels, proposal_labels
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import shorten
from portal.web.public.paging import page_url

#: What the address may say of the list.
PARAMETERS = ("jenis", "lama")
#: Words of the address, what people read, and the hours: more than, at most.
DURATIONS = {
    "singkat": (_l("Sampai 4 jam"), (0.0, 4.0)),
    "sehari": (_l("Lebih dari 4 sampai 10 jam"), (4.0, 10.0)),
    "menginap": (_l("Lebih dari 10 jam"), (10.0, 10_000.0)),
}


def _filters() -> PackageFilters:
    wanted = request.args.get("jenis")
    duration = DURATIONS.get(request.args.get("lama", ""))
    return PackageFilters(wanted if wanted in TOUR_KINDS else None, duration[1] if duration else None)


def _card(row: PackageRow) -> dict[str, Any]:
    wards = reference.wards()
    return {
        "url": f"{request.script_root}/jelajah/{row.reference}",
        "title": row.title,
        "business": row.business,
        "place": wards[row.ward_code].name if row.ward_code in wards else "",
        "text": shorten(str(row.data.get("background", ""))),
        "facts": proposal_labels.facts(
            {name: value for name, value in row.data.items() if name in _CARD_FACTS}
        ),
    }


_CARD_FACTS = frozenset({"tour_kind", "duration_hours", "capacity_min", "capacity_max", "price_per_person"})


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
        previous_url=page_url("/jelajah", PARAMETERS, page.previous_cursor),
        next_url=page_url("/jelajah", PARAMETERS, page.next_cursor),
    )


@blueprint.get("/jelajah/<reference>", endpoint="package")
@public
@cached_page
def package_page(reference: str) -> str | Response:
    """Show a package: route, price, safety, who earns, and whom to ask."""
    canonical = parse_reference(reference)
    found = queries.by_reference(canonical) if canonical else None
    if found is None:
        abort(404)
    if reference != found.reference:
        return redirect(url_for("public.package", reference=found.reference), code=301)
    files = submissions.files(found.submission_id) if found.has_files else []
    return render_template(
        "public/packages/package.html",
        package=found.package,
        reference=found.reference,
        business=found.package.business,
        business_kind=labels.BUSINESS[found.package.business.kind],
        shown=proposal_labels.shown(Kind.TOURISM_PACKAGE, found.package.data),
        photos=[file for file in files if file.width and not file.event_id],
    )
