"""Routing rules in words: a line of the list, and what came of trying them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.models import Priority, RoutingRule
from portal.queries import cases, reference
from portal.rules import routing
from portal.rules.routing import Fault, Match, Rule
from portal.web import labels
from portal.web.desk.routing import Reason, reasons, rule_reason
from portal.web.public.cards import agency_name
from portal.web.rendering import localised


@dataclass(frozen=True, slots=True)
class Line:
    """A rule of the list: what it looks at, what it suggests, and what of that is not at work any more."""

    row: RoutingRule
    conditions: list[str]
    suggestions: list[str]
    warnings: list[str]


def line(row: RoutingRule, faults: Sequence[Fault]) -> Line:
    """Say a stored rule in words."""
    conditions = []
    if row.words:
        conditions.append(_("kata %(words)s", words=row.words))
    if row.kind is not None:
        conditions.append(_("jenis %(name)s", name=labels.KIND[row.kind]))
    if row.category_id is not None:
        conditions.append(_("kategori %(name)s", name=_category(row.category_id)))
    wards = reference.wards()
    if row.ward_code is not None:
        conditions.append(_("kelurahan %(name)s", name=wards[row.ward_code].name))
    if row.district_code is not None:
        district = next(
            (one.district for one in wards.values() if one.district_code == row.district_code), ""
        )
        conditions.append(_("kecamatan %(name)s", name=district))
    suggestions = []
    if row.agency_id is not None:
        suggestions.append(agency_name(row.agency_id, short=True))
    if row.officer_id is not None:
        names = {one.user_id: one.name for one in cases.staff(None)}
        suggestions.append(_("petugas %(name)s", name=names.get(row.officer_id, _("tidak bertugas lagi"))))
    if row.set_category_id is not None:
        suggestions.append(_("kategori %(name)s", name=_category(row.set_category_id)))
    if row.priority is not None:
        suggestions.append(_("prioritas %(name)s", name=str(labels.PRIORITY[Priority(row.priority)]).lower()))
    return Line(row, conditions or [_("semua kiriman")], suggestions, [_warning(one) for one in faults])


def _category(category_id: int) -> str:
    row = reference.categories().get(category_id)
    return localised(row, "name") if row is not None else ""


def _warning(fault: Fault) -> str:
    return {
        Fault.AGENCY: _("Dinasnya tidak aktif, jadi tidak disarankan."),
        Fault.CATEGORY: _("Kategori yang disarankan tidak aktif, jadi tidak disarankan."),
        Fault.OFFICER: _("Petugasnya tidak bertugas di dinas itu, jadi tidak disarankan."),
    }[fault]


@dataclass(frozen=True, slots=True)
class Fit:
    """A rule that fits the text, and why."""

    why: str
    is_this: bool
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Tried:
    """Which rules fit, in order, and what they suggest together; `this_fits` is None without a rule."""

    fits: list[Fit]
    suggested: list[Reason]
    this_fits: bool | None


def tried(fitting: Sequence[tuple[Match, tuple[Fault, ...]]], this: Rule | None) -> Tried:
    """Say what came of trying; `this` is the rule on the page, saved or not."""

    def is_this(found: Match) -> bool:
        return this is not None and found.rule.id == this.id and found.rule.name == this.name

    fits = [
        Fit(rule_reason(found), is_this(found), [_warning(one) for one in faults])
        for found, faults in fitting
    ]
    suggested = reasons(routing.decide([found for found, _faults in fitting]))
    return Tried(fits, suggested, None if this is None else any(fit.is_this for fit in fits))
