"""Bring the data of this machine up to date before serving: one process, which imports the site once."""

import sys
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from wsgi import app

STEPS = (("db", "upgrade"), ("reference", "load"), ("demo", "load"), ("demo", "accounts"))


def main() -> int:
    """Run the commands in turn; the first that fails says so and ends it."""
    demo = app.config["ENVIRONMENT"] != "production"
    for step in STEPS:
        if step[0] == "demo" and not demo:
            continue
        try:
            app.cli.main(list(step), prog_name="flask", standalone_mode=False)
        except click.ClickException as error:
            error.show()
            print(f"-> 'flask {' '.join(step)}' failed", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
