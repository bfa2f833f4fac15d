"""Closing a discussion with a reason for everybody, and opening it again."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.core import clock
from portal.queries import discussion as queries
from portal.queries.discussion import Place
from portal.rules.discussion import may_close
from portal.rules.permissions import Actor
from portal.services import discussion
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint
from portal.web.forms import Form, ProseField, render_form
from portal.web.public.discussion import closed_words, page_path, title_of
from portal.web.public.discussion_writing import case_place, consultation_place, program_place
from portal.web.rendering import datetime_text

#: What the address calls a subject, and how it is found.
_PLACES = {"k": case_place, "program": program_place, "konsultasi": consultation_place}


class CloseForm(Form):
    reason = ProseField(
        _l("Alasan, untuk semua orang"),
        limit=300,
        minimum=10,
        required=_l("Tulis alasannya untuk semua orang, minimal 10 huruf."),
    )


def _place(kind: str, key: str) -> tuple[Place, Actor]:
    """Return what the discussion is about; 404 for who may not close it and for what nobody reads."""
    place, actor = _PLACES[kind](key), current_actor()
    if not may_close(actor, place.agency_id):
        abort(404)
    return place, actor


@blueprint.get("/diskusi/<any(k,program,konsultasi):kind>/<key>", endpoint="discussion")
@staff
def show(kind: str, key: str) -> Any:
    """Show how a discussion stands."""
    place, _actor = _place(kind, key)
    return _page(kind, key, place, CloseForm())


def _page(kind: str, key: str, place: Place, form: CloseForm) -> tuple[str, int]:
    thread = queries.thread_of(place.subject, place.subject_id)
    closed_at = None if thread is None else thread.closed_at
    return render_form(
        "desk/discussion.html",
        form,
        kind=kind,
        key=key,
        title=title_of(place),
        number=0 if thread is None else thread.comment_count,
        words=closed_words(place.closing, thread, place.merged_into),
        closed_at=datetime_text(closed_at) if closed_at is not None else "",
        by_itself=place.closing is not None,
        public=f"{page_path(place)}#diskusi",
        write=f"{page_path(place)}/komentar",
    )


@blueprint.post("/diskusi/<any(k,program,konsultasi):kind>/<key>", endpoint="discussion_change")
@staff
def change(kind: str, key: str) -> Any:
    """Close it (`ubah=tutup`) or open it again (`ubah=buka`)."""
    place, actor = _place(kind, key)
    if request.form.get("ubah") == "buka":
        discussion.reopen(place, actor=actor, at=clock.now())
        flash(_("Diskusi dibuka lagi."))
        return _back(kind, key)
    form = CloseForm()
    if not form.validate():
        return _page(kind, key, place, form)
    discussion.close(place, reason=form.reason.data, actor=actor, at=clock.now())
    flash(_("Diskusi ditutup."))
    return _back(kind, key)


def _back(kind: str, key: str) -> Response:
    return redirect(url_for("desk.discussion", kind=kind, key=key), code=303)
