"""How the three parties see the partnership, quarter by quarter, side by side."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import abort
from flask_babel import gettext as _

from portal.core import clock
from portal.queries import partnership_room
from portal.rules.partnership_room import QUESTIONS, differing
from portal.rules.partnerships import ENDED, Act
from portal.rules.transitions import TransitionNotAllowed
from portal.services.partnerships import monitoring
from portal.services.partnerships.talk import voice_of
from portal.web.partnership_room.forms import MonitoringForm
from portal.web.partnership_room.sides import Side, both


@both("/pemantauan", "_monitoring")
def overview(side: Side) -> Any:
    """Show the answers of the parties, and one's own form where it is asked for."""
    return _page(side, MonitoringForm(None))


@both("/pemantauan/<period>", "_monitor", post=True)
def monitor(side: Side, period: str) -> Any:
    """Give the answers of one's party for a quarter."""
    side.demand(Act.MONITOR)
    try:
        begins = date.fromisoformat(period)
    except ValueError:
        abort(404)
    form = MonitoringForm()
    if not form.validate():
        return _page(side, form)
    try:
        monitoring.answer(side.partnership, begins, form.values, actor=side.actor, at=clock.now())
    except TransitionNotAllowed:  # a colleague was faster, or the partnership ended
        return _page(side, form, stale=True)
    return side.back("partnership_monitoring", _("Terima kasih. Jawaban Anda tersimpan."))


def _page(side: Side, form: MonitoringForm, *, stale: bool = False) -> Any:
    own = voice_of(side.partnership, side.actor).party
    quarters = []
    for period, rows in groupby(partnership_room.forms(side.partnership.id), lambda row: row.period_start):
        by_party = {row.party: row for row in rows}
        given = {party: row.answers for party, row in by_party.items() if row.submitted_at is not None}
        # Each party answers for itself first: what the others said would colour it.
        quarters.append((period, by_party, own in given, differing(given)))
    return side.page(
        "monitoring",
        form,
        stale=stale,
        quarters=quarters,
        own=own,
        questions=QUESTIONS,
        open=side.may(Act.MONITOR),
        over=side.partnership.stage in ENDED,
    )
