"""Meetings for citizens at the desk: written, published, called off, and who comes."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.formats import content_disposition, iter_csv
from portal.models import Gathering, RegistrationState, Role
from portal.queries import gatherings
from portal.rules.gatherings import may_publish, may_write
from portal.rules.permissions import Actor
from portal.services import gatherings as writing
from portal.services.errors import StaleVersion
from portal.web.access import current_actor, staff
from portal.web.desk.agenda_forms import CancelForm, GatheringForm, LinksForm, MinutesForm, PlacedForm
from portal.web.desk.blueprint import blueprint
from portal.web.public.cards import agency_name
from portal.web.rendering import datetime_text


def _mine(slug: str, actor: Actor) -> Gathering:
    row = gatherings.by_slug(slug)
    if row is None or not may_write(actor, row.agency_id):
        abort(404)
    return row


def _publishing(slug: str, actor: Actor) -> Gathering:
    row = _mine(slug, actor)
    if not may_publish(actor, row.agency_id):
        abort(404)
    return row


def _changing(slug: str, actor: Actor) -> Gathering:
    """Return a meeting that the actor may change: a draft, or a public one where they may publish."""
    row = _mine(slug, actor)
    if row.published_at is not None and not may_publish(actor, row.agency_id):
        abort(404)
    return row


def _back(row: Gathering) -> Response:
    return redirect(url_for("desk.gathering_edit", slug=row.slug), code=303)


@blueprint.get("/agenda", endpoint="gatherings")
@staff
def gathering_list() -> str:
    """Show the meetings that are the actor's to write, drafts too."""
    actor = current_actor()
    own = None if actor.has(Role.TRIAGE) else sorted(actor.agency_ids)
    page = gatherings.of_desk(own, after=request.args.get("dari"))

    def page_url(cursor: str | None) -> str:
        return url_for("desk.gatherings", dari=cursor) if cursor else ""

    return render_template(
        "desk/agenda/list.html",
        rows=list(page),
        now=clock.now(),
        previous_url=page_url(page.previous_cursor),
        next_url=page_url(page.next_cursor),
        agency_name=agency_name,
    )


@blueprint.get("/agenda/baru")
@staff
def gathering_new() -> str:
    """Show an empty meeting."""
    form = GatheringForm(None, actor=current_actor(), gathering=None)
    if len(form.agency_id.choices) == 2:
        form.agency_id.data = form.agency_id.choices[1][0]
    return render_template("desk/agenda/edit.html", **_values(None, form))


@blueprint.post("/agenda/baru")
@staff
def gathering_create() -> Response | tuple[str, int]:
    """Add a draft."""
    actor = current_actor()
    form = GatheringForm(actor=actor, gathering=None)
    if not form.validate():
        return render_template("desk/agenda/edit.html", **_values(None, form)), 422
    row = writing.create(actor=actor, at=clock.now(), fields=form.values, points=form.points)
    flash(_("Draf tersimpan. Warga belum melihatnya."))
    return _back(row)


@blueprint.get("/agenda/<slug>")
@staff
def gathering_edit(slug: str) -> str:
    """Show a meeting with everything that can be done about it."""
    actor = current_actor()
    row = _mine(slug, actor)
    return render_template("desk/agenda/edit.html", **_values(row, _drawn(row, actor)))


def _drawn(row: Gathering, actor: Actor) -> GatheringForm:
    form = GatheringForm(None, actor=actor, gathering=row)
    form.show(row, gatherings.items_of(row.id))
    return form


@blueprint.post("/agenda/<slug>")
@staff
def gathering_save(slug: str) -> Response | tuple[str, int]:
    """Change a meeting; a stale save keeps what was typed and says so (409)."""
    actor = current_actor()
    row = _changing(slug, actor)
    form = GatheringForm(actor=actor, gathering=row)
    if not form.validate():
        return render_template("desk/agenda/edit.html", **_values(row, form)), 422
    try:
        writing.edit(
            row,
            actor=actor,
            at=clock.now(),
            version=form.version.data,
            fields=form.values,
            points=form.points,
        )
    except StaleVersion as stale:
        form.version.draw_anew(stale.current)
        return render_template("desk/agenda/edit.html", **_values(row, form, stale=True)), 409
    except writing.SeatsTaken as full:
        form.capacity.errors = [
            _("Sudah %(count)s kursi terisi. Tulis angka itu atau lebih.", count=full.taken)
        ]
        return render_template("desk/agenda/edit.html", **_values(row, form)), 422
    flash(_("Pertemuan tersimpan."))
    return _back(row)


@blueprint.post("/agenda/<slug>/terbit")
@staff
def gathering_publish(slug: str) -> Response:
    """Show a meeting to everybody."""
    actor = current_actor()
    row = _publishing(slug, actor)
    writing.publish(row, actor=actor, at=clock.now())
    flash(_("Pertemuan tampil di agenda kota."))
    return _back(row)


