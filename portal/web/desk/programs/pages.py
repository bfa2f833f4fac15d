"""The list of programs at the desk, and the page on which one is written."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.text import normalise
from portal.models import Program
from portal.queries import program_page, programs, reference
from portal.queries.programs import ProgramFilters
from portal.rules.permissions import Actor
from portal.services import programs as writing
from portal.services.errors import NotPermitted, StaleVersion
from portal.services.programs import WrongParent
from portal.web import labels
from portal.web import program_words as words
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint
from portal.web.desk.programs.forms import (
    KeepForm,
    MilestoneForm,
    MoveForm,
    PlacedForm,
    ProgramForm,
    UpdateForm,
)
from portal.web.public.cards import agency_name
from portal.web.rendering import date_text, rupiah


def _may_write_any(actor: Actor) -> bool:
    return any(writing.may_edit(actor, agency_id) for agency_id in reference.agencies())


def may_write_any(actor: Actor) -> None:
    """Answer 404 to whoever may write no program at all."""
    if not _may_write_any(actor):
        abort(404)


@blueprint.get("/program", endpoint="programs")
@staff
def program_list() -> str:
    """Show the programs of the city, with a way to edit those that are the actor's to edit."""
    actor = current_actor()
    typed = normalise(request.args.get("q", "")[:100])
    by_slug = {row.slug: row.id for row in reference.agencies().values()}
    slug = request.args.get("dinas", "")
    filters = ProgramFilters(words=typed, agency_id=by_slug.get(slug))
    page = programs.listed(filters, request.args.get("dari"))
    kept = {name: value for name, value in (("q", typed), ("dinas", slug)) if value}

    def page_url(cursor: str | None) -> str:
        return url_for("desk.programs", dari=cursor, **kept) if cursor else ""

    return render_template(
        "desk/programs.html",
        rows=list(page),
        editable={row.id for row in page if writing.may_edit(actor, row.agency_id)},
        may_create=_may_write_any(actor),
        previous_url=page_url(page.previous_cursor),
        next_url=page_url(page.next_cursor),
        words=typed,
        level_names=words.LEVEL,
        slug=slug,
        agencies=reference.agencies().values(),
        labels=labels,
        agency_name=agency_name,
    )


@blueprint.get("/program/baru")
@staff
def program_new() -> str:
    """Show an empty program."""
    actor = current_actor()
    may_write_any(actor)
    form = ProgramForm(None, actor=actor, program=None)
    form.year.data, form.progress.data = clock.city_date(clock.now()).year, 0
    if len(form.agency_id.choices) == 2:
        form.agency_id.data = form.agency_id.choices[1][0]
    return render_template("desk/program.html", **_values(None, form))


@blueprint.post("/program/baru")
@staff
def program_create() -> Response | tuple[str, int]:
    """Add a program."""
    actor = current_actor()
    may_write_any(actor)
    form = ProgramForm(actor=actor, program=None)
    if not form.validate():
        return render_template("desk/program.html", **_values(None, form)), 422
    try:
        program = writing.create(actor=actor, at=clock.now(), fields=form.values)
    except (WrongParent, NotPermitted):
        form.say_wrong_parent()
        return render_template("desk/program.html", **_values(None, form)), 422
    flash(_("Program %(code)s tersimpan.", code=program.code))
    return redirect(url_for("desk.program_edit", code=program.code), code=303)


@blueprint.get("/program/<code>")
@staff
def program_edit(code: str) -> str:
    """Show a program with everything that can be changed about it."""
    actor = current_actor()
    program = mine(code, actor)
    form = ProgramForm(None, actor=actor, program=program)
    return render_template("desk/program.html", **_values(program, form))


@blueprint.post("/program/<code>")
@staff
def program_save(code: str) -> Response | tuple[str, int]:
    """Change a program; a stale save shows both texts (409)."""
    actor = current_actor()
    program = mine(code, actor)
    form = ProgramForm(actor=actor, program=program)
    if not form.validate():
        return render_template("desk/program.html", **_values(program, form)), 422
    try:
        writing.edit(program, actor=actor, at=clock.now(), version=form.version.data, fields=form.values)
    except (WrongParent, NotPermitted):
        form.say_wrong_parent()
        return render_template("desk/program.html", **_values(program, form)), 422
    except StaleVersion as stale:
        form.version.data, form.version.raw_data = stale.current, None
        current = _differences(program, form)
        return render_template("desk/program.html", **_values(program, form, current=current)), 409
    flash(_("Program %(code)s tersimpan.", code=program.code))
    return redirect(url_for("desk.program_edit", code=program.code), code=303)


def mine(code: str, actor: Actor) -> Program:
    """Return a program that the actor may write; 404 for any other."""
    program = programs.by_code(code)
    if program is None or not writing.may_edit(actor, program.agency_id):
        abort(404)
    return program


def again(program: Program, actor: Actor, refused: PlacedForm, *, stale: bool = False) -> tuple[str, int]:
    """Show the page again with a form that was refused (422), or that is older than the program (409)."""
    form = ProgramForm(None, actor=actor, program=program)
    values = _values(program, form, refused=refused)
    return render_template("desk/program.html", stale=stale, **values), 409 if stale else 422


def _values(
    program: Program | None,
    form: ProgramForm,
    *,
    refused: PlacedForm | None = None,
    current: list[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """Return the values of the page. A refused form takes the place of its empty twin."""
    today = clock.city_date(clock.now())
    update = refused if isinstance(refused, UpdateForm) else UpdateForm(None, spot="kemajuan")
    if update is not refused and program is not None:
        update.progress.data = program.progress
        update.version.draw_anew(program.version)
    keep: dict[int, KeepForm] = {}
    for milestone in program.milestones if program is not None else []:
        if milestone.done_on is None:
            keep[milestone.id] = KeepForm(None, spot=f"tercapai-{milestone.id}")
            keep[milestone.id].milestone_id.data, keep[milestone.id].on.data = milestone.id, today
    move = {key: MoveForm(None, spot=f"pindah-{key}") for key in keep}
    for key, one in move.items():
        one.milestone_id.data = key
    if isinstance(refused, KeepForm) and refused.milestone_id.data in keep:
        keep[refused.milestone_id.data] = refused
    if isinstance(refused, MoveForm) and refused.milestone_id.data in move:
        move[refused.milestone_id.data] = refused
    shown = refused or form
    reports = program_page.updates(program.id) if program is not None else []
    return {
        "program": program,
        "form": form,
        "update": update,
        "milestone": refused if isinstance(refused, MilestoneForm) else MilestoneForm(None, spot="tonggak"),
        "keep": keep,
        "move": move,
        "parts": program_page.tree(program).below if program is not None else [],
        "reports": reports,
        "photos": program_page.photos(program.id) if program is not None and reports else {},
        "words": words,
        "bound": shown if shown.errors else None,
        "form_errors": shown.errors or None,
        "current": current,
        "labels": labels,
    }


def _differences(program: Program, form: ProgramForm) -> list[tuple[str, str]]:
    """Return (label, value that is stored now) of every field in which the typed form differs."""
    typed, found = form.values, []
    for field in form:
        if field.name in {"version", "parent"} or typed[field.name] == getattr(program, field.name):
            continue
        value: Any = getattr(program, field.name)
        if field.name == "budget":
            value = rupiah(value)
        elif field.name == "agency_id":
            value = agency_name(value)
        elif field.name == "status":
            value = labels.PROGRAM_STATUS[value]
        elif field.name == "level":
            value = words.LEVEL[value]
        found.append((str(field.label.text), str(value)))
    return [*found, (_("Terakhir diubah"), date_text(program.updated_at))]
