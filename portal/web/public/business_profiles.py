"""The pages of businesses: who they are, how they are reached, what the city checked of them."""

from typing import Any

from flask import Response, abort, render_template, request

from portal.core import clock
from portal.core.text import normalise
from portal.models import BusinessKind
from portal.queries import businesses, partnerships, reference
from portal.queries.businesses import BusinessFilters
from portal.rules.businesses import is_verified
from portal.web import business_words, labels
from portal.web.access import member_actor, public
from portal.web.caching import cached_page
from portal.web.files import answer_with
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.public.paging import page_url

PARAMETERS = ("q", "jenis", "kelurahan", "verifikasi")


def business_filters() -> BusinessFilters:
    """Return what the address asks for; what it garbles is left out."""
    args = request.args
    kind, ward = args.get("jenis", ""), args.get("kelurahan", "")
    return BusinessFilters(
        words=normalise(args.get("q", "")[:100]),
        kind=BusinessKind(kind) if kind in set(BusinessKind) else None,
        ward_code=ward if ward in reference.wards() else None,
        verified={"ya": True, "belum": False}.get(args.get("verifikasi", "")),
    )


@blueprint.get("/usaha/profil", endpoint="business_profiles")
@public
@cached_page
def profiles() -> str:
    """Show the businesses that have a page."""
    today = clock.city_date(clock.now())
    filters = business_filters()
    page = businesses.listed(filters, today=today, after=request.args.get("dari"))
    return render_template(
        "public/businesses/list.html",
        rows=list(page),
        filters=filters,
        any_filter=filters != BusinessFilters(),
        wards=reference.wards(),
        wards_by_district=reference.wards_by_district(),
        labels=labels,
        is_verified=is_verified,
        today=today,
        previous_url=page_url("/usaha/profil", PARAMETERS, page.previous_cursor),
        next_url=page_url("/usaha/profil", PARAMETERS, page.next_cursor),
    )


@blueprint.get("/usaha/profil/<slug>")
@public
@cached_page
def business_profile(slug: str) -> str:
    """Show a business."""
    row = businesses.by_slug(slug)
    if row is None or not row.published:
        abort(404)
    today = clock.city_date(clock.now())
    found = businesses.verifications(row.id, 1)
    return render_template(
        "public/businesses/profile.html",
        business=row,
        photos=businesses.photos(row.id),
        licences=businesses.licences(row.id),
        verified=is_verified(row.verified_until, today),
        found=found[0] if found else None,
        packages=businesses.packages_of(row.id),
        partnerships=partnerships.of_business(row.id, public_only=True),
        languages=[
            business_words.LANGUAGE[code] for code in row.languages if code in business_words.LANGUAGE
        ],
        words=business_words,
        labels=labels,
        agency_name=agency_name,
        today=today,
    )


@blueprint.get("/usaha/foto/<token>")
@public
def business_photo(token: str) -> Response:
    """Show a picture of a business: to everybody where its page is public, else to its members."""
    found: Any = businesses.photo(token)
    if found is None:
        abort(404)
    photo, business = found
    if not business.published and member_actor().role_in(business.id) is None:
        abort(404)
    small = request.args.get("ukuran") == "kecil" and bool(photo.upload.thumbnail_key)
    return answer_with(photo.upload, small=small, open_to_all=business.published)
