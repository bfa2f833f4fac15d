"""How fast and how well the city answers: per agency, ward and category, month by month, and as files."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _

from portal.core import clock
from portal.core.formats import content_disposition, write_csv
from portal.queries import reference, statistics
from portal.queries.statistics import AGES, Group, Period
from portal.rules.dashboards import (
    NOTHING,
    SMALL,
    Figures,
    Report,
    Said,
    Untold,
    said_by_line,
    said_overall,
    untold,
)
from portal.web import labels
from portal.web.access import public
from portal.web.caching import cached_hour
from portal.web.consultation_files import workbook
from portal.web.public import months
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.rendering import localised

#: How the address names what the table has a line for.
GROUPS = {"dinas": Group.AGENCY, "kelurahan": Group.WARD, "kategori": Group.CATEGORY}
#: Months that the drawings look back at.
TREND = 6
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    name: str
    figures: Figures
    said: Said


def _group() -> tuple[str, Group]:
    word = request.args.get("menurut", "dinas")
    return (word, GROUPS[word]) if word in GROUPS else ("dinas", Group.AGENCY)


def _lines(found: dict[Any, Figures], group: Group, left_out: Untold) -> list[Line]:
    names: dict[Any, str]
    if group is Group.AGENCY:
        known = reference.agencies()
        names = {
            key: agency_name(key, short=True) for key, row in known.items() if row.active or key in found
        }
        missing = _("Belum diteruskan ke dinas")
    elif group is Group.WARD:
        names = {code: ward.name for code, ward in reference.wards().items()}
        missing = _("Di laut, atau tidak disebut")
    else:
        names = {
            key: localised(row, "name")
            for key, row in reference.categories().items()
            if row.active or key in found
        }
        missing = _("Belum dikelompokkan")
    order = sorted(
        ((name, found.get(key, NOTHING)) for key, name in names.items()),
        key=lambda row: (-row[1].received, row[0]),
    )
    if None in found:
        order.append((missing, found[None]))
    said = said_by_line([figures for _name, figures in order], left_out)
    return [Line(name, figures, words) for (name, figures), words in zip(order, said, strict=True)]


@blueprint.get("/keterbukaan")
@public
@cached_hour
def transparency() -> str:
    """Show the figures of a month."""
    today, at = clock.city_date(clock.now()), clock.now()
    choice = months.last(today)
    month = months.wanted(choice)
    word, group = _group()
    report, left_out = _of_month(month, group, at)
    trend = statistics.by_month(choice[:TREND][::-1], at=at)
    return render_template(
        "public/transparency.html",
        overall=report.overall,
        said=said_overall(report.overall, left_out),
        rows=_lines(report.by_key, group, left_out),
        group=word,
        month=month,
        month_name=labels.month_text(month),
        months=[(item.strftime("%Y-%m"), labels.month_text(item)) for item in choice],
        trend=[
            (labels.month_name(point.month, short=True), labels.month_text(point), one)
            for point, one in trend
        ],
        most=max([1, *(one.received for _point, one in trend)]),
        longest=max([1.0, *(one.median_days for _point, one in trend if one.median_days is not None)]),
        backlog=_backlog(at),
        ages=AGES,
        today=today,
        small=SMALL,
    )


def _of_month(month: date, group: Group, at: datetime) -> tuple[Report[Any], Untold]:
    """Return the figures of one table of a month, and what none of its tables may tell."""
    reports = statistics.reports(Period.month(month), at=at)
    return reports[group], untold(list(one.by_key.values()) for one in reports.values())


def _backlog(at: datetime) -> list[tuple[str, tuple[int, ...]]]:
    found = statistics.backlog(at=at)
    rows = [
        (agency_name(key, short=True) if key is not None else _("Belum diteruskan ke dinas"), numbers)
        for key, numbers in found.items()
    ]
    return sorted(rows, key=lambda row: (-sum(row[1]), row[0]))


HEADER = [
    "month",
    "received",
    "answered",
    "answered_on_time",
    "overdue_now",
    "reopened",
    "median_working_days_to_answer",
    "citizens_said_done",
    "citizens_said_not_done",
    "not_confirmed",
]


def _cells(figures: Figures, said: Said) -> list[Any]:
    return [
        figures.received,
        figures.answered,
        figures.on_time,
        figures.overdue,
        *(
            "" if number is None else number
            for number in (said.reopened, figures.median_days, said.done, said.not_done, said.silent)
        ),
    ]


def _table() -> tuple[str, list[list[Any]]]:
    """Return the name of the file and its rows, the header first. Empty cells: too few cases to say."""
    choice = months.last(clock.city_date(clock.now()))
    month = months.wanted(choice)
    word, group = _group()
    key = month.strftime("%Y-%m")
    at = clock.now()
    found, left_out = _of_month(month, group, at)
    lines = _lines(found.by_key, group, left_out)
    header = [HEADER[0], group.value, *HEADER[1:]]
    name = f"keterbukaan-{key}" if group is Group.AGENCY else f"keterbukaan-{word}-{key}"
    return name, [header, *([key, line.name, *_cells(line.figures, line.said)] for line in lines)]


@blueprint.get("/keterbukaan.csv")
@public
@cached_hour
def transparency_csv() -> Response:
    """The same figures for a spreadsheet. Empty cells: too few cases to say."""
    name, rows = _table()
    return _file(write_csv(rows), "text/csv; charset=utf-8", f"{name}.csv")


@blueprint.get("/keterbukaan.xlsx")
@public
@cached_hour
def transparency_xlsx() -> Response:
    """The same figures as a workbook."""
    name, rows = _table()
    return _file(workbook([("keterbukaan", rows)]), _XLSX, f"{name}.xlsx")


@blueprint.get("/keterbukaan-bulanan.csv")
@public
@cached_hour
def transparency_months_csv() -> Response:
    """The whole city month by month, for a spreadsheet."""
    choice = months.last(clock.city_date(clock.now()))[::-1]
    at = clock.now()
    found = zip(statistics.by_month(choice, at=at), statistics.tables(choice, at=at), strict=True)
    rows = [
        [month.strftime("%Y-%m"), *_cells(one, said_overall(one, untold(tables)))]
        for (month, one), tables in found
    ]
    return _file(write_csv([HEADER, *rows]), "text/csv; charset=utf-8", "keterbukaan-bulanan.csv")


@blueprint.get("/keterbukaan-antrean.csv")
@public
@cached_hour
def transparency_backlog_csv() -> Response:
    """What waits for an answer, by agency and age in days, for a spreadsheet."""
    header = ["agency", "up_to_7_days", "8_to_30_days", "31_to_90_days", "over_90_days"]
    rows = [[name, *numbers] for name, numbers in _backlog(clock.now())]
    return _file(write_csv([header, *rows]), "text/csv; charset=utf-8", "keterbukaan-antrean.csv")


def _file(body: bytes, content_type: str, name: str) -> Response:
    response = Response(body, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition(name)
    return response
