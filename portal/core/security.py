"""Headers that every answer carries, and the proof that an unsafe request came from our own pages."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask_wtf.csrf import CSRFError, CSRFProtect

#: No inline script or style anywhere, nothing from another host.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: For the one list that other sites may show in a frame: nothing runs in it and nothing can be sent from it.
EMBED_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors *",
    )
)
#: For a page that shows a mail in a frame: mail programs read only style attributes. No script all the same.
MAIL_CONTENT_SECURITY_POLICY = f"{CONTENT_SECURITY_POLICY}; style-src-attr 'unsafe-inline'"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UPLOAD_LIMIT = 64 * 1024 * 1024  # bytes: five photos of 10 MB and the form around them

csrf = CSRFProtect()

V = TypeVar("V", bound=Callable[..., Any])


def reads_first(view: V) -> V:
    """Mark a view that posts often and seldom writes: it begins as a reader and says itself when it writes.

    Stands below the access rule, which hands the mark on.
    """
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def check_origin() -> None:
    """Refuse an unsafe request that another site caused (403).

    Every current browser says where a request comes from (Fetch Metadata, Origin), which proves it without
    any state and so survives a session that died while the citizen was writing. Clients that say neither
    must bring the CSRF token of their session.
    """
    if request.method in SAFE_METHODS:
        return
    # a scoped token in the address is proof enough, and the mail program that posts it has nothing else
    if getattr(current_app.view_functions.get(request.endpoint or ""), "proof_in_address", False):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is not None:
        if urlsplit(origin).netloc != request.host:
            abort(403)
        return
    try:
        csrf.protect()
    except CSRFError:
        abort(403)


def refuse_nul() -> None:
    """Answer 404 to an address with a NUL: it names nothing, and PostgreSQL takes none even in a question."""
    if "\0" in request.path:
        abort(404)


def add_headers(response: Response) -> Response:
    """Set the security headers; a route may have set a stricter or (embed) other policy of its own."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if headers["Content-Security-Policy"] != EMBED_CONTENT_SECURITY_POLICY:
        headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
    if request.endpoint != "static":
        # Pages that everybody sees say their own lifetime (web.caching); the rest is nobody else's business.
        headers.setdefault("Cache-Control", "no-store")
    return response


def init_security(app: Flask) -> None:
    """Attach the origin check and the headers."""
    csrf.init_app(app)
    app.before_request(refuse_nul)
    app.before_request(check_origin)
    app.after_request(add_headers)
    if app.config["HSTS"]:

        @app.after_request
        def add_hsts(response: Response) -> Response:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
            return response


def safe_next(target: str | None) -> str | None:
    """Return a local path to go on to after signing in, or None for anything that may leave the site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(char) < 0x21 or char == "\\" for char in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
