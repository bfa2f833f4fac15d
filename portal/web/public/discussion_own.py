"""One's own comments: what became of them, changing and deleting them; and finding others' helpful."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock, markdown, throttle
from portal.models import Comment, CommentState, User
from portal.queries import discussion as queries
from portal.queries.discussion import Place
from portal.rules.discussion import EDIT_WINDOW, HELD_CODES, may_edit
from portal.rules.permissions import Actor
from portal.services import discussion
from portal.services.discussion import Blocked, DiscussionClosed, TooLate
from portal.services.errors import NotPermitted
from portal.web import labels
from portal.web.access import public, signed_in, signed_in_user
from portal.web.forms import render_form
from portal.web.public.blueprint import blueprint
from portal.web.public.discussion import (
    back_url,
    closed_words,
    listed_or_404,
    page_path,
    said,
    title_of,
)
from portal.web.public.discussion_forms import WordsForm
from portal.web.public.discussion_writing import actor_at, blocked_words
from portal.web.rendering import datetime_text

#: Presses of one account on "helpful"; nothing is counted of the network, which many people share.
VOTES_PER_PERSON = "600/hour"


def _own(token: str) -> tuple[Comment, Place, Actor]:
    """Return a comment of whoever asks, in whatever state, or answer 404."""
    comment = queries.by_token(token)
    place = None if comment is None else queries.place_of(queries.thread_by_id(comment.thread_id))
    if comment is None or place is None:
        abort(404)
    actor = actor_at(place)
    if not discussion.is_own(comment, place, actor):
        abort(404)
    return comment, place, actor


@blueprint.get("/komentar/<token>/saya")
@public
def comment_own(token: str) -> str:
    """Tell the author what became of a comment, and what can be done with it."""
    comment, place, _actor = _own(token)
    return _own_page(comment, place)


def _own_page(comment: Comment, place: Place) -> str:
    return render_template(
        "public/discussion/own.html",
        comment=comment,
        html=markdown.render_short(comment.body),
        place=place,
        title=title_of(place),
        back=page_path(place),
        state=state_words(comment),
        editable=may_edit(comment.state, comment.created_at, at=clock.now()),
        until=datetime_text(comment.created_at + EDIT_WINDOW),
        published=comment.state is CommentState.PUBLISHED,
        deletable=comment.state is not CommentState.HIDDEN,
    )


def state_words(comment: Comment) -> str:
    """Say to its author what became of a comment."""
    if comment.state is CommentState.PUBLISHED:
        return _("Komentar Anda sudah tayang.")
    if comment.state is CommentState.HIDDEN and comment.hidden_code is not None:
        reason = labels.HIDE[comment.hidden_code]
        return _("Komentar Anda disembunyikan. Alasan: %(reason)s.", reason=reason)
    if HELD_CODES & set(comment.screen_codes.split(",")):
        return _(
            "Komentar Anda belum tayang, karena tampaknya memuat nomor telepon, e-mail, atau NIK."
            " Petugas memeriksanya lebih dulu."
        )
    return _("Komentar Anda belum tayang. Di sini petugas membaca komentar lebih dulu.")


@blueprint.get("/komentar/<token>/ubah")
@public
def comment_edit(token: str) -> Any:
    """Show the words to be changed."""
    comment, place, _actor = _own(token)
    if not may_edit(comment.state, comment.created_at, at=clock.now()):
        return redirect(url_for("public.comment_own", token=token), code=303)
    return _edit_page(comment, place, WordsForm(data={"text": comment.body}))


def _edit_page(
    comment: Comment, place: Place, form: WordsForm, errors: list[str] | None = None, code: int = 0
) -> tuple[str, int]:
    page, status = render_form(
        "public/discussion/edit.html",
        form,
        extra_errors=errors,
        comment=comment,
        title=title_of(place),
        until=datetime_text(comment.created_at + EDIT_WINDOW),
    )
    return page, code or status


@blueprint.post("/komentar/<token>/ubah", endpoint="comment_edit_save")
@public
def edit(token: str) -> Any:
    """Change the words, within 15 minutes."""
    comment, place, actor = _own(token)
    form = WordsForm()
    if not form.validate():
        return _edit_page(comment, place, form)
    user = signed_in_user()
    try:
        discussion.edit(comment, form.text.data, place, actor=actor, user=user, at=clock.now())
    except TooLate:
        words = _("Waktu 15 menit untuk mengubah sudah lewat. Anda masih bisa menghapusnya.")
        return _edit_page(comment, place, form, [words], 409)
    except DiscussionClosed as error:
        thread = queries.thread_by_id(comment.thread_id)
        return _edit_page(comment, place, form, [closed_words(error.closing, thread, place.merged_into)], 409)
    except Blocked as error:
        return _edit_page(comment, place, form, blocked_words(user, error), 422)
    return redirect(url_for("public.comment_own", token=token), code=303)


@blueprint.post("/komentar/<token>/hapus")
@public
def comment_delete(token: str) -> Response:
    """Delete one's own comment."""
    comment, place, actor = _own(token)
    discussion.withdraw(comment, place, actor=actor, at=clock.now())
    return redirect(f"{page_path(place)}#diskusi", code=303)


