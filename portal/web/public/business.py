"""The door for businesses, and their proposals: steps, check and receipt.

As with aspirations, a draft begins with the first POST, and what a POST carries is kept before anything is
judged; contacts are sealed at once.
"""

from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.database import transaction
from portal.core.locale import current_locale
from portal.models import Business, BusinessKind, Draft, Kind, Purpose
from portal.queries import businesses
from portal.queries import drafts as draft_queries
from portal.queries import reference as reference_data
from portal.rules import proposals as rules
from portal.services import drafts, proposals
from portal.services.drafts import PROPOSAL
from portal.services.proposals import Written
from portal.web import drafts as browser_draft
from portal.web import labels, proposal_labels, sending, uploads
from portal.web.access import make_own, public, remember_reporter, signed_in_user
from portal.web.caching import cached_page
from portal.web.forms import render_form
from portal.web.public.blueprint import blueprint
from portal.web.public.proposal_forms import BusinessForm, FilesForm, QuestionsForm, SendForm, questions
from portal.web.public.receipt import receipt_page

#: A concept and a letter.
MAX_DOCUMENTS = 2


@blueprint.get("/usaha")
@public
@cached_page
def business() -> str:
    """Show what a business can propose, and how."""
    return render_template("public/business/door.html")


@blueprint.get("/usaha/kemitraan/selesai")
@public
def proposal_receipt() -> str | Response:
    """Show the receipt of the proposal that this browser sent last, for a day."""
    return receipt_page(PROPOSAL, url_for("public.proposal_step", step=1))


def _to(step: int, **values: Any) -> Response:
    return redirect(url_for("public.proposal_step", step=step, **values), code=303)


def _to_receipt(draft: Draft) -> Response:
    browser_draft.keep_receipt(PROPOSAL, draft.idempotency_key)
    return redirect(url_for("public.proposal_receipt"), code=303)


@blueprint.get("/usaha/kemitraan/<int:step>")
@public
def proposal_step(step: int) -> Any:
    """Show a step with what was kept of it. Begins nothing, and lets nobody skip a step."""
    draft = browser_draft.current(PROPOSAL)
    if draft is not None and drafts.is_sent(draft):
        # The answer to the sending was lost on its way.
        return _to_receipt(draft)
    so_far = proposals.written(draft)
    if not 1 <= step <= rules.last_step(so_far.kind):
        if draft is None or step < 1:
            abort(404)
        return _to(rules.last_step(so_far.kind))
    missing = so_far.missing_step
    if missing is not None and missing < step:
        return _to(missing)
    if step == 1:
        return _business_page(_kept_business(draft, so_far), draft, so_far)
    assert draft is not None  # step 1 is missing without a draft
    if step == rules.last_step(so_far.kind):
        return _check_page(SendForm(), draft, so_far)
    if step == rules.files_step(so_far.kind):
        return _files_page(_kept_private(draft, so_far), draft, so_far)
    return _questions_page(questions(so_far.kind, step, so_far.fields), step, so_far)


@blueprint.post("/usaha/kemitraan/<int:step>", endpoint="proposal_step_save")
@public
@uploads.takes_files
def save_proposal_step(step: int) -> Any:
    """Keep a step and go on; the last one sends."""
    photos = uploads.receive_photos("photos")
    concept = uploads.receive_documents("concept")
    letter = uploads.receive_documents("letter")
    draft = browser_draft.current(PROPOSAL, lock=True)
    if draft is not None and drafts.is_sent(draft):
        return _to_receipt(draft)
    if step == 1:
        return _save_business()
    if draft is None:
        return _keep_for_later(step)
    so_far = proposals.written(draft)
    if not 1 <= step <= rules.last_step(so_far.kind):
        abort(404)
    missing = so_far.missing_step
    if missing is not None and missing < step:
        return _to(missing)
    if step == rules.last_step(so_far.kind):
        return _send(draft, so_far)
    if step == rules.files_step(so_far.kind):
        return _save_files(draft, so_far, photos, concept, letter)
    return _save_questions(draft, step, so_far)


def _keep_for_later(step: int) -> Response:
    """The session died: keep the valid answers that this POST carries, and begin where it is open."""
    draft = browser_draft.current_or_new(PROPOSAL)
    for kind in (Kind.TOURISM_PACKAGE, Kind.PARTNERSHIP):
        # The first step, which tells the kind, is gone; both may have been meant.
        form = questions(kind, step, {})
        form.validate()
        carried = {name: value for name, value in form.values().items() if rules.filled(value)}
        proposals.save_fields(draft, carried, at=clock.now())
    return _to(1, putus=1)


