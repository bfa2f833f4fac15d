"""Where a case should go and where it has been: what its page says of suggestions and hand-overs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.models import Priority, Submission, SuggestionSource
from portal.queries import cases, reference
from portal.queries import routing as reads
from portal.queries.cases import ThreadEntry
from portal.rules.permissions import Actor, standing
from portal.rules.routing import Choice, Condition, Match, Suggestion
from portal.rules.workflow import Action, Who
from portal.web import labels
from portal.web.public.cards import agency_name
from portal.web.rendering import localised


def suggestion(case: Submission, offered: Collection[Action]) -> Suggestion | None:
    """Return what to suggest to whoever may assign the case, while no agency has it."""
    if Action.ASSIGN not in offered or case.agency_id is not None:
        return None
    return reads.suggest(case)


def prefilled(suggested: Suggestion | None) -> dict[str, Any]:
    """Return the values with which the form begins; what is not suggested stays as the form has it."""
    if suggested is None:
        return {}
    parts = {
        "agency_id": suggested.agency,
        "category_id": suggested.category,
        "officer_id": suggested.officer,
        "priority": suggested.priority,
    }
    return {name: choice.value for name, choice in parts.items() if choice is not None}


@dataclass(frozen=True, slots=True)
class Reason:
    """What is suggested, and why, each in words."""

    what: str
    why: str


def reasons(suggested: Suggestion | None) -> list[Reason]:
    """Say what is suggested and why; what has one reason stands together."""
    if suggested is None:
        return []
    named: dict[tuple[Any, ...], tuple[list[str], Choice]] = {}
    for choice, name in _named(suggested):
        rule = choice.match.rule.id if choice.match is not None else None
        alone = choice is suggested.agency if choice.source is SuggestionSource.SIMILAR else None
        named.setdefault((choice.source, rule, alone), ([], choice))[0].append(name)
    return [
        Reason(", ".join(names), why(choice, to=names[0] if choice is suggested.agency else ""))
        for names, choice in named.values()
    ]


def _named(suggested: Suggestion) -> list[tuple[Choice, str]]:
    found: list[tuple[Choice, str]] = []
    if suggested.agency is not None:
        found.append((suggested.agency, agency_name(suggested.agency.value, short=True)))
    if suggested.officer is not None:
        officer = suggested.officer
        agency_ids = None if suggested.agency is None else [suggested.agency.value]
        people = {row.user_id: row.name for row in cases.staff(agency_ids)}
        if officer.value in people:
            found.append((officer, _("petugas %(name)s", name=people[officer.value])))
    if suggested.category is not None:
        category = reference.categories().get(suggested.category.value)
        if category is not None:
            found.append((suggested.category, _("kategori %(name)s", name=localised(category, "name"))))
    if suggested.priority is not None:
        word = labels.PRIORITY[Priority(suggested.priority.value)]
        found.append((suggested.priority, _("prioritas %(name)s", name=str(word).lower())))
    return found


def why(choice: Choice, *, to: str = "") -> str:
    """Say in one sentence, without its full stop, why something is suggested; `to` names the agency."""
    if choice.match is not None:
        return rule_reason(choice.match)
    if choice.source is SuggestionSource.SIMILAR and to:
        return ngettext(
            "%(count)s dari %(num)s kiriman serupa yang sudah selesai ditangani %(agency)s",
            "%(count)s dari %(num)s kiriman serupa yang sudah selesai ditangani %(agency)s",
            choice.total,
            count=choice.count,
            agency=to,
        )
    if choice.source is SuggestionSource.SIMILAR:
        return ngettext(
            "%(count)s dari %(num)s kiriman serupa yang sudah selesai berkategori ini",
            "%(count)s dari %(num)s kiriman serupa yang sudah selesai berkategori ini",
            choice.total,
            count=choice.count,
        )
    return _("Biasanya untuk kategori ini")


def rule_reason(found: Match) -> str:
    """Say which rule fits, by the words that were found, or else by its conditions."""
    because = ", ".join(found.words)
    if because:
        because = ngettext("kata %(words)s", "kata %(words)s", len(found.words), words=because)
    else:
        because = ", ".join(_condition(one, found) for one in found.conditions) or _("untuk semua kiriman")
    return _("Aturan “%(rule)s”: %(because)s", rule=found.rule.name, because=because)


def _condition(condition: Condition, found: Match) -> str:
    rule = found.rule
    match condition:
        case Condition.KIND if rule.kind is not None:
            return _("jenis %(name)s", name=labels.KIND[rule.kind])
        case Condition.CATEGORY:
            category = reference.categories().get(rule.category_id or 0)
            return _("kategori %(name)s", name=localised(category, "name") if category else "")
        case Condition.WARD:
            ward = reference.wards().get(rule.ward_code or "")
            return _("kelurahan %(name)s", name=ward.name if ward else "")
        case _:
            wards = reference.wards().values()
            names = (row.district for row in wards if row.district_code == rule.district_code)
            return _("kecamatan %(name)s", name=next(names, ""))


def last_handover(thread: Sequence[ThreadEntry]) -> ThreadEntry | None:
    """Return the newest hand-over of a case; its words are the reason."""
    return next((entry for entry in reversed(thread) if entry.action == Action.HAND_OVER), None)


def warning(action: Action | None, case: Submission, actor: Actor) -> str:
    """Say what cannot be done twice before it is done once."""
    if action is not Action.HAND_OVER or Who.TRIAGE in standing(actor, case):
        return ""
    return _("Dinas Anda hanya dapat mengalihkan satu kali. Sesudah ini hanya triase yang dapat.")
