"""Consultations at the desk: the list, writing one, looking ahead at it, and its files."""

from typing import Any

import structlog
from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.core import clock, throttle
from portal.core.formats import content_disposition, iter_csv
from portal.models import Consultation, ConsultationKind, QuestionKind, Role
from portal.queries import consultations as reads
from portal.queries import submissions
from portal.queries.consultations import QuestionRow
from portal.queries.submissions import Filters
from portal.rules.consultations import MOST_OPTIONS, MOST_QUESTIONS, Stage, may_publish, may_write, stage
from portal.rules.permissions import Actor
from portal.services import consultations as writing
from portal.services.errors import StaleVersion
from portal.web import consultation_files as files
from portal.web import consultation_words as words
from portal.web.access import current_actor, staff
from portal.web.desk import consultation_editor as editor
from portal.web.desk.blueprint import blueprint
from portal.web.desk.consultation_forms import ConsultationForm
from portal.web.public.cards import agency_name
from portal.web.public.consultations import page as public_page

log = structlog.get_logger("export")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Files of answers that one person may ask for.
LIMIT = "30/hour"


@blueprint.get("/konsultasi", endpoint="consultations")
@staff
def consultation_list() -> str:
    """Show the consultations of the actor's agencies; triage sees all."""
    actor, at = current_actor(), clock.now()
    mine = None if actor.has(Role.TRIAGE) else actor.agency_ids
    page = reads.at_desk(mine, request.args.get("dari"))

    def page_url(cursor: str | None) -> str:
        return url_for("desk.consultations", dari=cursor) if cursor else ""

    return render_template(
        "desk/consultations.html",
        rows=[(row, stage(row, at)) for row in page],
        previous_url=page_url(page.previous_cursor),
        next_url=page_url(page.next_cursor),
        at=at,
        words=words,
        agency_name=agency_name,
    )


def mine(consultation_id: int, actor: Actor) -> Consultation:
    """Return a consultation that the actor may work on; 404 for every other."""
    one = reads.by_id(consultation_id)
    if one is None or not may_write(actor, one.agency_id):
        abort(404)
    return one


@blueprint.get("/konsultasi/baru")
@staff
def consultation_new() -> str:
    """Show an empty consultation."""
    form = ConsultationForm(None, actor=current_actor(), one=None)
    return _page(None, form, [editor.empty()])


@blueprint.post("/konsultasi/baru")
@staff
def consultation_create() -> Any:
    """Add a consultation, or do what a button of the editor says."""
    actor = current_actor()
    form = ConsultationForm(actor=actor, one=None)
    questions = editor.of_form(request.form)
    pressed = request.form.get("do", "")
    if pressed:
        return _page(None, form, editor.press(questions, pressed))
    drafts = _checked(form, questions, [])
    if drafts is None:
        return _page(None, form, questions), 422
    one = writing.create(actor=actor, at=clock.now(), fields=form.values, questions=drafts)
    flash(_("Konsultasi tersimpan sebagai draf. Belum ada warga yang melihatnya."))
    return redirect(url_for("desk.consultation", consultation_id=one.id), code=303)


@blueprint.get("/konsultasi/<int:consultation_id>/ubah")
@staff
def consultation_edit(consultation_id: int) -> str:
    """Show a consultation with everything that can be changed about it."""
    actor = current_actor()
    one = _editable(consultation_id, actor)
    form = ConsultationForm(None, actor=actor, one=one)
    return _page(one, form, editor.of_rows(reads.questions(one.id)))


@blueprint.post("/konsultasi/<int:consultation_id>/ubah")
@staff
def consultation_save(consultation_id: int) -> Any:
    """Change it; a stale save shows both (409)."""
    actor = current_actor()
    one = _editable(consultation_id, actor)
    form = ConsultationForm(actor=actor, one=one)
    stored = reads.questions(one.id)
    questions = editor.of_form(request.form)
    pressed = request.form.get("do", "")
    if pressed and not one.response_count:
        return _page(one, form, editor.press(questions, pressed))
    drafts = _checked(form, questions, stored, one)
    if drafts is None:
        return _page(one, form, questions), 422
    note = (form.note.data or "") if "note" in form else ""
    try:
        writing.edit(
            one,
            actor=actor,
            at=clock.now(),
            version=form.version.data,
            fields=form.values,
            questions=drafts,
            note=note,
        )
    except StaleVersion as stale:
        form.version.draw_anew(stale.current)
        return _page(one, form, questions, current=reads.questions(one.id)), 409
    except writing.Frozen:
        said = _("Sudah ada warga yang menjawab. Sekarang hanya salah ketik yang dapat diperbaiki.")
        return _page(one, form, questions, extra=[said]), 409
    except writing.NoteMissing:
        form.note.errors = [_("Tulis apa yang diperbaiki. Warga membacanya.")]
        return _page(one, form, questions), 422
    flash(_("Konsultasi tersimpan."))
    return redirect(url_for("desk.consultation", consultation_id=one.id), code=303)


