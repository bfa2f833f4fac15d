"""`flask nomenclature import`: the national nomenclature of programs as a decree issued it."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.core import clock
from portal.core.database import transaction
from portal.core.spreadsheets import TableUnreadable, read_table
from portal.services import nomenclature

#: The public codes that the product ships.
SHIPPED = Path(__file__).parent.parent / "data" / "reference" / "nomenclature.csv"

group = AppGroup("nomenclature", help="The national nomenclature of programs.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=SHIPPED)
@click.option("--decree", required=True, help='For example "Kepmendagri 050-5889 Tahun 2021".')
@click.option(
    "--issued-on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day of the decree, YYYY-MM-DD."
)
def load(file: Path, decree: str, issued_on: datetime) -> None:
    """Take in a CSV or XLSX file with the columns code and title (without FILE: the codes shipped)."""
    try:
        with transaction():
            table = read_table(file.read_bytes())
            version = nomenclature.load(
                table,
                decree=" ".join(decree.split())[:120],
                issued_on=issued_on.date(),
                actor=None,
                at=clock.now(),
            )
            said = f"{version.decree}: taken in. Programs keep the version that they have."
    except TableUnreadable as error:
        raise click.ClickException(f"{file} cannot be read: {error.code}") from None
    except nomenclature.DecreeKnown:
        raise click.ClickException(
            "There is a version of that decree already; nothing was changed."
        ) from None
    except nomenclature.FaultyFile as error:
        lines = "\n".join(f"  line {one.line}: {one.code} {one.value}" for one in error.faults[:20])
        raise click.ClickException(f"Nothing was taken in, {error}:\n{lines}") from None
    click.echo(said)
