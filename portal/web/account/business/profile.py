"""The profile of a business and its pictures."""

from typing import Any

from flask import abort, current_app, flash, redirect, url_for
from flask_babel import gettext as _

from portal.core import clock
from portal.models import Business, BusinessRole
from portal.queries import businesses
from portal.rules import businesses as rules
from portal.rules.permissions import Actor
from portal.services import businesses as writing
from portal.services.errors import StaleVersion
from portal.web import business_words, labels, uploads
from portal.web.access import signed_in
from portal.web.account.blueprint import blueprint
from portal.web.account.business.doors import frame, own_business
from portal.web.account.business.forms import PhotoForm, ProfileForm
from portal.web.forms import Form, render_form

EDITORS = (BusinessRole.OWNER, BusinessRole.MANAGER)


@blueprint.get("/akun/usaha/<slug>")
@signed_in
def business(slug: str) -> Any:
    """Show the profile, to be changed by whoever may."""
    return _page(*own_business(slug))


def _page(
    row: Business,
    actor: Actor,
    form: ProfileForm | None = None,
    photo: PhotoForm | None = None,
    *,
    faults: list[str] | None = None,
    stale: bool = False,
) -> Any:
    drawn = form or ProfileForm(None, obj=row)
    if form is None:
        drawn.version.data, drawn.npwp.data = row.version, ""
    photos = businesses.photos(row.id)
    held = [rules.Held(one.kind, one.valid_until) for one in businesses.licences(row.id)]
    # The summary speaks of the first one.
    forms: list[Form] = [drawn] if photo is None else [photo, drawn]
    page, status = render_form(
        "account/business/profile.html",
        forms,
        extra_errors=faults or [],
        **frame(row, actor),
        profile=drawn,
        photo=photo or PhotoForm(None),
        photos=photos,
        photos_left=rules.MOST_PHOTOS - len(photos),
        may_edit=rules.may_edit(actor.role_in(row.id)),
        verified=rules.is_verified(row.verified_until, clock.city_date(clock.now())),
        found=businesses.verifications(row.id, 1),
        warnings=[
            business_words.warning_text(*one)
            for one in rules.warnings(row, held, photos=len(photos), today=clock.city_date(clock.now()))
        ],
        stale=stale,
        words=business_words,
        labels=labels,
    )
    return page, 409 if stale else status


@blueprint.post("/akun/usaha/<slug>")
@signed_in
def business_save(slug: str) -> Any:
    """Change the profile."""
    row, actor = own_business(slug, *EDITORS)
    form = ProfileForm()
    if not form.validate():
        return _page(row, actor, form)
    try:
        writing.edit(
            row,
            actor=actor,
            at=clock.now(),
            version=form.version.data,
            fields=form.values,
            seal=current_app.extensions["seal"],
        )
    except StaleVersion as error:
        form.version.draw_anew(error.current)
        return _page(row, actor, form, stale=True)
    flash(_("Profil usaha tersimpan."))
    if form.npwp.data and not rules.npwp_looks_right(form.npwp.data):
        flash(business_words.warning_text(rules.Warning.NPWP_CHECK_DIGIT, None))
    return redirect(url_for("account.business", slug=row.slug), code=303)


@blueprint.post("/akun/usaha/<slug>/foto")
@signed_in
@uploads.takes_files
def business_photo_add(slug: str) -> Any:
    """Show one more picture."""
    received = uploads.receive_photos("photos", most=1)
    row, actor = own_business(slug, *EDITORS)
    form = PhotoForm()
    valid = form.validate()
    form.photos.errors = received.errors or ([] if received.files else [_("Pilih satu foto.")])
    if not valid or form.photos.errors:
        uploads.discard(received)
        return _page(row, actor, photo=form)
    try:
        writing.add_photo(row, received.files[0], alt=form.alt.data, actor=actor, at=clock.now())
    except writing.Full:
        uploads.discard(received)
        return _page(
            row,
            actor,
            photo=form,
            faults=[_("Sudah %(most)s foto. Hapus satu dulu.", most=rules.MOST_PHOTOS)],
        )
    flash(_("Foto ditambahkan."))
    return redirect(url_for("account.business", slug=row.slug), code=303)


@blueprint.post("/akun/usaha/<slug>/foto/<token>/hapus")
@signed_in
def business_photo_remove(slug: str, token: str) -> Any:
    """Take a picture away."""
    row, actor = own_business(slug, *EDITORS)
    found = businesses.photo(token)
    if found is None or found[0].business_id != row.id:
        abort(404)
    writing.remove_photo(
        row, found[0], actor=actor, at=clock.now(), storage=current_app.extensions["storage"]
    )
    flash(_("Foto dihapus."))
    return redirect(url_for("account.business", slug=row.slug), code=303)
