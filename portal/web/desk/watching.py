"""Watching a case, and no longer."""

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.services import watches
from portal.web.access import current_actor, staff
from portal.web.desk import listing
from portal.web.desk.blueprint import blueprint
from portal.web.desk.cases import found


@blueprint.post("/k/<reference>/pantau")
@staff
def watch(reference: str) -> Response:
    """Watch a case (`pantau=1`) or no longer."""
    actor, at = current_actor(), clock.now()
    case = found(reference, actor, at)
    if request.form.get("pantau") == "1":
        watches.watch(case, actor=actor, at=at)
        flash(_("%(reference)s: Anda memantau kiriman ini.", reference=case.reference))
    else:
        watches.unwatch(case, actor=actor)
        flash(_("%(reference)s: Anda tidak lagi memantau kiriman ini.", reference=case.reference))
    where = listing.came_from()
    return redirect(where.case_url(case.reference), code=303)
