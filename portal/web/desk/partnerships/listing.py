"""The list of partnerships at the desk: by stage, one's own, and what ends soon."""

from datetime import timedelta

from flask import render_template, request, url_for

from portal.core import clock
from portal.models import PartnershipStage, Role
from portal.queries import partnerships
from portal.queries.partnerships import DeskFilters
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint
from portal.web.public.cards import agency_name

#: What ends within these days is shown as ending soon.
SOON = timedelta(days=90)


@blueprint.get("/kemitraan", endpoint="partnerships")
@staff
def partnership_list() -> str:
    """Show the partnerships that the actor takes part in."""
    actor, args = current_actor(), request.args
    today = clock.city_date(clock.now())
    stage = args.get("tahap", "")
    filters = DeskFilters(
        agency_ids=None if actor.has(Role.TRIAGE) else actor.agency_ids,
        stage=PartnershipStage(stage) if stage in set(PartnershipStage) else None,
        ends_before=today + SOON if args.get("segera") == "1" else None,
        reader_id=None if actor.has(Role.TRIAGE) else actor.user_id,
    )
    page = partnerships.of_desk(filters, after=args.get("dari"))
    kept = {name: args[name] for name in ("tahap", "segera") if args.get(name)}

    def page_url(cursor: str | None) -> str:
        return url_for("desk.partnerships", dari=cursor, **kept) if cursor else ""

    return render_template(
        "desk/partnerships/list.html",
        rows=list(page),
        counts=partnerships.stage_counts(filters.agency_ids, reader_id=filters.reader_id),
        stage=filters.stage,
        soon=filters.ends_before is not None,
        today=today,
        previous_url=page_url(page.previous_cursor),
        next_url=page_url(page.next_cursor),
        labels=labels,
        agency_name=agency_name,
    )
