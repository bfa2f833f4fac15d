"""The receipt of a sending, and leaving no trace on a shared phone."""

from urllib.parse import quote

import segno
from flask import abort, current_app, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core.clock import city_date, now
from portal.core.locale import unprefixed_root
from portal.models import Submission
from portal.queries import reference as reference_data
from portal.queries import tracking
from portal.rules.deadlines import VERIFY_DAYS
from portal.services import drafts, submissions
from portal.services.drafts import ASPIRATION, PROPOSAL
from portal.web import drafts as browser_draft
from portal.web import planning_words
from portal.web.access import forget_reporter, public
from portal.web.public.blueprint import blueprint


@blueprint.get("/kirim/selesai")
@public
def submit_receipt() -> str | Response:
    """Show the receipt of what this browser sent last, for a day."""
    return receipt_page(ASPIRATION, url_for("public.submit_story"))


def receipt_page(flow: str, again_url: str) -> str | Response:
    """Return the receipt of what this browser sent last in a flow; without one, lead to its beginning."""
    key = browser_draft.receipt_key(flow)
    sent = submissions.receipt(key, secret=browser_draft.code_secret()) if key else None
    if sent is None:
        return redirect(again_url, code=303)
    case = sent.submission
    address = case_address(case)
    return render_template(
        "public/submit/receipt.html",
        case=case,
        receipt=sent,
        flow=flow,
        again_url=again_url,
        address=address,
        steps=next_steps(case),
        merged_into=tracking.target_reference(case),
        has_contact=tracking.has_contact(case.id),
        whatsapp=whatsapp_link(sent.reference, address),
        qr=qr_image(address),
        planned=planning_words.told(case, city_date(now())),
        planning_words=planning_words,
    )


def case_address(case: Submission) -> str:
    """Return the whole address of a case; for a secret one only of the page that asks for its code."""
    path = f"{unprefixed_root()}/lacak" if case.secret else f"{unprefixed_root()}/k/{case.reference}"
    return f"{current_app.config['BASE_URL']}{path}"


def whatsapp_link(reference: str, address: str) -> str:
    """Return the link by which citizens send themselves the reference. Never the tracking code."""
    words = _("Nomor kiriman saya: %(reference)s. Lihat di %(address)s", reference=reference, address=address)
    return f"https://wa.me/?text={quote(words, safe='')}"


def qr_image(address: str) -> str:
    """Return a QR code as a data: address."""
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=2))


def next_steps(case: Submission) -> list[str]:
    """Return by when it is verified and answered at the latest, as people say dates."""
    calendar = reference_data.calendar()
    verified = calendar.add(city_date(case.received_at), VERIFY_DAYS)
    answered = calendar.add(verified, reference_data.answer_days(case.kind, case.category_id))
    return [format_date(day, "EEEE, d MMMM y") for day in (verified, answered)]


@blueprint.post("/kirim/hapus")
@public
def draft_delete() -> Response:
    """Delete the draft here and on the server, and forget the receipt."""
    flow = request.form.get("flow", ASPIRATION)
    if flow not in {ASPIRATION, PROPOSAL}:
        abort(404)
    draft = browser_draft.current(flow)
    if draft is not None and not drafts.is_sent(draft):
        drafts.delete(draft, storage=current_app.extensions["storage"])
    key = browser_draft.receipt_key(flow)
    sent = submissions.receipt(key, secret=browser_draft.code_secret()) if key else None
    if sent is not None:
        forget_reporter(sent.submission.id)
    browser_draft.forget(flow)
    browser_draft.forget_receipt(flow)
    if flow == PROPOSAL:
        return redirect(url_for("public.proposal_step", step=1, dihapus=1), code=303)
    return redirect(url_for("public.submit_story", dihapus=1), code=303)
