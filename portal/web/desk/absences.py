"""Absences: when somebody is away and who has their cases meanwhile."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms import DateField
from wtforms.validators import InputRequired

from portal.core import clock
from portal.models import Absence, Role
from portal.queries import absences as reads
from portal.queries import cases, reference
from portal.queries.cases import StaffRow
from portal.rules.absences import MOST_DAYS, Problem
from portal.rules.permissions import Actor
from portal.services import absences as service
from portal.services.absences import AbsenceRefused, may_plan
from portal.web.access import current_actor, staff
from portal.web.desk import words
from portal.web.desk.blueprint import blueprint
from portal.web.desk.fields import NumberSelect
from portal.web.forms import Form
from portal.web.public.cards import agency_name
from portal.web.rendering import date_text, localised

#: At which field a problem is said, and how.
_PROBLEMS = {
    Problem.PAST: ("starts_on", _l("Pilih hari ini atau sesudahnya.")),
    Problem.BACKWARDS: ("ends_on", _l("Hari terakhir ada sebelum hari pertama. Periksa tanggalnya.")),
    Problem.TOO_LONG: ("ends_on", _l("Paling lama %(days)s hari.", days=MOST_DAYS)),
    Problem.TOO_FAR: ("starts_on", _l("Hari pertama lebih dari satu tahun lagi. Periksa tahunnya.")),
    Problem.SAME_PERSON: ("deputy_id", _l("Pilih rekan lain sebagai pengganti.")),
    Problem.NOT_TOGETHER: ("deputy_id", _l("Pilih rekan dari dinas yang sama.")),
}


class AbsenceForm(Form):
    user_id = NumberSelect(_l("Petugas yang cuti"), required=_l("Pilih petugas."))
    starts_on = DateField(_l("Hari pertama"), [InputRequired(_l("Pilih hari pertama."))])
    ends_on = DateField(_l("Hari terakhir"), [InputRequired(_l("Pilih hari terakhir."))])
    deputy_id = NumberSelect(_l("Pengganti"), required=_l("Pilih pengganti."))

    def offer(self, actor: Actor, people: list[StaffRow]) -> None:
        """Fill the selects: oneself (a head: everybody of their agency), and all colleagues as deputies."""
        own = [row for row in people if may_plan(actor, row.user_id, row.agency_id)]
        if {row.user_id for row in own} == {actor.user_id}:
            del self.user_id
        else:
            self.user_id.choices = list({row.user_id: (row.user_id, row.name) for row in own}.values())
            if not self.user_id.raw_data:
                self.user_id.data = actor.user_id
        agencies = reference.agencies()
        grouped: dict[str, list[tuple[Any, str]]] = {str(_l("Rekan satu dinas")): [("", str(_l("Pilih")))]}
        for row in people:
            if row.agency_id in agencies and ("user_id" in self or row.user_id != actor.user_id):
                place = localised(agencies[row.agency_id], "name")
                grouped.setdefault(place, []).append((row.user_id, words.officer_text(row)))
        self.deputy_id.choices = grouped


def _people(actor: Actor) -> list[StaffRow]:
    if not actor.agency_ids:
        return []
    return cases.staff(sorted(actor.agency_ids), on=clock.city_date(clock.now()))


def _page(actor: Actor, form: AbsenceForm | None) -> str:
    today = clock.city_date(clock.now())
    headed = {seat.agency_id for seat in actor.seats if seat.role is Role.HEAD and seat.agency_id}
    return render_template(
        "desk/absences.html",
        form=form,
        form_errors=form.errors if form is not None else None,
        mine=reads.of_user(actor.user_id),
        deputising=reads.deputised_by(actor.user_id),
        theirs=reads.of_agencies(headed, but_user=actor.user_id) if headed else [],
        is_head=bool(headed),
        today=today,
        agency_name=agency_name,
    )


@blueprint.get("/cuti")
@staff
def absences() -> str:
    """Show my absences, those I stand in for and, to a head, those of the agency."""
    actor = current_actor()
    form = None
    if actor.agency_ids:
        form = AbsenceForm(None)
        form.offer(actor, _people(actor))
    return _page(actor, form)


@blueprint.post("/cuti")
@staff
def absence_plan() -> Response | tuple[str, int]:
    """Plan an absence; one that begins today begins at once."""
    actor, at = current_actor(), clock.now()
    people = _people(actor)
    if not people:
        abort(404)
    form = AbsenceForm()
    form.offer(actor, people)
    if not form.validate():
        return _page(actor, form), 422
    user_id = form.user_id.data if "user_id" in form else actor.user_id
    deputy_id = form.deputy_id.data
    own = {
        row.agency_id for row in people if row.user_id == user_id and may_plan(actor, user_id, row.agency_id)
    }
    shared = own & {row.agency_id for row in people if row.user_id == deputy_id}
    try:
        if not shared:
            raise AbsenceRefused(Problem.NOT_TOGETHER)
        absence = service.plan(
            user_id=user_id,
            deputy_id=deputy_id,
            agency_id=min(shared),
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
            actor=actor,
            at=at,
        )
    except AbsenceRefused as refused:
        field, message = _said(refused)
        form[field].errors = [message]
        return _page(actor, form), 422
    flash(_planned(absence))
    others = _stands_in_for(absence)
    if others:
        flash(_("Ia juga pengganti %(names)s. Kiriman itu ikut berpindah selama cutinya.", names=others))
    return redirect(url_for("desk.absences"), code=303)


def _said(refused: AbsenceRefused) -> tuple[str, str]:
    if refused.other is not None:
        days = {"start": date_text(refused.other.starts_on), "end": date_text(refused.other.ends_on)}
        if refused.problem is Problem.OVERLAP:
            return "starts_on", _("Sudah tercatat cuti %(start)s sampai %(end)s. Pilih hari lain.", **days)
        return "deputy_id", _("Rekan ini cuti %(start)s sampai %(end)s. Pilih pengganti lain.", **days)
    field, message = _PROBLEMS[refused.problem]
    return field, str(message)


def _planned(absence: Absence) -> str:
    said = _(
        "Cuti %(start)s sampai %(end)s tercatat.",
        start=date_text(absence.starts_on),
        end=date_text(absence.ends_on),
    )
    if absence.handed_at is None and absence.starts_on > clock.city_date(clock.now()):
        return said
    count = reads.lent_count(absence.id)
    moved = ngettext(
        "%(num)s kiriman berpindah ke pengganti.", "%(num)s kiriman berpindah ke pengganti.", count
    )
    return f"{said} {moved}"


def _stands_in_for(absence: Absence) -> str:
    """Name those whose deputy is away too now: their cases go one deputy further."""
    return ", ".join(
        row.name
        for row in reads.deputised_by(absence.user_id)
        if row.starts_on <= absence.ends_on and row.ends_on >= absence.starts_on
    )


def _found(absence_id: int, actor: Actor) -> Absence:
    absence = reads.by_id(absence_id)
    if absence is None or not may_plan(actor, absence.user_id, absence.agency_id):
        abort(404)
    return absence


@blueprint.post("/cuti/<int:absence_id>/batal")
@staff
def absence_cancel(absence_id: int) -> Response:
    """Take an absence back before it begins."""
    actor, at = current_actor(), clock.now()
    try:
        service.cancel(_found(absence_id, actor), actor=actor, at=at)
        flash(_("Cuti dibatalkan."))
    except AbsenceRefused:
        flash(_("Cuti ini sudah dimulai. Akhiri cutinya bila petugas sudah kembali."))
    return redirect(url_for("desk.absences"), code=303)


@blueprint.post("/cuti/<int:absence_id>/akhiri")
@staff
def absence_end(absence_id: int) -> Response:
    """End an absence whose officer is back: their cases come back at once."""
    actor, at = current_actor(), clock.now()
    try:
        service.end(_found(absence_id, actor), actor=actor, at=at)
        flash(_("Cuti diakhiri. Kiriman yang belum selesai kembali kepada petugasnya."))
    except AbsenceRefused:
        flash(_("Cuti ini tidak sedang berjalan."))
    return redirect(url_for("desk.absences"), code=303)
