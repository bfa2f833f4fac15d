"""Signs of life from the page of a case, and taking the writing over."""

from datetime import timedelta
from typing import Any

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.database import db, writing
from portal.core.security import reads_first
from portal.queries import presence as reads
from portal.rules import presence as rules
from portal.rules.permissions import can
from portal.rules.workflow import Action
from portal.services import presence
from portal.web.access import current_actor, staff
from portal.web.desk import listing
from portal.web.desk.blueprint import blueprint
from portal.web.desk.cases import found
from portal.web.desk.presence import shown_of

#: A word travels this long at most before it counts as a later one than its sender says.
SLACK = timedelta(seconds=1)


@blueprint.post("/k/<reference>/hadir")
@staff
@reads_first
def presence_beat(reference: str) -> Any:
    """Take a sign of life from an open page and answer who else is there (JSON).

    `menulis=1` while something is being written for the public, `tahu=1` once it was shown that a colleague
    took over, `pergi=1` when the page is left, with `lalu`, the milliseconds since
    its last word. Three statements beside the session's own, and no writing
    unless there is something new or 15 seconds have passed.
    """
    actor, at = current_actor(), clock.now()
    case = found(reference, actor, at)
    case_id, user_id = case.id, actor.user_id
    assert user_id is not None  # staff are signed in
    if request.form.get("pergi") == "1":
        db.session.rollback()  # SQLite lets one writer in at a time: stand in line with nothing in hand
        with writing():
            since = request.form.get("lalu", 0, type=int)
            heard_at = at - timedelta(milliseconds=min(max(since, 0), 86_400_000)) + SLACK
            presence.leave(case_id, user_id, heard_at=heard_at)
        return "", 204
    people = reads.here(case, me=user_id, at=at)
    says = {"writing": request.form.get("menulis") == "1", "told": request.form.get("tahu") == "1"}
    me = next((one for one in people if one.user_id == user_id), None)
    kept = None if me is None else rules.Kept(me.seen_at, me.writing_since, me.taken_over_by is not None)
    answer = shown_of(people, actor, at)
    if rules.is_news(kept, at=at, **says):
        db.session.rollback()
        with writing():
            presence.beat(case_id, user_id, at=at, **says)
    taken = "" if says["told"] else answer.taken
    return jsonify(line=answer.line, said=answer.said, writing=answer.writing, taken=taken)


@blueprint.post("/k/<reference>/ambil-alih")
@staff
def take_over(reference: str) -> Response:
    """Become the writer of a case. Nothing is locked: whoever wrote before may still save."""
    actor, at = current_actor(), clock.now()
    case = found(reference, actor, at)
    assert actor.user_id is not None  # staff are signed in
    presence.take_over(case.id, actor.user_id, at=at)
    where = listing.came_from()
    field = "answer-text" if can(Action.ANSWER, actor, case, at=at) else "draft-answer-text"
    return redirect(f"{where.case_url(case.reference)}#{field}", code=303)
