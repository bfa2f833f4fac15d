"""Making a case one's own that was sent without an account: by number and code, or by its contact."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.core import clock, throttle
from portal.core.references import code_matches, parse_reference
from portal.queries import claims as queries
from portal.queries import splits, submissions
from portal.services import claims
from portal.web import drafts as browser_draft
from portal.web.access import make_own, signed_in, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.forms import Form, LineField, render_form


class ClaimForm(Form):
    reference = LineField(
        _l("Nomor kiriman"), limit=200, required=_l("Tulis nomor kiriman, contoh: SB-2611-K7RM")
    )
    code = LineField(_l("Kode lacak rahasia"), limit=200, required=_l("Tulis kode lacak dari tanda terima."))


def offered() -> int:
    """Return how many cases with a contact of this account it may make its own."""
    return len(queries.offered(signed_in_user().id, seal=current_app.extensions["seal"]))


def _page(form: ClaimForm, extra_errors: list[str] | None = None) -> Any:
    return render_form("account/claim.html", form, extra_errors=extra_errors or [], offered=offered())


@blueprint.get("/akun/klaim")
@signed_in
def claim() -> Any:
    """Ask for the number and the code."""
    return _page(ClaimForm(data={"reference": request.args.get("nomor", "")[:200]}))


@blueprint.post("/akun/klaim", endpoint="claim_save")
@signed_in
def save() -> Any:
    """Make the case and its parts the account's own; guesses count as those on the tracking page do."""
    form = ClaimForm()
    valid = form.validate()
    if not throttle.hit(current_app.config["LIMIT_TRACK_PER_ADDRESS"], "track", request.remote_addr or ""):
        words = _("Terlalu banyak percobaan dari sini. Tunggu beberapa menit, lalu coba lagi.")
        return _page(form, [words])[0], 429
    if not valid:
        return _page(form)
    reference = parse_reference(form.reference.data, current_app.config["SITE"]["prefix"])
    case = submissions.by_reference(reference) if reference else None
    # A case that does not exist takes the same time as a wrong code.
    stored = case.tracking_hash if case is not None else None
    matches = code_matches(browser_draft.code_secret(), form.code.data, stored)
    if not matches or case is None:
        form.code.errors = [_("Nomor atau kode lacak tidak cocok. Periksa lagi keduanya.")]
        return _page(form)
    for own in splits.same_author(case.id):  # one code opens them all
        make_own(own)
    flash(_("Kiriman %(reference)s sekarang milik akun ini.", reference=case.reference))
    return redirect(url_for("account.my_cases"), code=303)


@blueprint.post("/akun/klaim/kontak")
@signed_in
def claim_by_contact() -> Any:
    """Make the cases that were sent with a confirmed contact of this account its own."""
    number = claims.claim(signed_in_user(), at=clock.now(), seal=current_app.extensions["seal"])
    if number:
        flash(
            ngettext(
                "%(num)s kiriman sekarang milik akun ini.", "%(num)s kiriman sekarang milik akun ini.", number
            )
        )
    else:
        flash(_("Tidak ada lagi kiriman dengan kontak Anda."))
    return redirect(url_for("account.my_cases"), code=303)
