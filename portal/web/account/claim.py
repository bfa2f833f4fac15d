"""Making a case one's own that was sent without an account: by its number and tracking code."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import throttle
from portal.core.references import code_matches, parse_reference
from portal.queries import splits, submissions
from portal.web import drafts as browser_draft
from portal.web.access import make_own, signed_in
from portal.web.account.blueprint import blueprint
from portal.web.forms import Form, LineField, render_form


class ClaimForm(Form):
    reference = LineField(
        _l("Nomor kiriman"), limit=200, required=_l("Tulis nomor kiriman, contoh: SB-2611-K7RM")
    )
    code = LineField(_l("Kode lacak rahasia"), limit=200, required=_l("Tulis kode lacak dari tanda terima."))


@blueprint.get("/akun/klaim")
@signed_in
def claim() -> Any:
    """Ask for the number and the code."""
    return render_form(
        "account/claim.html", ClaimForm(data={"reference": request.args.get("nomor", "")[:200]})
    )


@blueprint.post("/akun/klaim", endpoint="claim_save")
@signed_in
def save() -> Any:
    """Make the case and its parts the account's own; guesses count as those on the tracking page do."""
    form = ClaimForm()
    valid = form.validate()
    if not throttle.hit(current_app.config["LIMIT_TRACK_PER_ADDRESS"], "track", request.remote_addr or ""):
        words = _("Terlalu banyak percobaan dari sini. Tunggu beberapa menit, lalu coba lagi.")
        return render_form("account/claim.html", form, extra_errors=[words])[0], 429
    if not valid:
        return render_form("account/claim.html", form)
    reference = parse_reference(form.reference.data, current_app.config["SITE"]["prefix"])
    case = submissions.by_reference(reference) if reference else None
    # A case that does not exist takes the same time as a wrong code.
    stored = case.tracking_hash if case is not None else None
    matches = code_matches(browser_draft.code_secret(), form.code.data, stored)
    if not matches or case is None:
        form.code.errors = [_("Nomor atau kode lacak tidak cocok. Periksa lagi keduanya.")]
        return render_form("account/claim.html", form)
    for own in splits.same_author(case.id):  # one code opens them all
        make_own(own)
    flash(_("Kiriman %(reference)s sekarang milik akun ini.", reference=case.reference))
    return redirect(url_for("account.my_cases"), code=303)
