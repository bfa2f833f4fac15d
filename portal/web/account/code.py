"""The second half of signing in: the six digits that were sent to the contact."""

from typing import Any

from flask import current_app, redirect, request, session, url_for
from flask_babel import gettext as _

from portal.core import clock, gateway, throttle
from portal.core.database import transaction
from portal.core.locale import current_locale
from portal.core.security import safe_next
from portal.core.tokens import new_token
from portal.models import CodePurpose, ContactKind, Recipient, Route, SignInMethod
from portal.queries import people
from portal.rules import contacts
from portal.rules.contacts import TypedContact
from portal.services import citizens, codes, outbox
from portal.web.access import public
from portal.web.account import second_factor
from portal.web.account.blueprint import blueprint
from portal.web.account.forms import CodeForm, ContactForm
from portal.web.forms import render_form

#: Where the token that binds a code to this browser lies in the signed cookie.
KEY = "code"


def send(form: ContactForm) -> str:
    """Send a code to the contact of a form; return what speaks against it, or "".

    Known or not, staff or closed: the page that follows is the same.
    """
    contact: TypedContact = form.email.contact
    route = route_to(contact)
    if route is None:
        form.refuse(_("Masuk dengan nomor HP belum tersedia di sini. Pakai e-mail."))
        return ""
    seal = current_app.extensions["seal"]
    if fault := too_many(contact):
        return fault
    browser = token_of_browser()
    staff = people.by_email(contact.value)
    codes.request(
        contact,
        CodePurpose.SIGN_IN,
        browser=browser,
        at=clock.now(),
        seal=seal,
        locale=current_locale(),
        route=route,
        send=staff is None,
    )
    if staff is not None and staff.active:
        outbox.queue("sign_in_password", to=Recipient.USER, recipient_id=staff.id, at=clock.now())
    return ""


def too_many(contact: TypedContact) -> str:
    """Count a code against the limits of this network address and of the contact; say so if too many."""
    seal = current_app.extensions["seal"]
    limits = (
        (current_app.config["LIMIT_CODES_PER_ADDRESS"], ("codes from", request.remote_addr or "")),
        (current_app.config["LIMIT_CODES_PER_CONTACT"], ("codes to", seal.keyed_hash(contact.value))),
    )
    for limit, key in limits:
        if not throttle.hit(limit, *key):
            minutes = -(-throttle.seconds_left(limit, *key) // 60)
            return _("Terlalu banyak kode diminta. Coba lagi %(minutes)s menit lagi.", minutes=minutes)
    return ""


def token_of_browser() -> str:
    """Return the token in this browser's cookie that binds a code to it; make one where there is none."""
    browser = session.get(KEY)
    if not isinstance(browser, str):
        browser = session[KEY] = new_token()
    return browser


def route_to(contact: TypedContact) -> Route | None:
    """Return by which way a code reaches a contact here, or None."""
    if contact.kind is ContactKind.EMAIL:
        return Route.EMAIL
    ways = (Route.SMS, Route.WHATSAPP)
    return next((way for way in ways if gateway.is_ready(current_app.config, way)), None)


def _pending() -> codes.Pending | None:
    browser = session.get(KEY)
    if not isinstance(browser, str):
        return None
    seal = current_app.extensions["seal"]
    return codes.pending(browser, CodePurpose.SIGN_IN, at=clock.now(), seal=seal)


@blueprint.get("/masuk/kode")
@public
def code() -> Any:
    """Ask for the code that was sent."""
    pending = _pending()
    if pending is None:
        return redirect(url_for("account.sign_in", next=safe_next(request.args.get("next"))), code=303)
    return _page(CodeForm(), pending)


def _page(form: CodeForm, pending: codes.Pending) -> Any:
    return render_form(
        "account/code.html",
        form,
        contact=contacts.masked(pending.contact),
        typed=pending.contact.value,
        wanted=safe_next(request.args.get("next")),
        tries_left=pending.tries_left,
    )


@blueprint.post("/masuk/kode", endpoint="code_enter")
@public
def enter() -> Any:
    """Check the code. A wrong one is counted even though this request is refused."""
    form = CodeForm()
    browser = session.get(KEY)
    pending = _pending()
    if pending is None or not isinstance(browser, str):
        return redirect(url_for("account.sign_in", next=safe_next(request.args.get("next"))), code=303)
    if not form.validate():
        return _page(form, pending)
    seal, at = current_app.extensions["seal"], clock.now()
    with transaction():
        proved = codes.enter(browser, CodePurpose.SIGN_IN, form.code.data, at=at, seal=seal)
    user = (
        None if proved is None else citizens.enter(proved.contact, at=at, seal=seal, locale=current_locale())
    )
    if user is None:
        form.refuse()
        return _page(form, _pending() or pending)
    wanted = safe_next(request.args.get("next")) or url_for("account.home")
    return second_factor.go_on(user, SignInMethod.CODE, wanted)
