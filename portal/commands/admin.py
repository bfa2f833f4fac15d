"""`flask admin`: the first admin, and a way in when mail does not work."""

import click
from flask.cli import AppGroup

from portal.core.clock import now
from portal.core.database import transaction
from portal.models import Role
from portal.queries import people
from portal.rules.permissions import CLOCK
from portal.services import accounts, administration

group = AppGroup("admin", help="Admins and passwords, by whoever holds the server.")

_WEAK = {
    accounts.Weakness.SHORT: f"The password needs at least {accounts.SHORTEST} characters.",
    accounts.Weakness.LONG: f"The password may have at most {accounts.LONGEST} characters.",
    accounts.Weakness.COMMON: "The password is easy to guess; take another one.",
}
_password = click.password_option(help="Asked for when left out, which keeps it out of the shell's history.")


@group.command("create")
@click.argument("email")
@click.argument("name")
@_password
def create(email: str, name: str, password: str) -> None:
    """Add an admin."""
    try:
        with transaction():
            user = administration.create_user(email=email, name=name, actor=CLOCK, at=now())
            administration.grant(user, Role.ADMIN, actor=CLOCK, at=now())
            accounts.set_password(user, password, at=now())
    except administration.Taken:
        raise click.ClickException("There is an account with that address already.") from None
    except accounts.WeakPassword as error:
        raise click.ClickException(_WEAK[error.weakness]) from None
    click.echo(f"{email.strip().lower()} may sign in as an admin.")


@group.command("password")
@click.argument("email")
@_password
def set_password(email: str, password: str) -> None:
    """Set the password of any account and end its sessions."""
    try:
        with transaction():
            user = people.by_email(email)
            if user is None:
                raise click.ClickException("There is no account with that address.")
            accounts.set_password(user, password, at=now())
            administration.note_password_set(user, actor=CLOCK, at=now())
    except accounts.WeakPassword as error:
        raise click.ClickException(_WEAK[error.weakness]) from None
    click.echo("The new password holds; every session of the account has ended.")
