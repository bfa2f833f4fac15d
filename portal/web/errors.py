"""Error pages that help. Nothing of the fault itself reaches the visitor."""

import errno
from typing import Any

import structlog
from flask import Flask, Response, make_response, render_template, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from portal.core.database import db
from portal.core.storage import StorageFull, StorageUnavailable
from portal.rules.workflow import TransitionNotAllowed
from portal.services.errors import NotPermitted, StaleVersion

log = structlog.get_logger("error")
PAGES = (403, 404, 409, 413, 422, 429, 500, 503, 507)


def _page(code: int, **values: Any) -> Response:
    return make_response(render_template(f"errors/{code}.html", **values), code)


def _http(error: HTTPException) -> Response | HTTPException:
    code = error.code or 500
    if code in {301, 302, 303, 304, 307, 308} or error.response is not None:
        return error
    if code == 400:
        code = 422
    if code == 405:
        code = 404
    page = _page(code if code in PAGES else (500 if code >= 500 else 422))
    if code in {429, 503}:
        page.headers["Retry-After"] = "60"
    return page


def _database(error: DBAPIError) -> Response:
    """A busy or vanished database is a 503 that passes; a full disk a 507; everything else a 500."""
    db.session.rollback()
    text = str(error.orig).lower()
    log.error("database", kind=type(error.orig).__name__, endpoint=request.endpoint)
    if "full" in text or "no space" in text:
        return _page(507)
    busy = "locked" in text or "busy" in text or error.connection_invalidated or "connection" in text
    if not busy:
        return _page(500)
    page = _page(503)
    page.headers["Retry-After"] = "5"
    return page


def _any(error: Exception) -> Response:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _page(507)
    log.exception("unhandled", kind=type(error).__name__, endpoint=request.endpoint)
    return _page(500)


def init_errors(app: Flask) -> None:
    """Map facts to pages, each once."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(TransitionNotAllowed, lambda _error: _page(409))
    app.register_error_handler(StaleVersion, lambda _error: _page(409))
    app.register_error_handler(NotPermitted, lambda _error: _page(404))
    app.register_error_handler(StorageFull, lambda _error: _page(507))
    app.register_error_handler(StorageUnavailable, lambda _error: _page(503))
    app.register_error_handler(Exception, _any)
