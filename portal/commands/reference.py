"""`flask reference load`: the city's agencies, places, categories, holidays and institutions."""

from pathlib import Path

import click
from flask.cli import AppGroup

from portal.core.database import transaction
from portal.services import reference as reference_data

#: What the product ships; another city gives its own folder with `--from`.
SHIPPED = Path(__file__).parent.parent / "data" / "reference"

group = AppGroup("reference", help="Reference data of the city.")


@group.command("load")
@click.option(
    "--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=SHIPPED,
    help="Folder with the CSV files of another city.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Also set what is there back to what the files say.")
def load(folder: Path, overwrite: bool) -> None:
    """Add agencies, wards, categories and the like that are not there yet."""
    with transaction():
        changes = reference_data.load(folder, overwrite=overwrite)
    said = [f"{count.added} {name}" for name, count in changes.items() if count.added]
    said += [f"{count.reset} {name} set back" for name, count in changes.items() if count.reset]
    click.echo(f"Reference data: {', '.join(said)}" if said else "Reference data: complete")
