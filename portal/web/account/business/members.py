"""Who speaks for a business."""

from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from portal.core import clock, throttle
from portal.models import Business, BusinessRole
from portal.queries import businesses
from portal.rules import businesses as rules
from portal.rules.contacts import masked, parse
from portal.rules.permissions import Actor
from portal.services import businesses as writing
from portal.web import business_words
from portal.web.access import signed_in
from portal.web.account.blueprint import blueprint
from portal.web.account.business.doors import frame, own_business
from portal.web.account.business.forms import InviteForm
from portal.web.forms import render_form

#: Invitations that one business sends.
INVITATIONS = "20/day"


@blueprint.get("/akun/usaha/<slug>/anggota")
@signed_in
def business_members(slug: str) -> Any:
    """List the members and open invitations."""
    return _page(*own_business(slug), InviteForm())


def _page(row: Business, actor: Actor, form: InviteForm, faults: list[str] | None = None) -> Any:
    seal = current_app.extensions["seal"]
    may_manage = rules.may_manage_members(actor.role_in(row.id))
    open_ones = businesses.invitations(row.id, at=clock.now()) if may_manage else []
    return render_form(
        "account/business/members.html",
        form,
        extra_errors=faults or [],
        **frame(row, actor),
        members=businesses.members(row.id),
        invitations=[(one, masked(parse(seal.open(one.contact)))) for one in open_ones],
        may_manage=may_manage,
        me=actor.user_id,
        words=business_words,
        roles=BusinessRole,
    )


def _back(row: Business, words: str) -> Any:
    flash(words)
    return redirect(url_for("account.business_members", slug=row.slug), code=303)


@blueprint.post("/akun/usaha/<slug>/anggota")
@signed_in
def business_invite(slug: str) -> Any:
    """Invite somebody by their contact."""
    row, actor = own_business(slug, BusinessRole.OWNER)
    form = InviteForm()
    if not form.validate():
        return _page(row, actor, form)
    if not throttle.hit(INVITATIONS, "business invitations", str(row.id)):
        return _page(row, actor, form, [_("Terlalu banyak undangan hari ini. Coba lagi besok.")])
    try:
        writing.invite(
            row,
            form.contact.contact,
            BusinessRole(form.role.data),
            actor=actor,
            at=clock.now(),
            seal=current_app.extensions["seal"],
        )
    except writing.Full:
        return _page(row, actor, form, [_("Anggota sudah %(most)s orang.", most=rules.MOST_MEMBERS)])
    return _back(row, _("Undangan dikirim. Berlaku %(days)s hari.", days=rules.INVITATION_DAYS))


@blueprint.post("/akun/usaha/<slug>/undangan/<int:invitation_id>/tarik")
@signed_in
def business_invitation_withdraw(slug: str, invitation_id: int) -> Any:
    """Take an invitation back."""
    row, actor = own_business(slug, BusinessRole.OWNER)
    found = [one for one in businesses.invitations(row.id, at=clock.now()) if one.id == invitation_id]
    if not found:
        abort(404)
    writing.withdraw_invitation(row, found[0], actor=actor)
    return _back(row, _("Undangan ditarik."))


@blueprint.post("/akun/usaha/<slug>/anggota/<int:member_id>/peran")
@signed_in
def business_member_role(slug: str, member_id: int) -> Any:
    """Give a member another role."""
    row, actor = own_business(slug, BusinessRole.OWNER)
    member, wanted = businesses.member(row.id, member_id), request.form.get("role", "")
    if member is None or wanted not in set(BusinessRole):
        abort(404)
    try:
        writing.set_role(row, member, BusinessRole(wanted), actor=actor)
    except writing.LastOwner:
        return _last_owner(row, actor)
    return _back(row, _("Peran diubah."))


@blueprint.post("/akun/usaha/<slug>/anggota/<int:member_id>/keluar")
@signed_in
def business_member_remove(slug: str, member_id: int) -> Any:
    """Let a member go; everybody may go by themselves."""
    row, actor = own_business(slug)
    member = businesses.member(row.id, member_id)
    if member is None:
        abort(404)
    own = member.user_id == actor.user_id
    if not own and not rules.may_manage_members(actor.role_in(row.id)):
        abort(404)
    try:
        writing.remove_member(row, member, actor=actor)
    except writing.LastOwner:
        return _last_owner(row, actor)
    if own:
        flash(_("Anda tidak lagi mewakili %(name)s.", name=row.name))
        return redirect(url_for("account.businesses_mine"), code=303)
    return _back(row, _("Anggota dikeluarkan."))


def _last_owner(row: Business, actor: Actor) -> Any:
    words = _("Usaha ini perlu paling sedikit satu pemilik. Jadikan orang lain pemilik dulu.")
    return _page(row, actor, InviteForm(None), [words])
