"""One partnership at the desk: where it stands, what comes next and what that still needs."""

from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import Partnership, PartnershipStage, Role, SelectionStep, Submission
from portal.queries import partnerships
from portal.rules import partnerships as rules
from portal.rules.partnerships import RUNNING, SIGNATURE_ITEMS, TRANSITIONS, Act, Need
from portal.rules.permissions import Actor, is_about
from portal.rules.transitions import MissingRequirement, TransitionNotAllowed
from portal.services.errors import StaleVersion
from portal.services.partnerships import life
from portal.web import labels, partnership_words
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint
from portal.web.desk.partnerships.forms import TEXT_LIMIT, FindingForm, InviteForm, MoveForm, PlanForm
from portal.web.forms import Form, render_form
from portal.web.public.cards import agency_name

#: Steps back, and ends: they stand below the steps onward, closed.
_BACK = (Act.DISCUSS_AGAIN, Act.REDRAFT)
_END = (Act.STOP, Act.DECLINE)


def readable(reference_text: str) -> tuple[Partnership, Submission, Actor]:
    """Return a partnership that the actor takes part in; 404 for all others."""
    canonical = parse_reference(reference_text)
    found = partnerships.by_reference(canonical) if canonical else None
    actor = current_actor()
    if found is None or not rules.can(Act.READ, actor, found[0]) or _closed_to(actor, found[1]):
        abort(404)
    return *found, actor


def _closed_to(actor: Actor, case: Submission) -> bool:
    return is_about(actor, case) and not actor.has(Role.TRIAGE)


def _may(act: Act, actor: Actor, partnership: Partnership) -> None:
    if not rules.could(act, actor, partnership):
        abort(404)


def _back(case: Submission) -> Response:
    return redirect(url_for("desk.partnership", reference=case.reference), code=303)


@blueprint.get("/kemitraan/<reference>")
@staff
def partnership(reference: str) -> Any:
    """Show a partnership."""
    row, case, actor = readable(reference)
    return _page(row, case, actor)


def _page(
    row: Partnership,
    case: Submission,
    actor: Actor,
    *,
    bound: Form | None = None,
    stale: bool = False,
    faults: list[str] | None = None,
    lost: str = "",
) -> Any:
    """Draw the page; `lost` is a text whose form its stage does not offer any more."""
    now = partnerships.standing(row)
    moves = []
    for transition in TRANSITIONS:
        if row.stage not in transition.sources or not rules.can(transition.action, actor, row):
            continue
        form = MoveForm(None, row=transition)
        if isinstance(bound, MoveForm) and bound.row.action is transition.action:
            form = bound
        else:
            form.version.data = row.version
        moves.append((transition, form, rules.missing(transition, now)))
    moves.sort(key=lambda move: (move[0].action in _END, move[0].action in _BACK))
    known = partnerships.findings(row.id)
    planning = isinstance(bound, PlanForm)
    plan = bound if planning else _plan_form(row, actor, None, obj=row)
    if not planning:
        plan.version.data = row.version
    steps = []
    for step in SelectionStep:
        form = FindingForm(None, spot=step.value, obj=known.get(step))
        if isinstance(bound, FindingForm) and bound.spot == step.value:
            form = bound
        else:
            form.version.data = row.version
        steps.append((step, known.get(step), form))
    # A step is offered once the one before it has a result.
    offered = {step for number, (step, _found, _form) in enumerate(steps) if number <= len(known)}
    page, status = render_form(
        "desk/partnerships/page.html",
        bound or plan,
        extra_errors=faults or [],
        partnership=row,
        case=case,
        may=rules.allowed(actor, row),
        moves=moves,
        aside=_BACK + _END,
        plan=plan,
        steps=steps,
        offered=offered,
        invite=bound if isinstance(bound, InviteForm) else InviteForm(None, partnership=row),
        ticks=partnerships.ticks(row.id),
        signature_items=SIGNATURE_ITEMS,
        words=partnership_words,
        labels=labels,
        Act=Act,
        Need=Need,
        sentences=partnerships.words(row.id),
        way=partnership_words.way(row.stage) if row.stage is not PartnershipStage.DECLINED else [],
        agency_name=agency_name,
        rooms=[
            (endpoint, label) for endpoint, label in room_links() if endpoint in current_app.view_functions
        ],
        public=rules.is_public(case),
        stale=stale,
        stale_plan=stale and planning,
        lost=lost,
        opens_case=rules.could(Act.PLAN, actor, row),
        today=clock.city_date(clock.now()),
    )
    return page, 409 if stale else status


def _plan_form(row: Partnership, actor: Actor, *args: Any, **kwargs: Any) -> PlanForm:
    examined = not rules.can(Act.FIND, actor, row) or bool(partnerships.findings(row.id))
    return PlanForm(*args, in_force=row.stage in RUNNING, examined=examined, **kwargs)


def room_links() -> list[tuple[str, str]]:
    """Return the parts of a partnership at the desk, in the order of its menu."""
    return [
        ("desk.partnership", _("Kemitraan")),
        ("desk.partnership_room", _("Ruang")),
        ("desk.partnership_internal", _("Catatan petugas")),
        ("desk.partnership_schedule", _("Jadwal")),
        ("desk.partnership_drafts", _("Naskah")),
        ("desk.partnership_duties", _("Janji")),
        ("desk.partnership_monitoring", _("Pemantauan")),
    ]


