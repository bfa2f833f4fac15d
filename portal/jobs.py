"""Background jobs: thin, carry only row ids, idempotent."""

from flask import Flask


def init_jobs(app: Flask) -> None:
    """Bind the job queue to the application."""
