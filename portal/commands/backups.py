"""`flask backup` and `flask restore`: everything the portal knows, in one file."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.core import clock
from portal.core.database import db, writing
from portal.services import backups


@click.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(target: Path) -> None:
    """Write the database and all files into TARGET while the site runs. Keys are never part of it."""
    try:
        manifest = backups.backup(
            target.absolute(), engine=db.engine, storage=current_app.extensions["storage"], at=clock.now()
        )
    except backups.BackupFailed as error:
        raise click.ClickException(str(error)) from error
    counts, files = manifest.counts, len(manifest.entries) - 1
    rows = f"{counts['submission']} submissions, {counts['event']} events"
    size = target.stat().st_size / 1_000_000
    click.echo(f"{target}: {rows}, {files} files, {size:.1f} MB")
    if manifest.missing:
        click.echo(f"{len(manifest.missing)} files are named by the database and missing", err=True)
    click.echo("Keep SECRET_KEY and IDENTITY_KEYS elsewhere: they are not in this file.")


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(source: Path) -> None:
    """Check the backup SOURCE and bring it back into an empty database. Stop the site first."""
    try:
        with writing():
            manifest = backups.restore(
                source.absolute(), engine=db.engine, storage=current_app.extensions["storage"]
            )
    except backups.RestoreRefused as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"Restored {manifest.counts['submission']} submissions and {len(manifest.entries) - 1} files"
        f" as of {manifest.made_at} (version {manifest.version}). Now run: flask db upgrade"
    )
