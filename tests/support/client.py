"""The test client: each request stands alone, as on a server, and each page is looked over."""

import contextvars
from collections.abc import Callable
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.core.database import db
from tests.support.html import faults

_checked: set[int] = set()


def alone(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call with no application context around it, and let the test's own session and the call see each other.

    A request must not share `g` or the database session with the test around it. Before the call the
    session commits what the test arranged; after it the session forgets what it knew.
    """
    shared = has_app_context() and db.session.registry.has()
    if shared:
        db.session.commit()
    try:
        return contextvars.Context().run(call, *args, **kwargs)
    finally:
        if shared:
            db.session.rollback()
            db.session.expire_all()


class PageClient(FlaskClient):
    """A visitor with a cookie jar."""

    #: Set to False for a request whose answer is not meant to be a whole page.
    lint = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)
        response: TestResponse = alone(super().open, *args, **kwargs)
        self._look_over(response)
        return response

    def _look_over(self, response: TestResponse) -> None:
        if not self.lint or response.mimetype != "text/html" or 300 <= response.status_code < 400:
            return
        page = response.get_data(as_text=True)
        if not page or response.request.method == "HEAD" or hash(page) in _checked:
            return
        found = faults(page)
        assert not found, f"{response.request.method} {response.request.path}: {'; '.join(found)}"
        _checked.add(hash(page))
