"""When the city plans its budget, what is open now, and what can be done without budget."""

from itertools import groupby

from flask import render_template

from portal.core import clock
from portal.queries import planning as listed
from portal.queries import reference
from portal.rules import planning as rules
from portal.web import planning_words
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public.blueprint import blueprint
from portal.web.rendering import localised


@blueprint.get("/perencanaan")
@public
@cached_page
def planning() -> str:
    """Show the rounds of planning of the coming years, and the quick steps by category."""
    today = clock.city_date(clock.now())
    rounds = [row for row in listed.rounds() if row.year > today.year]
    by_year = [(year, list(rows)) for year, rows in groupby(rounds, key=lambda row: row.year)]
    known = listed.steps_by_category()
    names = [(row.id, localised(row, "name")) for row in reference.categories().values()]
    return render_template(
        "public/planning/calendar.html",
        years=by_year,
        open_now=[row for row in rounds if rules.is_open(row, today)],
        entry=rules.entry_for(rounds, today),
        general=known.get(None, []),
        steps=[(name, known[key]) for key, name in names if key in known],
        today=today,
        words=planning_words,
    )
