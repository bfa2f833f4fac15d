"""What both sides promised: written by the lead, ticked by each side for its own."""

from typing import Any

from flask import abort, request
from flask_babel import gettext as _

from portal.core import clock
from portal.queries import partnership_room, partnerships
from portal.rules.partnerships import Act
from portal.rules.transitions import TransitionNotAllowed
from portal.services.errors import StaleVersion
from portal.services.partnerships import duties
from portal.web.partnership_room.forms import DutyEditForm, DutyForm
from portal.web.partnership_room.sides import Side, both


@both("/kewajiban", "_duties")
def duty_list(side: Side) -> Any:
    """Show obligations and milestones of both sides."""
    return _page(side, DutyForm(None))


@both("/kewajiban", "_duty_add", post=True, staff_only=True)
def duty_add(side: Side) -> Any:
    """Write down what a side promises."""
    side.demand(Act.PLAN)
    form = DutyForm()
    if not form.validate():
        return _page(side, form)
    try:
        duties.add(side.partnership, actor=side.actor, at=clock.now(), **form.values)
    except TransitionNotAllowed:
        return _page(side, form, stale=True)
    return side.back("partnership_duties", _("Janji tercatat."))


@both("/kewajiban/<int:duty_id>", "_duty_tick", post=True)
def duty_tick(side: Side, duty_id: int) -> Any:
    """Say that a promise is kept, or take that back."""
    side.demand(Act.TICK_DUTY)
    row = partnership_room.duty(side.partnership.id, duty_id)
    if row is None:
        abort(404)
    version, done = request.form.get("version", ""), request.form.get("done") == "1"
    try:
        duties.tick(
            side.partnership,
            row,
            done=done,
            actor=side.actor,
            at=clock.now(),
            version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        )
    except (StaleVersion, TransitionNotAllowed):
        return _page(side, DutyForm(None), stale=True)
    return side.back("partnership_duties", _("Ditandai selesai.") if done else _("Tanda selesai dicabut."))


@both("/kewajiban/<int:duty_id>/ubah", "_duty_edit", post=True, staff_only=True)
def duty_edit(side: Side, duty_id: int) -> Any:
    """Put a promise right, or take away what was written down by mistake."""
    side.demand(Act.PLAN)
    row = partnership_room.duty(side.partnership.id, duty_id)
    if row is None:
        abort(404)
    form = DutyEditForm(duty=row)
    away = request.form.get("apa") == "hapus"
    if not (form.version.validate(form) if away else form.validate()):
        return _page(side, DutyForm(None), form)
    asked = {"actor": side.actor, "at": clock.now(), "version": form.version.data}
    try:
        if away:
            duties.remove(side.partnership, row, **asked)
        else:
            duties.edit(side.partnership, row, **form.values, **asked)
    except StaleVersion as stale:
        form.version.draw_anew(stale.current)
        return _page(side, DutyForm(None), form, stale=True)
    except TransitionNotAllowed:
        return _page(side, DutyForm(None), form, stale=True)
    return side.back("partnership_duties", _("Janji dihapus.") if away else _("Janji diperbarui."))


def _page(side: Side, form: DutyForm, changed: DutyEditForm | None = None, *, stale: bool = False) -> Any:
    rows = partnerships.duties(side.partnership.id, public_only=False)
    edits = {}
    if side.at_desk and side.may(Act.PLAN):
        edits = {row.id: DutyEditForm(None, duty=row) for row in rows if row.done_on is None}
    if changed is not None:
        edits[changed.duty.id] = changed
    return side.page(
        "duties",
        changed or form,
        stale=stale,
        duties=[(row, duties.may_tick(side.actor, side.partnership, row)) for row in rows],
        edits=edits,
        changed=changed,
        add=form,
        today=clock.city_date(clock.now()),
        open=side.may(Act.PLAN),
    )
