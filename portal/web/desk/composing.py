"""Between the form of an official text and its publication: templates, a look ahead, and back again.

Nothing is written here: these are posts because they carry a text that is not for addresses.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.core import clock
from portal.models import Submission
from portal.rules.permissions import Actor, can, could
from portal.rules.workflow import Action
from portal.web.access import current_actor, staff
from portal.web.desk import filling, listing
from portal.web.desk.actions import too_late
from portal.web.desk.blueprint import blueprint
from portal.web.desk.cases import found, page
from portal.web.desk.forms import OfficialForm
from portal.web.desk.listing import Position
from portal.web.desk.table import ACTIONS
from portal.web.uploads import takes_files


@dataclass(frozen=True, slots=True)
class Writing:
    """A form of an official text as it was posted, and where."""

    case: Submission
    actor: Actor
    at: datetime
    where: Position
    action: Action
    form: OfficialForm

    def moved_on(self) -> Response | tuple[str, int] | None:
        """Return the page that says the case has changed meanwhile, or None where it has not."""
        drawn_from = self.form.version.data
        stale = isinstance(drawn_from, int) and drawn_from != self.case.version
        if not stale and can(self.action, self.actor, self.case, at=self.at):
            return None
        seen = drawn_from if isinstance(drawn_from, int) else self.case.version
        return too_late(self.case, self.actor, self.at, self.where, self.action, self.form, seen)


def posted(reference: str, action: str) -> Writing:
    """Return what was posted; 404 where the actor could never publish or draft such a text."""
    actor, at = current_actor(), clock.now()
    case = found(reference, actor, at)
    doing = ACTIONS.get(action)  # type: ignore[call-overload]
    if doing is None or not issubclass(doing.form, OfficialForm) or not could(Action(action), actor, case):
        abort(404)
    form = doing.form(action=action, case=case, actor=actor)
    return Writing(case, actor, at, listing.came_from(), Action(action), form)


@blueprint.post("/k/<reference>/tulis/<action>")
@staff
@takes_files
def compose(reference: str, action: str) -> str | Response | tuple[str, int]:
    """Show the form again with everything typed, and with the chosen template behind it."""
    writing = posted(reference, action)
    late = writing.moved_on()
    if late is not None:
        return late
    template = filling.chosen(request.form.get("templat"), writing.actor)
    if template is not None and writing.action in filling.TAKES_TEMPLATES:
        filling.apply(writing.form, template, writing.case, writing.actor)
    values = page(writing.case, writing.actor, writing.at, writing.where, bound=writing.form)
    return render_template("desk/case.html", **values)


@blueprint.get("/k/<reference>/<any(tulis, pratinjau):step>/<action>")
@staff
def compose_again(reference: str, step: str, action: str) -> Response:
    """Lead back to the case: after a change of language or from a bookmark there is no text any more."""
    where = listing.came_from()
    case = found(reference, current_actor(), clock.now())
    return redirect(where.case_url(case.reference), code=303)
