"""The reporter's word on an answer: useful or not."""

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.core import clock
from portal.queries import tracking
from portal.services import cases
from portal.web.access import public
from portal.web.public.blueprint import blueprint
from portal.web.public.track import own_case, to_code

_WORDS = {"ya": True, "tidak": False}


@blueprint.post("/lacak/<reference>/nilai")
@public
def tracked_rate(reference: str) -> Response:
    """Count one press for one's own submission; another press changes it."""
    own = own_case(reference)
    if own is None:
        return to_code(reference)
    case, actor = own
    useful = _WORDS.get(request.form.get("berguna", ""))
    target = tracking.followed(case) or case
    answer = tracking.published_answer(request.form.get("answer_id", 0, type=int), target.id)
    if useful is None or answer is None:
        abort(404)
    cases.rate(target, answer, useful=useful, own=case, actor=actor, at=clock.now())
    return redirect(url_for("public.tracked", reference=case.reference, baru="nilai"), code=303)
