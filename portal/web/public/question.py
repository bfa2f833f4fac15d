"""The link in a mail that lets a reporter answer one question without an account or a code."""

from typing import Any

from flask import current_app, redirect, render_template, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from portal.core import clock
from portal.models import Question, Submission, TokenPurpose
from portal.rules.permissions import Actor
from portal.rules.workflow import TransitionNotAllowed
from portal.services import cases, questions, tokens
from portal.web.access import public
from portal.web.forms import Form, ProseField, render_form
from portal.web.public.blueprint import blueprint
from portal.web.public.track import MAX_WORDS


class AnswerForm(Form):
    text = ProseField(_l("Jawaban Anda"), limit=MAX_WORDS, required=_l("Tulis jawaban Anda"))


@blueprint.get("/tanya/<token>")
@public
def question(token: str) -> Response:
    """Show the question. Looking at the link (a mail program does) uses nothing up."""
    found = questions.open_token(token, clock.now())
    return _private(_page(AnswerForm(), token, *found)) if found is not None else _not_good()


def _page(form: AnswerForm, token: str, asked: Question, case: Submission) -> Any:
    return render_form("public/question/ask.html", form, question=asked, case=case, token=token)


@blueprint.post("/tanya/<token>", endpoint="question_reply")
@public
def reply(token: str) -> Response:
    """Take the answer, once. An empty one uses nothing up."""
    at = clock.now()
    found = questions.open_token(token, at)
    if found is None:
        return _not_good()
    asked, case = found
    form = AnswerForm()
    if not form.validate():
        return _private(_page(form, token, asked, case))
    if tokens.redeem(token, TokenPurpose.ANSWER_QUESTION, at) is None:
        return _not_good()
    actor = Actor(reporter_of=frozenset({case.id}))
    try:
        cases.reply(case, text=form.text.data, actor=actor, at=at)
    except TransitionNotAllowed:  # answered on the private page, or withdrawn, in the meantime
        return _not_good()
    return _private(redirect(url_for("public.question_thanks"), code=303))


@blueprint.get("/tanya/terima-kasih")
@public
def question_thanks() -> str:
    """Thank. The link opens nothing more."""
    return render_template("public/question/thanks.html")


def _not_good() -> Response:
    return _private((render_template("public/question/not_good.html"), 404))


def _private(page: Any) -> Response:
    """Keep a link that is a key out of caches and of the Referer header."""
    response = current_app.make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
