"""The businesses of an account: its list, a new one, one from an own proposal, and invitations."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from portal.core import clock
from portal.core.references import parse_reference
from portal.queries import businesses, mine, submissions
from portal.rules import businesses as rules
from portal.services import businesses as writing
from portal.services.errors import NotPermitted
from portal.web import business_words, labels
from portal.web.access import is_reporter_of, signed_in, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.account.business.forms import ProfileForm
from portal.web.forms import render_form


@blueprint.get("/akun/usaha")
@signed_in
def businesses_mine() -> Any:
    """List the businesses that one speaks for, invitations, and own proposals that nobody speaks for yet."""
    user, seal = signed_in_user(), current_app.extensions["seal"]
    own = [row.id for row in mine.cases(user.id, seal=seal)]
    seats = {seat.business_id: seat.role for seat in businesses.seats_of(user.id)}
    return render_template(
        "account/business/list.html",
        rows=[(row, seats.get(row.id)) for row in businesses.of_user(user.id)],
        invitations=businesses.invitations_of(user.id, at=clock.now()),
        claimable=businesses.claimable(own),
        words=business_words,
        labels=labels,
    )


@blueprint.get("/akun/usaha/baru")
@signed_in
def business_new() -> Any:
    """Show an empty profile."""
    return render_form("account/business/new.html", ProfileForm())


@blueprint.post("/akun/usaha/baru")
@signed_in
def business_create() -> Any:
    """Add a business."""
    form, user = ProfileForm(), signed_in_user()
    if not form.validate():
        return render_form("account/business/new.html", form)
    try:
        business = writing.create(
            user=user, at=clock.now(), fields=form.values, seal=current_app.extensions["seal"]
        )
    except writing.Full:
        return render_form("account/business/new.html", form, extra_errors=[_too_many()])
    flash(_("Usaha tersimpan."))
    return redirect(url_for("account.business", slug=business.slug), code=303)


def _too_many() -> str:
    return _("Satu akun paling banyak mewakili %(number)s usaha.", number=businesses.MOST_OF_ONE)


@blueprint.post("/akun/usaha/klaim/<reference>")
@signed_in
def business_claim(reference: str) -> Any:
    """Speak for the business of an own proposal."""
    canonical = parse_reference(reference)
    case = submissions.by_reference(canonical) if canonical else None
    if case is None or not is_reporter_of(case.id):
        abort(404)
    try:
        business = writing.claim(case.id, user=signed_in_user(), at=clock.now())
    except NotPermitted:
        flash(_("Usaha ini sudah diwakili orang lain. Minta pemiliknya mengundang Anda."))
        return redirect(url_for("account.businesses_mine"), code=303)
    except writing.Full:
        flash(_too_many())
        return redirect(url_for("account.businesses_mine"), code=303)
    flash(_("Anda sekarang mewakili %(name)s.", name=business.name))
    return redirect(url_for("account.business", slug=business.slug), code=303)


@blueprint.post("/akun/usaha/undangan/<int:invitation_id>")
@signed_in
def business_join(invitation_id: int) -> Any:
    """Accept an invitation."""
    user = signed_in_user()
    found = [
        row for row, _name in businesses.invitations_of(user.id, at=clock.now()) if row.id == invitation_id
    ]
    if not found:
        abort(404)
    try:
        business = writing.accept_invitation(found[0], user=user, at=clock.now())
    except writing.Full:
        own = len(businesses.seats_of(user.id)) >= businesses.MOST_OF_ONE
        flash(_too_many() if own else _("Anggota sudah %(most)s orang.", most=rules.MOST_MEMBERS))
        return redirect(url_for("account.businesses_mine"), code=303)
    flash(_("Anda sekarang mewakili %(name)s.", name=business.name))
    return redirect(url_for("account.business", slug=business.slug), code=303)
