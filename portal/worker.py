"""The consumer of background jobs, inside the web process or apart."""

from flask import Flask


def init_worker(app: Flask) -> None:
    """Start the consumer where the configuration says so."""
