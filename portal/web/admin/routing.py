"""Routing rules, tried before they count, and days to answer by kind. No case is shown here."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.core import clock
from portal.core.database import db
from portal.models import Role, RoutingRule
from portal.queries import reference
from portal.queries import routing as reads
from portal.rules import routing as rules
from portal.rules.routing import Rule
from portal.services import routing as service
from portal.services.administration import Taken
from portal.services.errors import NotPermitted, StaleVersion
from portal.web import labels
from portal.web.access import current_actor, requires
from portal.web.admin.blueprint import blueprint
from portal.web.admin.reference import LARGEST
from portal.web.admin.routing_forms import LevelForm, RuleForm, Trial
from portal.web.admin.routing_words import Line, Tried, line, tried
from portal.web.desk import kept
from portal.web.forms import render_form


def _who() -> dict[str, Any]:
    return {"actor": current_actor(), "at": clock.now()}


def _found(rule_id: int) -> RoutingRule:
    row = reads.rule(rule_id) if rule_id <= LARGEST else None
    if row is None:
        abort(404)
    return row


# --- rules --------------------------------------------------------------------------------------------


@blueprint.get("/aturan", endpoint="rules")
@requires(Role.ADMIN)
def list_rules() -> Any:
    """List the rules in the order in which they decide."""
    stored = reads.rules()
    faults = reads.faults_of([reference.as_rule(row) for row in stored])
    lines: list[Line] = [line(row, faults.get(row.id, ())) for row in stored]
    return render_template("admin/rules.html", lines=lines)


def _page(
    form: RuleForm, row: RoutingRule | None, *, result: Tried | None = None, stale: Any = None
) -> tuple[str, int]:
    page, status = render_form(
        "admin/rule.html",
        form,
        row=row,
        title=_("Aturan baru") if row is None else row.name,
        result=result,
        stale=stale,
        warnings=line(row, reads.faults_of([reference.as_rule(row)])[row.id]).warnings if row else [],
    )
    return page, 409 if stale else status


@blueprint.get("/aturan/baru")
@requires(Role.ADMIN)
def rule_new() -> Any:
    """Ask about a new rule."""
    return _page(RuleForm(None), None)


@blueprint.post("/aturan/baru", endpoint="rule_create")
@requires(Role.ADMIN)
def create_rule() -> Any:
    """Add a rule, or only try it."""
    return _submitted(RuleForm(), None)


@blueprint.get("/aturan/<int:rule_id>")
@requires(Role.ADMIN)
def rule(rule_id: int) -> Any:
    """Show a rule to be changed."""
    row = _found(rule_id)
    return _page(RuleForm(None, obj=row), row)


@blueprint.post("/aturan/<int:rule_id>", endpoint="rule_save")
@requires(Role.ADMIN)
def save_rule(rule_id: int) -> Any:
    """Change a rule, or only try the change."""
    row = _found(rule_id)
    return _submitted(RuleForm(obj=row), row)


def _submitted(form: RuleForm, row: RoutingRule | None) -> Any:
    if not form.validate():
        return _page(form, row)
    if "coba" in request.form:
        return _page(form, row, result=_tried(form, form, row))
    try:
        service.save_rule(row and row.id, version=form.version.data or 0, **form.fields, **_who())
    except Taken:
        form.say_taken()
        return _page(form, row)
    except service.TooMany:
        form.say_too_many()
        return _page(form, row)
    except NotPermitted:
        abort(404)
    except StaleVersion:
        return _stale(form, row)
    flash(_("Tersimpan. Aturan berlaku untuk kiriman yang dibuka mulai sekarang."))
    return redirect(url_for("admin.rules"), code=303)


def _stale(form: RuleForm, row: RoutingRule | None) -> Any:
    """Somebody changed the rule meanwhile: both on one page, what was typed ready to be saved over it."""
    db.session.rollback()
    stored = _found(row.id) if row is not None else abort(404)
    there = RuleForm(None, obj=stored)
    names = [name for name in form.fields if form[name].data != there[name].data]
    form.version.data, form.version.raw_data = stored.version, None
    stale = {
        "who": reads.editor(stored) or _("admin lain"),
        "when": stored.updated_at,
        "lines": [(form[name].label.text, form.told(name), there.told(name)) for name in names],
    }
    return _page(form, stored, stale=stale)


def _tried(trial: Trial, form: RuleForm | None, row: RoutingRule | None) -> Tried:
    """Try the rules that count on a text, the form's in its place whether it was saved or not."""
    unsaved = None
    if form is not None:
        values = form.fields
        phrases = rules.phrases(values.pop("words"))
        values.pop("active")
        unsaved = Rule(id=row.id if row is not None else None, phrases=phrases, **values)
    counting: list[Rule] = []
    for one in reads.rules():
        if unsaved is not None and row is not None and one.id == row.id:
            counting.append(unsaved)
        elif one.active:
            counting.append(reference.as_rule(one))
    if unsaved is not None and row is None:
        counting.append(unsaved)
    about = reads.facts(
        trial.try_text.data or "",
        kind=trial.kind_tried,
        category_id=trial.try_category.data,
        ward_code=trial.try_ward.data,
    )
    fitting = reads.usable(rules.matches(counting, about))
    return tried(fitting, unsaved)


