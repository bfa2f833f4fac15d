"""The second factor: asked for after the password, and set up, renewed or taken away on one's own page."""

import json
from typing import Any

import segno
from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.core import clock, throttle
from portal.core.database import transaction
from portal.core.sealing import SealBroken
from portal.core.security import safe_next
from portal.models import SignInMethod, User
from portal.queries import people, second_factors
from portal.rules import second_factor as rules
from portal.services import second_factor
from portal.web import access
from portal.web.access import current_actor, is_freshly_proved, public, signed_in, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.account.proof import ask_again
from portal.web.forms import Form, LineField, render_form

#: Where the half-done sign-in lies in the cookie, sealed, and how long it is good, in seconds.
KEY = "second"
LONGEST = 10 * 60
#: Tries at the second factor of one account.
TRIES = "10/15 minutes"


class FactorForm(Form):
    code = LineField(_l("Kode 6 angka"), limit=20, required=_l("Tulis 6 angka dari aplikasi Anda."))

    def refuse(self, words: str = "") -> None:
        """Say that the code is no good."""
        fault = words or _("Kode ini tidak cocok atau sudah dipakai. Tunggu kode baru.")
        self.code.errors = [*self.code.errors, fault]


def go_on(user: User, method: SignInMethod, wanted: str, *, proved_twice: bool = False) -> Response:
    """Sign in whoever passed the first step, or ask for the second; `proved_twice`: the first was both."""
    if proved_twice or not second_factors.is_on(user.id):
        access.sign_in(user, at=clock.now(), method=method, second=proved_twice)
        return redirect(wanted, code=303)
    state = {"user": user.id, "method": method.value, "until": int(clock.now().timestamp()) + LONGEST}
    session[KEY] = current_app.extensions["seal"].seal(json.dumps(state))
    return redirect(url_for("account.second", next=wanted), code=303)


def _pending() -> tuple[User, SignInMethod] | None:
    kept = session.get(KEY)
    if not isinstance(kept, str):
        return None
    try:
        state = json.loads(current_app.extensions["seal"].open(kept))
    except SealBroken:
        return None
    user = people.by_id(state["user"])
    if user is None or not user.active or state["until"] < clock.now().timestamp():
        return None
    return user, SignInMethod(state["method"])


@blueprint.get("/masuk/kedua")
@public
def second() -> Any:
    """Ask for the code of the app."""
    if _pending() is None:
        return redirect(url_for("account.sign_in", next=safe_next(request.args.get("next"))), code=303)
    return _ask(FactorForm())


