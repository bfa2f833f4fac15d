"""The public list inside the pages of others: ten lines, no script, and a policy of its own.

Only this one address may be framed. It is the same for everybody, knows no session and takes no form, so
there is nothing that a page around it could make somebody press.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlencode

from flask import Response, render_template, request

from portal.core.security import EMBED_CONTENT_SECURITY_POLICY
from portal.queries import submissions
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public.blueprint import blueprint
from portal.web.public.cards import cards
from portal.web.public.paging import filtered_url
from portal.web.public.submissions import PARAMETERS, filter_choices, filters_from_query
from portal.web.rendering import page_address

#: Lines of an embedded list.
MOST = 10

P = ParamSpec("P")


def _framed(view: Callable[P, Response]) -> Callable[P, Response]:
    """Let other sites show this view in a frame. Stands around `cached_page`, which keeps no headers."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Response:
        response = view(*args, **kwargs)
        response.headers["Content-Security-Policy"] = EMBED_CONTENT_SECURITY_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        return response

    return wrapped


@blueprint.get("/sematan/kiriman")
@public
@_framed
@cached_page
def embedded() -> str:
    """Show the newest listed submissions under the filters of the list, to stand in another page."""
    rows = list(submissions.listed(filters_from_query(), size=MOST).items)
    return render_template(
        "public/embed/list.html", cards=cards(rows), list_url=filtered_url("/kiriman", PARAMETERS)
    )


@blueprint.get("/sematan")
@public
@cached_page
def embed() -> str:
    """Give the lines that show the list in another page, with the filters that somebody chose."""
    kept = {name: request.args[name] for name in PARAMETERS if request.args.get(name)}
    address = page_address("/sematan/kiriman") + (f"?{urlencode(kept)}" if kept else "")
    return render_template(
        "public/embed/snippet.html", filters=filters_from_query(), choices=filter_choices(), address=address
    )
