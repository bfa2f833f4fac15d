"""Running a meeting: one case at a time, what is decided on it, and the minutes as PDF."""

from datetime import datetime
from typing import Any

from flask import Response as FileResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock, markdown
from portal.core.database import db
from portal.core.letters import compile_letter
from portal.models import Meeting, MeetingStatus
from portal.queries import cases, meetings
from portal.queries.meetings import Seen
from portal.rules.permissions import Actor
from portal.services import meetings as writing
from portal.services.errors import StaleVersion
from portal.services.meetings import MeetingClosed
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk import listing, printing
from portal.web.desk.blueprint import blueprint
from portal.web.desk.meeting_forms import DecisionForm
from portal.web.desk.meetings import edited_by, the_meeting
from portal.web.public.cards import agency_name
from portal.web.rendering import date_text, datetime_text


@blueprint.get("/rapat/<token>/jalan")
@staff
def meeting_run(token: str) -> str | Response:
    """Show one item large; `butir` is its number, the first that waits for a decision by default."""
    actor, at = current_actor(), clock.now()
    meeting = the_meeting(token, actor)
    rows = meetings.seen(meeting.id, actor, at=at)
    if not rows:
        flash(_("Agenda masih kosong. Masukkan kiriman lebih dahulu."))
        return redirect(url_for("desk.meeting", token=meeting.token), code=303)
    number = request.args.get("butir", type=int)
    if number is None:
        number = next((row.number for row in rows if row.item.decided_at is None), 1)
    return render_template("desk/meeting_run.html", **_values(meeting, rows, _nth(rows, number), actor, at))


@blueprint.post("/rapat/<token>/jalan/<int:item_id>")
@staff
def meeting_decide(token: str, item_id: int) -> Response | tuple[str, int]:
    """Write down a decision and go on to the next item; 409 with both texts when somebody else did."""
    actor, at = current_actor(), clock.now()
    meeting = the_meeting(token, actor)
    rows = meetings.seen(meeting.id, actor, at=at)
    seen = next((row for row in rows if row.item.id == item_id and row.readable), None)
    if seen is None or not edited_by(actor, meeting):
        abort(404)
    form = DecisionForm(seen=seen, people=meetings.people(meeting.id))
    if not form.validate():
        return _again(meeting, rows, seen, actor, at, form, 422)
    try:
        changed = writing.decide(
            meeting,
            seen.item,
            seen.case,
            decision=form.decision.data or "",
            owner_id=form.owner_id.data,
            due_on=form.due_on.data,
            note=_note(meeting, form) if form.as_note.data else "",
            actor=actor,
            at=at,
            version=form.version.data,
        )
    except (StaleVersion, MeetingClosed):
        db.session.rollback()
        rows = meetings.seen(meeting.id, actor, at=at)
        seen = next((row for row in rows if row.item.id == item_id), None)
        if seen is None:
            abort(404)
        form.draw_anew(seen.item.version)
        return _again(meeting, rows, seen, actor, at, form, 409)
    if changed:
        flash(_("%(reference)s: keputusan tersimpan.", reference=seen.case.reference))
    if seen.number == len(rows):
        return redirect(url_for("desk.meeting", token=meeting.token, _anchor="penutup"), code=303)
    return redirect(url_for("desk.meeting_run", token=meeting.token, butir=seen.number + 1), code=303)


def _note(meeting: Meeting, form: DecisionForm) -> str:
    """Return the decision as an internal note says it."""
    names = dict(form.owner_id.choices)
    lines = [
        _("Keputusan rapat “%(title)s”, %(day)s:", title=meeting.title, day=date_text(meeting.starts_at)),
        form.decision.data or "",
    ]
    if form.owner_id.data:
        lines.append(_("Yang mengerjakan: %(name)s", name=names[form.owner_id.data]))
    if form.due_on.data:
        lines.append(_("Sampai tanggal: %(day)s", day=date_text(form.due_on.data)))
    return "\n".join(lines) if form.decision.data else ""


def _nth(rows: list[Seen], number: int) -> Seen:
    return rows[min(max(number, 1), len(rows)) - 1]


def _again(
    meeting: Meeting, rows: list[Seen], seen: Seen, actor: Actor, at: datetime, form: DecisionForm, code: int
) -> tuple[str, int]:
    values = _values(meeting, rows, seen, actor, at, form=form, stale=code == 409)
    return render_template("desk/meeting_run.html", **values), code


