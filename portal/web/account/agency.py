"""Which of their officers a head lets publish answers."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.core import clock
from portal.models import Role
from portal.queries import administration as listed
from portal.queries import reference
from portal.services import administration
from portal.web.access import current_actor, requires
from portal.web.account.blueprint import blueprint


@blueprint.get("/akun/dinas")
@requires(Role.HEAD)
def agency() -> Any:
    """List the officers of the head's agencies."""
    actor = current_actor()
    own = frozenset(seat.agency_id for seat in actor.seats if seat.role is Role.HEAD)
    return render_template(
        "account/agency.html", seats=listed.officers(own), agencies=reference.agencies(), me=actor.user_id
    )


@blueprint.post("/akun/dinas/<int:seat_id>")
@requires(Role.HEAD)
def agency_publisher(seat_id: int) -> Any:
    """Let an officer publish answers, or no longer; another agency's officer does not exist here."""
    seat = listed.seat(seat_id)
    if seat is None:
        abort(404)
    wanted = request.form.get("publisher") == "1"
    administration.set_publisher(seat, wanted, actor=current_actor(), at=clock.now())
    flash(
        _("%(name)s boleh menerbitkan jawaban.", name=seat.user.name)
        if wanted
        else _("%(name)s tidak lagi menerbitkan jawaban.", name=seat.user.name)
    )
    return redirect(url_for("account.agency"), code=303)
