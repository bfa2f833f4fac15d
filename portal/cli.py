"""Commands for those who run the portal; each commits itself."""

from flask import Flask


def init_cli(app: Flask) -> None:
    """Register the commands."""
