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
from portal.web.partnership_room.forms import DutyForm
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


def _page(side: Side, form: DutyForm, *, stale: bool = False) -> Any:
    rows = partnerships.duties(side.partnership.id, public_only=False)
    return side.page(
        "duties",
        form,
        stale=stale,
        duties=[(row, duties.may_tick(side.actor, side.partnership, row)) for row in rows],
        today=clock.city_date(clock.now()),
        open=side.may(Act.PLAN),
    )
