"""`flask outbox`: the mail that waits."""

import click
from flask.cli import AppGroup

from portal import jobs
from portal.core import clock
from portal.core.database import transaction
from portal.queries import outbox
from portal.services import delivery

group = AppGroup("outbox", help="Mail that waits, and mail that failed.")


@group.command("show")
def show() -> None:
    """Count what waits and what failed."""
    state = outbox.backlog(at=clock.now())
    click.echo(f"Waiting: {state.waiting}, the oldest for {state.oldest_seconds} s. Failed: {state.failed}")


@group.command("send")
def send() -> None:
    """Send now what is due."""
    jobs.sweep()
    show.callback()  # type: ignore[misc]


@group.command("retry")
def retry() -> None:
    """Queue again what was given up, after its cause was mended."""
    with transaction():
        count = delivery.retry_failed(at=clock.now())
    click.echo(f"Queued again: {count}")
