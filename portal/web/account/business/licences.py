"""Licences of a business, with their expiry and scan."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, url_for
from flask_babel import gettext as _

from portal.core import clock
from portal.models import Business, LicenceKind
from portal.queries import businesses
from portal.rules import businesses as rules
from portal.rules.permissions import Actor
from portal.services import businesses as writing
from portal.web import business_words, uploads
from portal.web.access import signed_in
from portal.web.account.blueprint import blueprint
from portal.web.account.business.doors import frame, own_business
from portal.web.account.business.forms import LicenceForm
from portal.web.account.business.profile import EDITORS
from portal.web.files import answer_with
from portal.web.forms import render_form


@blueprint.get("/akun/usaha/<slug>/izin")
@signed_in
def business_licences(slug: str) -> Any:
    """List the licences."""
    return _page(*own_business(slug), LicenceForm())


def _page(row: Business, actor: Actor, form: LicenceForm) -> Any:
    return render_form(
        "account/business/licences.html",
        form,
        **frame(row, actor),
        licences=businesses.licences(row.id),
        may_edit=rules.may_edit(actor.role_in(row.id)),
        usual=[business_words.LICENCE[kind] for kind in rules.USUAL_LICENCES.get(row.kind, ())],
        today=clock.city_date(clock.now()),
        words=business_words,
    )


@blueprint.post("/akun/usaha/<slug>/izin")
@signed_in
@uploads.takes_files
def business_licence_add(slug: str) -> Any:
    """Note a licence, with a scan of it."""
    received = uploads.receive_scans("scan", most=1)
    row, actor = own_business(slug, *EDITORS)
    form = LicenceForm()
    valid = form.validate()
    form.scan.errors = received.errors
    if not valid or received.errors:
        uploads.discard(received)
        return _page(row, actor, form)
    try:
        writing.add_licence(
            row,
            actor=actor,
            at=clock.now(),
            kind=LicenceKind(form.kind.data),
            title=form.title.data or "",
            number=form.number.data or "",
            issuer=form.issuer.data or "",
            valid_until=form.valid_until.data,
            scan=received.files[0] if received.files else None,
        )
    except writing.Full:
        uploads.discard(received)
        form.kind.errors = [
            _("Izin sudah %(most)s. Hapus dulu yang tidak berlaku lagi.", most=rules.MOST_LICENCES)
        ]
        return _page(row, actor, form)
    flash(_("Izin tersimpan."))
    return redirect(url_for("account.business_licences", slug=row.slug), code=303)


@blueprint.post("/akun/usaha/<slug>/izin/<int:licence_id>/hapus")
@signed_in
def business_licence_remove(slug: str, licence_id: int) -> Any:
    """Take a licence away."""
    row, actor = own_business(slug, *EDITORS)
    licence = businesses.licence(row.id, licence_id)
    if licence is None:
        abort(404)
    writing.remove_licence(
        row, licence, actor=actor, at=clock.now(), storage=current_app.extensions["storage"]
    )
    flash(_("Izin dihapus."))
    return redirect(url_for("account.business_licences", slug=row.slug), code=303)


@blueprint.get("/akun/usaha/<slug>/izin/<int:licence_id>/berkas")
@signed_in
def business_licence_file(slug: str, licence_id: int) -> Response:
    """Show the scan to the members."""
    row, _actor = own_business(slug)
    licence = businesses.licence(row.id, licence_id)
    if licence is None or licence.upload is None:
        abort(404)
    return answer_with(licence.upload, small=False, open_to_all=False)
