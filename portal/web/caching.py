"""Public pages from memory: the same for everybody, never stale, without a cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, current_app, make_response, request
from flask.globals import request_ctx

from portal.core import clock
from portal.core.locale import current_locale
from portal.core.pagecache import CachedPage
from portal.queries import pages

P = ParamSpec("P")


def cached_page(view: Callable[P, Any]) -> Callable[P, Any]:
    """Keep the rendered answer per address, language, page version and day in the city.

    The day is part of the key because pages say "Lewat N hari kerja". Only 200 answers that touched no
    session are kept.
    """
    return _cached(view, lambda: clock.city_date(clock.now()).isoformat())


def cached_hour(view: Callable[P, Any]) -> Callable[P, Any]:
    """Keep an answer as `cached_page` does, but for the hour: it counts what is overdue at this moment."""
    return _cached(view, lambda: f"{clock.city_time(clock.now()):%Y-%m-%dT%H}")


def _cached(view: Callable[P, Any], moment: Callable[[], str]) -> Callable[P, Any]:
    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Response:
        store = current_app.extensions["pages"]
        key = (
            request.path,
            request.query_string.decode("latin-1"),
            current_locale(),
            str(pages.version()),
            moment(),
        )
        page = store.get(key)
        if page is None:
            response = make_response(view(*args, **kwargs))
            if response.status_code != 200 or response.is_streamed or _session_was_used():
                return response
            page = store.put(
                key,
                response.get_data(),
                response.content_type,
                disposition=response.headers.get("Content-Disposition", ""),
            )
        return _answer(page)

    return wrapped


def _session_was_used() -> bool:
    # Asking through the proxy would count as using it.
    used = request_ctx._session
    return used is not None and (used.accessed or used.modified)


def _answer(page: CachedPage) -> Response:
    accepted = request.accept_encodings
    if accepted["br"]:
        response = Response(page.brotli, content_type=page.mimetype, headers={"Content-Encoding": "br"})
    elif accepted["gzip"]:
        response = Response(page.gzip, content_type=page.mimetype, headers={"Content-Encoding": "gzip"})
    else:
        response = Response(page.body, content_type=page.mimetype)
    response.headers["Vary"] = "Accept-Encoding"
    if page.disposition:
        response.headers["Content-Disposition"] = page.disposition
    # Browsers and the proxy in front ask again each time; an unchanged page costs them a 304.
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(page.etag, weak=True)
    return response.make_conditional(request)
