"""Partnerships of the city with businesses: stage, parties, purpose and what both sides owe. Nothing else."""

from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import Kind, PartnershipStage, SelectionStep
from portal.queries import packages, partnerships
from portal.rules import partnerships as rules
from portal.web import labels, partnership_words
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.public.paging import page_url

PARAMETERS = ("tahap",)


def wanted_stage() -> PartnershipStage | None:
    """Return the stage that the address names; what is none counts as not given."""
    wanted = request.args.get("tahap", "")
    return PartnershipStage(wanted) if wanted in set(PartnershipStage) else None


@blueprint.get("/kemitraan", endpoint="partnerships")
@public
@cached_page
def partnership_list() -> str:
    """Show the partnerships that everybody may see."""
    stage = wanted_stage()
    page = partnerships.listed(stage, after=request.args.get("dari"))
    return render_template(
        "public/partnerships/list.html",
        rows=list(page),
        stage=stage,
        labels=labels,
        agency_name=agency_name,
        previous_url=page_url("/kemitraan", PARAMETERS, page.previous_cursor),
        next_url=page_url("/kemitraan", PARAMETERS, page.next_cursor),
    )


@blueprint.get("/kemitraan/<reference>")
@public
@cached_page
def partnership(reference: str) -> Any:
    """Show a partnership as everybody may know it."""
    canonical = parse_reference(reference)
    found = partnerships.by_reference(canonical) if canonical else None
    if found is None or not rules.is_public(found[1]):
        abort(404)
    row, case = found
    if reference != case.reference:
        return redirect(url_for("public.partnership", reference=case.reference), code=301)
    known = partnerships.findings(row.id)
    return render_template(
        "public/partnerships/page.html",
        partnership=row,
        case=case,
        way=partnership_words.way(row.stage),
        stage_label=labels.STAGE[row.stage],
        sentences=[word for word in partnerships.words(row.id) if word.text],
        duties=partnerships.duties(row.id, public_only=True),
        findings=[(step, known[step]) for step in SelectionStep if step in known],
        words=partnership_words,
        labels=labels,
        agency_name=agency_name,
        package=packages.by_reference(case.reference) if case.kind is Kind.TOURISM_PACKAGE else None,
        traced="public.trace_partnership" in current_app.view_functions,
        today=clock.city_date(clock.now()),
    )
