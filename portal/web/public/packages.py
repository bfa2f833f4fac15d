"""The catalogue of tourism packages."""

from flask import abort, render_template

from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public.blueprint import blueprint


@blueprint.get("/jelajah")
@public
@cached_page
def packages() -> str:
    """Show the catalogue."""
    return render_template("public/packages/list.html")


@blueprint.get("/jelajah/<reference>")
@public
@cached_page
def package(reference: str) -> str:
    """Show one package."""
    abort(404)
