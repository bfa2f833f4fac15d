"""The meetings of a partnership: called by the lead, and a calendar file of each for everybody."""

from collections.abc import Callable
from datetime import UTC
from functools import partial
from typing import Any

from flask import Response, abort
from flask_babel import gettext as _
from icalendar import Calendar, Event

from portal.core import clock
from portal.core.formats import content_disposition
from portal.models import PartnershipMeeting
from portal.queries import partnership_room
from portal.rules.partnerships import Act
from portal.rules.transitions import TransitionNotAllowed
from portal.services.errors import StaleVersion
from portal.services.partnerships import meetings
from portal.web import calendars
from portal.web.desk.agenda_forms import PlacedForm
from portal.web.partnership_room.forms import CallOffForm, MeetingForm, MoveForm, SummaryForm
from portal.web.partnership_room.sides import Side, both


@both("/jadwal", "_schedule")
def schedule(side: Side) -> Any:
    """Show the meetings of a partnership."""
    return _page(side)


@both("/jadwal", "_call", post=True, staff_only=True)
def call(side: Side) -> Any:
    """Call a meeting and invite everybody."""
    side.demand(Act.MEET)
    form = MeetingForm()
    if not form.validate():
        return _page(side, form)
    starts_at, ends_at = form.hours
    try:
        meetings.call(
            side.partnership,
            title=form.title.data,
            place=form.place.data,
            starts_at=starts_at,
            ends_at=ends_at,
            actor=side.actor,
            at=clock.now(),
        )
    except TransitionNotAllowed:
        return _page(side, form, stale=True)
    return side.back("partnership_schedule", _("Undangan terkirim."))


@both("/jadwal/<int:meeting_id>/ubah", "_meeting_move", post=True, staff_only=True)
def meeting_move(side: Side, meeting_id: int) -> Any:
    """Move a meeting to another hour or place."""
    side.demand(Act.MEET)
    row = _meeting(side, meeting_id)
    form = MoveForm(meeting=row)
    if not form.validate():
        return _page(side, form)
    starts_at, ends_at = form.hours
    hours = {"starts_at": starts_at, "ends_at": ends_at}
    move = partial(meetings.change, title=form.title.data, place=form.place.data, **hours)
    return _write(side, row, form, move, _("Pertemuan diubah. Semua pihak diberi tahu."))


@both("/jadwal/<int:meeting_id>/hasil", "_meeting_note", post=True, staff_only=True)
def meeting_note(side: Side, meeting_id: int) -> Any:
    """Write what was agreed."""
    side.demand(Act.MEET)
    row = _meeting(side, meeting_id)
    form = SummaryForm(meeting=row)
    if not form.validate():
        return _page(side, form)
    note = partial(meetings.note, summary=form.summary.data)
    return _write(side, row, form, note, _("Hasil pertemuan tersimpan."))


@both("/jadwal/<int:meeting_id>/batal", "_meeting_off", post=True, staff_only=True)
def meeting_off(side: Side, meeting_id: int) -> Any:
    """Call a meeting off, with the reason."""
    side.demand(Act.MEET)
    row = _meeting(side, meeting_id)
    form = CallOffForm(meeting=row)
    if not form.validate():
        return _page(side, form)
    off = partial(meetings.call_off, reason=form.reason.data)
    return _write(side, row, form, off, _("Pertemuan dibatalkan."))


def _write(side: Side, row: PartnershipMeeting, form: Any, write: Callable[..., None], said: str) -> Any:
    """Change a meeting from the version that its form was drawn from; draw it anew where others did."""
    try:
        write(side.partnership, row, actor=side.actor, at=clock.now(), version=form.version.data)
    except StaleVersion as error:
        form.version.draw_anew(error.current)
        return _page(side, form, stale=True)
    except TransitionNotAllowed:
        return _page(side, form, stale=True)
    return side.back("partnership_schedule", said)


@both("/jadwal/<int:meeting_id>.ics", "_meeting_ics")
def meeting_ics(side: Side, meeting_id: int) -> Response:
    """Answer with a meeting as a calendar file (RFC 5545), in UTC."""
    row = _meeting(side, meeting_id)
    calendar, event = Calendar(), Event()
    calendar.add("prodid", f"-//{calendars.host()}//Portal//ID")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event.add("uid", f"kemitraan-{row.id}@{calendars.host()}")
    event.add("sequence", row.version)
    event.add("dtstamp", (row.cancelled_at or row.created_at).astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", row.starts_at.astimezone(UTC))
    event.add("dtend", row.ends_at.astimezone(UTC))
    event.add("summary", row.title)
    event.add("location", row.place)
    event.add("description", f"{side.case.title} ({side.case.reference})")
    event.add("status", "CANCELLED" if row.cancelled_at else "CONFIRMED")
    calendar.add_component(event)
    response = Response(calendar.to_ical(), content_type=calendars.MIMETYPE)
    name = f"pertemuan-{side.case.reference}-{row.id}.ics"
    response.headers["Content-Disposition"] = content_disposition(name, inline=False)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _meeting(side: Side, meeting_id: int) -> PartnershipMeeting:
    row = partnership_room.meeting(side.partnership.id, meeting_id)
    if row is None:
        abort(404)
    return row


def _drawn(form: PlacedForm, bound: PlacedForm | None) -> PlacedForm:
    """Return the form of a spot: the one that came back, or the one as it is now."""
    return bound if bound is not None and bound.spot == form.spot else form


def _page(side: Side, bound: PlacedForm | None = None, *, stale: bool = False) -> Any:
    may = side.may(Act.MEET)
    lines = []
    for row in partnership_room.meetings(side.partnership.id):
        summary = SummaryForm(None, meeting=row, data={"summary": row.summary, "version": row.version})
        off = CallOffForm(None, meeting=row, data={"version": row.version})
        move = MoveForm(None, meeting=row)
        lines.append((row, *(_drawn(form, bound) for form in (summary, off, move))))
    call_form = _drawn(MeetingForm(None), bound)
    return side.page(
        "schedule",
        bound or call_form,
        stale=stale,
        lines=lines,
        call=call_form,
        open=may or stale,
        now=clock.now(),
        bound=bound,
    )
