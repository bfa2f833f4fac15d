"""Writing a comment or a reply. The form on a page from memory knows nobody; here it is asked who writes."""

from typing import Any

from flask import abort, current_app, redirect, request, session, url_for
from flask_babel import gettext as _

from portal.core import clock, throttle
from portal.core.references import parse_reference
from portal.models import Comment, IdentityMode, User
from portal.queries import discussion as queries
from portal.queries import programs, reference, submissions
from portal.queries.discussion import Place
from portal.rules.discussion import LONGEST_NAME, Voice, voices
from portal.rules.permissions import Actor
from portal.services import discussion
from portal.services.discussion import Blocked, DiscussionClosed
from portal.web import held
from portal.web.access import actor_towards, current_actor, public, signed_in_user
from portal.web.forms import render_form
from portal.web.public.blueprint import blueprint
from portal.web.public.discussion import closed_words, page_path, said, title_of
from portal.web.public.discussion_forms import CommentForm
from portal.web.rendering import datetime_text, localised


def case_place(typed: str) -> Place:
    """Return the place under a case that everybody may read, or answer 404."""
    canonical = parse_reference(typed, current_app.config["SITE"]["prefix"])
    case = submissions.by_reference(canonical) if canonical else None
    place = None if case is None else queries.place_of_case(case)
    if place is None or not place.readable:
        abort(404)
    return place


def program_place(code: str) -> Place:
    """Return the place under a program, or answer 404."""
    program = programs.by_code(code)
    if program is None:
        abort(404)
    return queries.place_of_program(program)


def consultation_place(slug: str) -> Place:
    """Return the place under a consultation that everybody may read, or answer 404."""
    place = queries.consultation_place(slug)
    if place is None:
        abort(404)
    return place


def actor_at(place: Place) -> Actor:
    """Return who makes this request, as the reporter too where they are."""
    return current_actor() if place.case is None else actor_towards(place.case.id)


@blueprint.get("/k/<reference>/komentar", endpoint="comment_case_form")
@public
def case_form(reference: str) -> Any:
    """Show the form for a comment under a case."""
    return _show(case_place(reference))


@blueprint.post("/k/<reference>/komentar", endpoint="comment_case")
@public
def comment_case(reference: str) -> Any:
    """Take a comment under a case."""
    return _take(case_place(reference))


@blueprint.get("/program/<code>/komentar", endpoint="comment_program_form")
@public
def program_form(code: str) -> Any:
    """Show the form for a comment under a program."""
    return _show(program_place(code))


@blueprint.post("/program/<code>/komentar", endpoint="comment_program")
@public
def comment_program(code: str) -> Any:
    """Take a comment under a program."""
    return _take(program_place(code))


@blueprint.get("/konsultasi/<slug>/komentar", endpoint="comment_consultation_form")
@public
def consultation_form(slug: str) -> Any:
    """Show the form for a comment under a consultation."""
    return _show(consultation_place(slug))


@blueprint.post("/konsultasi/<slug>/komentar", endpoint="comment_consultation")
@public
def comment_consultation(slug: str) -> Any:
    """Take a comment under a consultation."""
    return _take(consultation_place(slug))


@blueprint.get("/komentar/<token>/balas", endpoint="comment_reply_form")
@public
def reply_form(token: str) -> Any:
    """Show the form for a reply."""
    parent, place = _repliable(token)
    return _show(place, parent)


@blueprint.post("/komentar/<token>/balas", endpoint="comment_reply")
@public
def reply(token: str) -> Any:
    """Take a reply."""
    parent, place = _repliable(token)
    return _take(place, parent)


def _repliable(token: str) -> tuple[Comment, Place]:
    found = queries.public(token)
    if found is None or found[0].parent_id is not None:
        abort(404)
    return found


def _choices(place: Place, actor: Actor) -> list[tuple[Voice, str]]:
    is_reporter = place.case is not None and place.case.id in actor.reporter_of
    agency = reference.agencies().get(place.agency_id or 0)
    words = {
        Voice.REPORTER: _("Pelapor, tanpa nama"),
        Voice.PERSON: _("Warga, dengan nama Anda"),
        Voice.AGENCY: localised(agency, "name") if agency else "",
    }
    return [(voice, words[voice]) for voice in voices(actor, place.agency_id, is_reporter=is_reporter)]


def _show(place: Place, parent: Comment | None = None) -> Any:
    actor = actor_at(place)
    form = CommentForm(_choices(place, actor), data=held.held_values(request.path))
    return _page(place, parent, form, actor)


