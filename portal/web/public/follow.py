"""Following a case, a program or a consultation, and stopping to.

The buttons stand on cached pages and know nobody. The small page after the press is private and says what is
so; somebody unknown is asked who they are first and comes back to it.
"""

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import Consultation, Program, Subject, Submission, User
from portal.queries import follows as following
from portal.queries import programs, submissions
from portal.services import follows
from portal.web import held
from portal.web.access import is_reporter_of, public, signed_in_user
from portal.web.public.blueprint import blueprint
from portal.web.rendering import localised


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to follow. `path` leads to its own page, without the language."""

    row: Submission | Program | Consultation
    subject: Subject
    title: str
    number: str
    path: str

    @property
    def address(self) -> str:
        """The path in the language of the page."""
        return f"{request.script_root}{self.path}"


def _case(reference: str) -> Thing:
    canonical = parse_reference(reference)
    found = submissions.by_reference(canonical) if canonical else None
    if found is None:
        abort(404)
    return Thing(found, Subject.SUBMISSION, found.title, found.reference, f"/k/{found.reference}")


def _program(code: str) -> Thing:
    found = programs.by_code(code)
    if found is None:
        abort(404)
    return Thing(found, Subject.PROGRAM, localised(found, "title"), found.code, f"/program/{found.code}")


def _consultation(slug: str) -> Thing:
    found = following.consultation(slug)
    if found is None:
        abort(404)
    return Thing(found, Subject.CONSULTATION, localised(found, "title"), "", f"/konsultasi/{found.slug}")


def _page(thing: Thing) -> str:
    user = signed_in_user()
    follows_it = user is not None and following.is_following(user.id, thing.subject, thing.row.id)
    own = _is_own(thing)
    readable = following.may_be_followed(thing.row, at=clock.now())
    if not (own or follows_it or readable):
        abort(404)
    return render_template(
        "public/follow/page.html",
        thing=thing,
        title=thing.title if readable else "",  # what was hidden since stays so
        follows_it=follows_it,
        own=own,
        waiting=bool(held.held_values(f"{thing.path}/ikuti")),
        known=user is not None,
    )


def _is_own(thing: Thing) -> bool:
    return thing.subject is Subject.SUBMISSION and is_reporter_of(thing.row.id)


def _follow(thing: Thing) -> Response:
    user = signed_in_user()
    if not (_is_own(thing) or following.may_be_followed(thing.row, at=clock.now())):
        abort(404)
    path = f"{thing.path}/ikuti"
    if user is None:
        return held.hold(path, {"ikuti": "1"})
    held.release()
    # whoever sent it hears of it anyway, and no table says who that is
    if not _is_own(thing):
        follows.follow(user, thing.subject, thing.row.id, at=clock.now())
    return _back(thing)


def _unfollow(thing: Thing) -> Response:
    user: User | None = signed_in_user()
    if user is None or not follows.unfollow(user, thing.subject, thing.row.id):
        abort(404)
    if following.may_be_followed(thing.row, at=clock.now()) or _is_own(thing):
        return _back(thing)
    return redirect(url_for("public.home"), code=303)


def _back(thing: Thing) -> Response:
    return redirect(f"{thing.address}/ikuti", code=303)


@blueprint.get("/k/<reference>/ikuti")
@public
def follow_case(reference: str) -> Any:
    """Say whether one follows a case, and offer to."""
    return _page(_case(reference))


@blueprint.post("/k/<reference>/ikuti", endpoint="follow_case_now")
@public
def follow_case_now(reference: str) -> Response:
    """Follow a case."""
    return _follow(_case(reference))


@blueprint.post("/k/<reference>/ikuti/berhenti")
@public
def unfollow_case(reference: str) -> Response:
    """Follow a case no more."""
    return _unfollow(_case(reference))


@blueprint.get("/program/<code>/ikuti")
@public
def follow_program(code: str) -> Any:
    """Say whether one follows a program, and offer to."""
    return _page(_program(code))


@blueprint.post("/program/<code>/ikuti", endpoint="follow_program_now")
@public
def follow_program_now(code: str) -> Response:
    """Follow a program."""
    return _follow(_program(code))


@blueprint.post("/program/<code>/ikuti/berhenti")
@public
def unfollow_program(code: str) -> Response:
    """Follow a program no more."""
    return _unfollow(_program(code))


@blueprint.get("/konsultasi/<slug>/ikuti")
@public
def follow_consultation(slug: str) -> Any:
    """Say whether one follows a consultation, and offer to."""
    return _page(_consultation(slug))


@blueprint.post("/konsultasi/<slug>/ikuti", endpoint="follow_consultation_now")
@public
def follow_consultation_now(slug: str) -> Response:
    """Follow a consultation."""
    return _follow(_consultation(slug))


@blueprint.post("/konsultasi/<slug>/ikuti/berhenti")
@public
def unfollow_consultation(slug: str) -> Response:
    """Follow a consultation no more."""
    return _unfollow(_consultation(slug))
