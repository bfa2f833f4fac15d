"""Beginning an official text from a template, on the page of a case."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask import abort, current_app

from portal.core import clock
from portal.models import Answer, AnswerKind, AnswerTemplate, Submission
from portal.queries import people, templates
from portal.queries.templates import TemplateRow
from portal.rules.permissions import Actor
from portal.rules.templates import QUESTION, fill, greeting, is_unedited
from portal.rules.workflow import PUBLISHES, Action
from portal.services import templates as writing

#: The steps a template can be for, by the action that takes it.
_KINDS: dict[Action, frozenset[str]] = {
    **{action: frozenset({"", kind.value}) for action, kind in PUBLISHES.items()},
    Action.DRAFT_ANSWER: frozenset({"", *(kind.value for kind in AnswerKind)}),
    Action.ASK: frozenset({QUESTION}),
}
TAKES_TEMPLATES = frozenset(_KINDS)


def chosen(template_id: Any, actor: Actor) -> AnswerTemplate | None:
    """Return the template of that number, None where none was chosen; 404 for one of others."""
    if template_id in {None, ""}:
        return None
    text = str(template_id)
    found = (
        templates.by_id(int(text), actor) if text.isascii() and text.isdigit() and len(text) < 19 else None
    )
    return found or abort(404)


def offered(case: Submission, actor: Actor, open_actions: set[Action]) -> dict[Action, list[TemplateRow]]:
    """Return the templates that fit each open action of a case."""
    takers = {action: kinds for action, kinds in _KINDS.items() if action in open_actions}
    if not takers:
        return {}
    rows = templates.for_case(
        actor,
        agency_id=case.agency_id,
        category_id=case.category_id,
        kinds=sorted(frozenset().union(*takers.values())),
    )
    return {action: [row for row in rows if row.kind in kinds] for action, kinds in takers.items()}


def _day(value: date | datetime) -> str:
    day = clock.city_date(value) if isinstance(value, datetime) else value
    # Official texts are written in Indonesian, whatever language the desk speaks.
    return str(format_date(day, "d MMMM y", locale="id"))


def values(case: Submission, actor: Actor, form: Any) -> dict[str, str]:
    """Return what the fields of a template stand for, in this case and with what the form says so far."""
    on = form["on"].data if "on" in form else form["review_on"].data if "review_on" in form else None
    on = on or case.promised_on
    writer = case.officer or (people.by_id(actor.user_id) if actor.user_id is not None else None)
    institution = (form["institution"].data if "institution" in form else "") or case.institution
    return {
        "nama_sapaan": greeting(case, case.shown_name),
        "nomor": case.reference,
        "judul": case.title,
        "tanggal": _day(clock.now()),
        "tanggal_janji": _day(on) if on else "",
        "petugas": writer.name if writer is not None else "",
        "dinas": case.agency.name_id if case.agency is not None else current_app.config["SITE"]["owner"],
        "kategori": case.category.name_id if case.category is not None else "",
        "kelurahan": case.ward.name if case.ward is not None else "",
        "lembaga": institution,
    }


def apply(form: Any, template: AnswerTemplate, case: Submission, actor: Actor) -> None:
    """Write the filled template into a form. What somebody typed stays, and the template follows it."""
    known = values(case, actor, form)
    filled = fill(template.text, known)
    typed = form.text.data or ""
    untouched = form.template is not None and is_unedited(typed, form.template.text, known)
    form.text.data = f"{typed}\n\n{filled}" if typed.strip() and not untouched else filled
    form.template, form.template_id.data = template, template.id
    for name, wanted in (("code", template.reason_code), ("kind", template.kind)):
        if name in form and wanted and (name == "kind" or not form[name].data):
            choices = {str(value) for value, _label in form[name].choices}
            form[name].data = wanted if wanted in choices else form[name].data


def note_use(form: Any, result: Any, at: datetime) -> None:
    """Count what was just published, or remember where a draft began."""
    template = getattr(form, "template", None)
    if template is not None:
        writing.note_use(template, result if isinstance(result, Answer) else None, at=at)
