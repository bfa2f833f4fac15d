"""Meetings at the desk: the list, calling one, its agenda, and closing it. Running it: meeting_run.py."""

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.database import db
from portal.models import Meeting, MeetingStatus
from portal.queries import meetings
from portal.queries.meetings import Pile
from portal.rules.meetings import MOST_ITEMS, may_edit
from portal.rules.permissions import Actor
from portal.services import meetings as writing
from portal.services.errors import StaleVersion
from portal.services.meetings import AgendaEmpty, AgendaFull, MeetingClosed
from portal.web import labels
from portal.web.access import current_actor, signed_in_user, staff
from portal.web.desk.blueprint import blueprint
from portal.web.desk.cases import found as found_case
from portal.web.desk.meeting_forms import AgendaForm, CloseForm, CorrectionForm, MeetingForm
from portal.web.public.cards import agency_name
from portal.web.rendering import datetime_text

PILES = {
    Pile.OVERDUE: _l("Lewat batas"),
    Pile.REOPENED: _l("Dibuka lagi"),
    Pile.DEFERRED: _l("Saatnya ditinjau lagi"),
}
#: So much stands below the minutes at most, in characters: the paper has an end.
MOST_REMARKS = 40_000
#: What a button of an item does: steps on the agenda.
STEPS = {"naik": -1, "turun": 1}


def status_word(status: MeetingStatus) -> str:
    """Say how far a meeting is."""
    return _("Ditutup") if status is MeetingStatus.CLOSED else _("Direncanakan")


def the_meeting(token: str, actor: Actor) -> Meeting:
    """Return the meeting, or answer 404: what one may not see does not exist."""
    meeting = meetings.by_token(token, actor)
    if meeting is None:
        abort(404)
    return meeting


def edited_by(actor: Actor, meeting: Meeting) -> bool:
    """Tell whether the actor may change the meeting."""
    return may_edit(actor, meeting, meetings.invited(meeting.id))


def _mine(token: str, actor: Actor) -> Meeting:
    meeting = the_meeting(token, actor)
    if not edited_by(actor, meeting):
        abort(404)
    return meeting


@blueprint.get("/rapat", endpoint="meetings")
@staff
def meeting_list() -> str:
    """Show the meetings that the actor may see, the latest first."""
    page = meetings.listed(current_actor(), request.args.get("dari"))

    def page_url(cursor: str | None) -> str:
        return url_for("desk.meetings", dari=cursor) if cursor else ""

    return render_template(
        "desk/meetings.html",
        rows=list(page),
        previous_url=page_url(page.previous_cursor),
        next_url=page_url(page.next_cursor),
        agency_name=agency_name,
        status_word=status_word,
    )


@blueprint.get("/rapat/baru")
@staff
def meeting_new() -> str:
    """Show an empty meeting."""
    return _form_page(MeetingForm(None, actor=current_actor()), None)[0]


@blueprint.post("/rapat/baru")
@staff
def meeting_create() -> Response | tuple[str, int]:
    """Call a meeting."""
    actor = current_actor()
    form = MeetingForm(actor=actor)
    if not form.validate():
        return _form_page(form, None)
    meeting = writing.create(agency_id=form.agency_id.data, actor=actor, at=clock.now(), **form.values)
    flash(_("Rapat dibuat. Susun agendanya."))
    return _to(meeting)


@blueprint.get("/rapat/<token>/ubah")
@staff
def meeting_edit(token: str) -> str | Response:
    """Show a planned meeting's data to be changed."""
    actor = current_actor()
    meeting = _mine(token, actor)
    if meeting.status is MeetingStatus.CLOSED:
        return _to(meeting)
    return _form_page(MeetingForm(None, actor=actor, meeting=meeting), meeting)[0]


@blueprint.post("/rapat/<token>/ubah")
@staff
def meeting_save(token: str) -> Response | tuple[str, int]:
    """Change a planned meeting; a stale save shows what is there now (409)."""
    actor = current_actor()
    meeting = _mine(token, actor)
    form = MeetingForm(actor=actor, meeting=meeting)
    del form.agency_id
    if not form.validate():
        return _form_page(form, meeting)
    try:
        writing.edit(meeting, actor=actor, version=form.version.data, **form.values)
    except StaleVersion as stale:
        form.draw_anew(stale.current)
        return _form_page(form, meeting, stale=True)
    except MeetingClosed:
        return _too_late(meeting, actor)
    flash(_("Rapat tersimpan."))
    return _to(meeting)


