"""The readiness of a proposal as plain values for pages: what is there, and tasks with their forms."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from portal.core import clock
from portal.models import Kind, Submission
from portal.queries import readiness as reading
from portal.rules import readiness as rules
from portal.rules.proposals import fields_of
from portal.rules.readiness import How, Item
from portal.web import proposal_labels, readiness_words
from portal.web.forms import Form
from portal.web.public.cards import agency_name
from portal.web.public.proposal_forms import QuestionsForm, single_question
from portal.web.rendering import localised


class EvidenceForm(Form):
    """A file for one task, of the several on the page."""

    holds_files = False

    file = FileField(_l("Foto atau PDF"))

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        self.file.id = f"file-{code}"


@dataclass(frozen=True, slots=True)
class TaskView:
    """One thing that is missing."""

    code: str
    title: str
    why: str
    how: str
    agency: str
    program_code: str
    program_title: str
    due_on: Any
    first_due_on: Any
    late: bool
    note: str
    forms: list[tuple[str, Any, str]]
    upload_url: str
    upload: EvidenceForm
    #: The answer is written and waits for staff, who decide what the catalogue says.
    waits: bool


def field_form(kind: Kind, name: str) -> QuestionsForm | None:
    """Return the form of one question of a kind, None where there is no such question."""
    found = [field for field in fields_of(kind) if field.name == name]
    return single_question(found[0]) if found else None


def view_of(case: Submission, address: Callable[[str, str], str], bound: Any = None) -> dict[str, Any]:
    """Return what the page draws. `address(deed, what)` leads to "fill" and "upload"."""
    today = clock.city_date(clock.now())
    facts = reading.facts(case, today=today)
    assert facts is not None  # the caller asked
    found = rules.evaluate(facts)
    tasks = reading.tasks(case.id)
    package = reading.package(case.id)
    waiting = frozenset() if package is None else reading.waiting_answers(package.id)
    programs = reading.programs_of([row.program_id for row in tasks.values() if row.program_id is not None])

    def view(item: Item) -> TaskView:
        task = tasks.get(item.code)
        program = programs.get(task.program_id or 0) if task is not None else None
        due_on = None if task is None else task.due_on
        names = [name for name in rules.fillable([item], facts.data) if name not in waiting]
        return TaskView(
            code=item.code,
            title=str(readiness_words.ITEM[item.code]),
            why=str(readiness_words.WHY.get(item.code, "")),
            how=item.how.value,
            agency=agency_name(task.agency_id, short=True) if task is not None and task.agency_id else "",
            program_code=program.code if program else "",
            program_title=localised(program, "title") if program else "",
            due_on=due_on,
            first_due_on=None if task is None else task.first_due_on,
            late=due_on is not None and due_on < today,
            note="" if task is None else task.note,
            forms=[(name, _form(case.kind, name, bound), address("fill", name)) for name in names],
            upload_url=address("upload", item.code)
            if task is not None and item.how in (How.PHOTO, How.EVIDENCE)
            else "",
            upload=bound
            if isinstance(bound, EvidenceForm) and bound.code == item.code
            else EvidenceForm(None, code=item.code),
            waits=any(name in waiting for name in item.fields),
        )

    views = [view(item) for item in found.missing]
    return {
        "case": case,
        "there": [str(readiness_words.ITEM[item.code]) for item in found.there],
        "yours": [one for one in views if not one.agency and one.how != How.CITY],
        "citys": [one for one in views if one.agency or one.how == How.CITY],
        "number": len(found.there),
        "total": found.total,
        "percent": found.percent,
        "hints": proposal_labels.HINT,
        "today": today,
    }


def _form(kind: Kind, name: str, bound: Any) -> Any:
    if isinstance(bound, QuestionsForm) and name in {field.name for field in bound.questions}:
        return bound
    return single_question(next(field for field in fields_of(kind) if field.name == name), blank=True)