@blueprint.get("/aturan/coba")
@requires(Role.ADMIN)
def rule_try() -> Any:
    """Ask for a text to try the rules on."""
    return render_form("admin/rule_try.html", Trial(None), result=None)


@blueprint.post("/aturan/coba", endpoint="rule_try_now")
@requires(Role.ADMIN)
def try_rules() -> Any:
    """Say which rules fit a text and what they suggest. Nothing is kept."""
    form = Trial()
    result = _tried(form, None, None) if form.validate() else None
    return render_form("admin/rule_try.html", form, result=result)


@blueprint.post("/aturan/<int:rule_id>/geser", endpoint="rule_move")
@requires(Role.ADMIN)
def move_rule(rule_id: int) -> Any:
    """Move a rule one place up or down."""
    _found(rule_id)
    service.move_rule(rule_id, 1 if request.form.get("arah") == "turun" else -1, **_who())
    return redirect(url_for("admin.rules", _anchor=f"aturan-{rule_id}"), code=303)


@blueprint.post("/aturan/<int:rule_id>/berlaku", endpoint="rule_switch")
@requires(Role.ADMIN)
def switch_rule(rule_id: int) -> Any:
    """Let a rule count, or not for the time being."""
    row = _found(rule_id)
    service.switch_rule(rule_id, request.form.get("active") == "1", **_who())
    said = _("Aturan %(name)s berlaku.", name=row.name)
    flash(said if row.active else _("Aturan %(name)s dimatikan.", name=row.name))
    return redirect(url_for("admin.rules", _anchor=f"aturan-{rule_id}"), code=303)


@blueprint.post("/aturan/<int:rule_id>/hapus", endpoint="rule_delete")
@requires(Role.ADMIN)
def delete_rule(rule_id: int) -> Any:
    """Remove a rule."""
    name = _found(rule_id).name
    service.delete_rule(rule_id, **_who())
    flash(_("Aturan %(name)s dihapus.", name=name))
    return redirect(url_for("admin.rules"), code=303)


@blueprint.get("/saran", endpoint="suggestions")
@requires(Role.ADMIN)
def list_suggestions() -> Any:
    """Say how often suggestions were kept. Numbers only."""
    return render_template("admin/suggestions.html", rows=kept.rows(at=clock.now(), linked=True))


# --- days to answer -----------------------------------------------------------------------------------


def _levels(form: LevelForm) -> Any:
    return render_form(
        "admin/levels.html", form, rows=reads.levels(), categories=reference.categories(), labels=labels
    )


@blueprint.get("/waktu-jawab")
@requires(Role.ADMIN)
def levels() -> Any:
    """List the days to answer that differ from the categories' own."""
    return _levels(LevelForm(None))


@blueprint.post("/waktu-jawab", endpoint="level_save")
@requires(Role.ADMIN)
def save_level() -> Any:
    """Choose the days of a kind, in one category or where there is none."""
    form = LevelForm()
    if not form.validate():
        return _levels(form)
    service.set_level(form.chosen_kind, form.category_id.data, form.answer_days.data, **_who())
    flash(_("Tersimpan. Batas waktu yang sudah ditetapkan tidak berubah."))
    return redirect(url_for("admin.levels"), code=303)


@blueprint.post("/waktu-jawab/<int:level_id>/hapus", endpoint="level_remove")
@requires(Role.ADMIN)
def remove_level(level_id: int) -> Any:
    """Go back to the category's own days."""
    if level_id > LARGEST:
        abort(404)
    try:
        service.remove_level(level_id, **_who())
    except NotPermitted:
        abort(404)
    flash(_("Dihapus. Batas waktu yang sudah ditetapkan tidak berubah."))
    return redirect(url_for("admin.levels"), code=303)
