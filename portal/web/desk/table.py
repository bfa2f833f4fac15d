"""What the desk can do, as one table: action, form, service, and whether the next case opens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from portal.core.sealing import Seal
from portal.models import Answer, AnswerKind, Attachment, Purpose, ReasonCode, Submission
from portal.queries import cases as reads
from portal.queries import programs as program_reads
from portal.queries import submissions
from portal.rules import visibility
from portal.rules.later import CannotWait
from portal.rules.moderation import Matter
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action
from portal.services import attachments, cases, moderation, programs
from portal.services.attachments import StoredFile
from portal.web.access import is_reporter_of
from portal.web.desk import forms, order_forms
from portal.web.rendering import date_text


class FieldRefused(Exception):
    """What a field names cannot be used; said at the field (422)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Call:
    """Who acts, when, on which version of the case, and what else an action may need."""

    actor: Actor
    at: datetime
    version: int
    seal: Seal
    evidence: tuple[StoredFile, ...] = ()

    @property
    def words(self) -> dict[str, Any]:
        """Return the keywords that every service takes."""
        return {"actor": self.actor, "at": self.at, "version": self.version}


@dataclass(frozen=True, slots=True)
class Doing:
    """One line of the table. `run` gets the case, the valid form and the call."""

    form: type[forms.DeskForm]
    run: Callable[[Submission, Any, Call], Any]
    #: The case leaves its pile, so the next one opens.
    moves: bool = False


def _matter(case: Submission) -> Matter:
    """Say what moderation must know: nobody hides or shows again what is about themselves."""
    return Matter(None, is_reporter_of(case.id), case.named_user_ids)


def _hide(case: Submission, form: forms.HideForm, call: Call) -> None:
    moderation.hide_case(
        case, code=form.chosen_code, sentence=form.text.data, matter=_matter(case), **call.words
    )


def _unhide(case: Submission, form: forms.UnhideForm, call: Call) -> None:
    moderation.unhide_case(case, sentence=form.text.data, matter=_matter(case), **call.words)


def _verify(case: Submission, form: forms.VerifyForm, call: Call) -> None:
    cases.verify(case, category_id=form.category_id.data, title=form.title.data, **call.words)


def _classify(case: Submission, form: forms.ClassifyForm, call: Call) -> None:
    cases.classify(case, title=form.title.data, category_id=form.category_id.data, **call.words)


def _assign(case: Submission, form: forms.AssignForm, call: Call) -> None:
    cases.assign(
        case,
        agency_id=form.agency_id.data,
        category_id=form.category_id.data,
        officer_id=form.officer_id.data,
        priority=form.priority.data,
        **call.words,
    )


def _hand_over(case: Submission, form: forms.HandOverForm, call: Call) -> None:
    cases.hand_over(
        case,
        agency_id=form.agency_id.data,
        reason=form.reason.data,
        officer_id=form.officer_id.data,
        **call.words,
    )


def _finish(case: Submission, form: forms.FinishForm, call: Call) -> Answer:
    evidence = [
        attachments.attach(file, to=case, purpose=Purpose.EVIDENCE, at=call.at) for file in call.evidence
    ]
    return cases.finish(case, text=form.text.data, evidence=evidence, **call.words)


def _merge(case: Submission, form: forms.MergeForm, call: Call) -> None:
    target = submissions.by_reference(form.into.data)
    if target is None or not (
        visibility.has_page(target) or can(Action.READ, call.actor, target, at=call.at)
    ):
        raise FieldRefused("into", _("Nomor kiriman tidak ditemukan. Contoh: SB-2611-K7RM"))
    if target.id == case.id:
        raise FieldRefused("into", _("Ini nomor kiriman itu sendiri. Tulis nomor kiriman utama."))
    if target.merged_into_id is not None:
        raise FieldRefused("into", _("Kiriman itu sendiri sudah digabung. Tulis nomor kiriman utamanya."))
    if not cases.may_join(case, target):
        raise FieldRefused("into", _("Kiriman itu rahasia, disembunyikan, atau ditarik. Pilih kiriman lain."))
    cases.merge(case, into=target, **call.words)


def _note(case: Submission, form: forms.NoteForm, call: Call) -> None:
    chosen = [form.mention_id.data] if form.mention_id.data else []
    cases.note(case, text=form.text.data, mention_ids=chosen, **call.words)


def _draft_answer(case: Submission, form: forms.DraftAnswerForm, call: Call) -> Answer:
    return cases.draft_answer(case, kind=AnswerKind(form.kind.data), text=form.text.data, **call.words)


def _return_draft(case: Submission, form: forms.ReturnDraftForm, call: Call) -> None:
    for text in reads.official_texts(case.id):
        if text.answer.id == form.answer_id.data and text.waits:
            cases.return_draft(case, text.answer, text=form.text.data, **call.words)
            return
    raise FieldRefused("text", _("Draf ini tidak menunggu lagi. Muat ulang halaman."))


def _edit_answer(case: Submission, form: forms.EditAnswerForm, call: Call) -> None:
    for text in reads.official_texts(case.id):
        if text.answer.id == form.answer_id.data and may_mend(text, case):
            cases.edit_answer(case, text.answer, text=form.text.data, **call.words)
            return
    raise FieldRefused("text", _("Jawaban ini tidak ada lagi. Muat ulang halaman."))


def may_mend(text: reads.OfficialText, case: Submission) -> bool:
    """Tell whether a text is published and the case's own agency's: it changes no words but its own."""
    return not text.is_draft and text.answer.agency_id == case.agency_id


