"""Packages in the words of schema.org, as search engines and maps read them."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for

from portal.models import Business, Package


def trip(
    package: Package,
    business: Business,
    *,
    url: str,
    place: str,
    image: str,
    points: Mapping[int, tuple[float, float]],
) -> dict[str, Any]:
    """Return a package as a TouristTrip with its offer, stops and provider; only what is known is said.

    `points` are (latitude, longitude) of stops by their place in the route.
    """
    data = package.data
    site = current_app.config["SITE"]["city"]
    provider: dict[str, Any] = {"@type": "LocalBusiness", "name": business.name}
    if business.public_phone:
        provider["telephone"] = business.public_phone
    if business.public_email:
        provider["email"] = business.public_email
    address: dict[str, Any] = {"@type": "PostalAddress", "addressLocality": site, "addressCountry": "ID"}
    if business.published and business.address:
        address["streetAddress"] = business.address
    provider["address"] = address
    if business.published and business.slug:
        provider["url"] = url_for("public.business_profile", slug=business.slug, _external=True)
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "TouristTrip",
        "name": package.title,
        "url": url,
        "provider": provider,
    }
    if data.get("background"):
        found["description"] = str(data["background"])[:500]
    if image:
        found["image"] = image
    if place:
        found["tripOrigin"] = {"@type": "Place", "name": f"{place}, {site}"}
    stops = [
        _stop(str(stop["place"]), points.get(place_in_route))
        for place_in_route, stop in enumerate(data.get("route", []))
        if isinstance(stop, dict) and stop.get("place")
    ]
    if stops:
        found["itinerary"] = {
            "@type": "ItemList",
            "numberOfItems": len(stops),
            "itemListElement": [
                {"@type": "ListItem", "position": number, "item": stop}
                for number, stop in enumerate(stops, start=1)
            ],
        }
    if package.price is not None:
        found["offers"] = {
            "@type": "Offer",
            "price": package.price,
            "priceCurrency": "IDR",
            "availability": "https://schema.org/InStock",
            "url": url,
        }
    return found


def _stop(name: str, point: tuple[float, float] | None) -> dict[str, Any]:
    stop: dict[str, Any] = {"@type": "Place", "name": name}
    if point is not None:
        stop["geo"] = {"@type": "GeoCoordinates", "latitude": point[0], "longitude": point[1]}
    return stop
