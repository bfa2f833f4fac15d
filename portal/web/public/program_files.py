"""Programs as files that everybody may take: what the pages show, nothing else."""

from collections.abc import Iterable

from flask import Response, abort, make_response
from flask_babel import gettext as _

from portal.core import clock
from portal.core.formats import content_disposition, safe_cell, write_csv
from portal.models import Program
from portal.queries import program_files, program_page, programs
from portal.rules import program_files as files
from portal.rules import programs as rules
from portal.web import labels
from portal.web import program_words as words
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.consultation_files import Line, workbook
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.public.programs import program_filters
from portal.web.rendering import localised

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(content: bytes, kind: str, name: str) -> Response:
    """Offer a file under a name."""
    response = make_response(content)
    response.content_type = kind
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


def list_lines() -> list[Line]:
    """Return the programs under the filters of the address, header first, as an import takes them."""
    return [list(files.COLUMNS), *(files.cells(row) for row in program_files.rows(program_filters()))]


@blueprint.get("/program.csv")
@public
@cached_page
def programs_csv() -> Response:
    """Send the programs under the filters as CSV; the same columns can be imported at the desk."""
    return answer(write_csv(list_lines()), CSV, "program.csv")


@blueprint.get("/program.xlsx")
@public
@cached_page
def programs_xlsx() -> Response:
    """Send the programs under the filters as a workbook."""
    lines = [[safe_cell(cell) for cell in line] for line in list_lines()]
    return answer(workbook([("program", lines)]), XLSX, "program.xlsx")


@blueprint.get("/program/<code>.csv")
@public
@cached_page
def program_csv(code: str) -> Response:
    """Send one program with everything that its page shows: one fact a line."""
    found = programs.by_code(code)
    if found is None:
        abort(404)
    return answer(write_csv(_facts(found)), CSV, f"program-{found.code}.csv")


def _facts(found: Program) -> Iterable[Line]:
    today = clock.city_date(clock.now())
    yield ["bagian", "nama", "nilai", "satuan", "tanggal", "keterangan"]
    for name, value in (
        (_("Kode"), found.code),
        (_("Nama"), localised(found, "title")),
        (_("Tingkat"), str(words.LEVEL[found.level])),
        (_("Dinas"), agency_name(found.agency_id)),
        (_("Tahun"), found.year),
        (_("Status"), str(labels.PROGRAM_STATUS[found.status])),
        (_("Nomenklatur"), found.nomenclature),
    ):
        yield ["program", name, value, "", "", ""]
    yield ["program", _("Kemajuan"), found.progress, "%", "", ""]
    yield ["program", _("Anggaran"), found.budget, "Rp", "", ""]
    for part in program_page.tree(found).below:
        yield ["bagian", localised(part, "title"), part.progress, "%", "", part.code]
    for money in program_page.budgets(found.id):
        yield ["anggaran", str(words.STAGE[money.stage]), money.amount, "Rp", money.as_of, money.source]
    for measure in program_page.indicators(found.id):
        title, unit = localised(measure, "title"), measure.unit
        yield ["indikator", title, measure.target, unit, "", _("Target")]
        yield ["indikator", title, measure.realised, unit, "", _("Kini")]
    for one in found.milestones:
        told = rules.promise(one.due_on, one.done_on, today=today, first=one.first_due_on)
        said = words.promise_text(told, one.due_on, one.done_on, one.first_due_on)
        yield ["janji", localised(one, "title"), said, "", one.first_due_on or one.due_on, one.reason]
    for update in program_page.updates(found.id, size=500):
        day = clock.city_date(update.at)
        yield ["kabar", "", update.progress, "%", day, localised(update, "text")]
    for item in programs.submissions_of(found.id, size=500):
        yield ["kiriman", item.title, item.support_count, _("dukungan"), "", item.reference]
