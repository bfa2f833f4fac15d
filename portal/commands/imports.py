"""`flask import`: a city's spreadsheet becomes submissions."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.core import clock
from portal.core.database import db, writing
from portal.core.formats import write_csv
from portal.queries import reference
from portal.services import imports

#: So many refusals are shown; the report has all.
_SHOWN = 20


@click.command("import")
@with_appcontext
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the refused lines into this CSV file.",
)
def command(source: Path, dry_run: bool, report: Path | None) -> None:
    """Take over the CSV file SOURCE: all of it, or nothing when a line is refused. Again adds nothing."""
    at = clock.now()
    try:
        table = imports.read(
            source.read_bytes(),
            categories=reference.categories(),
            wards=reference.wards(),
            today=clock.city_date(at),
        )
    except imports.FileUnreadable as error:
        raise click.ClickException(str(error)) from error
    refusals = table.refusals
    done = None
    if not refusals:
        with writing():
            secret, prefix = current_app.config["SECRET_KEY"].encode(), current_app.config["SITE"]["prefix"]
            done = imports.load(table.rows, secret=secret, at=at, prefix=prefix)
            refusals = done.refusals
            if dry_run or refusals:
                db.session.rollback()
            else:
                db.session.commit()
    if table.ignored:
        click.echo(f"Kolom yang tidak dipakai: {', '.join(table.ignored)}")
    if refusals:
        _tell(refusals, report)
        lines = len({refusal.line for refusal in refusals})
        raise click.ClickException(f"{lines} baris ditolak, tidak ada yang disimpan.")
    if done is not None:
        begin = "Akan ditambahkan" if dry_run else "Ditambahkan"
        click.echo(
            f"{begin}: {done.added} kiriman. Sudah ada sebelumnya: {done.repeated}."
            f" Menunggu diperiksa sebelum tampil: {done.held_back}."
        )


def _tell(refusals: list[imports.Refusal], report: Path | None) -> None:
    for refusal in refusals[:_SHOWN]:
        column = f", kolom {refusal.column}" if refusal.column else ""
        click.echo(f"Baris {refusal.line}{column}: {refusal.reason}")
    if len(refusals) > _SHOWN:
        click.echo(f"... dan {len(refusals) - _SHOWN} lagi")
    if report is not None:
        rows = [("baris", "kolom", "alasan"), *((one.line, one.column, one.reason) for one in refusals)]
        report.write_bytes(write_csv(rows))
