"""Addresses of the pages before and after, with the filters kept."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import request


def page_url(path: str, parameters: Sequence[str], cursor: str | None) -> str:
    """Return the address of the list at `path` from a cursor on ("" for none); only `parameters` are kept."""
    if cursor is None:
        return ""
    kept = {name: request.args[name] for name in parameters if request.args.get(name)}
    return f"{request.script_root}{path}?{urlencode({**kept, 'dari': cursor})}"
