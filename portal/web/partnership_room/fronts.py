"""What a business sees of its partnerships: the list, and the front page of one."""

from typing import Any

from flask import render_template

from portal.queries import partnerships
from portal.rules import partnerships as rules
from portal.rules.partnerships import Act
from portal.web import labels
from portal.web.access import signed_in
from portal.web.account.blueprint import blueprint
from portal.web.account.business.doors import frame, own_business
from portal.web.forms import Form
from portal.web.partnership_room.sides import for_business
from portal.web.public.cards import agency_name
from portal.web.uploads import Received


@blueprint.get("/akun/usaha/<slug>/kemitraan")
@signed_in
def business_partnerships(slug: str) -> str:
    """List the partnerships of one's business."""
    business, actor = own_business(slug)
    return render_template(
        "account/business/partnerships.html",
        rows=partnerships.of_business(business.id, public_only=False),
        labels=labels,
        agency_name=agency_name,
        **frame(business, actor),
    )


@blueprint.get("/akun/usaha/<slug>/kemitraan/<reference>")
@signed_in
def partnership(slug: str, reference: str) -> Any:
    """Show where a partnership of one's business stands."""
    side = for_business(slug, reference, Received())
    return side.page(
        "front",
        Form(None),
        sentences=partnerships.words(side.partnership.id),
        public=rules.is_public(side.case),
        may_withdraw=side.may(Act.WITHDRAW),
    )
