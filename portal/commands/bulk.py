"""`flask load`: very many made-up submissions, to measure with."""

from time import monotonic

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.commands.demo import SHIPPED
from portal.core import clock
from portal.core.database import transaction
from portal.queries import reference
from portal.services import bulk


@click.command("load")
@click.option("--submissions", "count", type=click.IntRange(1, 5_000_000), required=True, help="How many.")
@click.option("--seed", default=1, show_default=True, help="The same number gives the same submissions.")
@click.option("--yes", is_flag=True, help="Needed where PORTAL_ENV is production.")
@with_appcontext
def command(count: int, seed: int, yes: bool) -> None:
    """Write many made-up submissions with everything that became of them."""
    if current_app.config["ENVIRONMENT"] == "production" and not yes:
        raise click.ClickException("this would mix made-up submissions with real ones; --yes does it anyway")
    start = monotonic()
    with transaction():
        loaded = bulk.load(
            count,
            secret=current_app.config["SECRET_KEY"].encode(),
            seal=current_app.extensions["seal"],
            calendar=reference.calendar(),
            at=clock.now(),
            corpus=SHIPPED,
            seed=seed,
        )
    seconds = monotonic() - start
    click.echo(
        f"Loaded {loaded.submissions} submissions, {loaded.events} events and {loaded.supports} supports"
        f" in {seconds:.0f} s"
    )
