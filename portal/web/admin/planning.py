"""Planning rounds and quick steps, as the administration keeps them."""

from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from portal.core import clock
from portal.models import PlanningRound, Role
from portal.queries import planning as listed
from portal.queries import reference
from portal.services import planning as service
from portal.services.administration import Taken
from portal.services.errors import StaleVersion
from portal.web import planning_words
from portal.web.access import current_actor, requires
from portal.web.admin.blueprint import blueprint
from portal.web.desk.fields import CodeSelect, NumberSelect, VersionField, category_choices
from portal.web.forms import Form, LineField, render_form
from portal.web.rendering import localised

_DAY = _l("Pilih tanggal.")


class DaysForm(Form):
    version = VersionField(default=1)
    opens_on = DateField(_l("Dibuka"), [InputRequired(_DAY)])
    closes_on = DateField(_l("Ditutup"), [InputRequired(_DAY)])
    held_on = DateField(_l("Dilaksanakan"), [Optional()])
    note = LineField(_l("Keterangan untuk publik"), limit=200)

    def validate_closes_on(self, field: Any) -> None:
        """No round ends before it begins."""
        if self.opens_on.data and field.data and field.data < self.opens_on.data:
            raise ValidationError(_("Hari tutup tidak boleh sebelum hari buka."))

    @property
    def days(self) -> dict[str, Any]:
        """Return what a round keeps of the form."""
        return {
            "opens_on": self.opens_on.data,
            "closes_on": self.closes_on.data,
            "held_on": self.held_on.data,
            "note": self.note.data,
        }


class RoundForm(DaysForm):
    year = IntegerField(_l("Tahun anggaran"), [InputRequired(), NumberRange(min=2020, max=2100)])
    level = CodeSelect(_l("Tahap"), planning_words.LEVEL, required=_l("Pilih tahapnya."))


class StepForm(Form):
    category = NumberSelect(_l("Kategori (kosong: semua)"))
    text_id = LineField(_l("Langkah (Indonesia)"), limit=300, required=_l("Tulis langkahnya."))
    text_en = LineField(_l("Langkah (Inggris)"), limit=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = category_choices()


def _page(form: RoundForm | None = None, step: StepForm | None = None) -> Any:
    names = {row.id: localised(row, "name") for row in reference.categories().values()}
    return render_form(
        "admin/planning.html",
        step or form or RoundForm(None),
        round_form=form or RoundForm(None),
        step_form=step or StepForm(None),
        rounds=listed.rounds(),
        steps=[
            (names.get(key, _("Semua kategori")) if key is not None else _("Semua kategori"), row)
            for key, rows in listed.steps_by_category().items()
            for row in rows
        ],
        words=planning_words,
    )


@blueprint.get("/perencanaan")
@requires(Role.ADMIN)
def planning() -> Any:
    """List rounds and quick steps."""
    return _page()


@blueprint.post("/perencanaan", endpoint="round_add")
@requires(Role.ADMIN)
def add_round() -> Any:
    """Add a round."""
    form = RoundForm()
    if not form.validate():
        return _page(form)
    try:
        service.add_round(
            year=form.year.data,
            level=next(level for level in planning_words.LEVEL if level.value == form.level.data),
            actor=current_actor(),
            at=clock.now(),
            **form.days,
        )
    except Taken:
        form.level.errors = [_("Tahap ini sudah ada untuk tahun itu.")]
        return _page(form)
    flash(_("Putaran ditambahkan."))
    return redirect(url_for("admin.planning"), code=303)


def _round(round_id: int) -> PlanningRound:
    row = listed.round_by_id(round_id)
    if row is None:
        abort(404)
    return row


@blueprint.get("/perencanaan/<int:round_id>", endpoint="round")
@requires(Role.ADMIN)
def edit_round(round_id: int) -> Any:
    """Show the form of one round."""
    row = _round(round_id)
    return _round_page(row, DaysForm(None, obj=row))


def _round_page(row: PlanningRound, form: DaysForm, *, stale: bool = False) -> Any:
    page, status = render_form("admin/round.html", form, row=row, words=planning_words, stale=stale)
    return page, 409 if stale else status


@blueprint.post("/perencanaan/<int:round_id>", endpoint="round_save")
@requires(Role.ADMIN)
def save_round(round_id: int) -> Any:
    """Move the days of a round."""
    row = _round(round_id)
    form = DaysForm()
    if not form.validate():
        return _round_page(row, form)
    try:
        service.save_round(row, version=form.version.data, actor=current_actor(), at=clock.now(), **form.days)
    except StaleVersion as stale:
        form.version.draw_anew(stale.current)
        return _round_page(row, form, stale=True)
    flash(_("Tersimpan."))
    return redirect(url_for("admin.planning"), code=303)


@blueprint.post("/perencanaan/<int:round_id>/hapus", endpoint="round_remove")
@requires(Role.ADMIN)
def remove_round(round_id: int) -> Response:
    """Drop a round."""
    service.remove_round(_round(round_id), actor=current_actor(), at=clock.now())
    flash(_("Putaran dihapus."))
    return redirect(url_for("admin.planning"), code=303)


@blueprint.post("/perencanaan/langkah", endpoint="step_add")
@requires(Role.ADMIN)
def add_step() -> Any:
    """Add a quick step."""
    form = StepForm()
    if not form.validate():
        return _page(step=form)
    service.add_step(
        category_id=form.category.data,
        text_id=form.text_id.data,
        text_en=form.text_en.data,
        actor=current_actor(),
        at=clock.now(),
    )
    flash(_("Langkah ditambahkan."))
    return redirect(url_for("admin.planning"), code=303)


@blueprint.post("/perencanaan/langkah/<int:step_id>/hapus", endpoint="step_remove")
@requires(Role.ADMIN)
def remove_step(step_id: int) -> Response:
    """Drop a quick step."""
    row = listed.step_by_id(step_id)
    if row is None:
        abort(404)
    service.remove_step(row, actor=current_actor(), at=clock.now())
    flash(_("Langkah dihapus."))
    return redirect(url_for("admin.planning"), code=303)
