"""`flask worker`: background jobs in a process of their own (WORKER=apart)."""

import click
from flask import current_app
from flask.cli import with_appcontext

from portal import jobs
from portal import worker as consumer


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due and leave; for machines that only have cron.")
@with_appcontext
def command(once: bool) -> None:
    """Run background jobs: mail, deadlines, tidying. SIGTERM lets the running one finish."""
    if once:
        jobs.run_all()
    else:
        consumer.run(current_app._get_current_object())  # type: ignore[attr-defined]
