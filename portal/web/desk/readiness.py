"""The readiness of a proposal at the desk: who brings what, what helps, until when."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import InputRequired

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import ReadinessTask, Role, Submission
from portal.queries import packages, submissions
from portal.queries import readiness as reading
from portal.rules import readiness as rules
from portal.rules.permissions import Actor
from portal.services import readiness
from portal.services.errors import StaleVersion
from portal.web import readiness_words
from portal.web.access import current_actor, staff
from portal.web.desk.agenda_forms import PlacedForm
from portal.web.desk.blueprint import blueprint
from portal.web.desk.fields import NumberSelect, VersionField, agency_choices
from portal.web.files import answer_with
from portal.web.forms import Form, LineField, render_form
from portal.web.public.cards import agency_name


class TaskForm(PlacedForm):
    version = VersionField(default=1)
    agency_id = NumberSelect(_l("Siapa yang mengerjakan"))
    program_id = NumberSelect(_l("Program yang bisa membantu"))
    due_on = DateField(_l("Paling lambat"), [InputRequired(_l("Pilih tanggal."))])
    note = LineField(_l("Catatan untuk usaha"), limit=300)

    def __init__(self, *args: Any, task: ReadinessTask, actor: Actor, **kwargs: Any) -> None:
        self.spot = task.item
        super().__init__(*args, **kwargs)
        self.agency_id.choices = [("", _("Usahanya sendiri")), *agency_choices()[1:]]
        programs = reading.programs_for(actor.agency_ids)
        self.program_id.choices = [
            ("", _("Tidak ada")),
            *((one[0], f"{one[1]} {one[2]}") for one in programs),
        ]


class DropForm(PlacedForm):
    version = VersionField(default=1)
    reason = LineField(_l("Mengapa tidak diperlukan"), limit=300, required=_l("Tulis alasannya."))

    def __init__(self, *args: Any, spot: str, **kwargs: Any) -> None:
        self.spot = _drop_spot(spot)
        super().__init__(*args, **kwargs)


def _drop_spot(item: str) -> str:
    return f"lepas-{item}"


def _found(reference: str) -> tuple[Submission, Actor]:
    """Return a proposal that the actor plans, or an agency of theirs has a task of; 404 for all others."""
    canonical = parse_reference(reference)
    case = submissions.by_reference(canonical) if canonical else None
    actor, at = current_actor(), clock.now()
    if case is None or reading.facts(case, today=clock.city_date(at)) is None:
        abort(404)
    if not readiness.may_plan(actor, case, at=at) and not any(
        readiness.may_do(actor, task, case, at=at) for task in reading.tasks(case.id).values()
    ):
        abort(404)
    return case, actor


@blueprint.get("/kesiapan", endpoint="readiness_tasks")
@staff
def tasks() -> str:
    """Show the open tasks of one's agencies, the most urgent first."""
    actor = current_actor()
    rows = reading.open_tasks(None if actor.has(Role.TRIAGE) else actor.agency_ids)
    return render_template(
        "desk/readiness/tasks.html",
        rows=rows,
        today=clock.city_date(clock.now()),
        words=readiness_words,
        agency_name=agency_name,
    )


@blueprint.get("/k/<reference>/kesiapan")
@staff
def readiness_page(reference: str) -> Any:
    """Show what a proposal still needs."""
    return _page(*_found(reference))


