"""Commands for those who run the portal: `flask --help` lists them."""

from flask import Flask

from portal.commands import (
    admin,
    backups,
    bounces,
    bulk,
    clock,
    demo,
    docs,
    identities,
    imports,
    map,
    nomenclature,
    outbox,
    reference,
    worker,
)


def init_cli(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(admin.group)
    app.cli.add_command(clock.group)
    app.cli.add_command(demo.group)
    app.cli.add_command(docs.command)
    app.cli.add_command(identities.group)
    app.cli.add_command(map.group)
    app.cli.add_command(nomenclature.group)
    app.cli.add_command(outbox.group)
    app.cli.add_command(reference.group)
    app.cli.add_command(worker.command)
    app.cli.add_command(backups.backup)
    app.cli.add_command(backups.restore)
    app.cli.add_command(bounces.command)
    app.cli.add_command(bulk.command)
    app.cli.add_command(imports.command)