def _form_page(form: MeetingForm, meeting: Meeting | None, *, stale: bool = False) -> tuple[str, int]:
    page = render_template(
        "desk/meeting_form.html",
        form=form,
        form_errors=form.errors or None,
        meeting=meeting,
        stale=stale,
        chosen=set(form.people.data or []),
    )
    return page, 409 if stale else 422 if form.errors else 200


@blueprint.get("/rapat/<token>")
@staff
def meeting(token: str) -> str:
    """Show a meeting: agenda, people, tasks; once closed, its minutes."""
    actor = current_actor()
    return render_template("desk/meeting.html", **_values(the_meeting(token, actor), actor))


@blueprint.post("/rapat/<token>/agenda")
@staff
def meeting_add(token: str) -> Response | tuple[str, int]:
    """Put cases on the agenda by their numbers; those that cannot be read are named as not found (422)."""
    actor, at = current_actor(), clock.now()
    meeting = _mine(token, actor)
    form = AgendaForm()
    if not form.validate():
        return _page(meeting, actor, 422, agenda_form=form)
    subjects, lost = form.find(actor, at)
    try:
        added = writing.add_cases(meeting, subjects, actor=actor, at=at) if subjects else 0
    except AgendaFull:
        form.nomor.errors = [_("Agenda memuat paling banyak %(limit)s kiriman.", limit=MOST_ITEMS)]
        return _page(meeting, actor, 422, agenda_form=form)
    except MeetingClosed:
        return _too_late(meeting, actor)
    if lost and not added:
        form.nomor.errors = [_("Tidak ditemukan: %(numbers)s", numbers=", ".join(lost[:10]))]
        return _page(meeting, actor, 422, agenda_form=form)
    flash(ngettext("%(num)s kiriman masuk agenda.", "%(num)s kiriman masuk agenda.", added))
    if lost:
        flash(_("Tidak ditemukan: %(numbers)s", numbers=", ".join(lost[:10])))
    return _to(meeting, "agenda")


@blueprint.post("/rapat/agenda")
@staff
def meeting_add_case() -> Response:
    """Put the case of a page on the agenda of the meeting that was chosen there."""
    actor, at = current_actor(), clock.now()
    case = found_case(request.form.get("nomor", ""), actor, at)
    back = redirect(url_for("desk.case", reference=case.reference), code=303)
    token = request.form.get("rapat", "")
    if not token:
        flash(_("Pilih rapat lebih dahulu."))
        return back
    meeting = _mine(token, actor)
    try:
        added = writing.add_cases(meeting, [case], actor=actor, at=at)
    except AgendaFull:
        flash(_("Agenda memuat paling banyak %(limit)s kiriman.", limit=MOST_ITEMS))
    except MeetingClosed:
        flash(_("Rapat ini sudah ditutup."))
    else:
        said = _("masuk agenda rapat") if added else _("sudah ada di agenda rapat")
        flash(f"{case.reference}: {said} “{meeting.title}”.")
    return back


@blueprint.post("/rapat/<token>/agenda/<int:item_id>/<any(naik, turun, hapus):step>")
@staff
def meeting_order(token: str, item_id: int, step: str) -> Response | tuple[str, int]:
    """Move an item up or down, or take it off."""
    actor = current_actor()
    meeting = _mine(token, actor)
    at = clock.now()
    # An item that this person does not see is not theirs to move; nor is a number that was meddled with.
    shown = {row.item.id for row in meetings.seen(meeting.id, actor, at=at)}
    if item_id not in shown:
        abort(404)
    try:
        if step in STEPS:
            writing.move(meeting, item_id, STEPS[step], actor=actor, at=at)
        else:
            writing.remove(meeting, item_id, actor=actor)
            flash(_("Kiriman dikeluarkan dari agenda."))
    except MeetingClosed:
        return _too_late(meeting, actor)
    return _to(meeting, "agenda")


@blueprint.post("/rapat/<token>/hadir")
@staff
def meeting_attend(token: str) -> Response | tuple[str, int]:
    """Keep who is there."""
    actor = current_actor()
    meeting = _mine(token, actor)
    given = request.form.getlist("hadir")
    present = {int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19}
    try:
        writing.attend(meeting, present, actor=actor)
    except MeetingClosed:
        return _too_late(meeting, actor)
    flash(_("Kehadiran tersimpan."))
    return _to(meeting, "kehadiran")


