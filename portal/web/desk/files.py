"""Lists of the desk as files for a spreadsheet."""

import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from flask import Response, abort, current_app
from flask_babel import gettext as _
from xlsxwriter import Workbook

from portal.core import clock, throttle
from portal.core.formats import content_disposition, iter_csv
from portal.models import Priority
from portal.queries import cases, reference
from portal.queries.cases import FileRow, Queue
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk import listing
from portal.web.desk.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.rendering import localised

log = structlog.get_logger("desk")

#: Rows of a file; more is a matter for the open data.
MOST_ROWS = 10_000
LIMIT = "60/hour"
#: Excel with the settings of Indonesia parts cells at ";", since "," stands in its numbers; LibreOffice asks.
DELIMITER = ";"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (14, 14, 20, 48, 26, 22, 22, 24, 17, 17, 18, 17, 10, 10, 10, 12, 10, 44)


@blueprint.get("/unduh.csv")
@staff
def list_csv() -> Response:
    """Send the list that the address names as CSV (UTF-8 with BOM, parted by ";")."""
    rows, cut, name = _asked("csv")
    # Words are looked up here: once the pieces are sent, nobody knows the language of the request.
    lines = [_header(), *(_cells(row, _written) for row in rows), *([[_cut()]] if cut else [])]
    return _file(iter_csv(lines, delimiter=DELIMITER), "text/csv; charset=utf-8", f"{name}.csv")


@blueprint.get("/unduh.xlsx")
@staff
def list_xlsx() -> Response:
    """Send the list that the address names as a workbook of Excel."""
    rows, cut, name = _asked("xlsx")
    return _file([_workbook(rows, cut)], XLSX, f"{name}.xlsx")


def _asked(kind: str) -> tuple[list[FileRow], bool, str]:
    """Return the rows, whether some were left out, and the file's name; 404 or 429 instead where need be."""
    actor, at = current_actor(), clock.now()
    where = listing.came_from(Queue.ALL)
    if where.queue is None or where.queue not in cases.queues_of(actor):
        abort(404)
    if not throttle.hit(LIMIT, "desk list", str(actor.user_id)):
        abort(429)
    rows, cut = cases.file_rows(actor, where.queue, where.filters, at=at, most=MOST_ROWS)
    log.info(
        "list exported", user_id=actor.user_id, queue=where.queue.value, format=kind, rows=len(rows), cut=cut
    )
    return rows, cut, f"kiriman-{where.queue.value}-{clock.city_date(at).isoformat()}"


def _file(content: Iterable[bytes], content_type: str, name: str) -> Response:
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


def _cut() -> str:
    return _("Hanya %(count)s baris pertama. Persempit saringan untuk sisanya.", count=MOST_ROWS)


def _header() -> tuple[str, ...]:
    return (
        _("Nomor"), _("Jenis"), _("Status"), _("Judul"), _("Kategori"), _("Kelurahan"), _("Dinas"),
        _("Petugas"), _("Diterima"), _("Batas waktu"), _("Keadaan batas"), _("Dijawab"), _("Hari kerja"),
        _("Dukungan"), _("Pindah dinas"), _("Dibuka lagi"), _("Prioritas"), _("Halaman publik"),
    )  # fmt: skip


def _cells(row: FileRow, moment: Callable[[datetime | None], Any]) -> list[Any]:
    category = reference.categories().get(row.category_id) if row.category_id is not None else None
    ward = reference.wards().get(row.ward_code) if row.ward_code else None
    badge = listing.badge(row, clock.now())
    return [
        row.reference,
        str(labels.KIND[row.kind]),
        str(labels.STATUS[row.status]),
        row.title,
        localised(category, "name") if category else "",
        labels.place_text(row.place, ward.name if ward else None),
        agency_name(row.agency_id, short=True),
        row.officer or "",
        moment(row.received_at),
        moment(row.due_at),
        badge.words if badge else "",
        moment(row.answered_at),
        row.answered_in_days,
        row.support_count,
        row.handovers,
        row.reopened,
        str(labels.PRIORITY[Priority(row.priority)]),
        f"{current_app.config['BASE_URL']}/k/{row.reference}",
    ]


def _local(moment: datetime | None) -> datetime | None:
    """Return the time on the city's clocks; a workbook knows no time zones."""
    return clock.city_time(moment).replace(tzinfo=None, second=0, microsecond=0) if moment else None


def _written(moment: datetime | None) -> str:
    local = _local(moment)
    return local.strftime("%Y-%m-%d %H:%M") if local else ""


def _workbook(rows: list[FileRow], cut: bool) -> bytes:
    """Return the bytes of a workbook. Text is text in it, never a formula or a link."""
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    header = _header()
    with Workbook(buffer, options) as book:
        sheet = book.add_worksheet(_("Kiriman"))
        bold = book.add_format({"bold": True})
        for number, width in enumerate(_WIDTHS):
            sheet.set_column(number, number, width)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(rows), len(header) - 1)
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, _cells(row, _local))
        if cut:
            sheet.write_string(len(rows) + 1, 0, _cut())
    return buffer.getvalue()
