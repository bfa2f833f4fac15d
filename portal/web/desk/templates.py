"""Templates of official texts at the desk: everybody reads and uses them, heads and triage write them."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.models import AnswerTemplate
from portal.queries import reference, templates
from portal.rules.permissions import Actor
from portal.rules.templates import FIELDS, fill, may_write
from portal.services import templates as writing
from portal.services.errors import StaleVersion
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint
from portal.web.desk.template_forms import ANY_KIND, KIND, TemplateForm
from portal.web.public.cards import agency_name
from portal.web.rendering import date_text, localised

#: An invented case, to show what a template becomes.
_EXAMPLE = {
    "nama_sapaan": "Bapak/Ibu",
    "nomor": "SB-2611-K7RM",
    "judul": "Lampu jalan padam di depan pasar",
    "tanggal": "17 November 2026",
    "tanggal_janji": "1 Desember 2026",
    "petugas": "Rina",
    "dinas": "Dinas Pekerjaan Umum",
    "kategori": "Jalan dan lampu",
    "kelurahan": "Pasar Belakang",
    "lembaga": "Balai jalan nasional",
}


def _may_write_any(actor: Actor) -> bool:
    return may_write(actor, None) or any(may_write(actor, one) for one in actor.agency_ids)


@blueprint.get("/templat", endpoint="templates")
@staff
def template_list() -> str:
    """Show the templates of one's agencies and of the city, with how often and how well they served."""
    actor = current_actor()
    kind = request.args.get("langkah", "")
    by_slug = {row.slug: row.id for row in reference.categories().values()}
    slug = request.args.get("kategori", "")
    rows = templates.listed(actor, kind=kind if kind in KIND else "", category_id=by_slug.get(slug))
    categories = reference.categories()
    return render_template(
        "desk/templates.html",
        rows=rows,
        votes=templates.votes_of_templates([row.id for row in rows]),
        may_create=_may_write_any(actor),
        kind=kind,
        slug=slug,
        kinds=KIND,
        any_kind=ANY_KIND,
        categories=categories,
        labels=labels,
        agency_name=agency_name,
    )


@blueprint.get("/templat/baru")
@staff
def template_new() -> str:
    """Show an empty template."""
    actor = current_actor()
    if not _may_write_any(actor):
        abort(404)
    return render_template(
        "desk/template.html", **_values(None, TemplateForm(None, actor=actor, template=None))
    )


@blueprint.post("/templat/baru")
@staff
def template_create() -> Response | tuple[str, int]:
    """Add a template."""
    actor = current_actor()
    if not _may_write_any(actor):
        abort(404)
    form = TemplateForm(actor=actor, template=None)
    if not form.validate():
        return render_template("desk/template.html", **_values(None, form)), 422
    made = writing.create(fields=form.values, actor=actor, at=clock.now())
    flash(_("Templat “%(title)s” tersimpan.", title=made.title))
    return redirect(url_for("desk.template", template_id=made.id), code=303)


def _found(template_id: int, actor: Actor) -> AnswerTemplate:
    return templates.by_id(template_id, actor) or abort(404)


def _mine(template_id: int, actor: Actor) -> AnswerTemplate:
    found = _found(template_id, actor)
    if not may_write(actor, found.agency_id):
        abort(404)
    return found


@blueprint.get("/templat/<int:template_id>")
@staff
def template(template_id: int) -> str:
    """Show a template, with its form for those who may change it."""
    actor = current_actor()
    found = _found(template_id, actor)
    form = TemplateForm(None, actor=actor, template=found) if may_write(actor, found.agency_id) else None
    return render_template("desk/template.html", **_values(found, form))


@blueprint.post("/templat/<int:template_id>")
@staff
def template_save(template_id: int) -> Response | tuple[str, int]:
    """Change a template; a stale save shows both texts (409)."""
    actor = current_actor()
    found = _mine(template_id, actor)
    form = TemplateForm(actor=actor, template=found)
    if not form.validate():
        return render_template("desk/template.html", **_values(found, form)), 422
    try:
        writing.edit(found, fields=form.values, version=form.version.data, actor=actor, at=clock.now())
    except StaleVersion as stale:
        form.version.draw_anew(stale.current)
        return render_template("desk/template.html", **_values(found, form, stale=True)), 409
    flash(_("Templat “%(title)s” tersimpan.", title=found.title))
    return redirect(url_for("desk.template", template_id=found.id), code=303)


@blueprint.post("/templat/<int:template_id>/aktif")
@staff
def template_switch(template_id: int) -> Response:
    """Offer a template again, or stop offering it."""
    actor = current_actor()
    found = _mine(template_id, actor)
    active = request.form.get("aktif") == "ya"
    try:
        writing.switch(
            found,
            active=active,
            version=request.form.get("version", type=int) or 0,
            actor=actor,
            at=clock.now(),
        )
    except StaleVersion:
        flash(_("Templat ini baru saja diubah rekan. Periksa dulu, lalu ulangi."))
        return redirect(url_for("desk.template", template_id=found.id), code=303)
    said = _("Templat “%(title)s” dipakai lagi.") if active else _("Templat “%(title)s” dinonaktifkan.")
    flash(said % {"title": found.title})
    return redirect(url_for("desk.templates"), code=303)


def _values(
    found: AnswerTemplate | None, form: TemplateForm | None, *, stale: bool = False
) -> dict[str, Any]:
    category = reference.categories().get(found.category_id or 0) if found is not None else None
    reason = dict(labels.REASON).get(found.reason_code) if found is not None else None  # type: ignore[call-overload]
    return {
        "row": found,
        "form": form,
        "form_errors": form.errors if form is not None else None,
        "stale": stale,
        "fields": FIELDS,
        "example": fill(found.text, _EXAMPLE) if found is not None else "",
        "kind": str(KIND.get(found.kind, ANY_KIND)) if found is not None else "",
        "category": localised(category, "name") if category is not None else "",
        "reason": str(reason) if reason is not None else "",
        "owner": agency_name(found.agency_id) if found is not None else "",
        "changed_on": date_text(found.updated_at) if found is not None else "",
    }
