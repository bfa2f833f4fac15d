"""Entry point for the `flask` command and for gunicorn."""

from portal import create_app

app = create_app()
