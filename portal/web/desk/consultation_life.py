"""One consultation at the desk: how far it is, what came out, and the steps of its life."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core import clock
from portal.core.text import screen
from portal.models import Consultation, QuestionKind
from portal.queries import consultations as reads
from portal.queries.consultations import QuestionRow
from portal.rules.consultations import Stage, may_publish, stage
from portal.rules.permissions import Actor
from portal.services import consultations as writing
from portal.services.errors import StaleVersion
from portal.web import consultation_words as words
from portal.web import labels
from portal.web.access import current_actor, staff
from portal.web.desk.blueprint import blueprint
from portal.web.desk.consultation_forms import EndForm, ExtendForm, OutcomeForm, StepForm
from portal.web.desk.consultations import mine
from portal.web.desk.meeting_forms import VersionedForm
from portal.web.public.cards import agency_name


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its heading, its button, from which stages, and what it does."""

    heading: Any
    button: Any
    look: str
    stages: frozenset[Stage]
    done: Any
    hint: Any
    act: Callable[[Consultation, Any, dict[str, Any]], None]


_AFTER = frozenset({Stage.CLOSED, Stage.OUTCOME, Stage.ARCHIVED})


def _outcome(one: Consultation, form: OutcomeForm, call: dict[str, Any]) -> None:
    writing.write_outcome(
        one,
        text_id=form.text_id.data,
        text_en=form.text_en.data or "",
        review_on=form.review_on.data,
        **call,
    )


STEPS: dict[str, Step] = {
    "terbitkan": Step(
        _l("Terbitkan"),
        _l("Terbitkan konsultasi"),
        "primary",
        frozenset({Stage.DRAFT}),
        _l("Konsultasi terbit."),
        _l("Semua orang dapat melihatnya. Setelah ada jawaban, pertanyaannya tidak dapat diubah lagi."),
        lambda one, form, call: writing.publish(one, **call),
    ),
    "tindak-lanjut": Step(
        _l("Tindak lanjut"),
        _l("Terbitkan tindak lanjut"),
        "primary",
        _AFTER,
        _l("Tindak lanjut terbit. Yang mengikuti diberi tahu."),
        _l("Wajib sebelum diarsipkan. Tulis juga apa yang tidak dilakukan, dan kenapa."),
        _outcome,
    ),
    "arsipkan": Step(
        _l("Arsipkan"),
        _l("Arsipkan"),
        "secondary",
        frozenset({Stage.OUTCOME}),
        _l("Konsultasi diarsipkan."),
        _l("Halamannya tetap dapat dibaca semua orang."),
        lambda one, form, call: writing.archive(one, **call),
    ),
    "perpanjang": Step(
        _l("Perpanjang"),
        _l("Perpanjang"),
        "secondary",
        frozenset({Stage.COMING, Stage.OPEN}),
        _l("Konsultasi diperpanjang."),
        _l("Hari terakhir yang baru dan alasannya tampil di halaman publik."),
        lambda one, form, call: writing.extend(one, until=form.moment, reason=form.reason.data, **call),
    ),
    "tutup": Step(
        _l("Tutup lebih awal"),
        _l("Tutup sekarang"),
        "danger",
        frozenset({Stage.OPEN}),
        _l("Konsultasi ditutup."),
        _l("Tidak dapat dibuka lagi. Alasannya tampil di halaman publik."),
        lambda one, form, call: writing.close(one, reason=form.reason.data, **call),
    ),
}


def _form(name: str, one: Consultation, *, posted: bool) -> VersionedForm:
    """Return the form of a step: as it was posted, or empty."""
    source: tuple[Any, ...] = () if posted else (None,)
    match name:
        case "perpanjang":
            return ExtendForm(*source, one=one)
        case "tutup":
            return EndForm(*source, spot=name, version=one.version)
        case "tindak-lanjut":
            form = OutcomeForm(*source, spot=name, version=one.version)
            if not posted:
                form.text_id.data, form.text_en.data = one.outcome_id, one.outcome_en
                form.review_on.data = one.review_on
            return form
        case _:
            return StepForm(*source, spot=name, version=one.version)


@blueprint.get("/konsultasi/<int:consultation_id>")
@staff
def consultation(consultation_id: int) -> str:
    """Show how far a consultation is, what came out so far, and what can be done."""
    actor = current_actor()
    return _page(mine(consultation_id, actor), actor)


@blueprint.post(
    "/konsultasi/<int:consultation_id>/<any(" + ",".join(f"'{name}'" for name in STEPS) + "):step>"
)
@staff
def consultation_act(consultation_id: int, step: str) -> Any:
    """Take a step of its life."""
    actor, at = current_actor(), clock.now()
    one = mine(consultation_id, actor)
    if not may_publish(actor, one.agency_id):
        abort(404)
    form = _form(step, one, posted=True)
    if not form.validate():
        return _page(one, actor, refused={step: form}), 422
    call = {"actor": actor, "at": at, "version": form.version.data}
    try:
        STEPS[step].act(one, form, call)
    except StaleVersion as stale:
        form.draw_anew(stale.current)
        said = _(
            "Konsultasi ini berubah sejak Anda membukanya. Tulisan Anda tidak hilang: periksa, lalu ulangi."
        )
        return _page(one, actor, refused={step: form}, extra=[said]), 409
    except writing.WrongStage:
        said = _("Langkah ini tidak bisa sekarang. Periksa periode dan pertanyaannya.")
        return _page(one, actor, refused={step: form}, extra=[said]), 409
    flash(str(STEPS[step].done))
    return redirect(url_for("desk.consultation", consultation_id=one.id), code=303)


def _page(
    one: Consultation,
    actor: Actor,
    *,
    refused: dict[str, VersionedForm] | None = None,
    extra: list[str] | None = None,
) -> str:
    at = clock.now()
    where = stage(one, at)
    questions = reads.questions(one.id)
    publishes = may_publish(actor, one.agency_id)
    forms = {
        name: _form(name, one, posted=False)
        for name, step in STEPS.items()
        if publishes and where in step.stages
    }
    forms |= refused or {}
    bound = next(iter((refused or {}).values()), None)
    return render_template(
        "desk/consultation.html",
        one=one,
        where=where,
        at=at,
        words=words,
        questions=questions,
        results=words.results(questions, reads.tally_rows(one.id)) if one.response_count else None,
        texts=_texts(questions),
        steps=[(name, STEPS[name], form) for name, form in forms.items()],
        bound=bound if bound is not None and bound.errors else None,
        extra=extra or [],
        form_errors=(dict(bound.errors) if bound is not None else {}) | ({"x": extra} if extra else {})
        or None,
        publishes=publishes,
        may_edit=(publishes or one.published_at is None) and where is not Stage.ARCHIVED,
        agency_name=agency_name,
        moment=datetime.fromisoformat,
    )


@dataclass(frozen=True, slots=True)
class Texts:
    """A page of the free texts to a question, each with what the screen found in it."""

    question: QuestionRow
    rows: list[tuple[str, list[str]]]
    previous: str | None
    next: str | None


def _texts(questions: list[QuestionRow]) -> list[Texts]:
    found = []
    for question in questions:
        if question.kind is not QuestionKind.TEXT:
            continue
        wanted = request.args.get("dari") if request.args.get("q") == str(question.id) else None
        page = reads.texts(question.id, wanted)
        rows = [(text, [str(labels.SCREEN[code]) for code in sorted(screen(text))]) for _id, text in page]
        found.append(Texts(question, rows, page.previous_cursor, page.next_cursor))
    return found
