"""Commands for those who run the portal; each commits itself."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from portal.core.database import transaction
from portal.services import reference as reference_data

DATA = Path(__file__).parent / "data"

reference = AppGroup("reference", help="Reference data of the city.")


@reference.command("load")
@click.option(
    "--from", "folder", type=click.Path(exists=True, path_type=Path), default=DATA / "reference",
    help="Folder with the CSV files of another city.",
)  # fmt: skip
def load_reference(folder: Path) -> None:
    """Add agencies, wards, categories and the like that are not there yet."""
    with transaction():
        added = reference_data.load(folder)
    new = ", ".join(f"{count} {name}" for name, count in added.items() if count)
    click.echo(f"Reference data: {new}" if new else "Reference data: complete")


def init_cli(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(reference)
