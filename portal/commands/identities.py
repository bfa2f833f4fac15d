"""`flask identities index`: by which contacts cases can be offered to accounts."""

import click
from flask import current_app
from flask.cli import AppGroup

from portal.core.database import transaction
from portal.services import claims

group = AppGroup("identities", help="The sealed identities of reporters.")


@group.command("index")
def index() -> None:
    """Note the keyed hashes of contacts of all cases but shielded ones. Again is harmless."""
    seal, last, cases = current_app.extensions["seal"], 0, 0
    while True:
        with transaction():
            batch = claims.index(last, seal=seal)
        if batch is None:
            break
        last, number = batch
        cases += number
    click.echo(f"Cases with a contact: {cases}")
