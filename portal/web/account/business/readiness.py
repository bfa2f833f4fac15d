"""How ready a proposal is, as its business sees it: what is missing, who brings it, until when."""

from typing import Any

from flask import Response, abort, flash, redirect, url_for
from flask_babel import gettext as _

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import Business, Submission
from portal.queries import readiness as reading
from portal.queries import submissions
from portal.rules import readiness as rules
from portal.rules.permissions import Actor
from portal.services import readiness
from portal.services.errors import NotForEveryone
from portal.services.package_changes import MOST_WAITING, TooMany
from portal.web import labels, uploads
from portal.web.access import is_reporter_of, public, signed_in, signed_in_user
from portal.web.account.blueprint import blueprint
from portal.web.account.business.doors import frame, own_business
from portal.web.account.business.profile import EDITORS
from portal.web.files import answer_with
from portal.web.forms import Form, render_form
from portal.web.readiness_view import EvidenceForm, field_form, view_of


@blueprint.get("/akun/usaha/<slug>/kesiapan")
@signed_in
def business_readiness_list(slug: str) -> Any:
    """List the proposals of the business with how ready each is."""
    business, actor = own_business(slug)
    today = clock.city_date(clock.now())
    rows = []
    for row in reading.proposals_of(business.id):
        case = submissions.by_reference(row.reference)
        facts = None if case is None else reading.facts(case, today=today)
        if facts is not None:
            rows.append((row, rules.evaluate(facts)))
    return render_form("account/business/readiness_list.html", Form(), **frame(business, actor), rows=rows)


def _of_business(slug: str, reference: str, *, edit: bool = False) -> tuple[Business, Actor, Submission]:
    business, actor = own_business(slug, *(EDITORS if edit else ()))
    canonical = parse_reference(reference)
    mine = {row.reference: row for row in reading.proposals_of(business.id)}
    case = submissions.by_reference(canonical) if canonical in mine and canonical else None
    if case is None:
        abort(404)
    return business, actor, case


@blueprint.get("/akun/usaha/<slug>/kesiapan/<reference>")
@signed_in
def business_readiness(slug: str, reference: str) -> Any:
    """Show what a proposal of the business still needs."""
    return _page(*_of_business(slug, reference))


def _page(business: Business, actor: Actor, case: Submission, bound: Form | None = None) -> Any:
    def address(deed: str, what: str) -> str:
        endpoint = f"account.business_readiness_{deed}"
        return url_for(endpoint, slug=business.slug, reference=case.reference, what=what)

    return render_form(
        "account/business/readiness.html",
        bound or Form(),
        **frame(business, actor),
        **view_of(case, address, bound),
        profile_url=url_for("account.business", slug=business.slug),
    )


@blueprint.post("/akun/usaha/<slug>/kesiapan/<reference>/isi/<what>")
@signed_in
def business_readiness_fill(slug: str, reference: str, what: str) -> Any:
    """Write an answer that was left empty."""
    business, actor, case = _of_business(slug, reference, edit=True)
    result = fill(case, what, by_id=signed_in_user().id)
    if isinstance(result, Form):
        return _page(business, actor, case, result)
    return redirect(url_for("account.business_readiness", slug=slug, reference=case.reference), code=303)


@blueprint.post("/akun/usaha/<slug>/kesiapan/<reference>/unggah/<what>")
@signed_in
@uploads.takes_files
def business_readiness_upload(slug: str, reference: str, what: str) -> Any:
    """Take a photo or a scan for a task."""
    received = uploads.receive_scans("file", most=1)
    business, actor, case = _of_business(slug, reference, edit=True)
    form = upload(case, what, received, by_id=signed_in_user().id)
    if form is not None:
        return _page(business, actor, case, form)
    return redirect(url_for("account.business_readiness", slug=slug, reference=case.reference), code=303)


def fill(case: Submission, name: str, *, by_id: int | None = None) -> Any:
    """Write an answer from the request; return the form where something is wrong with it."""
    form = field_form(case.kind, name)
    if form is None:
        abort(404)
    if not form.validate():
        return form
    try:
        counts = readiness.fill(case, name, form.values()[name], by_id=by_id, at=clock.now())
    except readiness.NotOpen:
        abort(409)
    except NotForEveryone as error:
        form[name].errors = [labels.not_for_everyone(error.codes)]
        return form
    except TooMany:
        form[name].errors = [_("Masih ada %(most)s perubahan yang menunggu petugas.", most=MOST_WAITING)]
        return form
    if counts:
        flash(_("Tersimpan. Terima kasih."))
    else:
        flash(_("Perubahan diajukan. Tampil setelah petugas menerimanya."))
    return None


def upload(
    case: Submission, item: str, received: uploads.Received, *, by_id: int | None
) -> EvidenceForm | None:
    """Keep a file for a task; return the form where something is wrong with it."""
    form = EvidenceForm(code=item)
    form.file.errors = received.errors or ([] if received.files else [_("Pilih foto atau PDF.")])
    if form.file.errors:
        uploads.discard(received)
        return form
    try:
        readiness.give_evidence(case, item, received.files[0], by_id=by_id, at=clock.now())
    except readiness.NotOpen:
        uploads.discard(received)
        abort(409)
    flash(_("Berkas diterima."))
    return None


# --- whoever holds the tracking code ------------------------------------------------------------------------


def _of_reporter(reference: str) -> Submission:
    canonical = parse_reference(reference)
    case = submissions.by_reference(canonical) if canonical else None
    if (
        case is None
        or not is_reporter_of(case.id)
        or reading.facts(case, today=clock.city_date(clock.now())) is None
    ):
        abort(404)
    return case


def _tracked_page(case: Submission, bound: Form | None = None) -> Any:
    def address(deed: str, what: str) -> str:
        return url_for(f"account.tracked_readiness_{deed}", reference=case.reference, what=what)

    return render_form(
        "account/business/readiness_tracked.html",
        bound or Form(),
        **view_of(case, address, bound),
        profile_url=url_for("account.businesses_mine"),
    )


@blueprint.get("/lacak/<reference>/kesiapan")
@public
def tracked_readiness(reference: str) -> Any:
    """Show to whoever sent a proposal what it still needs."""
    return _tracked_page(_of_reporter(reference))


@blueprint.post("/lacak/<reference>/kesiapan/isi/<what>")
@public
def tracked_readiness_fill(reference: str, what: str) -> Any:
    """Write an answer that was left empty."""
    case = _of_reporter(reference)
    result = fill(case, what)
    if isinstance(result, Form):
        return _tracked_page(case, result)
    return redirect(url_for("account.tracked_readiness", reference=case.reference), code=303)


@blueprint.post("/lacak/<reference>/kesiapan/unggah/<what>")
@public
@uploads.takes_files
def tracked_readiness_upload(reference: str, what: str) -> Any:
    """Take a photo or a scan for a task."""
    received = uploads.receive_scans("file", most=1)
    case = _of_reporter(reference)
    form = upload(case, what, received, by_id=None)
    if form is not None:
        return _tracked_page(case, form)
    return redirect(url_for("account.tracked_readiness", reference=case.reference), code=303)


@blueprint.get("/lacak/<reference>/kesiapan/berkas/<token>")
@public
def tracked_readiness_file(reference: str, token: str) -> Response:
    """Show a file to whoever gave it."""
    case, found = _of_reporter(reference), reading.evidence(token)
    if found is None or found[1] != case.id:
        abort(404)
    return answer_with(found[0], small=False, open_to_all=False)
