"""`flask docs`: the documentation that derives from the code, so that it cannot say anything else."""

from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.commands.docs.access import access_page
from portal.commands.docs.map import state_map
from portal.commands.docs.workflow import workflow_page

ROOT = Path(__file__).parents[3]

#: What is written, by its place in the project.
PAGES: dict[str, Callable[[], str]] = {
    "docs/workflow.md": workflow_page,
    "docs/access.md": access_page,
    "docs/img/workflow.svg": state_map,
}


@click.command("docs")
@with_appcontext
def command() -> None:
    """Write the documentation that derives from the code."""
    with current_app.test_request_context():  # labels are in the first language of the site
        for name, page in PAGES.items():
            path = ROOT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page(), encoding="utf-8")
            click.echo(f"Wrote {name}")
