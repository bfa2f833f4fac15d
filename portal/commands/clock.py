"""`flask clock`: what the passing of time brings about, by hand or from cron."""

import click
from flask.cli import AppGroup

from portal.core.clock import now
from portal.core.database import transaction
from portal.services import clock

group = AppGroup("clock", help="What the passing of time brings about.")


@group.command("run")
def run() -> None:
    """Expire questions, bring deferred cases back, tell of deadlines (the worker does so every 5 minutes)."""
    total = 0
    while True:
        with transaction():
            done = clock.run_due(now())
        total += done
        if not done:
            break
    click.echo(f"Cases that moved: {total}")
