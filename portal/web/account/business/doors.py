"""The door to the private pages of a business: its members, and nobody else knows that they exist."""

from typing import Any

from flask import abort, current_app, url_for
from flask_babel import lazy_gettext as _l

from portal.models import Business, BusinessRole
from portal.queries import businesses
from portal.rules.permissions import Actor
from portal.web.access import member_actor

#: The pages of one business, in the order of its menu; those that are not (yet) there are left out.
PAGES = (
    ("account.business", _l("Profil")),
    ("account.business_readiness_list", _l("Kesiapan")),
    ("account.business_partnerships", _l("Kemitraan")),
    ("account.business_packages", _l("Paket wisata")),
    ("account.business_questions", _l("Pertanyaan")),
    ("account.business_licences", _l("Izin")),
    ("account.business_members", _l("Anggota")),
)


def own_business(slug: str, *roles: BusinessRole) -> tuple[Business, Actor]:
    """Return a business that the actor speaks for (in one of these roles, if named); 404 for all others."""
    found, actor = businesses.by_slug(slug), member_actor()
    role = None if found is None else actor.role_in(found.id)
    if found is None or role is None or (roles and role not in roles):
        abort(404)
    return found, actor


def frame(business: Business, actor: Actor) -> dict[str, Any]:
    """Return what `account/business/frame.html` needs: give it to every page of a business."""
    return {
        "business": business,
        "own_role": actor.role_in(business.id),
        "pages": [
            (endpoint, url_for(endpoint, slug=business.slug), label)
            for endpoint, label in PAGES
            if endpoint in current_app.view_functions
        ],
    }
