"""Answering with a stored file."""

from flask import Response, abort, current_app, request

from portal.core.formats import content_disposition
from portal.core.storage import FileMissing
from portal.models import Attachment, Upload

#: A file opened by itself can run nothing and load nothing.
_FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
_EXTENSIONS = {"image/webp": "webp", "application/pdf": "pdf"}


def answer_with(file: Attachment | Upload, *, small: bool, open_to_all: bool) -> Response:
    """Answer with a file, or with its small picture; the caller has asked who may see it."""
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
