"""Businesses at the desk: who waits for a look, what was checked, and until when that holds."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectMultipleField
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core import clock
from portal.models import Business
from portal.queries import businesses, partnerships, reference
from portal.rules import businesses as rules
from portal.services import businesses as writing
from portal.services.errors import StaleVersion
from portal.web import business_words, labels
from portal.web.access import current_actor, staff
from portal.web.desk.agenda_forms import PlacedForm
from portal.web.desk.blueprint import blueprint
from portal.web.desk.fields import VersionField
from portal.web.files import answer_with
from portal.web.forms import LineField, render_form
from portal.web.public.business_profiles import business_filters

#: How long a verification is proposed to hold.
USUAL = timedelta(days=365)


class VerifyForm(PlacedForm):
    spot = "verifikasi"

    version = VersionField(default=1)
    checked = SelectMultipleField(
        _l("Yang sudah diperiksa"),
        choices=[(code, business_words.CHECK[code]) for code in rules.CHECKS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    valid_until = DateField(_l("Berlaku sampai"), [InputRequired(_l("Pilih tanggal."))])

    def validate_checked(self, field: Any) -> None:
        """Some checks belong to every verification."""
        if not rules.checks_suffice(field.data or ()):
            names = ", ".join(
                str(business_words.CHECK[code]) for code in rules.CHECKS if code in rules.CHECKS_NEEDED
            )
            raise StopValidation(_("Paling sedikit: %(names)s.", names=names))

    def validate_valid_until(self, field: Any) -> None:
        """A verification holds for two years at most."""
        today = clock.city_date(clock.now())
        if not today < field.data <= today + rules.LONGEST_VERIFICATION:
            raise StopValidation(_("Pilih hari setelah hari ini, paling lama dua tahun."))


class RefuseForm(PlacedForm):
    spot = "tolak"

    version = VersionField(default=1)
    reason = LineField(_l("Alasan, tampil untuk publik"), limit=300, required=_l("Tulis alasannya."))


def _found(slug: str) -> Business:
    row = businesses.by_slug(slug)
    if row is None:
        abort(404)
    return row


@blueprint.get("/usaha", endpoint="businesses")
@staff
def business_list() -> str:
    """List the businesses, those without a verification among them."""
    today = clock.city_date(clock.now())
    filters = business_filters()
    page = businesses.listed(filters, today=today, after=request.args.get("dari"), published_only=False)
    kept = {
        name: request.args[name]
        for name in ("q", "jenis", "kelurahan", "verifikasi")
        if request.args.get(name)
    }

    def page_url(cursor: str | None) -> str:
        return url_for("desk.businesses", dari=cursor, **kept) if cursor else ""

    return render_template(
        "desk/businesses/list.html",
        rows=list(page),
        filters=filters,
        wards=reference.wards(),
        labels=labels,
        is_verified=rules.is_verified,
        today=today,
        previous_url=page_url(page.previous_cursor),
        next_url=page_url(page.next_cursor),
    )


@blueprint.get("/usaha/<slug>")
@staff
def business(slug: str) -> Any:
    """Show a business with its licences and what was found so far."""
    return _page(_found(slug))


def _page(row: Business, bound: VerifyForm | RefuseForm | None = None, *, stale: bool = False) -> Any:
    today = clock.city_date(clock.now())
    verify = bound if isinstance(bound, VerifyForm) else VerifyForm(None)
    if not isinstance(bound, VerifyForm):
        verify.valid_until.data = today + USUAL
    refuse = bound if isinstance(bound, RefuseForm) else RefuseForm(None)
    for form in (verify, refuse):
        if form is not bound or stale:
            form.version.draw_anew(row.version)
    members = businesses.member_ids(row.id)
    licences = businesses.licences(row.id)
    photos = businesses.photos(row.id)
    held = [rules.Held(one.kind, one.valid_until) for one in licences]
    page, status = render_form(
        "desk/businesses/page.html",
        bound or verify,
        business=row,
        verify=verify,
        refuse=refuse,
        licences=licences,
        found=businesses.verifications(row.id),
        members=len(members),
        own=current_actor().user_id in members,
        stale=stale,
        partnerships=partnerships.of_business(row.id, public_only=True),
        verified=rules.is_verified(row.verified_until, today),
        warnings=[
            business_words.warning_text(*one)
            for one in rules.warnings(row, held, photos=len(photos), today=today)
        ],
        words=business_words,
        labels=labels,
        today=today,
    )
    return page, 409 if stale else status


@blueprint.post("/usaha/<slug>/verifikasi")
@staff
def business_verify(slug: str) -> Any:
    """Note what was checked and until when it holds."""
    row, form = _found(slug), VerifyForm()
    if not form.validate():
        return _page(row, form)
    verify = partial(writing.verify, checked=form.checked.data, valid_until=form.valid_until.data)
    return _find(row, form, verify, _("Usaha ini terverifikasi."))


def _find(row: Business, form: VerifyForm | RefuseForm, write: Callable[..., Any], said: str) -> Any:
    """Write down what was found about the profile that the form was drawn from."""
    try:
        write(row, actor=current_actor(), at=clock.now(), version=form.version.data)
    except StaleVersion:
        return _page(row, form, stale=True)
    flash(said)
    return redirect(url_for("desk.business", slug=row.slug), code=303)


@blueprint.post("/usaha/<slug>/tolak")
@staff
def business_refuse(slug: str) -> Any:
    """Say why a business is not verified, or not any more."""
    row, form = _found(slug), RefuseForm()
    if not form.validate():
        return _page(row, form)
    refuse = partial(writing.refuse, reason=form.reason.data)
    return _find(row, form, refuse, _("Alasannya tersimpan dan tampil untuk publik."))


@blueprint.post("/usaha/<slug>/izin/<int:licence_id>/dilihat")
@staff
def business_licence_check(slug: str, licence_id: int) -> Any:
    """Note that a licence was looked at."""
    row = _found(slug)
    licence = businesses.licence(row.id, licence_id)
    if licence is None:
        abort(404)
    writing.check_licence(licence, actor=current_actor(), at=clock.now())
    flash(_("Izin ditandai sudah dilihat."))
    return redirect(url_for("desk.business", slug=slug), code=303)


@blueprint.get("/usaha/<slug>/izin/<int:licence_id>/berkas")
@staff
def business_licence_file(slug: str, licence_id: int) -> Response:
    """Show the scan of a licence."""
    licence = businesses.licence(_found(slug).id, licence_id)
    if licence is None or licence.upload is None:
        abort(404)
    return answer_with(licence.upload, small=False, open_to_all=False)
