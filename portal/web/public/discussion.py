"""A discussion as it stands on the page of its subject, and the pages that everybody sees of one comment."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import abort, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.core import markdown
from portal.core.pagination import Page
from portal.models import Comment, CommentState, Subject, Thread
from portal.queries import discussion as queries
from portal.queries import reference
from portal.queries.discussion import CommentRow, Place, Talk
from portal.rules.discussion import LONGEST, Closing, Order
from portal.web import labels
from portal.web.access import public
from portal.web.caching import cached_page
from portal.web.public.blueprint import blueprint
from portal.web.rendering import datetime_text, localised

#: Where the page of a subject is, below the language.
PAGES = {Subject.SUBMISSION: "/k/", Subject.PROGRAM: "/program/", Subject.CONSULTATION: "/konsultasi/"}

ORDERS = {
    Order.NEWEST: _l("Terbaru"),
    Order.OLDEST: _l("Terlama"),
    Order.HELPFUL: _l("Paling berguna"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A comment in words. `agency` names the office that speaks; `gone` tells what stands instead of it."""

    token: str
    who: str
    agency: str
    reporter: bool
    html: str
    gone: str
    when: str
    edited: bool
    helpful: int
    replies: int


def page_path(place: Place) -> str:
    """Return the address of the page that the discussion stands on, in the language of the request."""
    return f"{request.script_root}{PAGES[place.subject]}{place.key}"


def title_of(place: Place) -> str:
    """Return what the subject is called."""
    return localised(place, "title")


def said(row: CommentRow) -> Said:
    """Put a comment into words."""
    agency = reference.agencies().get(row.agency_id) if row.agency_id is not None else None
    published = row.state is CommentState.PUBLISHED
    return Said(
        token=row.token,
        who="" if row.by_reporter or agency else row.author_name or _("Warga (akun dihapus)"),
        agency=localised(agency, "name") if agency else "",
        reporter=row.by_reporter,
        html=markdown.render_short(row.body) if published else "",
        gone="" if published else _gone(row),
        when=datetime_text(row.created_at),
        edited=row.edited_at is not None,
        helpful=row.helpful_count,
        replies=row.reply_count,
    )


def _gone(row: CommentRow) -> str:
    if row.state is CommentState.DELETED or row.hidden_code is None:
        return _("Komentar ini dihapus penulisnya.")
    words = _("Komentar ini disembunyikan. Alasan: %(reason)s.", reason=labels.HIDE[row.hidden_code])
    return f"{words} {row.hidden_reason}".rstrip()


def closed_words(closing: Closing | None, thread: Thread | None, merged_into: str = "") -> str:
    """Say why nobody can write; empty where everybody can."""
    match closing:
        case Closing.HIDDEN:
            return _("Diskusi ditutup karena isi kiriman ini disembunyikan.")
        case Closing.WITHDRAWN:
            return _("Diskusi ditutup karena pelapor menarik kiriman ini.")
        case Closing.UNVERIFIED:
            return _("Diskusi dibuka setelah petugas memeriksa isi kiriman ini.")
        case Closing.ARCHIVED:
            return _("Diskusi ditutup karena konsultasi ini sudah diarsipkan.")
        case Closing.MERGED if merged_into:
            return _("Diskusi di sini ditutup: kiriman ini digabung ke %(reference)s.", reference=merged_into)
        case Closing.MERGED:
            return _("Diskusi di sini ditutup: kiriman ini digabung ke kiriman lain.")
    if thread is None or thread.closed_at is None:
        return ""
    return _("Diskusi ditutup petugas. Alasan: %(reason)s", reason=thread.closed_reason)


