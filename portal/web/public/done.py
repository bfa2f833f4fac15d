"""A supporter's word on whether a case is done, by the link of a mail."""

from typing import Any

from flask import redirect, render_template, request, url_for

from portal.core import clock
from portal.services import supports
from portal.web.access import public
from portal.web.public.blueprint import blueprint
from portal.web.public.support import private_page

_WORDS = {"sudah": True, "belum": False}


@blueprint.get("/selesai/<token>")
@public
def done_vote(token: str) -> Any:
    """Show two buttons. Looking at the link (a mail program does) counts nothing."""
    case = supports.vote_opened(token, clock.now())
    page = private_page(render_template("public/support/done.html", case=case, token=token))
    page.status_code = 200 if case is not None else 404
    return page


@blueprint.post("/selesai/<token>", endpoint="done_voted")
@public
def done_voted(token: str) -> Any:
    """Count the word, and lead to the case."""
    word = _WORDS.get(request.form.get("kata", ""))
    case = None if word is None else supports.vote(token, done=word, at=clock.now())
    if case is None:
        return done_vote(token)
    return redirect(url_for("public.submission", reference=case.reference), code=303)
