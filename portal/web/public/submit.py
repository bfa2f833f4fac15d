"""Sending an aspiration: three steps and a receipt, with and without JavaScript.

A draft begins with the first POST. What a POST carries is kept in a transaction of its own before anything
is judged, so that a refusal, a dead session or a closed browser loses nothing.
"""

from typing import Any

from flask import current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.database import transaction
from portal.core.locale import current_locale
from portal.models import Draft, IdentityMode, Place
from portal.queries import drafts as draft_queries
from portal.queries import reference as reference_data
from portal.queries import submissions as submission_queries
from portal.services import drafts, submissions
from portal.services.drafts import ASPIRATION, MAX_TEXT
from portal.web import drafts as browser_draft
from portal.web import labels, sending, told_before, uploads
from portal.web.access import make_own, public, remember_reporter, signed_in_user
from portal.web.forms import render_form
from portal.web.public.blueprint import blueprint
from portal.web.public.submit_forms import KIND_WORDS, PlaceForm, SendForm, StoryForm
from portal.web.rendering import localised

STEPS = {1: "public.submit_story", 2: "public.submit_place"}


def _to(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), code=303)


def _unfinished(step: int) -> Response | None:
    """Return where to go instead of `step`: the first open one, or the receipt of what was sent."""
    draft = browser_draft.current(ASPIRATION)
    if draft is not None and drafts.is_sent(draft):
        # The answer to the sending was lost on its way.
        browser_draft.keep_receipt(ASPIRATION, draft.idempotency_key)
        return _to("public.submit_receipt")
    missing = drafts.missing_step(draft)
    return _to(STEPS[missing]) if missing is not None and missing < step else None


def _next_after(step: int, draft: Draft) -> Response:
    """Go on, or back to the check when that is where the visitor came from."""
    if request.args.get("ubah") and drafts.missing_step(draft) is None:
        return _to("public.submit_check")
    return _to(STEPS[step + 1]) if step + 1 in STEPS else _to("public.submit_check")


# --- step 1 -------------------------------------------------------------------------------------------


@blueprint.get("/kirim/1")
@public
def submit_story() -> Any:
    """Ask for the story. Begins nothing."""
    if elsewhere := _unfinished(1):
        return elsewhere
    draft = browser_draft.current(ASPIRATION)
    kept = dict(draft.data) if draft is not None else {}
    wanted = KIND_WORDS.get(request.args.get("jenis", ""))
    kind = wanted.value if wanted else kept.get("kind")
    form = StoryForm(data={"kind": kind, "text": kept.get("text", "")})
    return _story_page(form, draft)


def _story_page(form: StoryForm, draft: Draft | None) -> Any:
    return render_form(
        "public/submit/story.html",
        form,
        files=draft_queries.files(draft.id) if draft is not None else [],
        draft=draft,
        most_photos=uploads.MAX_PHOTOS,
    )


@blueprint.post("/kirim/1", endpoint="submit_story_save")
@public
@uploads.takes_files
def save_story() -> Any:
    """Keep the story and its files; go on when they are complete."""
    photos = uploads.receive_photos("photos")
    documents = uploads.receive_documents("document")
    form = StoryForm()
    complete = form.validate()
    unwanted = request.form.get("remove")
    with transaction():
        draft = browser_draft.current_or_new(ASPIRATION)
        drafts.save(draft, _story_values(form), at=clock.now())
        if unwanted:
            drafts.remove_file(draft, unwanted, storage=current_app.extensions["storage"])
        left_over = drafts.add_files(
            draft,
            [*photos.files, *documents.files],
            at=clock.now(),
            storage=current_app.extensions["storage"],
        )
    for received, field, photo in ((photos, form.photos, True), (documents, form.document, False)):
        errors = received.errors
        if any(file.is_photo is photo for file in left_over) and not errors:
            most = uploads.MAX_PHOTOS if photo else uploads.MAX_DOCUMENTS
            errors = [uploads.too_many(most, photo=photo)]
        field.errors = [*field.errors, *errors]
    if unwanted:
        return _to("public.submit_story", _anchor="berkas", ubah=request.args.get("ubah"))
    if not complete or photos.errors or documents.errors or left_over:
        return _story_page(form, draft)
    return _next_after(1, draft)


def _story_values(form: StoryForm) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if not form.kind.errors:
        kept["kind"] = form.kind.data
    if len(form.text.data) <= MAX_TEXT:
        kept["text"] = form.text.data
    return kept


# --- step 2 -------------------------------------------------------------------------------------------


@blueprint.get("/kirim/2")
@public
def submit_place() -> Any:
    """Ask where it is, propose a category, and show what may be the same."""
    if elsewhere := _unfinished(2):
        return elsewhere
    draft = browser_draft.current(ASPIRATION)
    assert draft is not None  # `_unfinished` saw to it
    kept = draft.data
    place = kept.get("place", "")
    form = PlaceForm(
        data={
            "ward": kept.get("ward_code") if place == Place.WARD else place,
            "landmark": kept.get("landmark", ""),
            "category": str(kept["category_id"] or "")
            if "category_id" in kept
            else told_before.proposed_category(draft),
            "latitude": kept.get("latitude"),
            "longitude": kept.get("longitude"),
        }
    )
    return _place_page(form, draft)


def _place_page(form: PlaceForm, draft: Draft) -> Any:
    asked = draft.data.get("similar_asked") == told_before.signature(draft)
    return render_form(
        "public/submit/place.html",
        form,
        similar=told_before.cards(draft) if asked else [],
        same_as=draft.data.get("same_as", ""),
        proposed="category_id" not in draft.data and bool(form.category.data),
    )


