"""Agencies, categories, days off and institutions."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from portal.core import clock
from portal.models import Role
from portal.queries import administration as listed
from portal.queries import reference
from portal.services import administration
from portal.web.access import current_actor, requires
from portal.web.admin.blueprint import blueprint
from portal.web.admin.forms import (
    AgencyForm,
    CategoryForm,
    HolidayForm,
    InstitutionForm,
    NewAgencyForm,
    NewCategoryForm,
)
from portal.web.forms import Form, render_form
from portal.web.rendering import localised

#: Row ids are 32 bit numbers in PostgreSQL; a larger one names nothing.
LARGEST = 2**31 - 1


def _edit(form: Form, title: str, back: str) -> Any:
    return render_form("admin/edit.html", form, title=title, back=url_for(back))


def _store(form: Form, title: str, back: str, save: Callable[..., Any]) -> Any:
    """Save a valid form and go back to the list, or show it again."""
    if form.validate():
        try:
            save(actor=current_actor(), at=clock.now(), **form.data)
        except administration.Taken:
            form.say_taken()
        else:
            flash(_("Tersimpan."))
            return redirect(url_for(back), code=303)
    return _edit(form, title, back)


def _found(read: Callable[[int], Any], row_id: int) -> Any:
    row = read(row_id) if row_id <= LARGEST else None
    if row is None:
        abort(404)
    return row


# --- agencies -----------------------------------------------------------------------------------------


@blueprint.get("/dinas")
@requires(Role.ADMIN)
def agencies() -> Any:
    """List the agencies."""
    return render_template("admin/agencies.html", rows=list(reference.agencies().values()))


@blueprint.get("/dinas/baru")
@requires(Role.ADMIN)
def agency_new() -> Any:
    """Ask about a new agency."""
    return _edit(NewAgencyForm(), _("Dinas baru"), "admin.agencies")


@blueprint.post("/dinas/baru", endpoint="agency_create")
@requires(Role.ADMIN)
def create_agency() -> Any:
    """Add an agency."""
    return _store(
        NewAgencyForm(),
        _("Dinas baru"),
        "admin.agencies",
        lambda **fields: administration.save_agency(None, **fields),
    )


@blueprint.get("/dinas/<int:agency_id>")
@requires(Role.ADMIN)
def agency(agency_id: int) -> Any:
    """Show an agency to be changed."""
    row = _found(listed.agency, agency_id)
    return _edit(AgencyForm(obj=row), localised(row, "name"), "admin.agencies")


@blueprint.post("/dinas/<int:agency_id>", endpoint="agency_save")
@requires(Role.ADMIN)
def save_agency(agency_id: int) -> Any:
    """Change an agency."""
    row = _found(listed.agency, agency_id)
    return _store(
        AgencyForm(),
        localised(row, "name"),
        "admin.agencies",
        lambda **fields: administration.save_agency(row.id, **fields),
    )


# --- categories ---------------------------------------------------------------------------------------


@blueprint.get("/kategori")
@requires(Role.ADMIN)
def categories() -> Any:
    """List the categories in the city's order."""
    return render_template(
        "admin/categories.html", rows=list(reference.categories().values()), agencies=reference.agencies()
    )


@blueprint.get("/kategori/baru")
@requires(Role.ADMIN)
def category_new() -> Any:
    """Ask about a new category."""
    return _edit(NewCategoryForm(), _("Kategori baru"), "admin.categories")


@blueprint.post("/kategori/baru", endpoint="category_create")
@requires(Role.ADMIN)
def create_category() -> Any:
    """Add a category."""
    return _store(
        NewCategoryForm(),
        _("Kategori baru"),
        "admin.categories",
        lambda **fields: administration.save_category(None, **fields),
    )


@blueprint.get("/kategori/<int:category_id>")
@requires(Role.ADMIN)
def category(category_id: int) -> Any:
    """Show a category to be changed."""
    row = _found(listed.category, category_id)
    return _edit(CategoryForm(obj=row), localised(row, "name"), "admin.categories")


@blueprint.post("/kategori/<int:category_id>", endpoint="category_save")
@requires(Role.ADMIN)
def save_category(category_id: int) -> Any:
    """Change a category."""
    row = _found(listed.category, category_id)
    return _store(
        CategoryForm(obj=row),
        localised(row, "name"),
        "admin.categories",
        lambda **fields: administration.save_category(row.id, **fields),
    )


# --- institutions -------------------------------------------------------------------------------------


@blueprint.get("/lembaga")
@requires(Role.ADMIN)
def institutions() -> Any:
    """List where matters go that are not the city's own."""
    return render_template("admin/institutions.html", rows=reference.institutions())


@blueprint.get("/lembaga/baru")
@requires(Role.ADMIN)
def institution_new() -> Any:
    """Ask about a new institution."""
    return _edit(InstitutionForm(), _("Lembaga baru"), "admin.institutions")


@blueprint.post("/lembaga/baru", endpoint="institution_create")
@requires(Role.ADMIN)
def create_institution() -> Any:
    """Add an institution."""
    return _store(
        InstitutionForm(),
        _("Lembaga baru"),
        "admin.institutions",
        lambda **fields: administration.save_institution(None, **fields),
    )


@blueprint.get("/lembaga/<int:institution_id>")
@requires(Role.ADMIN)
def institution(institution_id: int) -> Any:
    """Show an institution to be changed."""
    row = _found(listed.institution, institution_id)
    return _edit(InstitutionForm(obj=row), localised(row, "name"), "admin.institutions")


@blueprint.post("/lembaga/<int:institution_id>", endpoint="institution_save")
@requires(Role.ADMIN)
def save_institution(institution_id: int) -> Any:
    """Change an institution."""
    row = _found(listed.institution, institution_id)
    return _store(
        InstitutionForm(),
        localised(row, "name"),
        "admin.institutions",
        lambda **fields: administration.save_institution(row.id, **fields),
    )


# --- days off -----------------------------------------------------------------------------------------


def _holidays(form: HolidayForm) -> Any:
    return render_form("admin/holidays.html", form, rows=listed.holidays())


@blueprint.get("/hari-libur")
@requires(Role.ADMIN)
def holidays() -> Any:
    """List the city's own days off."""
    return _holidays(HolidayForm())


@blueprint.post("/hari-libur", endpoint="holiday_add")
@requires(Role.ADMIN)
def add_holiday() -> Any:
    """Add a day off."""
    form = HolidayForm()
    if form.validate():
        try:
            administration.add_holiday(
                form.day.data,
                name_id=form.name_id.data,
                name_en=form.name_en.data,
                actor=current_actor(),
                at=clock.now(),
            )
        except administration.Taken:
            form.say_taken()
        else:
            flash(_("Hari libur ditambahkan."))
            return redirect(url_for("admin.holidays"), code=303)
    return _holidays(form)


@blueprint.post("/hari-libur/<day>/hapus", endpoint="holiday_remove")
@requires(Role.ADMIN)
def remove_holiday(day: str) -> Any:
    """Make it a working day again."""
    try:
        which = date.fromisoformat(day)
    except ValueError:
        abort(404)
    administration.remove_holiday(which, actor=current_actor(), at=clock.now())
    flash(_("Hari libur dihapus."))
    return redirect(url_for("admin.holidays"), code=303)
