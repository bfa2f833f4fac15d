"""Signing in and out: everybody by a code or a password, staff by password only.

Both ways stand on one page for everybody, so it tells nobody whose address is a member of staff's.
"""

from typing import Any

from flask import Response, current_app, make_response, redirect, request, url_for
from flask_babel import gettext as _

from portal.core import throttle
from portal.core.security import safe_next
from portal.models import Role, SignInMethod
from portal.rules.permissions import Actor
from portal.services import accounts
from portal.web import access
from portal.web.access import actor_for, public, signed_in_user
from portal.web.account import code, second_factor
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import ContactForm, SignInForm
from portal.web.forms import Form, render_form

#: An address from which somebody signed in keeps its way in while others guess at the account.
KNOWN = "1/90 days"


def start_page(actor: Actor) -> str:
    """Return where somebody begins after signing in."""
    if actor.is_staff:
        return url_for("desk.queue")
    if actor.has(Role.EXECUTIVE):
        return url_for("desk.board")
    return url_for("admin.home" if actor.has(Role.ADMIN) else "account.home")


@blueprint.get("/masuk")
@public
def sign_in() -> Any:
    """Ask for the contact; whoever is signed in goes on."""
    user = signed_in_user()
    if user is not None:
        return redirect(safe_next(request.args.get("next")) or start_page(actor_for(user)), code=303)
    return page(SignInForm())


@blueprint.post("/masuk", endpoint="sign_in_now")
@public
def sign_in_now() -> Any:
    """Send a code, or check the password; wrong ones count against the network address and the account."""
    # The Enter key presses the first button of the form: whoever typed a password means it.
    if request.form.get("cara") == "kode" and not request.form.get("password"):
        form = ContactForm()
        fault = "" if not form.validate() else code.send(form)
        if form.errors or fault:
            return page(form, fault)
        wanted = safe_next(request.args.get("next"))
        return redirect(url_for("account.code", next=wanted), code=303)
    form = SignInForm()
    if not form.validate():
        return page(form)
    address = request.remote_addr or ""
    contact = form.email.contact.value
    limits = [(current_app.config["LIMIT_SIGN_IN_PER_ADDRESS"], ("sign in", address))]
    if throttle.within(KNOWN, "known", contact, address):
        limits.append((current_app.config["LIMIT_SIGN_IN_PER_ACCOUNT"], ("sign in to", contact)))
    for limit, key in limits:
        if not throttle.within(limit, *key):
            return too_often(form, throttle.seconds_left(limit, *key))
    user = accounts.authenticate(contact, form.password.data, seal=current_app.extensions["seal"])
    if user is None:
        for limit, key in limits:
            throttle.hit(limit, *key)
        return page(form, _("E-mail atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi."))
    throttle.hit(KNOWN, "known", contact, address)
    wanted = safe_next(request.args.get("next")) or start_page(actor_for(user))
    return second_factor.go_on(user, SignInMethod.PASSWORD, wanted)


def page(form: Form, fault: str = "") -> tuple[str, int]:
    """Draw the page that asks who one is, with what speaks against the last try."""
    wanted = safe_next(request.args.get("next"))
    # Whoever only asked for a code sees the password's field all the same, empty.
    shown = form if isinstance(form, SignInForm) else SignInForm(formdata=None)
    return render_form(
        "account/sign_in.html",
        [form, shown] if shown is not form else form,
        extra_errors=[fault] if fault else [],
        password=shown.password,
        wanted=wanted,
    )


def too_often(form: SignInForm, seconds: int) -> Response:
    """Say how long to wait after too many tries."""
    minutes = -(-seconds // 60)
    words = _(
        "Terlalu banyak percobaan. Coba lagi %(minutes)s menit lagi. Akun Anda tidak dikunci.",
        minutes=minutes,
    )
    response = make_response(page(form, words)[0], 429)
    response.headers["Retry-After"] = str(seconds)
    return response


@blueprint.post("/keluar")
@public
def sign_out() -> Any:
    """End the session on the server, so that a copied cookie dies with it."""
    access.sign_out()
    return redirect(url_for("public.home"), code=303)
