"""What takes a recent proof of who one is: an open browser on a table must not give everything away."""

from typing import Any

from flask import redirect, render_template, url_for

from portal.core.security import safe_next
from portal.web import access
from portal.web.access import FRESH, signed_in
from portal.web.account.blueprint import blueprint


def ask_again(path: str) -> Any:
    """Show the page that asks to sign in once more, and then leads to `path`."""
    return render_template("account/prove.html", path=path, minutes=FRESH.seconds // 60)


@blueprint.post("/akun/buktikan/<path:wanted>")
@signed_in
def prove(wanted: str) -> Any:
    """End this browser's session and ask who it is; afterwards it goes on to what was wanted."""
    access.sign_out()
    return redirect(url_for("account.sign_in", next=safe_next(f"/{wanted}") or "/akun"), code=303)
