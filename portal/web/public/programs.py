"""Programs of the city, and what stands behind them."""

from typing import Any

from flask import abort, current_app, render_template, request, url_for

from portal.core import clock
from portal.core.text import normalise
from portal.models import Program, ProgramLevel, ProgramStatus
from portal.queries import program_page, programs, reference
from portal.queries.discussion import place_of_program
from portal.queries.programs import ProgramFilters
from portal.rules import programs as rules
from portal.rules import suppression
from portal.web import labels
from portal.web import program_words as words
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public import discussion
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.public.paging import filtered_url, page_url

PARAMETERS = ("q", "tahun", "dinas", "status", "tingkat")
#: Reports on the page of a program.
NEWS = 10
#: The address says the levels in Indonesian.
LEVELS = {
    "program": ProgramLevel.PROGRAM,
    "kegiatan": ProgramLevel.ACTIVITY,
    "sub-kegiatan": ProgramLevel.SUB_ACTIVITY,
}


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
        level=LEVELS.get(args.get("tingkat", "")),
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
        levels={key: words.LEVEL[value] for key, value in LEVELS.items()},
        level_names=words.LEVEL,
        agency_name=agency_name,
        feed_url=filtered_url("/program.atom", PARAMETERS),
        csv_url=filtered_url("/program.csv", PARAMETERS),
        xlsx_url=filtered_url("/program.xlsx", PARAMETERS),
    )


@blueprint.get("/program/<code>")
@public
@cached_page
def program(code: str) -> str:
    """Show a program: its money, what was promised and reached, its parts, and the submissions behind it."""
    found = programs.by_code(code)
    if found is None:
        abort(404)
    at = clock.now()
    number, supports = programs.support_of(found.id)
    budgets = program_page.budgets(found.id)
    amounts = {money.stage: money.amount for money in budgets}
    crowd = program_page.crowd(found.id)
    updates = program_page.updates(found.id, size=NEWS)
    return render_template(
        "public/program.html",
        program=found,
        tree=program_page.tree(found),
        budgets=budgets,
        standing=rules.standing(amounts),
        paid_share=rules.paid_share(amounts),
        measures=[
            (row, rules.reached(row.baseline, row.target, row.realised))
            for row in program_page.indicators(found.id)
        ],
        promises=_promises(found),
        updates=updates,
        photos=program_page.photos(found.id) if updates else {},
        crowd=crowd,
        followers=suppression.shown(crowd.followers),
        votes=suppression.publish([crowd.felt, crowd.not_felt]),
        voted_on=found.status in rules.VOTED_ON,
        happenings=program_page.happenings(found.id, at=at),
        partnerships=program_page.partnerships(found.id),
        linked=programs.submissions_of(found.id),
        number=number,
        supports=supports,
        labels=labels,
        words=words,
        agency_name=agency_name,
        now=at,
        wards=reference.wards(),
        trace_url=_url("public.trace_program", code=found.code),
        page_exists=_page_exists,
        talk=discussion.part(place_of_program(found), found.thread),
    )


def _page_exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _url(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values) if _page_exists(endpoint) else ""


def _promises(found: Program) -> list[dict[str, Any]]:
    """Return the promises with what became of each, in words."""
    today = clock.city_date(clock.now())
    lines = []
    for row in found.milestones:
        told = rules.promise(row.due_on, row.done_on, today=today, first=row.first_due_on)
        lines.append(
            {
                "row": row,
                "promise": told.value,
                "when": words.promised_text(row.due_on, row.first_due_on),
                "said": words.promise_text(told, row.due_on, row.done_on, row.first_due_on),
            }
        )
    return lines
