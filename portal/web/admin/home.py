"""The way into the administration."""

from typing import Any

from flask import render_template

from portal.models import Role
from portal.web.access import requires
from portal.web.admin.blueprint import blueprint


@blueprint.get("")
@requires(Role.ADMIN)
def home() -> Any:
    """Show what there is to look after."""
    return render_template("admin/home.html")
