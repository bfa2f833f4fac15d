"""A form of somebody we do not know yet: kept, and filled in again once they said who they are."""

from collections.abc import Mapping

from flask import current_app, redirect, session, url_for
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.locale import current_locale
from portal.services import held_forms

_KEY = "held"


def hold(path: str, values: Mapping[str, str]) -> Response:
    """Keep what was typed and ask who it is; then the browser comes back to `path` (no language prefix).

    The view at `path` calls `held_values(path)` to fill its form, and `release()` once it was sent.
    """
    session[_KEY] = held_forms.hold(path, values, at=clock.now(), seal=current_app.extensions["seal"])
    prefix = "" if current_locale() == "id" else f"/{current_locale()}"
    return redirect(url_for("account.sign_in", next=prefix + path), code=303)


def held_values(path: str) -> dict[str, str]:
    """Return what was typed for this path before signing in. Touches the session: not on a cached page."""
    token = session.get(_KEY)
    if not isinstance(token, str):
        return {}
    return held_forms.held(token, path, at=clock.now(), seal=current_app.extensions["seal"])


def release() -> None:
    """Forget it: what was typed has been sent."""
    token = session.pop(_KEY, None)
    if isinstance(token, str):
        held_forms.drop(token)