@blueprint.post("/kirim/2", endpoint="submit_place_save")
@public
def save_place() -> Any:
    """Keep the place; ask once whether this was told before; go on."""
    draft = browser_draft.current(ASPIRATION)
    same = request.form.get("same")
    if same is not None and draft is not None and not drafts.is_sent(draft):
        return _answer_same(draft, same)
    form = PlaceForm()
    complete = form.validate()
    if draft is None or drafts.is_sent(draft) or drafts.missing_step(draft) == 1:
        draft = browser_draft.current_or_new(ASPIRATION)
        drafts.save(draft, form.values(), at=clock.now())
        return _to("public.submit_story", putus=1)
    if not complete:
        return _place_page(form, draft)
    drafts.save(draft, form.values(), at=clock.now())
    signature = told_before.signature(draft)
    if draft.data.get("similar_asked") != signature:
        drafts.save(draft, {"similar_asked": signature, "same_as": None}, at=clock.now())
        if told_before.rows(draft):
            return _to("public.submit_place", _anchor="serupa", ubah=request.args.get("ubah"))
    return _next_after(2, draft)


def _answer_same(draft: Draft, reference: str) -> Response:
    """Keep what the visitor said of the similar ones: "" means none of them."""
    known = {row.reference for row in told_before.rows(draft)}
    if reference and reference not in known:
        return _to("public.submit_place", _anchor="serupa")
    drafts.save(draft, {"same_as": reference or None}, at=clock.now())
    return _to("public.submit_check")


# --- step 3 -------------------------------------------------------------------------------------------


@blueprint.get("/kirim/3")
@public
def submit_check() -> Any:
    """Show everything once more and ask who may know."""
    if elsewhere := _unfinished(3):
        return elsewhere
    draft = browser_draft.current(ASPIRATION)
    assert draft is not None  # `_unfinished` saw to it
    return _check_page(SendForm(data=_kept_sender(draft)), draft)


def _kept_sender(draft: Draft) -> dict[str, Any]:
    """Return what a sending that met a dead session had said of the sender."""
    seal = current_app.extensions["seal"]
    kept = draft.data.get("sender", {})
    contact = {key: seal.open(value) for key, value in kept.get("sealed", {}).items()}
    if "sender" not in draft.data:
        contact = sending.own_contact()
    boxes = {name: kept[name] for name in ("keep", "keep_shielded") if name in kept}
    mode = kept.get("identity", IdentityMode.HIDDEN.value)
    return {"identity": mode, "secret": kept.get("secret", False), **boxes, **contact}


def _check_page(form: SendForm, draft: Draft, extra_errors: list[str] | None = None, code: int = 0) -> Any:
    story = drafts.story(draft)
    ward = reference_data.wards().get(story.ward_code or "")
    category = reference_data.categories().get(story.category_id or 0)
    page, status = render_form(
        "public/submit/check.html",
        form,
        extra_errors=extra_errors,
        story=story,
        kind=labels.KIND[story.kind],
        place=labels.place_text(story.place, ward.name if ward else None),
        category=localised(category, "name") if category else _("Biar petugas yang memilih"),
        files=draft_queries.files(draft.id),
        same=submission_queries.by_reference(story.same_as) if story.same_as else None,
        has_account=signed_in_user() is not None,
    )
    return page, code or status


@blueprint.post("/kirim/3", endpoint="submit_send")
@public
def send() -> Any:
    """Send it. A repetition, twenty at once or after a lost answer, gets the same receipt."""
    draft = browser_draft.current(ASPIRATION, lock=True)
    form = SendForm()
    valid = form.validate()
    if draft is None:
        return _keep_for_later(form)
    if drafts.is_sent(draft):
        return _to_receipt(draft)
    if (missing := drafts.missing_step(draft)) is not None:
        return _to(STEPS[missing])
    if not valid:
        return _check_page(form, draft)
    if sending.looks_automatic(form.website.data, draft):
        form.website.data = ""
        return _check_page(form, draft, [_("Tekan “Kirim sekarang” sekali lagi. Isian Anda tidak hilang.")])
    if not sending.within_limits((form.email.data, form.phone.data)):
        words = _("Terlalu banyak kiriman dari sini. Tunggu sebentar, lalu tekan “Kirim sekarang” lagi.")
        return _check_page(form, draft, [words], code=429)
    sent = submissions.send(
        draft,
        sender=sending.sender(form, filled_in=True),
        secret=browser_draft.code_secret(),
        seal=current_app.extensions["seal"],
        at=clock.now(),
        locale=current_locale(),
        calendar=reference_data.calendar(),
        prefix=current_app.config["SITE"]["prefix"],
    )
    remember_reporter(sent.submission.id)
    if form.is_kept:
        make_own(sent.submission.id)
    return _to_receipt(draft)


def _to_receipt(draft: Draft) -> Response:
    browser_draft.keep_receipt(ASPIRATION, draft.idempotency_key)
    return _to("public.submit_receipt")


def _keep_for_later(form: SendForm) -> Response:
    """The session died: keep what this POST carries, contacts sealed, and begin where it is open."""
    seal = current_app.extensions["seal"]
    fields = (form.name, form.email, form.phone)
    sealed = {field.name: seal.seal(field.data) for field in fields if field.data and not field.errors}
    sender = {
        "identity": form.identity.data,
        "secret": form.secret.data,
        "keep": form.keep.data,
        "keep_shielded": form.keep_shielded.data,
        "sealed": sealed,
    }
    drafts.save(browser_draft.current_or_new(ASPIRATION), {"sender": sender}, at=clock.now())
    return _to("public.submit_story", putus=1)
