"""The queues of the desk."""

from flask import abort, redirect, render_template
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.references import parse_reference
from portal.queries import cases
from portal.queries.cases import Queue
from portal.web.access import current_actor, staff
from portal.web.desk import filtering, front, listing
from portal.web.desk.blueprint import blueprint


@blueprint.get("", defaults={"queue": None}, strict_slashes=False)
@blueprint.get("/antrean/<queue>")
@staff
def queue(queue: str | None) -> str | Response:
    """Show a page of a queue; without one, where the actor's day begins, or all of it when they search."""
    actor, at = current_actor(), clock.now()
    where = listing.position(queue)
    if queue is not None and where.queue not in cases.queues_of(actor):
        abort(404)
    if where.queue is None:
        where = listing.position((Queue.ALL if where.args else listing.first_queue(actor)).value)
    if where.typed and not where.unknown:
        # What was typed or ticked gets the one address that can be kept, sent and saved.
        return redirect(where.list_url(), code=303)
    wanted = parse_reference(where.filters.words) if where.filters.words else None
    if wanted is not None and cases.by_reference(wanted, actor, at=at) is not None:
        return redirect(where.case_url(wanted), code=303)
    first_page = queue is None and not where.args and where.cursor is None
    return render_template(
        "desk/queue.html",
        front=front.front(actor, where, at) if first_page else None,
        **listing.frame(actor, where, at),
        searched=where.filters.words,
        form=filtering.form(where.args, actor),
        elsewhere_url=where.list_url(queue=Queue.ALL) if where.args and where.queue is not Queue.ALL else "",
    )
