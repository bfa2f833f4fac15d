"""How fast the city answers, per agency, and the same as CSV."""

from dataclasses import dataclass

from flask import Response, render_template
from flask_babel import gettext as _

from portal.core import clock
from portal.core.formats import content_disposition, write_csv
from portal.queries import reference, statistics
from portal.queries.statistics import NOTHING, Figures, Period
from portal.web import labels
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public import months
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """One row of the table."""

    name: str
    slug: str
    figures: Figures


def _rows(found: dict[int | None, Figures]) -> list[AgencyFigures]:
    rows = [
        AgencyFigures(agency_name(agency.id, short=True), agency.slug, found.get(agency.id, NOTHING))
        for agency in reference.agencies().values()
        if agency.active or agency.id in found
    ]
    rows.sort(key=lambda row: (-row.figures.received, row.name))
    if None in found:
        rows.append(AgencyFigures(_("Belum diteruskan ke dinas"), "", found[None]))
    return rows


@blueprint.get("/keterbukaan")
@public
@cached_page
def transparency() -> str:
    """Show the figures of a month."""
    today = clock.city_date(clock.now())
    choice = months.last(today)
    month = months.wanted(choice)
    report = statistics.report(Period.month(month), at=clock.now())
    return render_template(
        "public/transparency.html",
        overall=report.overall,
        rows=_rows(report.by_agency),
        month=month,
        month_name=labels.month_text(month),
        months=[(item.strftime("%Y-%m"), labels.month_text(item)) for item in choice],
        trend=[
            (labels.month_text(point), received)
            for point, received in statistics.received_by_month(choice[:6][::-1])
        ],
        today=today,
        small=statistics.SMALL,
    )


@blueprint.get("/keterbukaan.csv")
@public
@cached_page
def transparency_csv() -> Response:
    """The same figures for a spreadsheet. Empty cells: too few cases to say."""
    choice = months.last(clock.city_date(clock.now()))
    month = months.wanted(choice)
    header = [
        "month",
        "agency",
        "received",
        "answered",
        "answered_on_time",
        "overdue_now",
        "reopened",
        "median_working_days_to_answer",
    ]
    key = month.strftime("%Y-%m")
    body = [
        [
            key,
            row.name,
            row.figures.received,
            row.figures.answered,
            row.figures.on_time,
            row.figures.overdue,
            row.figures.reopened,
            "" if row.figures.median_days is None else row.figures.median_days,
        ]
        for row in _rows(statistics.report(Period.month(month), at=clock.now()).by_agency)
    ]
    response = Response(write_csv([header, *body]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition(f"keterbukaan-{key}.csv")
    return response
