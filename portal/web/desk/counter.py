"""The counter: an officer writes down what a citizen says, telephones or sends by letter.

The same draft, the same sending and the same receipt as on the site. Whoever wrote it down gains nothing by
that: afterwards the case is open to those whom the policy lets in, and the officer keeps the receipt only.
"""

import re
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.database import let_go, transaction
from portal.core.locale import DEFAULT, unprefixed_root
from portal.core.tokens import new_token
from portal.models import Channel, Consent, Draft, Purpose
from portal.queries import drafts as draft_queries
from portal.queries import reference as reference_data
from portal.queries import tracking
from portal.services import attachments, drafts, submissions
from portal.services.attachments import MAX_SCANS, StoredFile
from portal.services.drafts import COUNTER
from portal.services.submissions import TakenIn
from portal.web import drafts as browser_draft
from portal.web import labels, told_before, uploads
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint
from portal.web.desk.counter_forms import CounterForm, sender_of, values_of
from portal.web.forms import render_form
from portal.web.public.receipt import next_steps, qr_image

#: How long the receipt can be drawn again at this computer, for a paper that got stuck (seconds). The
#: tracking code on it is the citizen's.
RECEIPT_SECONDS = 30 * 60
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


def _to(endpoint: str, **values: Any) -> Response:
    return redirect(url_for(endpoint, **values), code=303)


def _to_receipt(draft: Draft) -> Response:
    browser_draft.keep_receipt(COUNTER, draft.idempotency_key, seconds=RECEIPT_SECONDS)
    return _to("desk.counter_receipt")


def _posted_token() -> str:
    token = request.form.get("token", "")
    return token if _TOKEN.fullmatch(token) else ""


def _is_mine(draft: Draft) -> bool:
    """Tell whether this officer began it. One that was sent only remembers what it became."""
    return drafts.is_sent(draft) or draft.data.get("by") in {None, current_actor().user_id}


@blueprint.get("/loket")
@staff
def counter() -> Any:
    """Show the form, with what an unfinished one had. Begins nothing."""
    draft = browser_draft.current(COUNTER)
    if draft is not None and drafts.is_sent(draft):
        # The answer to the sending was lost on its way.
        return _to_receipt(draft)
    form = CounterForm(data=values_of(draft, current_app.extensions["seal"]))
    form.token.data = browser_draft.token_of(COUNTER) if draft is not None else new_token()
    return _page(form, draft)


def _page(form: CounterForm, draft: Draft | None) -> Any:
    files = draft_queries.files(draft.id) if draft is not None else []
    return render_form(
        "desk/counter.html",
        form,
        draft=draft,
        files=files,
        most_photos=uploads.MAX_PHOTOS,
        photos=sum(file.purpose is Purpose.STORY for file in files),
        has_room=sum(file.purpose is Purpose.LETTER for file in files) < MAX_SCANS,
    )


@blueprint.post("/loket", endpoint="counter_save")
@staff
@uploads.takes_files
def save() -> Any:
    """Keep everything that was written; ask once whether it was told before; send it."""
    by, storage = current_actor().user_id, current_app.extensions["storage"]
    # SQLite has one writer, and a scan takes a second: let go of the database meanwhile.
    let_go()
    photos = uploads.receive_photos("photos")
    scans = uploads.receive_scans("letters")
    form = CounterForm()
    complete = form.validate()
    unwanted = request.form.get("remove")
    token = _posted_token() or new_token()
    with transaction():
        draft = drafts.begin_once(COUNTER, token, at=clock.now())
        if not _is_mine(draft):
            token = new_token()
            draft = drafts.begin_once(COUNTER, token, at=clock.now())
        if drafts.is_sent(draft):
            attachments.discard([*photos.files, *scans.files], storage=storage)
            return _to_receipt(draft)
        kept = form.kept(current_app.extensions["seal"])
        drafts.save(draft, {"by": by, "complete": complete or None} | kept, at=clock.now())
        if unwanted:
            drafts.remove_file(draft, unwanted, storage=storage)
        _add(draft, form.photos, photos, Purpose.STORY)
        _add(draft, form.letters, scans, Purpose.LETTER)
        if draft.data.get("category_id") is None:
            drafts.save(
                draft, {"category_id": int(told_before.proposed_category(draft) or 0) or None}, at=clock.now()
            )
    browser_draft.keep(COUNTER, token)
    form.token.data = token
    if unwanted:
        return _to("desk.counter", _anchor="berkas")
    if not complete or form.photos.errors or form.letters.errors:
        return _page(form, draft)
    return _ask_or_send(draft)


