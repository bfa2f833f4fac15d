"""`flask map check`: what the map is drawn on."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.queries import map_files, reference

group = AppGroup("map", help="The map of submissions.")


@group.command("check")
def check() -> None:
    """Tell which of the city's own files in DATA_DIR/map are used, and which are not and why."""
    folder = Path(current_app.config["DATA_DIR"]) / "map"
    found = map_files.find(folder)
    click.echo(f"Folder: {folder}")
    click.echo(
        f"Outlines of wards: {found.areas_number} areas from {map_files.WARDS}"
        if found.areas
        else f"Outlines of wards: none (lay {map_files.WARDS} into the folder)"
    )
    click.echo(
        f"Tiles: {found.tiles.name} ({found.tiles_kind}, {found.tiles.stat().st_size / 1024 / 1024:.1f} MB)"
        if found.tiles
        else "Tiles: none; the coast is a sketch (lay a .pmtiles file into the folder)"
    )
    missing = [ward.name for ward in reference.wards().values() if ward.latitude is None]
    if missing:
        click.echo(f"Wards without a point, drawn nowhere: {', '.join(missing)}")
    for fault in found.faults:
        click.echo(f"Not used: {fault}")
    if found.faults:
        raise click.exceptions.Exit(1)
