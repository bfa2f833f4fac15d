"""Whether people feel the result of a program. The buttons stand on a cached page and know nobody."""

from typing import Any

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.core import clock
from portal.models import Program
from portal.queries import program_page, programs
from portal.rules.programs import VOTED_ON
from portal.services import programs as writing
from portal.web import held
from portal.web.access import public, signed_in_user
from portal.web.files import answer_with
from portal.web.public.blueprint import blueprint

_WORDS = {"sudah": True, "belum": False}


def _program(code: str) -> Program:
    found = programs.by_code(code)
    if found is None or found.status not in VOTED_ON:
        abort(404)
    return found


@blueprint.get("/program/<code>/hasil")
@public
def program_result(code: str) -> Any:
    """Ask for a word on the result, or say which one is counted."""
    found = _program(code)
    user = signed_in_user()
    waiting = held.held_values(f"/program/{found.code}/hasil").get("kata", "")
    return render_template(
        "public/programs/result.html",
        program=found,
        said=None if user is None else program_page.word_of(found.id, user.id),
        known=user is not None,
        waiting=waiting if waiting in _WORDS else "",
    )


@blueprint.post("/program/<code>/hasil", endpoint="program_result_vote")
@public
def program_result_vote(code: str) -> Response:
    """Count the word of an account, or take it back; somebody unknown is asked who they are first."""
    found = _program(code)
    word = request.form.get("kata", "")
    if word not in {*_WORDS, "hapus"}:
        abort(404)
    user = signed_in_user()
    path = f"/program/{found.code}/hasil"
    if user is None:
        return held.hold(path, {"kata": word})
    held.release()
    if word == "hapus":
        writing.take_back(found, user)
    else:
        writing.vote(found, user, felt=_WORDS[word], at=clock.now())
    return redirect(f"{request.script_root}{path}", code=303)


@blueprint.get("/program/foto/<token>")
@public
def program_photo(token: str) -> Response:
    """Serve a picture of a progress report, or its small form with `?ukuran=kecil`."""
    found = program_page.photo(token)
    if found is None:
        abort(404)
    small = request.args.get("ukuran") == "kecil" and bool(found.thumbnail_key)
    return answer_with(found, small=small, open_to_all=True)
