"""Signing in and out."""

from typing import Any

from flask import Response, current_app, make_response, redirect, request, url_for
from flask_babel import gettext as _

from portal.core import clock, throttle
from portal.core.security import safe_next
from portal.models import Role
from portal.rules.permissions import Actor
from portal.services import accounts
from portal.web import access
from portal.web.access import actor_for, public, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import SignInForm
from portal.web.forms import render_form

#: An address from which somebody signed in keeps its way in while others guess at the account.
KNOWN = "1/90 days"


def _start_page(actor: Actor) -> str:
    if actor.is_staff:
        return url_for("desk.queue")
    return url_for("admin.home" if actor.has(Role.ADMIN) else "account.home")


@blueprint.get("/masuk")
@public
def sign_in() -> Any:
    """Ask for address and password; whoever is signed in goes on."""
    user = signed_in_user()
    if user is not None:
        return redirect(safe_next(request.args.get("next")) or _start_page(actor_for(user)), code=303)
    return _page(SignInForm())


@blueprint.post("/masuk", endpoint="sign_in_now")
@public
def sign_in_now() -> Any:
    """Check address and password; wrong ones count against the network address and the account."""
    form = SignInForm()
    if not form.validate():
        return _page(form)
    address = request.remote_addr or ""
    email = form.email.data
    limits = [(current_app.config["LIMIT_SIGN_IN_PER_ADDRESS"], ("sign in", address))]
    if throttle.within(KNOWN, "known", email, address):
        limits.append((current_app.config["LIMIT_SIGN_IN_PER_ACCOUNT"], ("sign in to", email)))
    for limit, key in limits:
        if not throttle.within(limit, *key):
            return _too_often(form, throttle.seconds_left(limit, *key))
    user = accounts.authenticate(email, form.password.data)
    if user is None:
        for limit, key in limits:
            throttle.hit(limit, *key)
        return _page(form, _("E-mail atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi."))
    throttle.hit(KNOWN, "known", email, address)
    access.sign_in(user, at=clock.now())
    return redirect(safe_next(request.args.get("next")) or _start_page(actor_for(user)), code=303)


def _page(form: SignInForm, fault: str = "") -> tuple[str, int]:
    wanted = safe_next(request.args.get("next"))
    return render_form("account/sign_in.html", form, extra_errors=[fault] if fault else [], wanted=wanted)


def _too_often(form: SignInForm, seconds: int) -> Response:
    minutes = -(-seconds // 60)
    words = _(
        "Terlalu banyak percobaan. Coba lagi %(minutes)s menit lagi. Akun Anda tidak dikunci.",
        minutes=minutes,
    )
    response = make_response(_page(form, words)[0], 429)
    response.headers["Retry-After"] = str(seconds)
    return response


@blueprint.post("/keluar")
@public
def sign_out() -> Any:
    """End the session on the server, so that a copied cookie dies with it."""
    access.sign_out()
    return redirect(url_for("public.home"), code=303)
