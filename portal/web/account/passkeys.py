"""Passkeys: a finger, a face or the lock of the phone instead of a code. Optional, and only with scripts."""

from dataclasses import astuple
from typing import Any

from flask import abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from portal.core import clock, throttle
from portal.core.security import safe_next
from portal.models import SignInMethod, User
from portal.queries import contacts as contacts_of
from portal.queries import passkeys as reading
from portal.rules import devices
from portal.rules.contacts import TypedContact, masked
from portal.services import accounts, passkeys
from portal.services.passkeys import Challenge, Refused, Site, TooMany
from portal.web.access import actor_for, is_freshly_proved, prove, public, signed_in, signed_in_user
from portal.web.account import second_factor, sign_in
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import PasskeyForm, PresentPasswordForm, SignInForm
from portal.web.forms import Form, render_form

#: Where the challenge lies in the signed cookie.
KEY = "passkey"


def _site() -> Site:
    return passkeys.site(current_app.config["BASE_URL"], current_app.config["SITE"]["name"])


def _remember(asked: Challenge, options: str) -> Any:
    session[KEY] = list(astuple(asked))
    return current_app.response_class(options, mimetype="application/json")


def _asked() -> Challenge | None:
    """Take the challenge out of the cookie: an answer, right or wrong, ends it."""
    kept = session.pop(KEY, None)
    return Challenge(*kept) if isinstance(kept, list) else None


def _user() -> User:
    user = signed_in_user()
    assert user is not None  # the door saw to it
    return user


def _page(form: Form | None = None, extra_errors: list[str] | None = None, status: int = 0) -> Any:
    user = _user()
    name = form if isinstance(form, PasskeyForm) else PasskeyForm(formdata=None, name=_device())
    password = form if isinstance(form, PresentPasswordForm) else PresentPasswordForm(formdata=None)
    page, drawn = render_form(
        "account/passkeys.html",
        [password, name] if form is password else [name, password],
        extra_errors=extra_errors,
        add=name,
        password=password,
        keys=reading.of_user(user.id),
        most=reading.MOST,
        fresh=is_freshly_proved(),
        has_password=user.password_hash != accounts.NO_PASSWORD,
        citizen=user.citizen,
    )
    return page, status or drawn


def _device() -> str:
    return devices.in_words(request.user_agent.string)


def _stale() -> Any:
    return _page(None, [_("Buktikan dulu bahwa ini Anda.")], 403)


def _back() -> Any:
    return redirect(url_for("account.passkeys"), code=303)


@blueprint.get("/akun/kunci", endpoint="passkeys")
@signed_in
def show() -> Any:
    """List the passkeys of the account."""
    return _page()


@blueprint.post("/akun/kunci/bukti", endpoint="passkey_prove")
@signed_in
def prove_by_password() -> Any:
    """Check the password, so that this browser proves itself anew."""
    user, form = _user(), PresentPasswordForm()
    if is_freshly_proved() or user.password_hash == accounts.NO_PASSWORD:
        return _back()  # nothing to prove, or not by a password
    if not form.validate():
        return _page(form)
    limit, key = current_app.config["LIMIT_SIGN_IN_PER_ACCOUNT"], ("password of", str(user.id))
    if not throttle.hit(limit, *key):
        minutes = -(-throttle.seconds_left(limit, *key) // 60)
        words = _("Terlalu banyak percobaan. Coba lagi %(minutes)s menit lagi.", minutes=minutes)
        return _page(None, [words], 429)
    if not accounts.knows_password(user, form.current.data):
        form.refuse()
        return _page(form)
    prove()
    flash(_("Terima kasih, ini memang Anda. Sekarang kunci sandi bisa diubah."))
    return _back()


@blueprint.post("/akun/kunci/mulai", endpoint="passkey_ask")
@signed_in
def ask() -> Any:
    """Tell the browser how a new key is made."""
    user, seal = _user(), current_app.extensions["seal"]
    if not is_freshly_proved():
        abort(403)
    label = user.email or ""
    if not label:
        own = contacts_of.of_user(user.id, seal=seal)
        label = masked(TypedContact(own[0].kind, own[0].value)) if own else user.name or _("Akun saya")
    options, asked = passkeys.ask_to_add(user, label, here=_site(), at=clock.now(), seal=seal)
    return _remember(asked, options)


@blueprint.post("/akun/kunci", endpoint="passkey_add")
@signed_in
def add() -> Any:
    """Keep the key that the device made."""
    user, form, asked = _user(), PasskeyForm(), _asked()
    if not is_freshly_proved():
        return _stale()
    if not form.validate():
        return _page(form)
    try:
        if asked is None:
            raise Refused
        answer, name = request.form.get("credential", ""), form.name.data or _device()
        passkeys.add(user, answer, name, asked, here=_site(), at=clock.now())
    except Refused:
        return _page(form, [_("Kunci sandi belum jadi. Tekan tombolnya sekali lagi.")], 422)
    except TooMany:
        return _page(form, [_("Akun ini sudah punya 10 kunci sandi. Hapus satu dulu.")], 409)
    flash(_("Kunci sandi ditambahkan. Lain kali Anda bisa masuk dengannya."))
    return _back()


@blueprint.post("/akun/kunci/<int:passkey_id>/nama", endpoint="passkey_rename")
@signed_in
def rename(passkey_id: int) -> Any:
    """Give a key another name."""
    user, form = _user(), PasskeyForm()
    if not is_freshly_proved():
        return _stale()
    if not form.validate():
        return _page(None, [str(error) for errors in form.errors.values() for error in errors], 422)
    if not passkeys.rename(user, passkey_id, form.name.data or ""):
        abort(404)
    flash(_("Nama kunci disimpan."))
    return _back()


@blueprint.post("/akun/kunci/<int:passkey_id>/hapus", endpoint="passkey_remove")
@signed_in
def remove(passkey_id: int) -> Any:
    """Let go of a key."""
    user = _user()
    if not is_freshly_proved():
        return _stale()
    if not passkeys.remove(user, passkey_id, at=clock.now()):
        abort(404)
    flash(_("Kunci sandi dihapus. Dengannya tidak bisa masuk lagi."))
    return _back()


@blueprint.post("/masuk/kunci/mulai", endpoint="passkey_sign_in_ask")
@public
def sign_in_ask() -> Any:
    """Tell the browser what a key has to sign."""
    options, asked = passkeys.ask_to_sign_in(here=_site(), at=clock.now())
    return _remember(asked, options)


@blueprint.post("/masuk/kunci", endpoint="passkey_sign_in")
@public
def enter() -> Any:
    """Sign in with the key; refused ones count against the network address."""
    asked = _asked()
    limit, key = current_app.config["LIMIT_SIGN_IN_PER_ADDRESS"], ("sign in", request.remote_addr or "")
    if not throttle.within(limit, *key):
        return sign_in.too_often(SignInForm(formdata=None), throttle.seconds_left(limit, *key))
    at = clock.now()
    try:
        if asked is None:
            raise Refused
        user, verified = passkeys.enter(request.form.get("credential", ""), asked, here=_site(), at=at)
    except Refused:
        throttle.hit(limit, *key)
        words = _("Kunci sandi tidak cocok atau waktunya habis. Coba lagi, atau masuk dengan kode.")
        return sign_in.page(SignInForm(formdata=None), words)
    wanted = safe_next(request.args.get("next")) or sign_in.start_page(actor_for(user))
    # Finger, face or lock of the device is a second factor by itself.
    return second_factor.go_on(user, SignInMethod.PASSKEY, wanted, proved_twice=verified)