@blueprint.post("/masuk/kedua", endpoint="second_enter")
@public
def enter() -> Any:
    """Check the code; wrong ones count against the account, whoever tries."""
    found, wanted = _pending(), safe_next(request.args.get("next"))
    if found is None:
        return redirect(url_for("account.sign_in", next=wanted), code=303)
    user, method = found
    form = FactorForm()
    if not form.validate():
        return _ask(form)
    if not throttle.hit(TRIES, "second", str(user.id)):
        minutes = -(-throttle.seconds_left(TRIES, "second", str(user.id)) // 60)
        words = _("Terlalu banyak percobaan. Coba lagi %(minutes)s menit lagi.", minutes=minutes)
        return _ask(form, [words], 429)
    with transaction():  # a code is used up even where this request should fail later
        right = second_factor.check(
            user.id, form.code.data, at=clock.now(), seal=current_app.extensions["seal"]
        )
    if not right:
        form.refuse()
        return _ask(form)
    user = people.by_id(user.id)
    access.sign_in(user, at=clock.now(), method=method, second=True)
    return redirect(wanted or url_for("account.home"), code=303)


def _ask(form: FactorForm, faults: list[str] | None = None, status: int | None = None) -> Any:
    page = render_form(
        "account/second.html",
        form,
        extra_errors=faults or [],
        wanted=safe_next(request.args.get("next")),
    )
    return page if status is None else (page[0], status)


# --- one's own page -------------------------------------------------------------------------------------


def _staff() -> User:
    user = signed_in_user()
    if not user.memberships:
        abort(404)  # citizens come in by codes that reach their own telephone
    return user


@blueprint.get("/akun/pengaman")
@signed_in
def second_factor_page() -> Any:
    """Show whether the second factor is on, and what can be done about it."""
    user = _staff()
    if not is_freshly_proved():
        return ask_again(url_for("account.second_factor_page"))
    return _page(user, FactorForm())


@blueprint.post("/akun/pengaman/mulai")
@signed_in
def second_factor_begin() -> Any:
    """Make a secret for the app."""
    user = _staff()
    if not is_freshly_proved():
        return ask_again(url_for("account.second_factor_page"))
    second_factor.begin(user, seal=current_app.extensions["seal"])
    return redirect(url_for("account.second_factor_page", mulai=1), code=303)


@blueprint.post("/akun/pengaman")
@signed_in
def second_factor_confirm() -> Any:
    """Switch it on with the first code, and show the recovery codes once."""
    user, form = _staff(), FactorForm()
    if not is_freshly_proved():
        return ask_again(url_for("account.second_factor_page"))
    if not second_factor.pending_secret(user.id, seal=current_app.extensions["seal"]):
        return redirect(url_for("account.second_factor_page"), code=303)
    if not form.validate():
        return _page(user, form, starting=True)
    at = clock.now()
    if not throttle.hit(TRIES, "second", str(user.id)):
        form.refuse(_("Terlalu banyak percobaan. Coba lagi nanti."))
        return _page(user, form, starting=True)
    codes = second_factor.confirm(user, form.code.data, at=at, seal=current_app.extensions["seal"])
    if codes is None:
        form.refuse(_("Kode ini tidak cocok. Periksa jam HP Anda, lalu coba kode baru."))
        return _page(user, form, starting=True)
    # Every session ended; this browser has just proved both.
    access.sign_in(user, at=at, second=True)
    return _codes(codes)


@blueprint.post("/akun/pengaman/kode")
@signed_in
def second_factor_codes() -> Any:
    """Make new recovery codes; the old ones end."""
    user = _staff()
    if not is_freshly_proved() or not second_factors.is_on(user.id):
        return ask_again(url_for("account.second_factor_page"))
    return _codes(second_factor.renew_codes(user, at=clock.now()))


@blueprint.post("/akun/pengaman/lepas")
@signed_in
def second_factor_remove() -> Any:
    """Let go of it, with a code of it; the session starts anew."""
    user, form = _staff(), FactorForm()
    if not second_factors.is_on(user.id):
        abort(404)
    if not is_freshly_proved():
        return ask_again(url_for("account.second_factor_page"))
    if not form.validate():
        return _page(user, form)
    at, seal = clock.now(), current_app.extensions["seal"]
    tries = throttle.hit(TRIES, "second", str(user.id))
    if not tries or not second_factor.check(user.id, form.code.data, at=at, seal=seal):
        form.refuse()
        return _page(user, form)
    second_factor.remove(user, by=current_actor(), at=at)
    access.sign_in(user, at=at)
    flash(_("Pengaman kedua dilepas."))
    return redirect(url_for("account.home"), code=303)


def _page(user: User, form: FactorForm, *, starting: bool = False) -> Any:
    starting = starting or request.args.get("mulai") == "1"
    seal, secret = current_app.extensions["seal"], ""
    on = second_factors.is_on(user.id)
    if starting and not on:
        secret = second_factor.pending_secret(user.id, seal=seal)
    site = current_app.config["SITE"]["name"]
    return render_form(
        "account/second_factor.html",
        form,
        on=on,
        required=current_app.config["STAFF_SECOND_FACTOR"],
        codes_left=second_factors.codes_left(user.id) if on else 0,
        secret=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        picture=_picture(rules.address(secret, account=user.email or user.name, site=site)) if secret else "",
    )


def _picture(address: str) -> str:
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=4))


def _codes(codes: list[str]) -> Any:
    return render_template("account/second_codes.html", codes=codes, wanted=url_for("account.home"))