def _add(draft: Draft, field: Any, received: uploads.Received, purpose: Purpose) -> None:
    """Attach files once each (a form pressed twice brings them twice); say at the field what did not fit."""
    storage = current_app.extensions["storage"]
    known = {(file.purpose, file.sha256) for file in draft_queries.files(draft.id)}
    new: list[StoredFile] = []
    for file in received.files:
        if (purpose, file.sha256) in known:
            attachments.discard([file], storage=storage)
        else:
            new.append(file)
    most = uploads.MAX_PHOTOS if purpose is Purpose.STORY else MAX_SCANS
    left_over = drafts.add_files(
        draft, new, at=clock.now(), storage=storage, purpose=purpose, max_photos=most, max_documents=MAX_SCANS
    )
    errors = received.errors
    if left_over and not errors:
        errors = [uploads.too_many(most, photo=purpose is Purpose.STORY)]
    field.errors = [*field.errors, *errors]


def _ask_or_send(draft: Draft) -> Response:
    """Send it, or first show what may be the same."""
    signature = told_before.signature(draft)
    if draft.data.get("similar_asked") != signature:
        # the draft was read in the transaction before this one
        draft = (
            draft_queries.by_token(browser_draft.token_of(COUNTER), COUNTER, at=clock.now(), lock=True)
            or draft
        )
        if not drafts.is_sent(draft) and told_before.rows(draft):
            drafts.save(draft, {"similar_asked": signature, "same_as": None}, at=clock.now())
            return _to("desk.counter_similar")
    return _send(draft)


def _send(draft: Draft) -> Response:
    by = current_actor().user_id
    assert by is not None  # a view for staff
    seal = current_app.extensions["seal"]
    if not drafts.is_sent(draft):
        submissions.send(
            draft,
            sender=sender_of(draft, seal),
            secret=browser_draft.code_secret(),
            seal=seal,
            at=clock.now(),
            # the citizen's, who is spoken to in the language of the city; the officer may read English
            locale=DEFAULT,
            calendar=reference_data.calendar(),
            prefix=current_app.config["SITE"]["prefix"],
            taken_in=TakenIn(Channel(draft.data["channel"]), Consent(draft.data["consent"]), by),
        )
    return _to_receipt(draft)


@blueprint.get("/loket/serupa", endpoint="counter_similar")
@staff
def similar() -> Any:
    """Show what may be the same as what was just written down."""
    draft = browser_draft.current(COUNTER)
    if draft is None or drafts.is_sent(draft) or not draft.data.get("complete"):
        return _to("desk.counter")
    return render_template(
        "desk/counter_similar.html",
        token=browser_draft.token_of(COUNTER),
        story=drafts.story(draft),
        kind=labels.KIND[drafts.story(draft).kind],
        similar=told_before.cards(draft),
    )


@blueprint.post("/loket/kirim", endpoint="counter_send")
@staff
def send() -> Any:
    """Send what was written down, merged into the one that tells the same if the citizen says so."""
    token = _posted_token()
    draft = draft_queries.by_token(token, COUNTER, at=clock.now(), lock=True) if token else None
    if draft is None or not _is_mine(draft):
        return _to("desk.counter")
    if drafts.is_sent(draft):
        return _to_receipt(draft)
    browser_draft.keep(COUNTER, token)
    if not draft.data.get("complete") or drafts.missing_step(draft) is not None:
        return _to("desk.counter")
    same = request.form.get("same", "")
    if same and same not in {row.reference for row in told_before.rows(draft)}:
        return _to("desk.counter_similar")
    drafts.save(draft, {"same_as": same or None}, at=clock.now())
    return _send(draft)


@blueprint.get("/loket/tanda-terima", endpoint="counter_receipt")
@staff
def receipt() -> Any:
    """Show the receipt of what was written down last, to be printed and handed over."""
    key = browser_draft.receipt_key(COUNTER)
    sent = submissions.receipt(key, secret=browser_draft.code_secret()) if key else None
    if sent is None:
        return _to("desk.counter")
    case = sent.submission
    # The reference only: whoever photographs the paper's code shall not hold the citizen's key.
    path = url_for("public.track", nomor=sent.reference).removeprefix(request.script_root)
    address = f"{current_app.config['BASE_URL']}{unprefixed_root()}{path}"
    return render_template(
        "desk/counter_receipt.html",
        case=case,
        receipt=sent,
        kind=labels.KIND[case.kind],
        steps=next_steps(case),
        merged_into=tracking.target_reference(case),
        has_contact=tracking.has_contact(case.id),
        address=address,
        qr=qr_image(address),
    )


@blueprint.post("/loket/kosongkan", endpoint="counter_clear")
@staff
def clear() -> Response:
    """Begin anew: drop the unsent draft with its files, and the receipt with its code."""
    draft = browser_draft.current(COUNTER)
    if draft is not None and not drafts.is_sent(draft):
        drafts.delete(draft, storage=current_app.extensions["storage"])
    browser_draft.forget(COUNTER)
    browser_draft.forget_receipt(COUNTER)
    return _to("desk.counter")