@blueprint.get("/komentar/<token>/berguna")
@public
def comment_helpful(token: str) -> Any:
    """Show one button: count my word, or take it back. Looking changes nothing."""
    comment, place = listed_or_404(token)
    if comment.state is not CommentState.PUBLISHED:
        abort(404)
    user = signed_in_user()
    if user is None:
        return _sign_in()
    return _helpful_page(comment, place, user)


def _helpful_page(comment: Comment, place: Place, user: User, refused: str = "") -> str:
    return render_template(
        "public/discussion/helpful.html",
        comment=said(queries.row_of(comment)),
        title=title_of(place),
        back=back_url(comment, place),
        counted=queries.found_helpful(comment.id, user.id),
        own=discussion.is_own(comment, place, actor_at(place)),
        refused=refused,
    )


@blueprint.post("/komentar/<token>/berguna", endpoint="comment_helpful_now")
@public
def helpful(token: str) -> Any:
    """Count it, once a person; a second press leads to where it can be taken back."""
    comment, place = listed_or_404(token)
    if comment.state is not CommentState.PUBLISHED:
        abort(404)
    user = signed_in_user()
    if user is None:
        return _sign_in()
    if not throttle.hit(VOTES_PER_PERSON, "helpful", f"user{user.id}"):
        abort(429)
    actor = actor_at(place)
    if request.form.get("batal") == "1":
        discussion.take_back(comment, actor=actor)
        return redirect(back_url(comment, place), code=303)
    try:
        new = discussion.find_helpful(comment, place, actor=actor, at=clock.now())
    except NotPermitted:
        new = False  # one's own: the page says so
    except Blocked as error:
        return _helpful_page(comment, place, user, " ".join(blocked_words(user, error))), 422
    if not new:
        return redirect(url_for("public.comment_helpful", token=token), code=303)
    return redirect(back_url(comment, place), code=303)


def _sign_in() -> Response:
    """Ask who it is; then the browser comes back to the page with the button."""
    return redirect(url_for("account.sign_in", next=f"{request.script_root}{request.path}"), code=303)


@blueprint.get("/akun/komentar")
@signed_in
def comments_mine() -> str:
    """List what this account wrote, with what became of it. What a reporter said as such is not among it."""
    user = signed_in_user()
    assert user is not None
    page = queries.written_by(user.id, request.args.get("dari"))
    rows = []
    for comment in page:
        place = queries.place_of(queries.thread_by_id(comment.thread_id))
        if place is not None:
            rows.append((comment, title_of(place), state_words(comment), datetime_text(comment.created_at)))

    def address(cursor: str | None) -> str:
        return url_for("public.comments_mine", dari=cursor) if cursor else ""

    return render_template(
        "public/discussion/mine.html",
        rows=rows,
        previous_url=address(page.previous_cursor),
        next_url=address(page.next_cursor),
    )
