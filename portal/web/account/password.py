"""A forgotten password: a mailed link sets a new one."""

from typing import Any

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.core import clock, throttle
from portal.services import accounts
from portal.web.access import public
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import ForgotForm, NewPasswordForm
from portal.web.forms import render_form

#: Mails with a link that one account may get in an hour, whoever asks.
MAILS_PER_ACCOUNT = "3/hour"


@blueprint.get("/masuk/lupa")
@public
def forgot() -> Any:
    """Ask for the address of the account."""
    return render_form("account/forgot.html", ForgotForm())


@blueprint.post("/masuk/lupa", endpoint="forgot_send")
@public
def send() -> Any:
    """Send the link; the answer is the same whether there is such an account or not."""
    form = ForgotForm()
    limit = current_app.config["LIMIT_SIGN_IN_PER_ADDRESS"]
    key = ("forgot", request.remote_addr or "")
    if not throttle.hit(limit, *key):
        words = _("Terlalu banyak permintaan dari sini. Tunggu sebentar, lalu coba lagi.")
        response = make_response(render_form("account/forgot.html", form, extra_errors=[words])[0], 429)
        response.headers["Retry-After"] = str(throttle.seconds_left(limit, *key))
        return response
    if not form.validate():
        return render_form("account/forgot.html", form)
    if throttle.hit(MAILS_PER_ACCOUNT, "forgot mail", form.email.data):
        accounts.request_reset(form.email.data, at=clock.now(), seal=current_app.extensions["seal"])
    return redirect(url_for("account.forgot_sent"), code=303)


@blueprint.get("/masuk/lupa/terkirim")
@public
def forgot_sent() -> Any:
    """Say to look into the mail."""
    return render_template("account/forgot_sent.html")


@blueprint.get("/masuk/atur/<token>")
@public
def reset(token: str) -> Any:
    """Ask for the new password; looking at the page uses nothing up (mail programs look first)."""
    if accounts.may_reset(token, at=clock.now()) is None:
        return _no_good()
    return _private(render_form("account/reset.html", NewPasswordForm(), token=token))


@blueprint.post("/masuk/atur/<token>", endpoint="reset_save")
@public
def save(token: str) -> Any:
    """Set the new password and use the link up."""
    at = clock.now()
    form = NewPasswordForm()
    if accounts.may_reset(token, at=at) is None:
        return _no_good()
    if form.validate():
        try:
            user = accounts.reset(token, form.password.data, at=at)
        except accounts.WeakPassword as error:
            form.refuse(error.weakness)
        else:
            return _no_good() if user is None else redirect(url_for("account.reset_done"), code=303)
    return _private(render_form("account/reset.html", form, token=token))


@blueprint.get("/masuk/lupa/selesai")
@public
def reset_done() -> Any:
    """Say that the new password holds."""
    return render_template("account/reset_done.html")


def _private(page: Any) -> Any:
    response = make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


def _no_good() -> Any:
    return _private((render_template("account/reset_no_good.html"), 404))