@blueprint.post("/rapat/<token>/tutup")
@staff
def meeting_close(token: str) -> Response | tuple[str, int]:
    """Fix the minutes and tell everybody who was invited."""
    actor = current_actor()
    meeting = _mine(token, actor)
    form = CloseForm(spot="tutup", version=meeting.version)
    if not form.validate():
        return _page(meeting, actor, 422, close_form=form)
    try:
        writing.close(
            meeting, remarks=form.remarks.data or "", actor=actor, at=clock.now(), version=form.version.data
        )
    except AgendaEmpty:
        form.remarks.errors = [_("Agenda masih kosong. Masukkan kiriman sebelum menutup rapat.")]
        return _page(meeting, actor, 422, close_form=form)
    except StaleVersion as stale:
        form.draw_anew(stale.current)
        return _page(meeting, actor, 409, close_form=form, stale=True)
    except MeetingClosed:
        return _too_late(meeting, actor)
    flash(_("Rapat ditutup. Notulen dikirim kepada semua yang diundang."))
    return _to(meeting)


@blueprint.post("/rapat/<token>/ralat")
@staff
def meeting_correct(token: str) -> Response | tuple[str, int]:
    """Add a correction below the minutes of a closed meeting."""
    actor, at = current_actor(), clock.now()
    meeting = _mine(token, actor)
    form = CorrectionForm(spot="ralat", version=meeting.version)
    if not form.validate():
        return _page(meeting, actor, 422, correction_form=form)
    if len(meeting.remarks) > MOST_REMARKS:
        form.text.errors = [_("Ralat notulen ini sudah penuh. Bahas di rapat berikutnya.")]
        return _page(meeting, actor, 422, correction_form=form)
    user = signed_in_user()
    head = _("Ralat %(moment)s WIB oleh %(name)s:", moment=datetime_text(at), name=user.name if user else "-")
    try:
        writing.correct(meeting, text=form.text.data, head=head, actor=actor, version=form.version.data)
    except StaleVersion as stale:
        form.draw_anew(stale.current)
        return _page(meeting, actor, 409, correction_form=form, stale=True)
    except MeetingClosed:
        abort(404)
    flash(_("Ralat ditambahkan ke notulen."))
    return _to(meeting)


def _to(meeting: Meeting, spot: str | None = None) -> Response:
    return redirect(url_for("desk.meeting", token=meeting.token, _anchor=spot), code=303)


def _page(meeting: Meeting, actor: Actor, code: int, **forms: Any) -> tuple[str, int]:
    return render_template("desk/meeting.html", **_values(meeting, actor, **forms)), code


def _too_late(meeting: Meeting, actor: Actor) -> tuple[str, int]:
    """Somebody closed the meeting meanwhile."""
    db.session.rollback()
    return _page(meeting, actor, 409, stale=True)


def _values(
    meeting: Meeting,
    actor: Actor,
    *,
    agenda_form: AgendaForm | None = None,
    close_form: CloseForm | None = None,
    correction_form: CorrectionForm | None = None,
    stale: bool = False,
) -> dict[str, Any]:
    """Return the values of the page of a meeting; a refused form takes the place of its empty twin."""
    at: datetime = clock.now()
    refused = agenda_form or close_form or correction_form
    people = meetings.people(meeting.id)
    mine, is_open = edited_by(actor, meeting), meeting.status is MeetingStatus.PLANNED
    rows = meetings.seen(meeting.id, actor, at=at)
    # Somebody without a name of their own in the list of people: left, or never was invited.
    names = {one.user_id: one.name for one in people}
    return {
        "meeting": meeting,
        "people": people,
        "chair": names.get(meeting.chair_id, ""),
        "rows": rows,
        "tasks": [row for row in rows if row.readable and row.item.owner_id is not None],
        "decided": sum(1 for row in rows if row.item.decided_at is not None),
        "may_edit": mine and is_open,
        "may_correct": mine and not is_open,
        "user_id": actor.user_id,
        "piles": [
            (label, offered)
            for pile, label in PILES.items()
            if mine and is_open and (offered := meetings.offered(meeting, pile, actor, at=at))
        ],
        "agenda_form": agenda_form or AgendaForm(None),
        "close_form": close_form or CloseForm(None, spot="tutup", version=meeting.version),
        "correction_form": correction_form or CorrectionForm(None, spot="ralat", version=meeting.version),
        "bound": refused if refused is not None and refused.errors else None,
        "form_errors": refused.errors or None if refused is not None else None,
        "stale": stale,
        "labels": labels,
        "agency_name": agency_name,
        "status_word": status_word,
    }