def _page(
    place: Place,
    parent: Comment | None,
    form: CommentForm,
    actor: Actor,
    *,
    extra_errors: list[str] | None = None,
    code: int = 0,
) -> Any:
    user = signed_in_user()
    thread = queries.thread_of(place.subject, place.subject_id)
    choices = _choices(place, actor)
    if len(choices) > 1 and not form.voice.data:
        form.voice.data = str(choices[0][0])
    is_reporter = any(voice is Voice.REPORTER for voice, _words in choices)
    page, status = render_form(
        "public/discussion/write.html",
        form,
        extra_errors=extra_errors,
        place=place,
        title=title_of(place),
        parent=None if parent is None else said(queries.row_of(parent)),
        back=page_path(place),
        choices=choices,
        voice=choices[0][0] if len(choices) == 1 else None,
        agency=next((words for voice, words in choices if voice is Voice.AGENCY), ""),
        ask_name=_asks_name(user, choices),
        shown_name=_shown_name(user),
        alias=discussion.alias(user, current_app.extensions["seal"]) if user is not None else "",
        name_limit=LONGEST_NAME,
        shielded=place.case is not None and place.case.identity_mode is not IdentityMode.SHOWN,
        mine=queries.by_reporter(thread.id) if thread is not None and is_reporter else [],
        closed=closed_words(place.closing, thread, place.merged_into),
        known=bool(choices),
    )
    response = current_app.make_response((page, code or status))
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown_name(user: User | None) -> str:
    return "" if user is None else discussion.shown_name(user, current_app.extensions["seal"])


def _asks_name(user: User | None, choices: list[tuple[Voice, str]]) -> bool:
    """Ask once: before the first comment of somebody who has no name yet."""
    speaks = any(voice is Voice.PERSON for voice, _words in choices)
    return speaks and user is not None and not user.name.strip() and not queries.has_written(user.id)


def _take(place: Place, parent: Comment | None = None) -> Any:
    actor, user = actor_at(place), signed_in_user()
    choices = _choices(place, actor)
    form = CommentForm(choices)
    valid = form.validate()
    refused = None if _within_limits(actor, place) else _too_many()
    if refused or not valid:
        return _page(place, parent, form, actor, extra_errors=refused, code=429 if refused else 0)
    if not choices:
        return held.hold(request.path, {"text": form.text.data})
    if "asked" not in request.form and (
        len(choices) > 1 or choices[0][0] is not Voice.PERSON or _asks_name(user, choices)
    ):
        return _page(place, parent, form, actor)  # as who, and under which name?
    if form.website.data:
        return redirect(page_path(place), code=303)  # a machine fills what nobody sees
    voice = Voice(form.voice.data) if len(choices) > 1 and form.voice.data else choices[0][0]
    if user is not None and voice is Voice.PERSON and form.name.data and _asks_name(user, choices):
        discussion.call_oneself(user, form.name.data)
    return _write(place, parent, form, voice, actor, user)


def _write(
    place: Place,
    parent: Comment | None,
    form: CommentForm,
    voice: Voice,
    actor: Actor,
    user: User | None,
) -> Any:
    try:
        written = discussion.comment(
            place,
            form.text.data,
            voice=voice,
            actor=actor,
            user=user,
            parent=parent,
            at=clock.now(),
            seal=current_app.extensions["seal"],
        )
    except Blocked as error:
        return _page(place, parent, form, actor, extra_errors=blocked_words(user, error), code=422)
    except DiscussionClosed as error:
        thread = queries.thread_of(place.subject, place.subject_id)
        words = closed_words(error.closing, thread, place.merged_into)
        return _page(place, parent, form, actor, extra_errors=[words], code=409)
    if "held" in session:
        held.release()
    return redirect(url_for("public.comment_own", token=written.token), code=303)


def _too_many() -> list[str]:
    return [_("Terlalu banyak komentar dalam waktu singkat. Tunggu sebentar, lalu coba lagi.")]


def blocked_words(user: User | None, error: Blocked) -> list[str]:
    """Say until when, and why, somebody cannot write."""
    words = [_("Anda belum bisa menulis di ruang publik sampai %(until)s.", until=datetime_text(error.until))]
    reason = queries.block_reason(user.id) if user is not None else ""
    if reason:
        words.append(_("Alasannya: %(reason)s", reason=reason))
    return words


def _within_limits(actor: Actor, place: Place) -> bool:
    """Count this press against the limits of the person and of the network address."""
    person = f"user{actor.user_id}" if actor.user_id is not None else ""
    if not person and place.case is not None and place.case.id in actor.reporter_of:
        person = f"case{place.case.id}"
    config = current_app.config
    limits = [(config["LIMIT_COMMENT_PER_ADDRESS"], request.remote_addr or "")]
    if person:
        limits.append((config["LIMIT_COMMENT_PER_PERSON"], person))
    hits = [throttle.hit(limit, "comment", key) for limit, key in limits]  # each counts, whatever the other
    return all(hits)
