"""`flask bounces`: mail that came back."""

import mailbox
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.core import clock
from portal.core.bounces import MOST_BYTES
from portal.core.database import transaction
from portal.services import bounces


@click.command("bounces")
@click.argument("source", type=click.Path(path_type=Path), default=Path("-"))
@click.option("--recipient", default="", help="Envelope recipient, where the mail server tells it.")
@with_appcontext
def command(source: Path, recipient: str) -> None:
    """Read notifications of failed delivery: one message on standard input ("-", for a pipe from the mail
    server), a Maildir folder (what is new in it), or an mbox file.
    """
    to = current_app.config["MAIL_BOUNCE_ADDRESS"]
    if not to:
        raise click.ClickException("MAIL_BOUNCE_ADDRESS is not set, so no mail of ours can come back")
    counts: Counter[str] = Counter()
    for raw in _messages(source):
        with transaction():
            seal = current_app.extensions["seal"]
            counts[bounces.take(raw, to=to, at=clock.now(), seal=seal, recipient=recipient)] += 1
    click.echo(", ".join(f"{one}: {counts[one]}" for one in bounces.Outcome))


def _messages(source: Path) -> Iterator[bytes]:
    if str(source) == "-":
        yield sys.stdin.buffer.read(MOST_BYTES)
    elif source.is_dir():
        folder = mailbox.Maildir(source, create=False)
        for key in sorted(folder.keys()):
            message = folder.get_message(key)
            if message.get_subdir() == "new":
                yield folder.get_bytes(key)
                message.set_subdir("cur")
                message.add_flag("S")
                folder[key] = message
    else:
        box = mailbox.mbox(source, create=False)
        for number in box.iterkeys():
            yield box.get_bytes(number)