@blueprint.post("/kemitraan/<reference>/tahap/<act>")
@staff
def partnership_move(reference: str, act: str) -> Any:
    """Take a partnership to its next stage."""
    row, case, actor = readable(reference)
    if act not in {transition.action.value for transition in TRANSITIONS}:
        abort(404)
    _may(Act(act), actor, row)
    try:
        form = MoveForm(row=rules.row(Act(act), row.stage))
    except TransitionNotAllowed:  # somebody moved it meanwhile
        return _page(row, case, actor, stale=True, lost=request.form.get("text", "")[:TEXT_LIMIT])
    if not form.validate():
        return _page(row, case, actor, bound=form)
    try:
        life.move(
            row,
            Act(act),
            text=form.text.data or "",
            code=form.reason,
            new_end=form.ends_on,
            actor=actor,
            at=clock.now(),
            version=form.version.data,
        )
    except StaleVersion as error:
        form.version.draw_anew(error.current)
        lost = "" if row.stage in form.row.sources else form.text.data or ""
        return _page(row, case, actor, bound=form, stale=True, lost=lost)
    except TransitionNotAllowed:
        return _page(row, case, actor, stale=True, lost=form.text.data or "")
    except MissingRequirement as error:
        form.refuse(Need(error.requirement))
        return _page(row, case, actor, bound=form)
    flash(_("Kemitraan kini pada tahap: %(stage)s.", stage=labels.STAGE[row.stage]))
    return _back(case)


@blueprint.post("/kemitraan/<reference>/rencana")
@staff
def partnership_plan(reference: str) -> Any:
    """Write purpose and term."""
    row, case, actor = readable(reference)
    _may(Act.PLAN, actor, row)
    form = _plan_form(row, actor)
    if not form.validate():
        return _page(row, case, actor, bound=form)
    try:
        life.plan(row, actor=actor, at=clock.now(), version=form.version.data, fields=form.values)
    except StaleVersion as error:
        form.version.draw_anew(error.current)
        return _page(row, case, actor, bound=form, stale=True)
    except (TransitionNotAllowed, life.TermInForce):  # it ended, or came into force, since the form was drawn
        return _page(row, case, actor, stale=True, lost=form.purpose_id.data or "")
    flash(_("Tujuan dan masa berlaku tersimpan."))
    return _back(case)


@blueprint.post("/kemitraan/<reference>/undang")
@staff
def partnership_invite(reference: str) -> Any:
    """Ask an agency to take part."""
    row, case, actor = readable(reference)
    _may(Act.INVITE, actor, row)
    form = InviteForm(partnership=row)
    if not form.validate():
        return _page(row, case, actor, bound=form)
    life.invite(row, form.agency.data, actor=actor, at=clock.now())
    flash(_("%(agency)s diundang.", agency=agency_name(form.agency.data)))
    return _back(case)


@blueprint.post("/kemitraan/<reference>/undang/<int:agency_id>/lepas")
@staff
def partnership_release(reference: str, agency_id: int) -> Any:
    """Take an invitation back."""
    row, case, actor = readable(reference)
    _may(Act.INVITE, actor, row)
    if agency_id not in row.invited_agency_ids:
        abort(404)
    life.release(row, agency_id, actor=actor, at=clock.now())
    flash(_("Undangan ditarik."))
    return _back(case)


@blueprint.post("/kemitraan/<reference>/periksa/<step>")
@staff
def partnership_find(reference: str, step: str) -> Any:
    """Note what came of a step in examining an unsolicited proposal."""
    row, case, actor = readable(reference)
    _may(Act.FIND, actor, row)
    if step not in set(SelectionStep):
        abort(404)
    form = FindingForm(spot=step)
    if not form.validate():
        return _page(row, case, actor, bound=form)
    try:
        life.find(
            row,
            SelectionStep(step),
            result=form.found,
            reason=form.reason.data,
            actor=actor,
            at=clock.now(),
            version=form.version.data,
        )
    except StaleVersion as error:
        form.version.draw_anew(error.current)
        return _page(row, case, actor, bound=form, stale=True)
    except TransitionNotAllowed:
        return _page(row, case, actor, stale=True, lost=form.reason.data)
    except life.NotInOrder:
        return _page(row, case, actor, bound=form, faults=[_("Isi langkah sebelumnya dulu.")])
    flash(_("Hasil pemeriksaan tersimpan."))
    return _back(case)


@blueprint.post("/kemitraan/<reference>/tanda-tangan/<item>")
@staff
def partnership_sign(reference: str, item: str) -> Any:
    """Tick a point of the signature checklist, or take the tick back."""
    row, case, actor = readable(reference)
    _may(Act.TICK_SIGNATURE, actor, row)
    if item not in SIGNATURE_ITEMS:
        abort(404)
    life.tick_signature(row, item, done=request.form.get("done") == "1", actor=actor, at=clock.now())
    flash(_("Daftar tanda tangan tersimpan."))
    return _back(case)
