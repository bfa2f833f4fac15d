"""The portal on a bad line: what a phone may install and keep, and one page that sends from there, once."""

import json
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import current_app, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.locale import current_locale, unprefixed_root
from portal.core.tokens import new_token
from portal.models import Draft, IdentityMode
from portal.queries import drafts as draft_queries
from portal.queries import reference as reference_data
from portal.services import attachments, drafts, submissions
from portal.services.drafts import ASPIRATION
from portal.web import drafts as browser_draft
from portal.web import sending, uploads
from portal.web.access import make_own, public, remember_reporter, sign_out
from portal.web.caching import cached_page
from portal.web.forms import render_form
from portal.web.public.blueprint import blueprint
from portal.web.public.submit_forms import OnePageForm
from portal.web.rendering import static_url

#: Sizes of the icons in static/img, in pixels.
ICONS = (192, 512)
#: What the pages that work without a line are drawn with.
ASSETS = (
    "css/lis.css", "css/feature.css", "js/portal.js", "js/files.js", "js/queue.js", "js/offline-form.js",
    "js/storage.js", "img/logo.svg", "img/icons.svg", "fonts/pjs-800.woff2",
)  # fmt: skip
#: The pages that work without a line.
PAGES = ("/luring", "/kirim/luring", "/penyimpanan")
#: A key as the page makes it: 256 random bits in base64url.
KEY_LENGTH = 43


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Say under which name and icon the portal stands among the apps of a phone."""
    site = current_app.config["SITE"]
    icons = [
        {"src": static_url(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in ICONS
    ]
    icons.append(
        {
            "src": static_url("img/icon-maskable.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        }
    )
    response: Response = jsonify(
        id="/",
        name=site["name"],
        short_name=site["name"],
        description=_("Sampaikan masalah, ide, atau usulan kerja sama kepada kota."),
        lang=current_locale(),
        start_url=url_for("public.home"),
        scope=f"{unprefixed_root()}/",
        display="standalone",
        background_color="#F4F8F8",
        theme_color="#083A4E",
        icons=icons,
        shortcuts=[
            {"name": _("Sampaikan sekarang"), "url": url_for("public.submit_story")},
            {"name": _("Lacak kiriman"), "url": url_for("public.track")},
        ],
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@blueprint.get("/sw.js")
@public
def service_worker() -> Response:
    """Return the worker with the addresses of this release in its first line.

    It stands at the root because a worker rules over the folder it comes from.
    """
    code = Path(current_app.static_folder, "js", "sw.js").read_text(encoding="utf-8")
    root = unprefixed_root()
    pages = [
        f"{root}{prefix}{path}"
        for prefix in ("", "/en")
        for path in ("/luring", "/kirim/luring", "/penyimpanan")
    ]
    shell = [*pages, *(static_url(name) for name in ASSETS)]
    # Texts and wards change without a file changing: the day's pages version would fetch all of it daily, so
    # only what is drawn into the shell counts.
    drawn = f"{code}{shell}{reference_data.wards_by_district()!r}"
    release = blake2b(drawn.encode(), digest_size=6).hexdigest()
    queue = json.dumps(static_url("js/queue.js"))
    head = f"const RELEASE = {json.dumps(release)}, QUEUE = {queue}, SHELL = {json.dumps(shell)};\n"
    response = Response(head + code, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/luring")
@public
@cached_page
def offline() -> str:
    """Say that there is no line, and what works all the same."""
    return render_template("public/offline/offline.html")


# --- sending from a page that the phone keeps ---------------------------------------------------------


@blueprint.get("/kirim/luring")
@public
def submit_offline() -> Any:
    """Ask for everything on one page. The phone keeps it, so it carries nothing of whoever asked for it."""
    form = OnePageForm(data={"key": new_token(), "identity": IdentityMode.HIDDEN.value})
    page, code = _page(form)
    response = current_app.make_response((page, code))
    # The worker may keep this copy, a proxy may not: the key in it is for one visitor.
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(form: OnePageForm, extra_errors: list[str] | None = None, code: int = 0) -> tuple[Any, int]:
    page, status = render_form(
        "public/offline/form.html", form, extra_errors=extra_errors, most_photos=uploads.MAX_PHOTOS
    )
    return page, code or status


@blueprint.post("/kirim/luring", endpoint="submit_offline_send")
@public
@uploads.takes_files
def send_offline() -> Any:
    """Take what a phone kept while it had no line. The key makes a repetition the same sending.

    A script is answered in JSON: 200 with the receipt, 422 with the errors by field, 429 to come again.
    """
    photos = uploads.receive_photos("photos")
    form = OnePageForm()
    valid = form.validate()
    form.photos.errors = [*form.photos.errors, *photos.errors]
    storage = current_app.extensions["storage"]
    key = form.key.data if len(form.key.data) == KEY_LENGTH else ""
    draft = _sent_already(key)
    if draft is not None:
        attachments.discard(photos.files, storage=storage)
        return _receipt(draft, draft.idempotency_key)
    refusal = _refusal(form, valid=valid and bool(key) and not photos.errors)
    if refusal is not None:
        attachments.discard(photos.files, storage=storage)
        return refusal
    draft = drafts.begin_once(ASPIRATION, key, at=clock.now())
    if drafts.is_sent(draft):  # the same key was faster by a moment
        attachments.discard(photos.files, storage=storage)
        return _receipt(draft, draft.idempotency_key)
    values = {"kind": form.kind.data, "text": form.text.data, **form.values()}
    drafts.save(draft, values, at=clock.now())
    drafts.add_files(draft, photos.files, at=clock.now(), storage=storage)
    sent = submissions.send(
        draft,
        sender=sending.sender(form),
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
    return _receipt(draft, draft.idempotency_key)


def _sent_already(key: str) -> Draft | None:
    draft = draft_queries.by_token(key, ASPIRATION, at=clock.now()) if key else None
    return draft if draft is not None and drafts.is_sent(draft) else None


def _refusal(form: OnePageForm, *, valid: bool) -> Any:
    """Return what is said instead of sending, or None."""
    if form.website.data:  # a machine
        form.website.data = ""
        return _refused(form, [_("Tekan “Kirim sekarang” sekali lagi. Isian Anda tidak hilang.")], 422)
    if not valid:
        return _refused(form, [] if form.errors else [_("Muat ulang halaman ini, lalu kirim lagi.")], 422)
    if not sending.within_limits((form.email.data, form.phone.data)):
        words = _("Terlalu banyak kiriman dari sini. Tunggu sebentar, lalu tekan “Kirim sekarang” lagi.")
        return _refused(form, [words], 429)
    return None


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _refused(form: OnePageForm, words: list[str], code: int) -> Any:
    if _wants_json():
        errors = {name: [str(one) for one in found] for name, found in form.errors.items() if name}
        return jsonify(errors=errors | ({"all": words} if words else {})), code
    return _page(form, words, code)


def _receipt(draft: Draft, key: str) -> Any:
    browser_draft.keep_receipt(ASPIRATION, key)
    if not _wants_json():
        return redirect(url_for("public.submit_receipt"), code=303)
    sent = submissions.receipt(key, secret=browser_draft.code_secret())
    assert sent is not None  # it was sent with this key
    address = url_for("public.tracked", reference=sent.reference)
    return jsonify(reference=sent.reference, code=sent.tracking_code, url=address)


# --- what this phone keeps ----------------------------------------------------------------------------


@blueprint.get("/penyimpanan")
@public
@cached_page
def storage() -> str:
    """Say what is stored on this phone, and offer to clear it."""
    return render_template("public/offline/storage.html", cleared=bool(request.args.get("bersih")))


@blueprint.post("/penyimpanan/hapus")
@public
def storage_clear() -> Response:
    """Clear the cookie here, and ask the browser to clear the rest (W3C Clear Site Data)."""
    sign_out()
    session.clear()
    response = redirect(url_for("public.storage", bersih=1), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
