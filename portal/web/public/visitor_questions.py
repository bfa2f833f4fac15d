"""A visitor asks a business through the portal, and reads the answer under an address only they know."""

from typing import Any

from flask import abort, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import StopValidation

from portal.core import clock, throttle
from portal.core.locale import current_locale
from portal.core.text import normalise
from portal.core.tokens import new_token
from portal.queries import packages as queries
from portal.rules.contacts import NoContact, parse
from portal.services import packages
from portal.web.access import public
from portal.web.account.forms import NO_CONTACT
from portal.web.forms import Form, LineField, ProseField, render_form
from portal.web.public.blueprint import blueprint
from portal.web.public.packages import listed_package

#: Questions from one network address.
LIMIT = "20/hour"
#: When the form was shown, in the signed cookie: machines need no time at all.
_SHOWN = "asked_at"
#: The name of the form that was shown, so that one sent twice is one question.
_FORM = "asked_by"


class AskForm(Form):
    text = ProseField(
        _l("Pertanyaan Anda"), limit=1000, minimum=10, required=_l("Tulis pertanyaan, minimal 10 huruf.")
    )
    name = LineField(_l("Nama panggilan"), limit=80)
    contact = LineField(_l("E-mail atau nomor HP"), limit=254)
    website = StringField(_l("Situs web"))

    def validate_contact(self, field: Any) -> None:
        """A contact may stay empty; what is typed must reach somebody."""
        if not field.data:
            return
        try:
            parse(field.data)
        except NoContact as error:
            raise StopValidation(str(NO_CONTACT[error.why])) from None


def _page(reference: str, form: AskForm, faults: list[str] | None = None, status: int | None = None) -> Any:
    found = listed_package(reference)
    if _SHOWN not in session:
        session[_SHOWN], session[_FORM] = int(clock.now().timestamp()), new_token()
    page = render_form(
        "public/packages/ask.html",
        form,
        extra_errors=faults or [],
        package=found.package,
        business=found.package.business,
        reference=found.reference,
    )
    return page if status is None else (page[0], status)


@blueprint.get("/jelajah/<reference>/tanya")
@public
def package_ask(reference: str) -> Any:
    """Ask what the visitor wants to know."""
    session.pop(_SHOWN, None)  # a form of its own: the one before may have been sent
    return _page(reference, AskForm())


@blueprint.post("/jelajah/<reference>/tanya", endpoint="package_ask_send")
@public
def send(reference: str) -> Any:
    """Hand the question to the business."""
    found, form = listed_package(reference), AskForm()
    if not form.validate():
        return _page(reference, form)
    at = clock.now()
    shown = session.get(_SHOWN)
    # who never saw the form was too fast as well
    too_fast = shown is None or at.timestamp() - shown < current_app.config["MIN_SECONDS_TO_SEND"]
    if normalise(form.website.data or "") or too_fast:
        return _page(reference, form, [_("Tunggu beberapa detik, lalu tekan Kirim sekali lagi.")], 422)
    if not throttle.hit(LIMIT, "visitor question", request.remote_addr or ""):
        return _page(reference, form, [_("Terlalu banyak pertanyaan dari sini. Coba lagi nanti.")], 429)
    token = packages.ask(
        found.package,
        text=form.text.data,
        name=form.name.data or "",
        contact=parse(form.contact.data) if form.contact.data else None,
        locale=current_locale(),
        at=at,
        seal=current_app.extensions["seal"],
        form=session.get(_FORM, ""),
    )
    return redirect(url_for("public.visitor_question", token=token), code=303)


@blueprint.get("/jelajah/tanya/<token>")
@public
def visitor_question(token: str) -> Any:
    """Show a question with its answer to whoever knows the address."""
    found = queries.asked(token)
    if found is None:
        abort(404)
    row, reference, title = found
    page = current_app.make_response(
        render_template("public/packages/asked.html", question=row, reference=reference, title=title)
    )
    page.headers["Cache-Control"] = "private, no-store"
    page.headers["Referrer-Policy"] = "no-referrer"
    page.headers["X-Robots-Tag"] = "noindex"
    return page
