"""Supporting somebody else's submission: an address, a mail, one press."""

from typing import Any

from flask import abort, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField

from portal.core import clock, throttle
from portal.core.locale import current_locale
from portal.core.references import parse_reference
from portal.models import Submission
from portal.queries import submissions
from portal.services import supports
from portal.web.access import public, signed_in_user
from portal.web.forms import EmailField, Form, render_form
from portal.web.public.blueprint import blueprint

#: Mails with a link that one address may be sent in an hour, for whichever case.
MAILS_PER_CONTACT = "5/hour"


class SupportForm(Form):
    email = EmailField(
        _l("E-mail Anda"), required=_l("Tulis alamat e-mail yang lengkap, contoh: nama@contoh.id.")
    )
    news = BooleanField(_l("Kabari saya"), name="kabari", default=True)
    website = StringField(_l("Situs web"))


def _case(reference: str) -> Submission:
    canonical = parse_reference(reference, current_app.config["SITE"]["prefix"])
    case = submissions.by_reference(canonical) if canonical else None
    if case is not None and case.merged_into is not None:
        case = case.merged_into  # whoever supports a merged case means what it was merged into
    if case is None or not supports.can_be_supported(case):
        abort(404)
    return case


@blueprint.get("/k/<reference>/dukung")
@public
def support(reference: str) -> Any:
    """Ask for an address, or for one press from somebody who signed in."""
    return _page(_case(reference), SupportForm())


def _page(case: Submission, form: SupportForm, extra_errors: list[str] | None = None, code: int = 0) -> Any:
    page, status = render_form(
        "public/support/ask.html", form, extra_errors=extra_errors, case=case, user=signed_in_user()
    )
    return page, code or status


@blueprint.post("/k/<reference>/dukung", endpoint="support_request")
@public
def request_support(reference: str) -> Any:
    """Send the mail with the link; the answer is the same whether the address is new or known."""
    case = _case(reference)
    form = SupportForm()
    seal = current_app.extensions["seal"]
    if not throttle.hit(
        current_app.config["LIMIT_SUPPORT_PER_ADDRESS"], "support", request.remote_addr or ""
    ):
        words = _("Terlalu banyak permintaan dari sini. Tunggu sebentar, lalu coba lagi.")
        form.validate()
        return _page(case, form, [words], code=429)
    user = signed_in_user()
    if user is not None and "as_user" in request.form:
        supports.support_as_user(case, user, clock.now(), seal=seal, news=bool(form.news.data))
        session["supported"] = case.reference
        return redirect(url_for("public.support_thanks"), code=303)
    if not form.validate():
        return _page(case, form)
    allowed = throttle.hit(MAILS_PER_CONTACT, "support mail", seal.keyed_hash(form.email.data))
    if allowed and not form.website.data:
        supports.request(
            case, form.email.data, current_locale(), clock.now(), seal, news=bool(form.news.data)
        )
    return redirect(url_for("public.support_sent", reference=case.reference), code=303)


@blueprint.get("/k/<reference>/dukung/terkirim")
@public
def support_sent(reference: str) -> str:
    """Say what happens next."""
    return render_template("public/support/sent.html", case=_case(reference))


@blueprint.get("/dukung/<token>")
@public
def support_confirm(token: str) -> Any:
    """Show one button. Looking at the link (a mail program does) counts nothing."""
    case = supports.opened(token, clock.now())
    if case is None or not supports.can_be_supported(case):
        return _not_good()
    return private_page(render_template("public/support/confirm.html", case=case, token=token))


@blueprint.post("/dukung/<token>", endpoint="support_confirmed")
@public
def confirm_support(token: str) -> Any:
    """Count the support, once."""
    seen = supports.opened(token, clock.now())
    # The case may have been hidden or withdrawn since the mail: then the link is no good, as its page says.
    case = supports.confirm(token, clock.now()) if seen and supports.can_be_supported(seen) else None
    if case is None:
        return _not_good()
    session["supported"] = case.reference
    return redirect(url_for("public.support_thanks"), code=303)


@blueprint.get("/dukung/terima-kasih")
@public
def support_thanks() -> str | Response:
    """Thank, and lead to the case."""
    reference = session.get("supported")
    if not reference:
        return redirect(url_for("public.submissions"), code=303)
    return render_template("public/support/thanks.html", reference=reference)


def _not_good() -> Response:
    response = private_page(render_template("public/support/not_good.html"))
    response.status_code = 404
    return response


def private_page(page: str) -> Response:
    """Keep a link that is a key out of caches and of the Referer header."""
    response = current_app.make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
