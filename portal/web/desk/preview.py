"""A look at a text as citizens will see it: the block of the public page, and the mail to the reporter."""

from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, make_response, render_template
from werkzeug.wrappers import Response

from portal.core.security import MAIL_CONTENT_SECURITY_POLICY
from portal.models import AnswerKind, AnswerVersion, ReasonCode
from portal.queries import cases as reads
from portal.queries import letters, submissions
from portal.queries.cases import OfficialText
from portal.rules import visibility, workflow
from portal.rules.notifications import NOTICES, Audience
from portal.rules.workflow import CONTEST_PERIOD, PUBLISHES, Action
from portal.services import cases
from portal.web import labels, mails
from portal.web.access import staff
from portal.web.desk.actions import refuse
from portal.web.desk.audience import audience, warning
from portal.web.desk.blueprint import blueprint
from portal.web.desk.cases import PUBLIC_TEXTS
from portal.web.desk.composing import Writing, posted
from portal.web.desk.table import may_mend
from portal.web.public.cards import agency_name
from portal.web.public.submissions import closed_title
from portal.web.rendering import date_text
from portal.web.uploads import takes_files


@dataclass(frozen=True, slots=True)
class Block:
    """The values of the macro `answer_block`."""

    by: str
    when: str
    id: str
    title: str
    text: str
    versions: list[AnswerVersion]


@blueprint.post("/k/<reference>/pratinjau/<action>")
@staff
@takes_files
def preview(reference: str, action: str) -> str | Response | tuple[str, int]:
    """Show what publishing this text would show and send; nothing is written."""
    if action not in PUBLIC_TEXTS:
        abort(404)
    writing = posted(reference, action)
    late = writing.moved_on()
    if late is not None:
        return late
    case, form = writing.case, writing.form
    if not form.validate():
        return refuse(case, writing.actor, writing.at, writing.where, form)
    published = (text for text in reads.official_texts(case.id) if not text.is_draft)
    texts = sorted(published, key=lambda text: (text.answer.published_at, text.answer.id), reverse=True)
    shown = _mended(writing, texts) if writing.action is Action.EDIT_ANSWER else _new(writing, texts)
    mail = mails.compose(
        letters.to_reporter(
            case, kind=_mail(writing.action), action=action, at=writing.at, changes=_facts(writing)
        ),
        message_id="",
        kind=_mail(writing.action),
        queued_at=writing.at,
    )
    response = make_response(
        render_template(
            "desk/preview.html",
            case=case,
            title=case.title if visibility.shows_text(case) or case.secret else closed_title(case),
            status=_status(writing),
            place=labels.place_text(case.place, case.ward.name if case.ward else None),
            block=shown,
            mail=mail,
            audience=audience(case, writing.actor),
            warning=warning(reads.thread(case.id), writing.actor),
            kept=_kept(form),
            evidence=getattr(form, "evidence", None),
            action=writing.action,
            publish_url=writing.where.act_url(case.reference, action),
            back_url=writing.where.text_url("compose", case.reference, action),
            labels=labels,
        )
    )
    response.headers["Content-Security-Policy"] = MAIL_CONTENT_SECURITY_POLICY
    return response


def _kept(form: Any) -> list[tuple[str, str]]:
    """Return the fields as they were posted; files cannot be kept."""
    return [
        (field.name, field.raw_data[0])
        for field in form
        if field.name != "evidence" and field.raw_data and isinstance(field.raw_data[0], str)
    ]


def _new(writing: Writing, texts: list[OfficialText]) -> Block:
    kind = PUBLISHES[writing.action]
    agency_id = cases.speaking_for(writing.case, writing.action, writing.actor)
    earlier = sum(1 for text in texts if text.answer.kind is kind)
    return _block(agency_id, writing, kind, earlier, "jawaban", date_text(writing.at), [])


def _mended(writing: Writing, texts: list[OfficialText]) -> Block:
    """Return the block of an answer with its new wording; the present one joins the earlier ones."""
    wanted = writing.form["answer_id"].data
    place = next(
        (n for n, text in enumerate(texts) if text.answer.id == wanted and may_mend(text, writing.case)), None
    )
    if place is None:
        abort(404)
    answer = texts[place].answer
    earlier = sum(1 for other in texts[place + 1 :] if other.answer.kind is answer.kind)
    before = submissions.answer_versions([answer.id]).get(answer.id, [])
    present = AnswerVersion(number=answer.version, text=answer.text, replaced_at=writing.at)
    spot = f"jawaban-{answer.id}" if place else "jawaban"
    when = date_text(answer.published_at) if answer.published_at else ""
    return _block(answer.agency_id, writing, answer.kind, earlier, spot, when, [present, *before])


def _block(
    agency_id: int | None,
    writing: Writing,
    kind: AnswerKind,
    earlier: int,
    spot: str,
    when: str,
    versions: list[AnswerVersion],
) -> Block:
    number = f" ({earlier + 1})" if earlier else ""
    return Block(
        by=agency_name(agency_id) or current_app.config["SITE"]["owner"],
        when=when,
        id=spot,
        title=f"{labels.ANSWER[kind]}{number}",
        text=writing.form.text.data,
        versions=versions,
    )


def _status(writing: Writing) -> tuple[str, str]:
    """Return the status that the case will have, as the tag takes it: value and words."""
    case, form = writing.case, writing.form
    status = case.status
    if writing.action in PUBLISHES:
        status = workflow.row(writing.action, case.status, case.kind).target or case.status
    facts = _facts(writing)
    words = labels.status_text(
        status,
        agency=agency_name(case.agency_id, short=True),
        promised_on=date_text(facts["promised_on"]) if facts.get("promised_on") else None,
        review_on=date_text(facts["review_on"]) if facts.get("review_on") else None,
        institution=form["institution"].data if "institution" in form else case.institution,
    )
    return status.value, words


def _facts(writing: Writing) -> dict[str, Any]:
    """Return what the step will bring, as the mail names it."""
    case, form = writing.case, writing.form
    facts: dict[str, Any] = {"answer": form.text.data}
    if writing.action is Action.EDIT_ANSWER:
        return facts | {"promised_on": case.promised_on, "review_on": case.review_on}
    agency_id = cases.speaking_for(case, writing.action, writing.actor)
    facts["agency_id"] = agency_id if agency_id is not None else case.agency_id
    facts["contest_until"] = None if writing.action is Action.ACCEPT else writing.at + CONTEST_PERIOD
    facts["promised_on"] = form["on"].data if "on" in form else case.promised_on
    facts["review_on"] = form["review_on"].data if "review_on" in form else None
    facts["reason"] = ReasonCode(form["code"].data) if "code" in form else None
    facts["institution"] = form["institution"].data if "institution" in form else ""
    return facts


def _mail(action: Action) -> str:
    """Return the kind of mail that the reporter gets of a step."""
    return next(notice.kind for notice in NOTICES[action] if Audience.REPORTER in notice.audience)
