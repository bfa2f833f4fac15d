"""Two cases side by side: the same matter or not, and which of them carries the other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.references import parse_reference
from portal.core.text import stems
from portal.models import Submission
from portal.queries import duplicates, reference
from portal.queries.duplicates import Candidate
from portal.rules import likeness
from portal.rules.likeness import Because
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action
from portal.services import cases as acting
from portal.services.duplicates import mark_different
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk import listing
from portal.web.desk.blueprint import blueprint
from portal.web.desk.cases import found
from portal.web.desk.likely import compare_url, nearness, spot
from portal.web.public.cards import agency_name
from portal.web.rendering import date_text, datetime_text, localised

BECAUSE = {
    Because.ANSWERED: _l("sudah ada jawabannya"),
    Because.FURTHER: _l("penanganannya sudah lebih jauh"),
    Because.SUPPORTED: _l("dukungannya lebih banyak"),
    Because.OLDER: _l("lebih dulu diterima"),
}


def _pair(first: str, second: str, actor: Actor, at: datetime) -> tuple[Submission, Submission]:
    case = found(first, actor, at)
    canonical = parse_reference(second)
    other = duplicates.by_reference(canonical, actor) if canonical else None
    if other is None or other.id == case.id or case.secret:
        abort(404)
    return case, other


@blueprint.get("/k/<reference>/banding")
@staff
def compare_with(reference: str) -> Response:
    """Lead from a typed number to the comparison; what is not found is said beside the case."""
    actor, at = current_actor(), clock.now()
    case = found(reference, actor, at)
    where = listing.came_from()
    typed = parse_reference(request.args.get("dengan", "")[:200])
    other = duplicates.by_reference(typed, actor) if typed and not case.secret else None
    if other is None or other.id == case.id:
        flash(_("Nomor kiriman tidak ditemukan. Contoh: SB-2611-K7RM"))
        return redirect(where.case_url(case.reference), code=303)
    return redirect(compare_url(case, other, where), code=303)


@blueprint.get("/k/<reference>/banding/<other>")
@staff
def compare(reference: str, other: str) -> str:
    """Show two cases side by side, with the words they share, and what can be done about them."""
    actor, at = current_actor(), clock.now()
    case, second = _pair(reference, other, actor, at)
    where = listing.came_from()
    sides = duplicates.between(case, second)
    texts = [frozenset(stems(f"{one.case.title} {one.case.body}")) for one in sides]
    pairs = list(zip(sides, reversed(texts), strict=True))
    main, because = likeness.main_one(case, second)
    return render_template(
        "desk/compare.html",
        case=case,
        other=second,
        where=where,
        rows=_rows(sides),
        titles=[likeness.marked(one.case.title, theirs) for one, theirs in pairs],
        bodies=[
            [likeness.marked(line, theirs) for line in one.case.body.split("\n") if line]
            for one, theirs in pairs
        ],
        thumbnails=[one.thumbnail for one in sides],
        answers=[one.answer for one in sides],
        readable=[True, can(Action.READ, actor, second, at=at)],
        merges=_merges(case, second, main, actor, at),
        because=str(BECAUSE[because]),
        main=main,
        judged=duplicates.judged_different(case, second),
        nearness=nearness(case, second),
    )


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge that can be pressed."""

    source: Submission
    target: Submission
    proposed: bool


def _merges(case: Submission, other: Submission, main: Any, actor: Actor, at: datetime) -> list[Merge]:
    """Return the directions that are open, the proposed one first."""
    pairs = ((case, other), (other, case))
    open_ones = [
        Merge(source, target, target is main)
        for source, target in pairs
        if can(Action.MERGE, actor, source, at=at) and acting.may_join(source, target)
    ]
    return sorted(open_ones, key=lambda one: not one.proposed)


def _rows(sides: list[Candidate]) -> list[tuple[str, list[str]]]:
    """Return (name, values) of what is compared, leaving out what neither has."""
    wards, categories = reference.wards(), reference.categories()

    def values(one: Candidate) -> dict[str, str]:
        case = one.case
        ward = wards.get(case.ward_code) if case.ward_code else None
        category = categories.get(case.category_id) if case.category_id else None
        where = spot(case)  # as near as the public reads it: one of the two may be another agency's
        return {
            _("Diterima"): datetime_text(case.received_at),
            _("Jenis"): str(labels.KIND[case.kind]),
            _("Tempat"): labels.place_text(case.place, ward.name if ward else None),
            _("Patokan"): case.landmark,
            _("Titik"): f"{where[0]:.4f}, {where[1]:.4f}" if where else "",
            _("Kategori"): localised(category, "name") if category else _("Belum dikategori"),
            _("Dinas"): agency_name(case.agency_id) if case.agency_id else _("Belum diteruskan"),
            _("Status"): str(labels.STATUS[case.status]),
            _("Dukungan"): str(case.support_count),
            _("Sudah digabung ke sini"): str(one.merged) if one.merged else "",
            _("Dijawab"): date_text(case.answered_at) if case.answered_at else "",
        }

    columns = [values(one) for one in sides]
    return [
        (name, [column[name] for column in columns])
        for name in columns[0]
        if any(column[name] for column in columns)
    ]


@blueprint.post("/k/<reference>/banding/<other>/beda")
@staff
def not_duplicate(reference: str, other: str) -> Response:
    """Note that two cases are different matters, and go on with the next proposal or the case."""
    actor, at = current_actor(), clock.now()
    case, second = _pair(reference, other, actor, at)
    if not can(Action.MERGE, actor, case, at=at):
        abort(404)
    mark_different(case, second, actor=actor, at=at)
    where = listing.came_from()
    numbers = {"one": case.reference, "other": second.reference}
    flash(_("%(one)s dan %(other)s dicatat sebagai hal yang berbeda.", **numbers))
    following = next(iter(duplicates.candidates(case, actor)), None)
    if following is not None:
        return redirect(compare_url(case, following.case, where), code=303)
    return redirect(where.case_url(case.reference), code=303)
