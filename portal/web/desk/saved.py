"""Filters kept under a name: keeping, opening, renaming and deleting them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import SelectField

from portal.core import clock
from portal.models import Role, SavedFilter
from portal.queries import cases, saved_filters
from portal.queries.cases import Queue
from portal.queries.saved_filters import SavedRow
from portal.rules.permissions import Actor
from portal.rules.saved_filters import MOST_EACH, NAME_LIMIT, headed, may_keep
from portal.services import saved_filters as service
from portal.web.access import current_actor, staff
from portal.web.desk import filtering, listing, words
from portal.web.desk.blueprint import blueprint
from portal.web.desk.listing import Position
from portal.web.forms import Form, LineField
from portal.web.public.cards import agency_name

OWN, EVERYBODY = "saya", "semua"


class SaveForm(Form):
    name = LineField(
        _l("Nama saringan"), limit=NAME_LIMIT, minimum=2, required=_l("Tulis nama, minimal 2 huruf.")
    )
    scope = SelectField(_l("Untuk siapa"), choices=[])

    def offer(self, actor: Actor) -> None:
        """Fill in for whom this actor may keep a filter."""
        choices = [(OWN, _("Hanya saya"))]
        choices += [
            (str(agency_id), _("Semua petugas %(agency)s", agency=agency_name(agency_id, short=True)))
            for agency_id in sorted(headed(actor))
        ]
        if actor.has(Role.TRIAGE):
            choices.append((EVERYBODY, _("Semua di meja kerja")))
        self.scope.choices = choices
        if not self.scope.raw_data:
            self.scope.data = OWN


class RenameForm(Form):
    name = LineField(
        _l("Nama baru"), limit=NAME_LIMIT, minimum=2, required=_l("Tulis nama, minimal 2 huruf.")
    )


_TAKEN = _l("Nama ini sudah dipakai. Pilih nama lain.")


@blueprint.get("/saringan", endpoint="saved_filters")
@staff
def saved_list() -> str:
    """Show the filters of this actor; with a filter in the address also the form that keeps it."""
    return _page(_asked())


@blueprint.post("/saringan", endpoint="saved_filter_keep")
@staff
def keep() -> Response | tuple[str, int]:
    """Keep the filter that the address names."""
    actor, where = current_actor(), _asked()
    form = SaveForm()
    form.offer(actor)
    if not where.args or where.queue is None:
        form.validate()
        form.name.errors = [*form.name.errors, _("Saring daftar lebih dahulu, lalu simpan.")]
        return _page(where, form), 422
    if not form.validate():
        return _page(where, form), 422
    scope = form.scope.data
    try:
        service.keep(
            actor=actor,
            at=clock.now(),
            name=form.name.data,
            queue=where.queue.value,
            query=where.query,
            agency_id=int(scope) if scope not in {OWN, EVERYBODY} else None,
            everybody=scope == EVERYBODY,
        )
    except service.NameTaken:
        form.name.errors = [str(_TAKEN)]
    except service.TooMany:
        form.name.errors = [
            _("Sudah ada %(count)s saringan di sini. Hapus satu yang tidak dipakai lagi.", count=MOST_EACH)
        ]
    except service.TooLong:
        form.name.errors = [_("Saringan ini terlalu panjang untuk disimpan. Kurangi nilainya.")]
    if form.errors:
        return _page(where, form), 422
    flash(_("Saringan “%(name)s” tersimpan.", name=form.name.data))
    return redirect(where.list_url(), code=303)


@blueprint.post("/saringan/<int:filter_id>", endpoint="saved_filter_rename")
@staff
def rename(filter_id: int) -> Response | tuple[str, int]:
    """Give a filter another name."""
    actor, row = current_actor(), _mine(filter_id)
    form = RenameForm()
    if form.validate():
        try:
            service.rename(row, actor=actor, name=form.name.data)
        except service.NameTaken:
            form.name.errors = [str(_TAKEN)]
    if form.errors:
        return _page(_asked(), renaming=(row.id, form)), 422
    flash(_("Nama saringan sekarang “%(name)s”.", name=row.name))
    return redirect(url_for("desk.saved_filters"), code=303)


@blueprint.post("/saringan/<int:filter_id>/hapus", endpoint="saved_filter_remove")
@staff
def remove(filter_id: int) -> Response:
    """Delete a filter; the cases in it stay where they are."""
    row = _mine(filter_id)
    service.remove(row, actor=current_actor())
    flash(_("Saringan “%(name)s” dihapus.", name=row.name))
    return redirect(url_for("desk.saved_filters"), code=303)


def _mine(filter_id: int) -> SavedFilter:
    actor = current_actor()
    row = saved_filters.by_id(filter_id, actor)
    if row is None or not may_keep(row, actor):
        abort(404)
    return row


def _asked() -> Position:
    actor = current_actor()
    where = listing.came_from(Queue.ALL)
    if where.queue is None or where.queue not in cases.queues_of(actor):
        abort(404)
    return where


def _page(
    where: Position, form: SaveForm | None = None, renaming: tuple[int, RenameForm] | None = None
) -> str:
    actor = current_actor()
    if form is None and where.args:
        form = SaveForm(None)
        form.offer(actor)
    wrong = form if form is not None and form.errors else renaming[1] if renaming else None
    return render_template(
        "desk/saved.html",
        where=where,
        form=form,
        form_errors=wrong.errors if wrong is not None else None,
        wrong=wrong,
        chosen=[label for _name, _value, label in filtering.labels_of(where.args, actor)],
        queue_name=words.QUEUE[where.queue],
        groups=_groups(saved_filters.listed(actor), actor, renaming),
        most=MOST_EACH,
    )


def _groups(
    rows: Sequence[SavedRow], actor: Actor, renaming: tuple[int, RenameForm] | None
) -> list[dict[str, Any]]:
    """Return the filters under the names of their owners, each with the form that renames it."""
    found: dict[str, list[dict[str, Any]]] = {}
    people = filtering.names_of_colleagues(actor) if any("petugas=" in row.query for row in rows) else {}
    for row in rows:
        if row.owner_id is not None:
            owner = _("Milik saya")
        elif row.agency_id is not None:
            owner = agency_name(row.agency_id, short=True)
        else:
            owner = _("Semua di meja kerja")
        form = None
        if may_keep(row, actor):
            form = (
                renaming[1]
                if renaming and renaming[0] == row.id
                else RenameForm(None, data={"name": row.name})
            )
            form.name.id = form.name.label.field_id = f"nama-{row.id}"
        said = filtering.labels_of(dict(parse_qsl(row.query)), actor, people)
        found.setdefault(owner, []).append(
            {
                "id": row.id,
                "name": row.name,
                "url": listing.saved_url(row, actor),
                "form": form,
                "about": [words.QUEUE[listing.saved_queue(row, actor)], *(label for _n, _v, label in said)],
            }
        )
    return [{"owner": owner, "rows": rows} for owner, rows in found.items()]
