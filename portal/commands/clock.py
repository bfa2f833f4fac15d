"""`flask clock`: what the passing of time brings about, by hand or from cron."""

import click
from flask.cli import AppGroup

from portal.core.clock import now
from portal.core.database import transaction
from portal.services import clock, weekly

group = AppGroup("clock", help="What the passing of time brings about.")


@group.command("run")
def run() -> None:
    """Expire questions, bring deferred cases back, tell of deadlines and weeks, as the worker does."""
    total = 0
    while True:
        with transaction():
            done = clock.run_due(now())
        total += done
        if not done:
            break
    with transaction():
        weekly.queue_due(now())
    click.echo(f"Cases that moved: {total}")
