"""`flask demo`: a city that has been using the portal for half a year."""

from pathlib import Path
from time import monotonic

import click
from flask import current_app
from flask.cli import AppGroup

from portal.core import clock
from portal.core.database import db, transaction
from portal.services import demo

#: The stories that the product ships.
SHIPPED = Path(__file__).parent.parent / "data" / "demo"

group = AppGroup("demo", help="A city that has been using the portal for half a year.")


@group.command("load")
def load() -> None:
    """Load made-up staff, submissions, proposals and programs, once. Never in production."""
    if current_app.config["ENVIRONMENT"] == "production":
        raise click.ClickException("made-up staff with known passwords is nothing for production")
    if demo.is_loaded(SHIPPED):
        click.echo("Demo data: complete")
        return
    db.session.rollback()  # what was just read must not hold back the writer
    start = monotonic()
    try:
        with transaction():
            loaded = demo.load(
                SHIPPED,
                secret=current_app.config["SECRET_KEY"].encode(),
                seal=current_app.extensions["seal"],
                storage=current_app.extensions["storage"],
                at=clock.now(),
                prefix=current_app.config["SITE"]["prefix"],
            )
    except demo.DemoBroken as error:
        raise click.ClickException(f"nothing was loaded: {error}") from error
    states = ", ".join(f"{count} {status}" for status, count in sorted(loaded.by_status.items()))
    click.echo(
        f"Demo data: {loaded.submissions} submissions and {loaded.proposals} proposals ({states}),"
        f" {loaded.programs} programs with {loaded.links} links, {loaded.supports} supports,"
        f" {loaded.photos} photos; {loaded.citizens} citizens, {loaded.comments} comments,"
        f" {loaded.consultations} consultations, {loaded.gatherings} meetings in {monotonic() - start:.0f} s"
    )


@group.command("accounts")
def accounts() -> None:
    """Print the sign-ins of the demo, if it is loaded."""
    if not demo.is_loaded(SHIPPED):
        click.echo("Demo accounts: none, the demo is not loaded")
        return
    known = demo.accounts(SHIPPED)
    labels, emails = max(len(one.label) for one in known), max(len(one.email) for one in known)
    click.echo("Sign in at /masuk as:")
    for one in known:
        click.echo(f"  {one.label:{labels}}  {one.email:{emails}}  {one.password}")
    folder = Path(current_app.config["DATA_DIR"])
    click.echo("Citizens sign in at /masuk with a contact; the code is in the newest file of")
    click.echo(f"  {folder / 'mail'} (e-mail), {folder / 'messages'} (phone):")
    for name, contact in demo.sign_ins(SHIPPED):
        click.echo(f"  {name:{labels}}  {contact}")
