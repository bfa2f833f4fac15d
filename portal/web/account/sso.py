"""Signing in through the city's OpenID Connect provider. Off, and 404, until a provider is configured.

Going there and coming back both pass a page of our own. On the way out it keeps the strict policy of the
forms: browsers ask `form-action` of every redirect after a form, also those from the provider to others. On
the way in it changes nothing, as no GET may here: a button finishes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from flask import (
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _

from portal.core import clock, openid, throttle
from portal.core.database import let_go, writing
from portal.core.locale import current_locale, unprefixed_root
from portal.core.openid import Journey, NotProved, Provider, ProviderDown
from portal.core.security import reads_first, safe_next
from portal.core.tokens import digest
from portal.models import SignInMethod
from portal.queries import external_logins as reads
from portal.services import external_logins
from portal.services.external_logins import Refused, Why
from portal.web.access import actor_for, public, signed_in, signed_in_user
from portal.web.account import second_factor
from portal.web.account.blueprint import blueprint
from portal.web.account.sign_in import start_page

log = structlog.get_logger()

#: Where the secrets of a journey lie in the signed cookie, and how long they are good, in seconds.
KEY = "sso"
LONGEST_JOURNEY = 15 * 60
#: No code of any provider is longer.
LONGEST_CODE = 4096


def provider() -> Provider | None:
    """Return the provider of this site, or None where there is none."""
    config = current_app.config
    if not config["OIDC_ISSUER"]:
        return None
    settings = openid.Settings(
        config["OIDC_ISSUER"],
        config["OIDC_CLIENT_ID"],
        config["OIDC_CLIENT_SECRET"],
        f"{config['BASE_URL']}/masuk/sso/kembali",
    )
    made: Provider | None = current_app.extensions.get("openid")
    if made is None or made.settings != settings:
        made = current_app.extensions["openid"] = Provider(settings)
    return made


def links_of(user_id: int) -> list[Any]:
    """Return the links of an account for its page; none while nobody can come in by them."""
    return list(reads.of_user(user_id)) if provider() is not None else []


def _while_on(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if provider() is None:
            abort(404)
        return view(*args, **kwargs)

    return guarded


@blueprint.post("/masuk/sso")
@public
@_while_on
@reads_first
def sso_start() -> Any:
    """Make the secrets of a journey and show the way to the provider."""
    if over := _too_often():
        return over
    journey, locale = openid.new_journey(), current_locale()
    try:
        address = provider().address(journey, locale=locale)
    except ProviderDown as error:
        log.warning("openid_provider_down", why=str(error))
        return _failed(_unreachable(), 503)
    session[KEY] = {
        "state": journey.state,
        "nonce": journey.nonce,
        "verifier": journey.verifier,
        "next": safe_next(request.args.get("next")),
        "locale": locale,
        "at": int(clock.now().timestamp()),
    }
    return _private(render_template("account/sso_go.html", address=address))


@blueprint.get("/masuk/sso/kembali")
@public
@_while_on
def sso_back() -> Any:
    """Say that the provider answered, in the language of whoever went there. A button finishes."""
    kept = _kept()
    given = {name: request.args.get(name, "") for name in ("state", "code", "iss", "error")}
    if kept is None or not _same(kept, given["state"]):
        return _failed(_expired(), 400)
    if kept["locale"] != current_locale():
        prefix = "" if kept["locale"] == current_app.config["BABEL_DEFAULT_LOCALE"] else f"/{kept['locale']}"
        query = request.query_string.decode("ascii", "replace")
        return redirect(f"{unprefixed_root()}{prefix}/masuk/sso/kembali?{query}", code=303)
    if given["error"] or not given["code"]:
        return _failed(_("Anda tidak jadi masuk lewat %(name)s. Tidak ada yang berubah.", name=_name()), 400)
    return _private(render_template("account/sso_back.html", **given))


@blueprint.post("/masuk/sso/selesai")
@public
@_while_on
@reads_first
def sso_finish() -> Any:
    """Exchange the code for an identity and sign its account in. The secrets are good for one attempt."""
    if over := _too_often():
        return over
    kept = _kept()
    session.pop(KEY, None)
    state, code = request.form.get("state", ""), request.form.get("code", "")
    if kept is None or not _same(kept, state) or not 1 <= len(code) <= LONGEST_CODE:
        return _failed(_expired(), 400)
    # The cookie can be copied: what it held is good once, whoever brings it.
    if not throttle.hit("1/hour", "sso state", digest(state)):
        return _failed(_expired(), 400)
    journey = Journey(kept["state"], kept["nonce"], kept["verifier"])
    try:
        identity = provider().identity(code, journey, issuer=request.form.get("iss", ""))
    except ProviderDown as error:
        log.warning("openid_provider_down", why=str(error))
        return _failed(_unreachable(), 503)
    except NotProved as error:
        log.warning("openid_not_proved", why=str(error))
        return _failed(_("Jawaban %(name)s tidak bisa dipercaya. Masuk dengan cara lain.", name=_name()), 400)
    at = clock.now()
    let_go()  # SQLite lets one writer in at a time: stand in line with nothing in hand
    with writing():
        try:
            user = external_logins.enter(
                identity,
                staff=current_app.config["OIDC_STAFF"],
                at=at,
                seal=current_app.extensions["seal"],
                locale=current_locale(),
            )
        except Refused as refused:
            return _failed(_refusal(refused.why), 403)
        wanted = safe_next(kept["next"]) or start_page(actor_for(user))
        return second_factor.go_on(user, SignInMethod.SSO, wanted)


@blueprint.post("/akun/sso/<int:login_id>/lepas")
@signed_in
@_while_on
def sso_unlink(login_id: int) -> Any:
    """Take a link away; signing in by code or password stays."""
    external_logins.unlink(signed_in_user(), login_id, at=clock.now())
    flash(_("Tautan dilepas. Anda tetap bisa masuk dengan kode."))
    return redirect(url_for("account.home"), code=303)


def _kept() -> dict[str, Any] | None:
    kept = session.get(KEY)
    if not isinstance(kept, dict) or clock.now().timestamp() - kept["at"] > LONGEST_JOURNEY:
        return None
    return kept


def _same(kept: dict[str, Any], state: str) -> bool:
    return digest(kept["state"]) == digest(state)


def _too_often() -> Response | None:
    limit, key = current_app.config["LIMIT_SIGN_IN_PER_ADDRESS"], ("sso", request.remote_addr or "")
    if throttle.hit(limit, *key):
        return None
    seconds = throttle.seconds_left(limit, *key)
    words = _("Terlalu banyak percobaan. Coba lagi %(minutes)s menit lagi.", minutes=-(-seconds // 60))
    response = _failed(words, 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _name() -> str:
    return str(current_app.config["OIDC_NAME"])


def _unreachable() -> str:
    return _("%(name)s tidak bisa dihubungi. Masuk dengan kode atau kata sandi saja.", name=_name())


def _expired() -> str:
    return _("Waktu untuk masuk lewat %(name)s sudah habis, atau sudah dipakai. Ulangi lagi.", name=_name())


def _refusal(why: Why) -> str:
    if why is Why.NO_EMAIL:
        return _("%(name)s belum memastikan e-mail Anda. Masuk dengan kode saja.", name=_name())
    if why is Why.STAFF:
        return _("Akun petugas ini tidak bisa masuk lewat %(name)s. Pakai kata sandi.", name=_name())
    return _("Akun ini sudah ditutup. Hubungi admin jika itu keliru.")


def _failed(words: str, code: int) -> Response:
    return _private((render_template("account/sso_failed.html", words=words), code))


def _private(page: Any) -> Response:
    response = make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"  # addresses on the way hold what is used once
    return response
