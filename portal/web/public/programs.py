"""Programs of the city, and the submissions behind them."""

from flask import abort, render_template, request

from portal.core import clock
from portal.core.text import normalise
from portal.models import ProgramStatus
from portal.queries import programs, reference
from portal.queries.discussion import place_of_program
from portal.queries.programs import ProgramFilters
from portal.web import labels
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public import discussion
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.public.paging import filtered_url, page_url

PARAMETERS = ("q", "tahun", "dinas", "status")


def program_filters() -> ProgramFilters:
    """Read the filters of the address; what is not on the allow-list counts as not given."""
    args = request.args
    agencies = {agency.slug: agency.id for agency in reference.agencies().values()}
    year = args.get("tahun", "")
    status = args.get("status", "")
    return ProgramFilters(
        words=normalise(args.get("q", "")[:100]),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        agency_id=agencies.get(args.get("dinas", "")),
        status=ProgramStatus(status) if status in list(ProgramStatus) else None,
    )


@blueprint.get("/program", endpoint="programs")
@public
@cached_page
def programs_list() -> str:
    """Show the programs of the city."""
    filters = program_filters()
    page = programs.listed(filters, request.args.get("dari"))
    return render_template(
        "public/programs.html",
        filters=filters,
        programs=page.items,
        previous_url=page_url("/program", PARAMETERS, page.previous_cursor),
        next_url=page_url("/program", PARAMETERS, page.next_cursor),
        years=programs.years(),
        agencies=[agency for agency in reference.agencies().values() if agency.active],
        statuses=labels.PROGRAM_STATUS,
        agency_name=agency_name,
        feed_url=filtered_url("/program.atom", PARAMETERS),
    )


@blueprint.get("/program/<code>")
@public
@cached_page
def program(code: str) -> str:
    """Show a program with its promises, its progress and the submissions behind it."""
    found = programs.by_code(code)
    if found is None:
        abort(404)
    number, supports = programs.support_of(found.id)
    return render_template(
        "public/program.html",
        program=found,
        linked=programs.submissions_of(found.id),
        number=number,
        supports=supports,
        labels=labels,
        agency_name=agency_name,
        today=clock.city_date(clock.now()),
        wards=reference.wards(),
        talk=discussion.part(place_of_program(found), found.thread),
    )
