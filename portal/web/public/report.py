"""A reader says that something should not stand there. Needs no account; who says it stays unknown."""

from typing import Any

from flask import abort, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField

from portal.core import clock, throttle
from portal.core.references import parse_reference
from portal.core.tokens import new_token
from portal.models import ReportReason, Subject
from portal.queries import discussion, submissions
from portal.rules import visibility
from portal.services import moderation
from portal.web import labels
from portal.web.access import public, signed_in_user
from portal.web.forms import Form, ProseField, chosen, render_form
from portal.web.public.blueprint import blueprint
from portal.web.rendering import datetime_text

#: Where the token that stands for this browser lies in the signed cookie.
_KEY = "reporter"


class ReportForm(Form):
    reason = RadioField(
        _l("Apa yang salah?"),
        choices=list(labels.REPORT.items()),
        validators=[chosen(_l("Pilih apa yang salah."))],
    )
    words = ProseField(_l("Keterangan"), limit=1000)
    website = StringField(_l("Situs web"))


def _case(reference: str) -> tuple[Subject, int, str, str]:
    canonical = parse_reference(reference)
    case = submissions.by_reference(canonical) if canonical else None
    if case is None or not visibility.shows_text(case):
        abort(404)
    return Subject.SUBMISSION, case.id, case.title, url_for("public.submission", reference=case.reference)


def _comment(token: str) -> tuple[Subject, int, str, str]:
    found = discussion.public(token)
    if found is None:
        abort(404)
    comment, _place = found
    # A title is made of its first words: the reader sees that it is the right one.
    return Subject.COMMENT, comment.id, comment.body[:120], url_for("public.comment", token=comment.token)


@blueprint.get("/lapor/kiriman/<reference>")
@public
def report_case(reference: str) -> Any:
    """Ask what is wrong with a submission."""
    return _ask(*_case(reference))


@blueprint.post("/lapor/kiriman/<reference>", endpoint="report_case_send")
@public
def send_case(reference: str) -> Any:
    """Keep the report about a submission."""
    return _send(*_case(reference))


@blueprint.get("/lapor/komentar/<token>")
@public
def report_comment(token: str) -> Any:
    """Ask what is wrong with a comment."""
    return _ask(*_comment(token))


@blueprint.post("/lapor/komentar/<token>", endpoint="report_comment_send")
@public
def send_comment(token: str) -> Any:
    """Keep the report about a comment."""
    return _send(*_comment(token))


def _ask(subject: Subject, subject_id: int, title: str, back: str) -> Any:
    return _page(ReportForm(), subject, title, back)


def _page(
    form: ReportForm, subject: Subject, title: str, back: str, words: list[str] | None = None, code: int = 0
) -> Any:
    page, status = render_form(
        "public/report/ask.html", form, extra_errors=words, subject=subject.value, title=title, back=back
    )
    return page, code or status


def _send(subject: Subject, subject_id: int, title: str, back: str) -> Any:
    form = ReportForm()
    address = request.remote_addr or ""
    if not throttle.hit(current_app.config["LIMIT_SUPPORT_PER_ADDRESS"], "report", address):
        form.validate()
        words = _("Terlalu banyak laporan dari sini. Tunggu sebentar, lalu coba lagi.")
        return _page(form, subject, title, back, [words], code=429)
    if not form.validate():
        return _page(form, subject, title, back)
    user = signed_in_user()
    if user is not None and user.blocked_until is not None and user.blocked_until > clock.now():
        until = datetime_text(user.blocked_until)
        said = _("Anda belum bisa melapor sampai %(until)s. Menyampaikan kiriman tetap bisa.", until=until)
        return _page(form, subject, title, back, [said], code=422)
    if not form.website.data:  # a machine is thanked as everybody is
        moderation.report(
            subject,
            subject_id,
            reason=ReportReason(form.reason.data),
            words=form.words.data,
            person_hash=_person_hash(),
            at=clock.now(),
        )
    return redirect(url_for("public.report_thanks"), code=303)


def _person_hash() -> str:
    user = signed_in_user()
    if user is None and not isinstance(session.get(_KEY), str):
        session[_KEY] = new_token()
    who = f"user:{user.id}" if user is not None else f"browser:{session[_KEY]}"
    digest: str = current_app.extensions["seal"].keyed_hash(f"report:{who}")
    return digest


@blueprint.get("/lapor/terima-kasih")
@public
def report_thanks() -> str:
    """Thank, and say what happens now."""
    return render_template("public/report/thanks.html")