def _next(step: int, draft: Draft) -> Response:
    """Go on, or back to the check when that is where the visitor came from."""
    so_far = proposals.written(draft)
    if request.args.get("ubah") and so_far.missing_step is None:
        return _to(rules.last_step(so_far.kind))
    return _to(step + 1)


# --- step 1: the business -------------------------------------------------------------------------------


def _kept_business(draft: Draft | None, so_far: Written) -> BusinessForm:
    kept: dict[str, Any] = {
        **so_far.business,
        "ward": so_far.business.get("ward_code") or "",
        "own": str(so_far.business.get("business_id") or ""),
    }
    if draft is None or "contact" not in draft.data:
        user = signed_in_user()
        kept |= {
            "contact_name": user.name if user is not None and user.citizen else "",
            **sending.own_contact(),
        }
    else:
        kept |= proposals.contact(draft, current_app.extensions["seal"])
    if "cooperation" not in kept and request.args.get("usul") in rules.COOPERATIONS:
        kept["cooperation"] = request.args["usul"]
    return BusinessForm(_own_businesses(), data=kept)


def _own_businesses() -> list[Business]:
    user = signed_in_user()
    return [] if user is None else businesses.of_user(user.id)


def _business_page(form: BusinessForm, draft: Draft | None, so_far: Written) -> Any:
    return render_form("public/business/business.html", form, draft=draft, total=rules.last_step(so_far.kind))


def _save_business() -> Any:
    form = BusinessForm(_own_businesses())
    complete = form.validate()
    with transaction():
        draft = browser_draft.current_or_new(PROPOSAL)
        proposals.save_business(
            draft, form.business(), form.contact(), seal=current_app.extensions["seal"], at=clock.now()
        )
        proposals.note_step(draft, 1, complete=complete, at=clock.now())
    if not complete:
        return _business_page(form, draft, proposals.written(draft))
    return _next(1, draft)


# --- steps of questions ---------------------------------------------------------------------------------


def _questions_page(form: QuestionsForm, step: int, so_far: Written) -> Any:
    return render_form(
        "public/business/questions.html",
        form,
        step=step,
        total=rules.last_step(so_far.kind),
        kind=so_far.kind,
        heading=proposal_labels.heading(so_far.kind, step),
        hints=proposal_labels.HINT,
        most_rows=rules.MAX_ROWS,
    )


def _save_questions(draft: Draft, step: int, so_far: Written) -> Any:
    form = questions(so_far.kind, step, so_far.fields)
    complete = form.validate()
    adding = request.form.get("add")
    with transaction():
        proposals.save_fields(draft, form.values(), at=clock.now())
        proposals.note_step(draft, step, complete=complete, at=clock.now())
    if adding:
        form.forget_errors()
        return _questions_page(form, step, so_far)
    if not complete:
        return _questions_page(form, step, so_far)
    return _next(step, draft)


# --- files, and what stays private ----------------------------------------------------------------------


def _files_form(draft: Draft, so_far: Written, **kwargs: Any) -> FilesForm:
    files = [(file.token, _file_label(number, file)) for number, file in _numbered(draft)]
    return FilesForm(rules.can_be_private(so_far.kind, so_far.fields), files, **kwargs)


def _numbered(draft: Draft) -> list[tuple[int, Any]]:
    return list(enumerate(draft_queries.files(draft.id), start=1))


def _file_label(number: int, file: Any) -> str:
    return (
        _("Foto (berkas %(number)s)", number=number)
        if file.width
        else _("PDF (berkas %(number)s)", number=number)
    )


def _kept_private(draft: Draft, so_far: Written) -> FilesForm:
    private_files = [file.token for _number, file in _numbered(draft) if file.proprietary]
    return _files_form(
        draft,
        so_far,
        data={
            "private": so_far.proprietary,
            "private_files": private_files,
            "documents_private": True,
            "photos_private": False,
        },
    )


def _files_page(form: FilesForm, draft: Draft, so_far: Written) -> Any:
    files = draft_queries.files(draft.id)
    photos = sum(1 for file in files if file.width)
    return render_form(
        "public/business/files.html",
        form,
        step=rules.files_step(so_far.kind),
        total=rules.last_step(so_far.kind),
        files=files,
        photos_left=uploads.MAX_PHOTOS - photos,
        documents_left=MAX_DOCUMENTS - (len(files) - photos),
    )