def _editable(consultation_id: int, actor: Actor) -> Consultation:
    one = mine(consultation_id, actor)
    if one.published_at is not None and not may_publish(actor, one.agency_id):
        abort(404)
    if stage(one, clock.now()) is Stage.ARCHIVED:
        abort(404)
    return one


def _checked(
    form: ConsultationForm,
    questions: list[editor.TypedQuestion],
    stored: list[QuestionRow],
    one: Consultation | None = None,
) -> Any:
    """Return the drafts of the questions, or None where something is wrong (the form and they say what)."""
    good = form.validate()
    if "kind" in form:
        kind, ward = form.kind.data, form.ward_code.data
    else:
        kind, ward = (one.kind, one.ward_code) if one is not None else ("", None)
    priorities = kind == ConsultationKind.PRIORITIES
    drafts = editor.drafts(questions, stored, ward=(ward or "") if priorities else None)
    if priorities and [draft.kind for draft in drafts] != [QuestionKind.POINTS]:
        form.kind.errors = [_("Prioritas kelurahan berisi tepat satu pertanyaan “Bagi poin”.")]
        good = False
    if any(question.errors for question in questions):
        good = False
    return drafts if good else None


def _page(
    one: Consultation | None,
    form: ConsultationForm,
    questions: list[editor.TypedQuestion],
    *,
    current: list[QuestionRow] | None = None,
    extra: list[str] | None = None,
) -> str:
    lines = list(extra or [])
    for number, question in enumerate(questions, start=1):
        lines += [
            _("Pertanyaan %(number)s: %(problem)s", number=number, problem=error) for error in question.errors
        ]
    gone = {str(o.id) for row in (reads.questions(one.id) if one else []) for o in row.options if o.gone}
    return render_template(
        "desk/consultation_form.html",
        one=one,
        form=form,
        questions=questions,
        extra=lines,
        form_errors=dict(form.errors) | ({"extra": lines} if lines else {}) or None,
        current=current,
        gone=gone,
        found=_found(form),
        search=request.form.get("find", ""),
        kinds=words.QUESTION_KIND,
        words=words,
        frozen=bool(one and one.response_count),
        may_add=len(questions) < MOST_QUESTIONS,
        most_options=MOST_OPTIONS,
    )


def _found(form: ConsultationForm) -> list[Any]:
    """Return submissions of the ward that could be options; nothing before somebody looks for them."""
    if request.form.get("do") != "find" or "ward_code" not in form:
        return []
    filters = Filters(words=request.form.get("find", "")[:200], ward_code=form.ward_code.data or None)
    return list(submissions.listed(filters).items)[:10]


@blueprint.get("/konsultasi/<int:consultation_id>/pratinjau")
@staff
def consultation_preview(consultation_id: int) -> str:
    """Show the page as everybody will see it."""
    one = mine(consultation_id, current_actor())
    found = reads.preview(one.id)
    if found is None:
        abort(404)
    return public_page(found, at=clock.now(), is_preview=True)


@blueprint.get("/konsultasi/<int:consultation_id>/jawaban.csv")
@staff
def consultation_answers_csv(consultation_id: int) -> Response:
    """Send every answer without its person, as a text file."""
    one, questions = _asked(consultation_id, "csv")
    lines = files.answer_lines(questions, reads.file_rows(one.id))
    return _file(
        b"".join(iter_csv(lines, delimiter=";")), "text/csv; charset=utf-8", f"{one.slug}-jawaban.csv"
    )


@blueprint.get("/konsultasi/<int:consultation_id>/jawaban.xlsx")
@staff
def consultation_answers_xlsx(consultation_id: int) -> Response:
    """Send the figures by ward and every answer without its person, as a workbook of Excel."""
    one, questions = _asked(consultation_id, "xlsx")
    sheets = [
        (_("Angka"), files.tally_lines(one, questions, reads.tally_rows(one.id))),
        (_("Jawaban"), files.answer_lines(questions, reads.file_rows(one.id))),
    ]
    return _file(files.workbook(sheets), XLSX, f"{one.slug}.xlsx")


def _asked(consultation_id: int, kind: str) -> tuple[Consultation, list[QuestionRow]]:
    actor = current_actor()
    one = mine(consultation_id, actor)
    if not throttle.hit(LIMIT, "consultation answers", str(actor.user_id)):
        abort(429)
    log.info("consultation exported", user_id=actor.user_id, consultation_id=one.id, format=kind)
    return one, reads.questions(one.id)


def _file(content: bytes, content_type: str, name: str) -> Response:
    response = FlaskResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition(name)
    return response