def _clear_file(case: Submission, form: forms.ClearFileForm, call: Call) -> None:
    file = _file(case, form.attachment_id.data)
    if file is None:
        raise FieldRefused("attachment_id", _("Berkas ini tidak ada lagi. Muat ulang halaman."))
    cases.clear_file(case, file, **call.words)


def _file(case: Submission, attachment_id: int) -> Attachment | None:
    return next((file for file in reads.attachments(case.id) if file.id == attachment_id), None)


def _link(case: Submission, form: forms.LinkForm, call: Call) -> None:
    program = program_reads.by_id(form.program_id.data)
    if program is None:
        raise FieldRefused("program_id", _("Program ini tidak ada lagi."))
    programs.link(
        case, program, type=form.chosen_type, sentence=form.sentence.data, actor=call.actor, at=call.at
    )


def _unlink(case: Submission, form: forms.UnlinkForm, call: Call) -> None:
    # Asked for among those of the case: a number that was meddled with may be larger than the database takes.
    linked = {row.program_id for row in reads.programs(case.id)}
    program = program_reads.by_id(form.program_id.data) if form.program_id.data in linked else None
    if program is not None:
        programs.unlink(case, program, actor=call.actor, at=call.at)


def _later(case: Submission, form: order_forms.LaterForm, call: Call) -> str:
    day = form.day
    try:
        cases.later(case, until=day, **call.words)
    except CannotWait as error:
        raise FieldRefused("on", order_forms.too_long(error.latest)) from error
    return _("Kembali di meja.") if day is None else _("Nanti saja, sampai %(day)s.", day=date_text(day))


def _reveal(case: Submission, form: forms.RevealForm, call: Call) -> Any:
    return cases.reveal_identity(case, reason=form.reason.data, seal=call.seal, **call.words)


def _texts(service: Callable[..., Any]) -> Callable[[Submission, Any, Call], Any]:
    """Return a run that hands the form's public text to a service."""
    return lambda case, form, call: service(case, text=form.text.data, **call.words)


ACTIONS: dict[Action, Doing] = {
    Action.VERIFY: Doing(forms.VerifyForm, _verify),
    Action.ASK: Doing(
        forms.AskForm,
        lambda case, form, call: cases.ask(case, question=form.text.data, seal=call.seal, **call.words),
        moves=True,
    ),
    Action.ASSIGN: Doing(forms.AssignForm, _assign, moves=True),
    Action.HAND_OVER: Doing(forms.HandOverForm, _hand_over, moves=True),
    Action.TAKE: Doing(
        forms.TakeForm,
        lambda case, form, call: cases.take(case, officer_id=form.officer_id.data, **call.words),
    ),
    Action.ANSWER: Doing(forms.AnswerForm, _texts(cases.answer), moves=True),
    Action.PROMISE: Doing(
        forms.PromiseForm,
        lambda case, form, call: cases.promise(case, text=form.text.data, on=form.on.data, **call.words),
        moves=True,
    ),
    Action.FINISH: Doing(forms.FinishForm, _finish, moves=True),
    Action.ACCEPT: Doing(forms.AcceptForm, _texts(cases.accept), moves=True),
    Action.DECLINE: Doing(
        forms.DeclineForm,
        lambda case, form, call: cases.decline(
            case, code=ReasonCode(form.code.data), text=form.text.data, **call.words
        ),
        moves=True,
    ),
    Action.DEFER: Doing(
        forms.DeferForm,
        lambda case, form, call: cases.defer(
            case,
            code=ReasonCode(form.code.data),
            text=form.text.data,
            review_on=form.review_on.data,
            **call.words,
        ),
        moves=True,
    ),
    Action.REFER: Doing(
        forms.ReferForm,
        lambda case, form, call: cases.refer(
            case, institution=form.institution.data, text=form.text.data, **call.words
        ),
        moves=True,
    ),
    Action.MERGE: Doing(forms.MergeForm, _merge, moves=True),
    Action.UNMERGE: Doing(
        forms.ReasonForm,
        lambda case, form, call: cases.unmerge(case, reason=form.reason.data, **call.words),
    ),
    Action.REVIEW: Doing(forms.EmptyForm, lambda case, form, call: cases.review(case, **call.words)),
    Action.NOTE: Doing(forms.NoteForm, _note),
    Action.DRAFT_ANSWER: Doing(forms.DraftAnswerForm, _draft_answer),
    Action.RETURN_DRAFT: Doing(forms.ReturnDraftForm, _return_draft),
    Action.EDIT_ANSWER: Doing(forms.EditAnswerForm, _edit_answer),
    Action.CLASSIFY: Doing(forms.ClassifyForm, _classify),
    Action.PRIORITISE: Doing(
        order_forms.PriorityForm,
        lambda case, form, call: cases.prioritise(case, priority=form.priority.chosen, **call.words),
    ),
    Action.LATER: Doing(order_forms.LaterForm, _later, moves=True),
    Action.HIDE: Doing(forms.HideForm, _hide),
    Action.UNHIDE: Doing(forms.UnhideForm, _unhide),
    Action.CLEAR_FILE: Doing(forms.ClearFileForm, _clear_file),
    Action.NAME_STAFF: Doing(
        forms.NameStaffForm,
        lambda case, form, call: cases.name_staff(case, user_id=form.user_id.data, **call.words),
    ),
    Action.LINK: Doing(forms.LinkForm, _link),
    Action.UNLINK: Doing(forms.UnlinkForm, _unlink),
    Action.REVEAL_IDENTITY: Doing(forms.RevealForm, _reveal),
}
