"""The front page: four doors, what was newly answered, this month's numbers."""

from flask import render_template

from portal.core import clock
from portal.queries import statistics, submissions
from portal.queries.statistics import Period
from portal.web import labels
from portal.web.access import public
from portal.web.caching import cached_hour
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import cards


@blueprint.get("/")
@public
@cached_hour
def home() -> str:
    """Show the front page."""
    at = clock.now()
    today = clock.city_date(at)
    return render_template(
        "public/home.html",
        answered=cards(submissions.newly_answered()),
        figures=statistics.report(Period.month(today), at=at).overall,
        month=labels.month_text(today),
    )
