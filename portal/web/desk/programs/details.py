"""The details of a program at the desk: what is measured, money by stage, people, partnerships."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.models import BudgetStage, LinkType, Program
from portal.queries import program_page
from portal.services import programs as writing
from portal.services.errors import StaleVersion
from portal.web import labels
from portal.web import program_words as words
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint
from portal.web.desk.fields import row_id
from portal.web.desk.programs.detail_forms import MeasureForm, MoneyForm, PartnershipForm, PeopleForm
from portal.web.desk.programs.forms import PlacedForm
from portal.web.desk.programs.pages import mine
from portal.web.public.cards import agency_name


def _page(program: Program, refused: PlacedForm | None = None, *, stale: bool = False) -> str:
    crowd = program_page.crowd(program.id)
    team = program_page.team(program.id)
    people = refused if isinstance(refused, PeopleForm) else None
    if people is None:
        people = PeopleForm(None, agency_id=program.agency_id, taking_part=crowd.agency_ids)
        people.agencies.data = list(crowd.agency_ids)
        people.leads.data = [row.user_id for row in team if row.role == "lead"]
        people.members.data = [row.user_id for row in team if row.role == "member"]
    measures = program_page.indicators(program.id)
    forms = {}
    for row in measures:
        form = MeasureForm(None, obj=row, spot=f"ukur-{row.id}")
        form.measure_id.data = row.id
        forms[row.id] = form
    added = MeasureForm(None, spot="ukur")
    if isinstance(refused, MeasureForm):
        if refused.measure_id.data in forms:
            forms[refused.measure_id.data] = refused
        else:
            added = refused
    money = refused if isinstance(refused, MoneyForm) else MoneyForm(None, spot="uang")
    if money is not refused:
        money.as_of.data = clock.city_date(clock.now())
    for form in (*forms.values(), added, money, people):
        if form is not refused or stale:
            form.version.draw_anew(program.version)
    return render_template(
        "desk/programs/details.html",
        stale=stale,
        refused=refused,
        program=program,
        measures=measures,
        forms=forms,
        added=added,
        budgets=program_page.budgets(program.id),
        money=money,
        people=people,
        team=team,
        linked=program_page.partnerships(program.id, listed=False),
        partnership=refused
        if isinstance(refused, PartnershipForm)
        else PartnershipForm(None, spot="kemitraan"),
        bound=refused if refused is not None and refused.errors else None,
        form_errors=refused.errors if refused is not None else None,
        labels=labels,
        words=words,
        agency_name=agency_name,
    )


def _seen() -> int:
    """Return the version of the page that a button without fields of its own stood on."""
    return row_id(request.form.get("version")) or 0


def _back(program: Program, said: str, anchor: str) -> Response:
    flash(said)
    return redirect(url_for("desk.program_details", code=program.code, _anchor=anchor), code=303)


@blueprint.get("/program/<code>/rincian")
@staff
def program_details(code: str) -> str:
    """Show what is measured, the money by stage, the people and the partnerships of a program."""
    return _page(mine(code, current_actor()))


@blueprint.post("/program/<code>/rincian/indikator")
@staff
def program_measure(code: str) -> Any:
    """Add an indicator, change one, or take one away."""
    actor = current_actor()
    program = mine(code, actor)
    known = {row.id for row in program_page.indicators(program.id)}
    sent = row_id(request.form.get("measure_id"))
    if request.form.get("measure_id") and sent not in known:
        abort(404)
    form = MeasureForm(spot=f"ukur-{sent}" if sent is not None else "ukur")
    try:
        if request.form.get("apa") == "hapus" and sent is not None:
            writing.remove_indicator(program, sent, actor=actor, at=clock.now(), version=_seen())
            return _back(program, _("Indikator dihapus."), "indikator")
        if not form.validate():
            return _page(program, form), 422
        writing.save_indicator(program, form.measure, actor=actor, at=clock.now(), version=form.version.data)
    except StaleVersion:
        return _page(program, form, stale=True), 409
    return _back(program, _("Indikator tersimpan."), "indikator")


@blueprint.post("/program/<code>/rincian/anggaran")
@staff
def program_money(code: str) -> Any:
    """Note the money of a stage."""
    actor = current_actor()
    program = mine(code, actor)
    form = MoneyForm(spot="uang")
    if not form.validate():
        return _page(program, form), 422
    try:
        writing.save_budget(
            program,
            BudgetStage(form.stage.data),
            form.amount.amount,
            as_of=form.as_of.data,
            source=form.source.data or "",
            actor=actor,
            at=clock.now(),
            version=form.version.data,
        )
    except StaleVersion:
        return _page(program, form, stale=True), 409
    return _back(program, _("Anggaran tersimpan."), "anggaran")


@blueprint.post("/program/<code>/rincian/anggaran/hapus")
@staff
def program_money_removed(code: str) -> Any:
    """Take the money of a stage away."""
    actor = current_actor()
    program = mine(code, actor)
    stage = request.form.get("stage", "")
    if stage not in list(BudgetStage):
        abort(404)
    at = clock.now()
    try:
        writing.save_budget(
            program,
            BudgetStage(stage),
            None,
            as_of=clock.city_date(at),
            actor=actor,
            at=at,
            version=_seen(),
        )
    except StaleVersion:
        return _page(program, stale=True), 409
    return _back(program, _("Tahap anggaran dihapus."), "anggaran")


@blueprint.post("/program/<code>/rincian/orang")
@staff
def program_people(code: str) -> Any:
    """Say which agencies and officers take part."""
    actor = current_actor()
    program = mine(code, actor)
    taking_part = program_page.crowd(program.id).agency_ids
    form = PeopleForm(agency_id=program.agency_id, taking_part=taking_part)
    if not form.validate():
        return _page(program, form), 422
    try:
        writing.set_agencies(
            program, form.agencies.data, actor=actor, at=clock.now(), version=form.version.data
        )
    except StaleVersion:
        return _page(program, form, stale=True), 409
    # somebody of an agency that takes part no more leaves with it
    staying = PeopleForm(None, agency_id=program.agency_id, taking_part=tuple(form.agencies.data))
    there = {key for key, _name in staying.leads.choices}
    team = {user_id: role for user_id, role in form.team.items() if user_id in there}
    writing.set_team(program, team, actor=actor, at=clock.now())
    return _back(program, _("Dinas dan tim tersimpan."), "orang")


@blueprint.post("/program/<code>/rincian/kemitraan")
@staff
def program_partnership(code: str) -> Any:
    """Link a partnership."""
    actor = current_actor()
    program = mine(code, actor)
    form = PartnershipForm(spot="kemitraan")
    if not form.validate():
        return _page(program, form), 422
    writing.link_partnership(
        program,
        form.found[0],
        type=LinkType(form.type.data),
        sentence=form.sentence.data,
        actor=actor,
        at=clock.now(),
    )
    return _back(program, _("Kemitraan dihubungkan."), "kemitraan")


@blueprint.post("/program/<code>/rincian/kemitraan/lepas")
@staff
def program_partnership_removed(code: str) -> Any:
    """Take the link to a partnership back."""
    actor = current_actor()
    program = mine(code, actor)
    sent = row_id(request.form.get("partnership_id"))
    if sent not in {row.partnership_id for row in program_page.partnerships(program.id, listed=False)}:
        abort(404)
    writing.unlink_partnership(program, sent, actor=actor, at=clock.now())
    return _back(program, _("Kemitraan dilepas."), "kemitraan")