def _values(
    meeting: Meeting,
    rows: list[Seen],
    seen: Seen,
    actor: Actor,
    at: datetime,
    *,
    form: DecisionForm | None = None,
    stale: bool = False,
) -> dict[str, Any]:
    """Return the values of the page of one item. Of a secret case nothing is shown that hangs on a wall."""
    case = seen.case
    is_open = meeting.status is MeetingStatus.PLANNED
    writes = seen.readable and is_open and edited_by(actor, meeting)
    published = [text for text in cases.official_texts(case.id) if not text.is_draft] if seen.readable else []

    def url(number: int) -> str:
        return url_for("desk.meeting_run", token=meeting.token, butir=number)

    return {
        "meeting": meeting,
        "seen": seen,
        "case": case,
        "total": len(rows),
        "decided": sum(1 for row in rows if row.item.decided_at is not None),
        "previous_url": url(seen.number - 1) if seen.number > 1 else "",
        "next_url": url(seen.number + 1) if seen.number < len(rows) else "",
        "badge": listing.badge(case, at) if seen.readable else None,
        "place": labels.place_text(case.place, case.ward.name if case.ward else None),
        "last_answer": markdown.plain(published[0].answer.text) if published and not case.secret else "",
        "answered_at": published[0].answer.published_at if published else None,
        "agency": agency_name(case.agency_id),
        "form": (form or DecisionForm(None, seen=seen, people=meetings.people(meeting.id)))
        if writes
        else None,
        "typed": form if stale and not writes else None,
        "bound": form if form is not None and form.errors else None,
        "form_errors": form.errors or None if form is not None else None,
        "stale": stale,
        "labels": labels,
    }


@blueprint.get("/rapat/<token>/notulen.pdf")
@staff
def meeting_minutes(token: str) -> FileResponse:
    """Print the minutes as this person may read them; before the meeting is closed they are marked so."""
    actor, at = current_actor(), clock.now()
    meeting = the_meeting(token, actor)
    printing.admit(actor)
    made = compile_letter("minutes", minutes(meeting, actor, at), at=meeting.closed_at or at)
    day = clock.city_date(meeting.starts_at).isoformat()
    return printing.pdf(made, f"notulen-{day}.pdf")


def minutes(meeting: Meeting, actor: Actor, at: datetime) -> dict[str, Any]:
    """Return the values of templates/print/minutes.typ for one reader."""
    people = meetings.people(meeting.id)
    rows = meetings.seen(meeting.id, actor, at=at)
    chair = next((one.name for one in people if one.user_id == meeting.chair_id), "")
    agency = agency_name(meeting.agency_id) if meeting.agency_id is not None else _("Lintas dinas")
    start = clock.city_time(meeting.starts_at)
    is_open = meeting.status is MeetingStatus.PLANNED
    signed = printing.place_and_date(meeting.closed_at or at)
    facts = [
        (_("Rapat"), agency),
        (_("Tanggal"), f"{printing.long_date(start)}, {start:%H.%M} WIB"),
        (_("Tempat"), meeting.place),
        (_("Pemimpin rapat"), chair),
        (_("Hadir"), ", ".join(one.name for one in people if one.present)),
        (_("Tidak hadir"), ", ".join(one.name for one in people if not one.present)),
        (_("Ditutup"), f"{datetime_text(meeting.closed_at)} WIB" if meeting.closed_at else ""),
    ]
    return printing.letterhead(
        title=_("Notulen: %(title)s", title=meeting.title),
        footer=meeting.title[:90],
        mark=_("KONSEP: rapat belum ditutup") if is_open else "",
    ) | {
        "facts": [row for row in facts if row[1]],
        "words": {"items": _("Keputusan"), "remarks": _("Catatan rapat")},
        "items": [_printed(row) for row in rows],
        "remarks": printing.paragraphs(meeting.remarks),
        "signatures": [
            {
                "date": signed,
                "role": _("Pemimpin rapat"),
                "name": chair,
            },
            {"date": "", "role": _("Notulis"), "name": ""},
        ],
    }


def _printed(row: Seen) -> dict[str, Any]:
    """Return an item for paper: what the reader may not read is said so, and a secret title never stands."""
    head = f"{row.number}. {row.case.reference}"
    if not row.readable:
        return {"head": head, "facts": [], "decision": [_("Tidak untuk dinas Anda.")]}
    facts = [
        (_("Yang mengerjakan"), row.owner),
        (_("Sampai tanggal"), printing.long_date(row.item.due_on) if row.item.due_on else ""),
    ]
    return {
        "head": f"{head}: {row.title or _('kiriman rahasia')}",
        "facts": [fact for fact in facts if fact[1]],
        "decision": printing.paragraphs(row.item.decision) or [_("Belum diputuskan.")],
    }