def _save_files(
    draft: Draft,
    so_far: Written,
    photos: uploads.Received,
    concept: uploads.Received,
    letter: uploads.Received,
) -> Any:
    storage, at = current_app.extensions["storage"], clock.now()
    form = _files_form(draft, so_far)
    complete = form.validate()
    unwanted = request.form.get("remove")
    groups = (
        (photos, form.photos, form.photos_private.data),
        (concept, form.concept, form.documents_private.data),
        (letter, form.letter, form.documents_private.data),
    )
    with transaction():
        proposals.save_private(draft, form.private.data or [], form.private_files.data or [], at=at)
        if unwanted:
            drafts.remove_file(draft, unwanted, storage=storage)
        for received, field, private in groups:
            left_over = drafts.add_files(
                draft,
                received.files,
                at=at,
                storage=storage,
                purpose=Purpose.PROPOSAL,
                proprietary=private,
                max_documents=MAX_DOCUMENTS,
            )
            errors = list(received.errors)
            if left_over and not errors:
                is_photo = field is form.photos
                errors = [uploads.too_many(uploads.MAX_PHOTOS if is_photo else MAX_DOCUMENTS, photo=is_photo)]
            field.errors = [*field.errors, *errors]
            complete = complete and not errors
        proposals.note_step(draft, rules.files_step(so_far.kind), complete=complete, at=at)
    if unwanted:
        return _to(rules.files_step(so_far.kind), _anchor="berkas", ubah=request.args.get("ubah"))
    if not complete:
        problems = {field.name: field.errors for field in form if field.errors}
        form = _files_form(draft, so_far)
        form.validate()
        for name, errors in problems.items():
            form[name].errors = errors
        return _files_page(form, draft, so_far)
    return _next(rules.files_step(so_far.kind), draft)


# --- the check ------------------------------------------------------------------------------------------


def _check_page(
    form: SendForm, draft: Draft, so_far: Written, extra_errors: list[str] | None = None, code: int = 0
) -> Any:
    ward = reference_data.wards().get(so_far.business.get("ward_code") or "")
    files = draft_queries.files(draft.id)
    page, status = render_form(
        "public/business/check.html",
        form,
        extra_errors=extra_errors,
        step=rules.last_step(so_far.kind),
        files_step=rules.files_step(so_far.kind),
        business=so_far.business,
        business_kind=labels.BUSINESS[BusinessKind(so_far.business["kind"])],
        cooperation=proposal_labels.COOPERATION[so_far.business["cooperation"]],
        contact=proposals.contact(draft, current_app.extensions["seal"]),
        ward=ward.name if ward else _("Di luar Sibolga, atau tidak tetap"),
        answers=[
            {
                "label": proposal_labels.label(field.name),
                "lines": proposal_labels.lines(field.name, so_far.fields[field.name]),
                "step": field.step,
                "name": field.name,
                "private": field.name in so_far.proprietary,
            }
            for field in rules.fields_of(so_far.kind)
            if rules.filled(so_far.fields.get(field.name))
        ],
        files=files,
        private_files=sum(1 for file in files if file.proprietary),
    )
    return page, code or status


def _send(draft: Draft, so_far: Written) -> Any:
    """Send it. A repetition, twenty at once or after a lost answer, gets the same receipt."""
    form = SendForm()
    if sending.looks_automatic(form.website.data, draft):
        form.website.data = ""
        words = _("Tekan “Kirim usulan” sekali lagi. Isian Anda tidak hilang.")
        return _check_page(form, draft, so_far, [words])
    known = proposals.contact(draft, current_app.extensions["seal"])
    if not sending.within_limits((known.get("email", ""), known.get("phone", ""))):
        words = _("Terlalu banyak kiriman dari sini. Tunggu sebentar, lalu tekan “Kirim usulan” lagi.")
        return _check_page(form, draft, so_far, [words], code=429)
    sent = proposals.send(
        draft,
        secret=browser_draft.code_secret(),
        seal=current_app.extensions["seal"],
        at=clock.now(),
        locale=current_locale(),
        calendar=reference_data.calendar(),
        prefix=current_app.config["SITE"]["prefix"],
        speaks_for=frozenset(one.id for one in _own_businesses()),
    )
    remember_reporter(sent.submission.id)
    make_own(sent.submission.id)
    return _to_receipt(draft)