@blueprint.post("/agenda/<slug>/batal")
@staff
def gathering_cancel(slug: str) -> Response | tuple[str, int]:
    """Call a meeting off."""
    actor = current_actor()
    row = _publishing(slug, actor)
    form = CancelForm()
    if not form.validate():
        return _again(row, actor, form)
    writing.cancel(row, actor=actor, at=clock.now(), reason=form.reason.data)
    flash(_("Pertemuan dibatalkan. Yang mendaftar diberi tahu."))
    return _back(row)


@blueprint.post("/agenda/<slug>/hasil")
@staff
def gathering_minutes(slug: str) -> Response | tuple[str, int]:
    """Publish the minutes."""
    actor = current_actor()
    row = _publishing(slug, actor)
    form = MinutesForm()
    if not form.validate():
        return _again(row, actor, form)
    try:
        writing.write_minutes(
            row,
            actor=actor,
            at=clock.now(),
            version=form.version.data,
            text_id=form.minutes_id.data,
            text_en=form.minutes_en.data,
        )
    except StaleVersion as stale:
        form.version.draw_anew(stale.current)
        page = _values(row, _drawn(row, actor), shown=form, stale=True)
        return render_template("desk/agenda/edit.html", **page), 409
    flash(_("Hasil pertemuan diterbitkan."))
    return _back(row)


@blueprint.post("/agenda/<slug>/kiriman")
@staff
def gathering_link(slug: str) -> Response | tuple[str, int]:
    """Say which submissions a meeting is about."""
    actor = current_actor()
    row = _changing(slug, actor)
    form = LinksForm()
    if not form.validate():
        return _again(row, actor, form)
    missing = writing.link(row, form.wanted, actor=actor, at=clock.now())
    flash(_("Kiriman yang dibahas tersimpan."))
    if missing:
        flash(_("Tidak dapat dihubungkan karena tidak terbuka: %(numbers)s", numbers=", ".join(missing)))
    return _back(row)


@blueprint.get("/agenda/<slug>/peserta")
@staff
def gathering_people(slug: str) -> str:
    """Show who comes and what they need; fit to print."""
    row = _mine(slug, current_actor())
    return render_template("desk/agenda/people.html", gathering=row, people=_people(row))


@blueprint.get("/agenda/<slug>/peserta.csv")
@staff
def gathering_people_csv(slug: str) -> Response:
    """Answer the same list as a table."""
    row = _mine(slug, current_actor())
    head = (_("Nomor"), _("Nama"), _("Kursi"), _("Keadaan"), _("Kebutuhan khusus"), _("Mendaftar"))
    lines = [tuple(one.values()) for one in _people(row)]
    content = b"".join(iter_csv([head, *lines], delimiter=";"))
    response = Response(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition(f"peserta-{row.slug}.csv")
    return response


def _people(row: Gathering) -> list[dict[str, Any]]:
    seal = current_app.extensions["seal"]
    states = {RegistrationState.REGISTERED: _("Terdaftar"), RegistrationState.WAITING: _("Daftar tunggu")}
    return [
        {
            "number": number,
            "name": one.name,
            "seats": one.seats,
            "state": states[one.state],
            "needs": seal.open(one.needs) if one.needs else "",
            "at": datetime_text(one.created_at),
        }
        for number, one in enumerate(gatherings.attendants(row.id), start=1)
    ]


def _again(row: Gathering, actor: Actor, refused: PlacedForm) -> tuple[str, int]:
    return render_template("desk/agenda/edit.html", **_values(row, _drawn(row, actor), shown=refused)), 422


def _values(
    row: Gathering | None, form: GatheringForm, *, shown: PlacedForm | None = None, stale: bool = False
) -> dict[str, Any]:
    """Return the values of the page. A refused form takes the place of its empty twin."""
    actor = current_actor()
    minutes, links = MinutesForm(None, obj=row), LinksForm(None)
    if row is not None:
        links.references.data = "\n".join(gatherings.references_of(row.id))
    bound = shown or form
    return {
        "gathering": row,
        "form": form,
        "cancel": shown if isinstance(shown, CancelForm) else CancelForm(None),
        "minutes": shown if isinstance(shown, MinutesForm) else minutes,
        "links": shown if isinstance(shown, LinksForm) else links,
        "bound": bound if bound.errors else None,
        "form_errors": bound.errors or None,
        "stale": stale,
        "may_publish": row is not None and may_publish(actor, row.agency_id),
        "may_change": row is None or row.published_at is None or may_publish(actor, row.agency_id),
        "begun": row is not None and row.starts_at <= clock.now(),
    }
