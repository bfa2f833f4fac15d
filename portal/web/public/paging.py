"""Addresses of the pages before and after, with the filters kept."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import request


def page_url(path: str, parameters: Sequence[str], cursor: str | None) -> str:
    """Return the address of the list at `path` from a cursor on ("" for none); only `parameters` are kept."""
    return "" if cursor is None else filtered_url(path, parameters, dari=cursor)


def filtered_url(path: str, parameters: Sequence[str], **more: str) -> str:
    """Return the address of the page at `path` under the filters of this one, `more` in addition."""
    kept = {name: request.args[name] for name in parameters if request.args.get(name)} | more
    return f"{request.script_root}{path}?{urlencode(kept)}" if kept else f"{request.script_root}{path}"