def _page(case: Submission, actor: Actor, bound: Form | None = None, *, stale: bool = False) -> Any:
    at = clock.now()
    facts = reading.facts(case, today=clock.city_date(at))
    proposal = packages.proposal_of(case.id)
    assert facts is not None
    assert proposal is not None
    found, known = rules.evaluate(facts), reading.tasks(case.id)
    may_plan = readiness.may_plan(actor, case, at=at)
    spot = bound.spot if bound is not None else ""
    # what a colleague dropped meanwhile is not missing any more; what was typed about it stays on the page
    typed = [item for item in found.there if spot in (item.code, _drop_spot(item.code))]
    rows = []
    for item in (*found.missing, *typed):
        task = known.get(item.code)
        if task is None:
            continue
        form = TaskForm(None, obj=task, task=task, actor=actor)
        drop = DropForm(None, obj=task, spot=item.code)
        if spot == form.spot:
            form = bound
        if spot == drop.spot:
            drop = bound
        rows.append((item, task, form, drop, readiness.may_do(actor, task, case, at=at)))
    page, status = render_form(
        "desk/readiness/page.html",
        bound or Form(),
        case=case,
        rows=rows,
        there=found.there,
        known=known,
        undo={code for code, task in known.items() if readiness.may_undo(actor, task, case, at=at)},
        business=proposal.business.slug,
        verification=rules.VERIFICATION,
        number=len(found.there),
        total=found.total,
        may_plan=may_plan,
        stale=stale,
        spot=spot,
        words=readiness_words,
        today=clock.city_date(at),
        agency_name=agency_name,
    )
    return page, 409 if stale else status


def _task(case: Submission, item: str) -> ReadinessTask:
    task = reading.task(case.id, item)
    if task is None:
        abort(404)
    return task


def _back(case: Submission) -> Any:
    return redirect(url_for("desk.readiness_page", reference=case.reference), code=303)


@blueprint.post("/k/<reference>/kesiapan/<item>")
@staff
def readiness_plan(reference: str, item: str) -> Any:
    """Say who brings it, what helps and by when."""
    case, actor = _found(reference)
    task = _task(case, item)
    if not readiness.may_plan(actor, case, at=clock.now()):
        abort(404)
    form = TaskForm(task=task, actor=actor)
    if not form.validate():
        return _page(case, actor, form)
    try:
        readiness.plan(
            case,
            item,
            actor=actor,
            at=clock.now(),
            version=form.version.data,
            agency_id=form.agency_id.data,
            program_id=form.program_id.data,
            due_on=form.due_on.data,
            note=form.note.data or "",
        )
    except StaleVersion as error:
        form.version.draw_anew(error.current)
        return _page(case, actor, form, stale=True)
    flash(_("Tugas tersimpan."))
    return _back(case)


@blueprint.post("/k/<reference>/kesiapan/<item>/selesai")
@staff
def readiness_tick(reference: str, item: str) -> Any:
    """Note that it is done."""
    case, actor = _found(reference)
    _task(case, item)
    readiness.tick(case, item, actor=actor, at=clock.now())
    flash(_("Tugas dicentang."))
    return _back(case)


@blueprint.post("/k/<reference>/kesiapan/<item>/belum")
@staff
def readiness_untick(reference: str, item: str) -> Any:
    """Take a tick of the city back."""
    case, actor = _found(reference)
    _task(case, item)
    readiness.untick(case, item, actor=actor, at=clock.now())
    flash(_("Centang dicabut."))
    return _back(case)


@blueprint.post("/k/<reference>/kesiapan/<item>/lepas")
@staff
def readiness_drop(reference: str, item: str) -> Any:
    """Say that it is not needed."""
    case, actor = _found(reference)
    _task(case, item)
    if not readiness.may_plan(actor, case, at=clock.now()):
        abort(404)
    form = DropForm(spot=item)
    if not form.validate():
        return _page(case, actor, form)
    try:
        readiness.drop(
            case,
            item,
            reason=form.reason.data,
            actor=actor,
            at=clock.now(),
            version=form.version.data,
        )
    except StaleVersion as error:
        form.version.draw_anew(error.current)
        return _page(case, actor, form, stale=True)
    flash(_("Hal ini tidak diminta lagi."))
    return _back(case)


@blueprint.get("/k/<reference>/kesiapan/berkas/<token>")
@staff
def readiness_file(reference: str, token: str) -> Response:
    """Show a file that was given for a task."""
    case, _actor = _found(reference)
    found = reading.evidence(token)
    if found is None or found[1] != case.id:
        abort(404)
    return answer_with(found[0], small=False, open_to_all=False)
