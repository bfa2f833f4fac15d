"""What moderation did in a month, for everybody, and the same as CSV."""

from collections.abc import Iterator

from flask import Response, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.formats import content_disposition, write_csv
from portal.models import HideCode, Subject
from portal.queries import moderation_summary
from portal.queries.moderation_summary import KINDS, Summary
from portal.queries.statistics import Period
from portal.rules.suppression import SMALLEST_SHOWN
from portal.web import labels
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public import months
from portal.web.public.blueprint import blueprint

_KIND = {Subject.COMMENT: _l("Komentar"), Subject.SUBMISSION: _l("Kiriman")}


@blueprint.get("/keterbukaan/moderasi")
@public
@cached_page
def moderation_summary_page() -> str:
    """Show what was hidden, restored, blocked and appealed in a month."""
    choice = months.last(clock.city_date(clock.now()))
    month = months.wanted(choice)
    found = moderation_summary.summary(Period.month(month))
    return render_template(
        "public/moderation_summary.html",
        found=found,
        reasons=list(zip((labels.HIDE[code] for code in HideCode), found.hidden_by_code.cells, strict=True)),
        kinds=[
            (_KIND[kind], hidden, restored)
            for kind, hidden, restored in zip(
                KINDS, found.hidden_by_kind.cells, found.restored_by_kind.cells, strict=True
            )
        ],
        month_key=months.key(month),
        month_name=labels.month_text(month),
        months=[(months.key(item), labels.month_text(item)) for item in choice],
        small=SMALLEST_SHOWN,
    )


@blueprint.get("/keterbukaan/moderasi.csv")
@public
@cached_page
def moderation_summary_csv() -> Response:
    """The same numbers for a spreadsheet. Empty cells: too small to be published."""
    month = months.wanted(months.last(clock.city_date(clock.now())))
    key = months.key(month)
    rows = [[key, *row] for row in _rows(moderation_summary.summary(Period.month(month)))]
    response = Response(
        write_csv([["month", "what", "of", "number"], *rows]), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = content_disposition(f"{_('moderasi')}-{key}.csv")
    return response


def _rows(found: Summary) -> Iterator[tuple[str, str, object]]:
    for code, number in zip(HideCode, found.hidden_by_code.cells, strict=True):
        yield "hidden_by_reason", code.value, _cell(number)
    for kind, number in zip(KINDS, found.hidden_by_kind.cells, strict=True):
        yield "hidden_by_kind", kind.value, _cell(number)
    yield "hidden", "", _cell(found.hidden)
    for kind, number in zip(KINDS, found.restored_by_kind.cells, strict=True):
        yield "restored_by_kind", kind.value, _cell(number)
    yield "restored", "", _cell(found.restored_by_kind.total)
    granted, upheld = found.settled.cells
    for what, number in (
        ("published_after_waiting", found.published),
        ("reports_dismissed", found.dismissed),
        ("warned", found.warned),
        ("blocked", found.blocked),
        ("unblocked", found.unblocked),
        ("appeals_made", found.appealed),
        ("appeals_decided", found.settled.total),
        ("appeals_granted", granted),
        ("appeals_not_granted", upheld),
        ("median_hours_to_decide", found.median_hours),
    ):
        yield what, "", _cell(number)


def _cell(number: float | None) -> object:
    return "" if number is None else number
