"""Users and their roles."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.core import clock
from portal.models import Role, User
from portal.queries import administration as listed
from portal.queries import people, second_factors
from portal.services import administration, second_factor
from portal.web import labels
from portal.web.access import current_actor, requires
from portal.web.admin.blueprint import blueprint
from portal.web.admin.forms import NameForm, NewUserForm, SeatForm
from portal.web.forms import render_form, tidy_line
from portal.web.public.cards import agency_name


@blueprint.get("/pengguna")
@requires(Role.ADMIN)
def users() -> Any:
    """List users by name."""
    words = tidy_line(request.args.get("q"))[:100]
    page = listed.users(words=words, after=request.args.get("after"))
    return render_template("admin/users.html", page=page, words=words, labels=labels)


@blueprint.get("/pengguna/baru")
@requires(Role.ADMIN)
def user_new() -> Any:
    """Ask for a new user's name, address and first role."""
    return render_form("admin/user_new.html", NewUserForm())


@blueprint.post("/pengguna/baru", endpoint="user_create")
@requires(Role.ADMIN)
def create() -> Any:
    """Add a user, who gets a link to choose a password."""
    form = NewUserForm()
    if not form.validate():
        return render_form("admin/user_new.html", form)
    actor, at = current_actor(), clock.now()
    try:
        user = administration.create_user(
            email=form.email.data,
            name=form.name.data,
            actor=actor,
            at=at,
            seal=current_app.extensions["seal"],
        )
        administration.grant(
            user,
            Role(form.role.data),
            agency_id=form.agency_id,
            publisher=form.publisher.data,
            actor=actor,
            at=at,
        )
    except administration.Taken:
        form.say_email_taken()
        return render_form("admin/user_new.html", form)
    except administration.AgencyNeeded:
        form.say_agency()
        return render_form("admin/user_new.html", form)
    flash(_("Akun dibuat. Tautan untuk membuat kata sandi sedang dikirim."))
    return redirect(url_for("admin.user", user_id=user.id), code=303)


def _user(user_id: int) -> User:
    user = people.by_id(user_id)
    if user is None:
        abort(404)
    return user


def _page(
    user: User, seat: SeatForm, extra_errors: list[str] | None = None, name: NameForm | None = None
) -> Any:
    name = name or NameForm(formdata=None, name=user.name)
    return render_form(
        "admin/user.html",
        [name, seat] if name.errors else [seat, name],
        seat=seat,
        name=name,
        user=user,
        labels=labels,
        agency_name=agency_name,
        own=user.id == current_actor().user_id,
        second_factor_on=second_factors.is_on(user.id),
        extra_errors=extra_errors or [],
    )


def _back(user: User, words: str) -> Any:
    flash(words)
    return redirect(url_for("admin.user", user_id=user.id), code=303)


def _last_admin(user: User) -> Any:
    words = _("Ini admin terakhir. Beri peran admin kepada orang lain dulu.")
    return _page(user, SeatForm(formdata=None), [words])


@blueprint.get("/pengguna/<int:user_id>")
@requires(Role.ADMIN)
def user(user_id: int) -> Any:
    """Show one user."""
    return _page(_user(user_id), SeatForm())


@blueprint.post("/pengguna/<int:user_id>/nama")
@requires(Role.ADMIN)
def user_rename(user_id: int) -> Any:
    """Correct the name."""
    user, form = _user(user_id), NameForm()
    if not form.validate():
        return _page(user, SeatForm(formdata=None), name=form)
    administration.rename_user(user, form.name.data, actor=current_actor())
    return _back(user, _("Nama disimpan."))


@blueprint.post("/pengguna/<int:user_id>/peran")
@requires(Role.ADMIN)
def user_grant(user_id: int) -> Any:
    """Give a role."""
    user, form = _user(user_id), SeatForm()
    if not form.validate():
        return _page(user, form)
    try:
        administration.grant(
            user,
            Role(form.role.data),
            agency_id=form.agency_id,
            publisher=form.publisher.data,
            actor=current_actor(),
            at=clock.now(),
        )
    except administration.Taken:
        form.say_taken()
    except administration.OwnRole:
        # no form is drawn for oneself: there is no field to say it at
        words = _("Anda tidak dapat memberi peran kepada diri sendiri.")
        return _page(user, SeatForm(formdata=None), [words])
    except administration.AgencyNeeded:
        form.say_agency()
    else:
        return _back(user, _("Peran diberikan."))
    return _page(user, form)


@blueprint.post("/pengguna/<int:user_id>/peran/<int:seat_id>/cabut")
@requires(Role.ADMIN)
def user_revoke(user_id: int, seat_id: int) -> Any:
    """Take a role back."""
    user = _user(user_id)
    try:
        administration.revoke(user, seat_id, actor=current_actor(), at=clock.now())
    except administration.LastAdmin:
        return _last_admin(user)
    return _back(user, _("Peran dicabut."))


@blueprint.post("/pengguna/<int:user_id>/peran/<int:seat_id>/penerbit")
@requires(Role.ADMIN)
def user_publisher(user_id: int, seat_id: int) -> Any:
    """Let an officer publish answers, or no longer."""
    user = _user(user_id)
    seat = next((seat for seat in user.memberships if seat.id == seat_id), None)
    if seat is None:
        abort(404)
    wanted = request.form.get("publisher") == "1"
    administration.set_publisher(seat, wanted, actor=current_actor(), at=clock.now())
    return _back(user, _("Peran disimpan."))


@blueprint.post("/pengguna/<int:user_id>/aktif")
@requires(Role.ADMIN)
def user_active(user_id: int) -> Any:
    """Close or open an account."""
    user = _user(user_id)
    wanted = request.form.get("active") == "1"
    try:
        administration.set_active(user, wanted, actor=current_actor(), at=clock.now())
    except administration.LastAdmin:
        return _last_admin(user)
    return _back(user, _("Akun dibuka.") if wanted else _("Akun ditutup dan semua sesinya berakhir."))


@blueprint.post("/pengguna/<int:user_id>/pengaman")
@requires(Role.ADMIN)
def user_second_factor(user_id: int) -> Any:
    """Let go of the second factor of somebody whose telephone is lost; of one's own on one's own page."""
    user = _user(user_id)
    if user.id == current_actor().user_id or not second_factors.is_on(user.id):
        abort(404)
    second_factor.remove(user, by=current_actor(), at=clock.now())
    return _back(user, _("Pengaman kedua dilepas dan semua sesinya berakhir."))


@blueprint.post("/pengguna/<int:user_id>/tautan")
@requires(Role.ADMIN)
def user_invite(user_id: int) -> Any:
    """Mail the link that sets a password."""
    user = _user(user_id)
    administration.invite_again(
        user, actor=current_actor(), at=clock.now(), seal=current_app.extensions["seal"]
    )
    return _back(user, _("Tautan sedang dikirim."))