def part(place: Place, thread: Thread | None) -> dict[str, Any]:
    """Return what the template of a discussion shows on a page from memory: nothing about who looks.

    Costs no query where nobody wrote yet; else two.
    """
    order = _order()
    talk = (
        queries.page(thread.id, order, request.args.get("dari"))
        if thread is not None and place.readable
        else Talk(Page([]))
    )
    path = page_path(place)

    def address(order: Order, cursor: str | None = None) -> str:
        asked = {} if order is Order.NEWEST else {"urut": str(order)}
        query = urlencode(asked | ({"dari": cursor} if cursor else {}))
        return f"{path}{'?' if query else ''}{query}#diskusi"

    return {
        "path": path,
        "root": request.script_root,
        "readable": place.readable,
        "closed": closed_words(place.closing, thread, place.merged_into),
        "number": thread.comment_count if thread is not None and place.readable else 0,
        "comments": [
            (said(row), [said(reply) for reply in talk.replies.get(row.id, ())]) for row in talk.comments
        ],
        "orders": [(str(label), address(one), one is order) for one, label in ORDERS.items()],
        "previous_url": address(order, talk.comments.previous_cursor)
        if talk.comments.previous_cursor
        else "",
        "next_url": address(order, talk.comments.next_cursor) if talk.comments.next_cursor else "",
        "limit": LONGEST,
    }


def _order() -> Order:
    try:
        return Order(request.args.get("urut", ""))
    except ValueError:
        return Order.NEWEST


def listed_or_404(token: str) -> tuple[Comment, Place]:
    """Return a comment that stands on a public page, with its place."""
    found = queries.listed(token)
    if found is None:
        abort(404)
    return found


def spot_url(comment: Comment, place: Place) -> str:
    """Return the address of the page that shows a comment, down to it."""
    spot = queries.spot_of(comment)
    where = page_path(place) if spot.root is None else f"{request.script_root}/komentar/{spot.root}/balasan"
    query = f"?{urlencode({'dari': spot.cursor})}" if spot.cursor else ""
    return f"{where}{query}#k-{comment.token}"


def back_url(comment: Comment, place: Place) -> str:
    """Return the page of the discussion that the browser came from, in its order, else where it stands."""
    came = urlsplit(request.referrer or "")
    known = {page_path(place), f"{request.script_root}/komentar/{comment.token}/balasan"}
    if came.netloc == request.host and came.path in known:
        return f"{came.path}{'?' if came.query else ''}{came.query}#k-{comment.token}"
    return spot_url(comment, place)


@blueprint.get("/komentar/<token>")
@public
def comment(token: str) -> Response:
    """Lead to the page on which a comment stands."""
    found, place = listed_or_404(token)
    return redirect(spot_url(found, place), code=303)


@blueprint.get("/komentar/<token>/balasan")
@public
@cached_page
def comment_replies(token: str) -> str:
    """Show a comment with all replies to it, page by page."""
    found, place = listed_or_404(token)
    if found.parent_id is not None:
        abort(404)
    replies = queries.replies(found, request.args.get("dari"))
    thread = queries.thread_by_id(found.thread_id)
    path = f"{request.script_root}/komentar/{found.token}/balasan"

    def address(cursor: str | None) -> str:
        return f"{path}?{urlencode({'dari': cursor})}#balasan" if cursor else ""

    return render_template(
        "public/discussion/replies.html",
        place=place,
        title=title_of(place),
        root=request.script_root,
        comment=said(queries.row_of(found)),
        replies=[said(row) for row in replies],
        closed=closed_words(place.closing, thread, place.merged_into),
        back=page_path(place),
        previous_url=address(replies.previous_cursor),
        next_url=address(replies.next_cursor),
    )


@blueprint.get("/komentar/<token>/versi")
@public
@cached_page
def comment_versions(token: str) -> str:
    """Show the earlier wordings of a comment."""
    found, place = listed_or_404(token)
    if found.state is not CommentState.PUBLISHED or found.edited_at is None:
        abort(404)
    return render_template(
        "public/discussion/versions.html",
        title=title_of(place),
        root=request.script_root,
        comment=said(queries.row_of(found)),
        versions=[
            (version.number, datetime_text(version.replaced_at), markdown.render_short(version.body))
            for version in queries.versions(found.id)
        ],
    )
