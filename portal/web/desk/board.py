"""The board for heads and the leaders of the city: numbers and what everybody may read, no case content."""

from datetime import timedelta
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.models import Role
from portal.queries import board as queries
from portal.queries import reference
from portal.queries.board import Cause
from portal.rules.permissions import Actor
from portal.web import labels, planning_words
from portal.web.access import current_actor, requires
from portal.web.desk.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.rendering import localised

CAUSE = {
    Cause.TRIAGE: _l("Belum diteruskan"),
    Cause.UNPUBLISHED: _l("Draf menunggu terbit"),
    Cause.PROMISE: _l("Janji lewat"),
    Cause.HANDED_ON: _l("Pindah dinas"),
    Cause.NO_OFFICER: _l("Tanpa petugas"),
    Cause.WORK: _l("Dikerjakan petugas"),
}
SOON = timedelta(days=90)


def _scope(actor: Actor) -> frozenset[int] | None:
    """Return whose numbers the actor sees: leaders and triage the whole city, heads their agencies."""
    if actor.has(Role.EXECUTIVE) or actor.has(Role.TRIAGE):
        return None
    return frozenset(
        seat.agency_id for seat in actor.seats if seat.role is Role.HEAD and seat.agency_id is not None
    )


@blueprint.get("/pimpinan")
@requires(Role.HEAD, Role.EXECUTIVE, Role.TRIAGE)
def board() -> str:
    """Show what is late and why, what blocks, and which demand is answered."""
    actor, at = current_actor(), clock.now()
    scope = _scope(actor)
    causes = queries.late_causes(scope, at=at)
    return render_template(
        "desk/board.html",
        causes=[cause for cause in Cause if any(cause in found for found in causes.values())],
        late=_late(causes),
        longest=queries.latest(scope, at=at),
        reasons=queries.reasons(scope, at=at),
        answered=queries.answered_demand(scope),
        open_demand=[_open(one) for one in queries.open_demand(scope, at=at)],
        stages=queries.partnership_stages(scope),
        ending=queries.partnerships_ending(scope, until=clock.city_date(at) + SOON),
        planned=queries.planning(scope),
        endorsers=planning_words.ENDORSER,
        whole_city=scope is None,
        agencies=", ".join(agency_name(agency_id) for agency_id in sorted(scope or ())),
        is_staff=actor.is_staff,
        may_open=actor.is_staff,
        now=at,
        words=CAUSE,
        labels=labels,
        agency_name=agency_name,
    )


def _late(causes: dict[int | None, dict[Cause, int]]) -> list[tuple[str, dict[Cause, int], int]]:
    rows = [
        (
            agency_name(key, short=True) if key is not None else str(CAUSE[Cause.TRIAGE]),
            found,
            sum(found.values()),
        )
        for key, found in causes.items()
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _open(one: queries.OpenDemand) -> dict[str, Any]:
    category = reference.categories().get(one.category_id) if one.category_id is not None else None
    ward = reference.wards().get(one.ward_code or "")
    return {
        "category": localised(category, "name") if category else "–",
        "ward": ward.name if ward else _("tanpa kelurahan"),
        "number": one.number,
        "supports": one.supports,
        "url": url_for(
            "public.submissions",
            kategori=category.slug if category else None,
            kelurahan=ward.code if ward else None,
        ),
    }
