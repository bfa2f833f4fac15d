"""Taking the last press back."""

from flask import abort, flash, redirect
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from portal.core import clock
from portal.rules.permissions import can
from portal.rules.workflow import Action
from portal.services import changes
from portal.web.access import current_actor, staff
from portal.web.desk import batch_words, listing
from portal.web.desk.blueprint import blueprint


@blueprint.post("/batal/<int:change_id>")
@staff
def undo(change_id: int) -> Response:
    """Take a press of one's own back, on every case to which nothing else happened since."""
    actor, at = current_actor(), clock.now()
    change = changes.by_id(change_id, actor)
    if change is None:
        abort(404)
    where = listing.came_from()
    outcome = changes.undo(change, reason=batch_words.UNMERGE_REASON, actor=actor, at=at)
    if outcome is None:
        flash(_("Sudah dibatalkan, atau lewat 10 menit. Tidak ada yang berubah."))
        return redirect(listing.back_url(where, actor), code=303)
    back = [case for case in outcome.done if can(Action.READ, actor, case, at=at)]
    said = ngettext("%(num)s dikembalikan", "%(num)s dikembalikan", len(outcome.done))
    flash(batch_words.with_skipped(said, len(outcome.skipped)))
    left = [one.case.reference for one in outcome.skipped if can(Action.READ, actor, one.case, at=at)]
    if left:
        flash(_("Sudah berubah sejak itu: %(references)s", references=", ".join(left)))
    if len(back) == 1 and not outcome.skipped:
        return redirect(where.case_url(back[0].reference), code=303)
    return redirect(listing.back_url(where, actor), code=303)
