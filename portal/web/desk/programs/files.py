"""Programs that come in a file, and the same file for those who fill it in."""

from flask import Response, render_template, request
from flask_babel import gettext as _

from portal.core import clock
from portal.core.formats import write_csv
from portal.core.spreadsheets import MOST_BYTES, TableUnreadable, read_table
from portal.queries import program_files as reads
from portal.queries import reference
from portal.queries.programs import ProgramFilters
from portal.rules import program_files as files
from portal.rules.programs import may_edit
from portal.services.programs.importing import Report, take_in
from portal.web import program_words as words
from portal.web.access import current_actor, staff
from portal.web.consultation_files import workbook
from portal.web.desk.blueprint import blueprint
from portal.web.desk.programs.pages import may_write_any
from portal.web.public.program_files import CSV, XLSX, answer
from portal.web.uploads import takes_files

#: Faults that one page shows.
MOST_FAULTS = 200


def _page(report: Report | None = None, error: str = "") -> str:
    return render_template(
        "desk/programs/import.html",
        report=report,
        error=error,
        faults=[(fault, words.fault_text(fault)) for fault in report.faults[:MOST_FAULTS]] if report else [],
        columns=files.COLUMNS,
        needed=files.NEEDED,
        form_errors={"berkas": [error]}
        if error
        else ({"baris": ["?"]} if report and report.faults else None),
    )


@blueprint.get("/program/impor")
@staff
def program_import() -> str:
    """Ask for a file with programs."""
    may_write_any(current_actor())
    return _page()


@blueprint.post("/program/impor", endpoint="program_take_in")
@staff
@takes_files
def program_take_in() -> str | tuple[str, int]:
    """Say line by line what a file would do, and do it where that was asked for: all of it or nothing."""
    sent = request.files.get("berkas")
    content = sent.stream.read(MOST_BYTES + 1) if sent is not None else b""
    actor = current_actor()
    may_write_any(actor)
    if not content:
        return _page(error=_("Pilih berkas CSV atau XLSX.")), 422
    try:
        table = read_table(content)
    except TableUnreadable as refused:
        return _page(error=words.unreadable_text(refused.code)), 422
    report = take_in(
        table,
        # as the site writes them: the code in a file, the short name in an address
        agencies={
            name: row.id
            for row in reference.agencies().values()
            if row.active
            for name in (row.code, row.code.lower(), row.slug)
        },
        dry=request.form.get("apa") != "impor",
        actor=actor,
        at=clock.now(),
    )
    return (_page(report), 422) if report.faults else _page(report)


@blueprint.get("/program/impor/contoh.csv")
@staff
def program_import_csv() -> Response:
    """Send the columns, with the programs that the actor may change."""
    return answer(write_csv(_lines()), CSV, "program-contoh.csv")


@blueprint.get("/program/impor/contoh.xlsx")
@staff
def program_import_xlsx() -> Response:
    """Send the same as a workbook."""
    return answer(workbook([("program", _lines())]), XLSX, "program-contoh.xlsx")


def _lines() -> list[list[object]]:
    actor = current_actor()
    may_write_any(actor)
    agencies = {row.code: row.id for row in reference.agencies().values()}
    lines: list[list[object]] = [list(files.COLUMNS)]
    for row in reads.rows(ProgramFilters()):
        if may_edit(actor, agencies[row.agency]):
            lines.append(files.cells(row))
    return lines
