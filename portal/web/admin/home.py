"""The way into the administration, its settings, and what happened: mails and traces."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.core import clock
from portal.models import OutboxState, Role
from portal.queries import administration as listed
from portal.queries import outbox, people, reference
from portal.services import administration
from portal.web import labels
from portal.web.access import current_actor, requires
from portal.web.admin.blueprint import blueprint
from portal.web.admin.forms import BoxForm
from portal.web.admin.words import MAIL, about_text, trace_text
from portal.web.forms import render_form
from portal.web.public.submit_forms import CITY_BOX


@blueprint.get("")
@requires(Role.ADMIN)
def home() -> Any:
    """Show how much there is, and whether mail leaves."""
    return render_template(
        "admin/home.html",
        users=people.count(),
        agencies=sum(row.active for row in reference.agencies().values()),
        categories=sum(row.active for row in reference.categories().values()),
        backlog=outbox.backlog(at=clock.now()),
    )


@blueprint.get("/pengaturan")
@requires(Role.ADMIN)
def settings() -> Any:
    """Show the settings."""
    south, west, north, east = reference.setting("place_box", CITY_BOX)
    return _settings(BoxForm(south=south, west=west, north=north, east=east))


def _settings(form: BoxForm) -> Any:
    return render_form("admin/settings.html", form)


@blueprint.post("/pengaturan", endpoint="settings_save")
@requires(Role.ADMIN)
def save_settings() -> Any:
    """Store the settings."""
    form = BoxForm()
    if not form.validate():
        return _settings(form)
    box = (form.south.data, form.west.data, form.north.data, form.east.data)
    administration.set_setting("place_box", box, actor=current_actor(), at=clock.now())
    flash(_("Tersimpan."))
    return redirect(url_for("admin.settings"), code=303)


@blueprint.get("/surat")
@requires(Role.ADMIN)
def mails() -> Any:
    """List the envelopes of mail: whom (masked), which kind, when, and whether it left. No word of it."""
    wanted = request.args.get("status", "")
    state = OutboxState(wanted) if wanted in set(OutboxState) else None
    page = outbox.envelopes(seal=current_app.extensions["seal"], state=state, after=request.args.get("after"))
    return render_template("admin/mails.html", page=page, state=state, states=labels.OUTBOX, kinds=MAIL)


#: Which list of traces the address asks for.
DONE_TO_THINGS = "kegiatan"


@blueprint.get("/catatan")
@requires(Role.ADMIN)
def traces() -> Any:
    """List what admins and heads changed, or what was done to accounts, comments and the like."""
    shown = DONE_TO_THINGS if request.args.get("daftar") == DONE_TO_THINGS else ""
    read = listed.audited if shown else listed.traces
    page = read(after=request.args.get("after"))
    return render_template(
        "admin/traces.html", page=page, shown=shown, trace_text=trace_text, about_text=about_text
    )
