"""Files under unguessable names. Whoever may not see one is told that it does not exist."""

from flask import Response, abort, current_app, request

from portal.core import clock
from portal.core.formats import content_disposition
from portal.core.storage import FileMissing
from portal.models import Attachment
from portal.queries import attachments
from portal.queries.attachments import Found
from portal.rules import files
from portal.services.drafts import ASPIRATION, COUNTER, PROPOSAL
from portal.web import drafts as browser_draft
from portal.web.access import actor_towards, public
from portal.web.public.blueprint import blueprint

#: A file opened by itself can run nothing and load nothing.
_FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
_EXTENSIONS = {"image/webp": "webp", "application/pdf": "pdf"}


@blueprint.get("/berkas/<token>", endpoint="attachment")
@public
def attachment(token: str) -> Response:
    """Serve a file, or its small picture with `?ukuran=kecil`."""
    found = attachments.by_token(token)
    if found is None:
        abort(404)
    open_to_all = found.case is not None and files.everybody_sees(found.file, found.case)
    if not open_to_all and not _may_see(found):
        abort(404)
    small = request.args.get("ukuran") == "kecil" and bool(found.file.thumbnail_key)
    return _answer(found.file, small=small, open_to_all=open_to_all)


def _may_see(found: Found) -> bool:
    """Ask the session, which public files never do."""
    if found.case is not None:
        return files.may_see(found.file, found.case, actor_towards(found.case.id), at=clock.now())
    drafts = (browser_draft.current(flow) for flow in (ASPIRATION, PROPOSAL, COUNTER))
    return any(draft is not None and draft.id == found.file.draft_id for draft in drafts)


def _answer(file: Attachment, *, small: bool, open_to_all: bool) -> Response:
    response = Response(content_type=file.mime)
    response.set_etag(f"{file.sha256[:32]}{'-s' if small else ''}")
    response.headers["Content-Security-Policy"] = _FILE_POLICY
    # Ours, not the sender's: a file's own name can name a person.
    name = f"berkas-{file.token[:8]}.{_EXTENSIONS.get(file.mime, 'bin')}"
    response.headers["Content-Disposition"] = content_disposition(name, inline=file.mime.startswith("image/"))
    # What is open may be closed tomorrow: every use asks anew, and an unchanged file costs a 304.
    response.headers["Cache-Control"] = "public, no-cache" if open_to_all else "private, no-store"
    response.make_conditional(request)
    if response.status_code == 304 or request.method == "HEAD":
        return response
    storage = current_app.extensions["storage"]
    try:
        if small:
            response.set_data(storage.get(file.thumbnail_key))
        else:
            response.response = storage.stream(file.storage_key)
            response.content_length = file.size
    except FileMissing:
        abort(404)
    return response
