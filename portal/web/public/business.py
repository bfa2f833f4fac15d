"""The door for businesses, and their proposals: steps, check and receipt."""

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.web.access import public
from portal.web.public.blueprint import blueprint


@blueprint.get("/usaha")
@public
def business() -> str:
    """Show what a business can propose, and how."""
    return render_template("public/business/door.html")


@blueprint.get("/usaha/kemitraan/<int:step>")
@public
def proposal_step(step: int) -> Response:
    """Show one step of a proposal."""
    if step != 1:
        abort(404)
    return redirect(url_for("public.business"), code=303)


@blueprint.get("/usaha/kemitraan/selesai")
@public
def proposal_receipt() -> Response:
    """Show the receipt of the proposal that was just sent."""
    return redirect(url_for("public.business"), code=303)
