"""The forms of the desk: one per action, each with the version of the case it was drawn from."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, MultipleFileField
from wtforms.validators import InputRequired, Optional, StopValidation
from wtforms.widgets import HiddenInput

from portal.models import AnswerKind, HideCode, LinkType, ReasonCode, Submission
from portal.queries import cases, mentions, programs, reference
from portal.rules import workflow
from portal.rules.permissions import Actor, standing
from portal.rules.templates import gaps, is_unedited
from portal.rules.textmerge import has_markers
from portal.rules.workflow import Action
from portal.web import labels
from portal.web.desk import filling, words
from portal.web.desk.fields import (
    CodeSelect,
    DayField,
    NumberSelect,
    PrioritySelect,
    ReferenceField,
    VersionField,
    agency_choices,
    category_choices,
    officer_choices,
    place,
)
from portal.web.forms import Form, LineField, ProseField
from portal.web.rendering import localised

UNSETTLED = _l("Pilih satu kalimat di tiap perbedaan, lalu hapus baris yang diapit tanda ---.")
PUBLIC_TEXT = _l("Tulis kalimat untuk publik, minimal 10 huruf.")


class DeskForm(Form):
    """Parent of the desk's forms. Ids carry the action's name, so that several stand on one page."""

    version = VersionField()

    def __init__(self, *args: Any, action: str, case: Submission, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        self.is_submitted_here = bool(self.version.raw_data)
        if not self.is_submitted_here:
            self.draw_anew(case)
        place(self, action)
        self.offer(case, actor)

    def draw_anew(self, case: Submission) -> None:
        """Carry the case's version of this moment, whatever was posted."""
        self.version.draw_anew(case.version)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a text for the public carries no marker lines of a joined text."""
        good = super().validate(extra_validators)
        private = self.action in (Action.NOTE, Action.DRAFT_ANSWER)
        if "text" in self and not private and has_markers(self.text.data or ""):
            self.text.errors = [*self.text.errors, str(UNSETTLED)]
            return False
        return good

    def offer(self, case: Submission, actor: Actor) -> None:
        """Fill selects with what this actor may choose for this case."""

    @property
    def typed(self) -> str:
        """Return what was written in words, to be kept whatever happens."""
        fields = (field for field in self if isinstance(field, LineField | ProseField))
        return "\n\n".join(field.data for field in fields if field.data)


def _barred(case: Submission) -> frozenset[int]:
    return case.named_user_ids if case.secret else frozenset()


class OfficialForm(DeskForm):
    """Parent of the forms whose text goes to citizens; it may begin from a template but not stay one."""

    template_id = IntegerField(validators=[Optional()], widget=HiddenInput())

    def __init__(self, *args: Any, action: str, case: Submission, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, action=action, case=case, actor=actor, **kwargs)
        self.case, self.actor = case, actor
        self.template = filling.chosen(self.template_id.data, actor)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; a text for citizens has no gaps and is more than its template."""
        good = super().validate(extra_validators)
        text = self.text.data or ""
        if self.action == Action.DRAFT_ANSWER or self.text.errors:
            return good
        left = gaps(text)
        if left:
            self.text.errors = [
                _("Masih ada yang belum diisi: %(gaps)s. Lengkapi atau hapus.", gaps=", ".join(left))
            ]
        elif self.template is not None and is_unedited(
            text, self.template.text, filling.values(self.case, self.actor, self)
        ):
            self.text.errors = [
                _(
                    "Teks ini masih sama dengan templat “%(title)s”. Sesuaikan dengan kiriman ini.",
                    title=self.template.title,
                )
            ]
        return good and not self.text.errors


class EmptyForm(DeskForm):
    """A single press."""


class VerifyForm(DeskForm):
    category_id = NumberSelect(_l("Kategori"), required=_l("Pilih kategori."))
    title = LineField(_l("Judul"), limit=120, minimum=5, required=_l("Tulis judul, minimal 5 huruf."))

    def offer(self, case: Submission, actor: Actor) -> None:
        self.category_id.choices = category_choices()
        if not self.is_submitted_here:
            self.category_id.data = case.category_id
            self.title.data = case.title


class ClassifyForm(VerifyForm):
    """Title and category, without moving the case."""


class AskForm(OfficialForm):
    text = ProseField(
        _l("Pertanyaan kepada pelapor"),
        limit=1000,
        minimum=10,
        required=_l("Tulis pertanyaan, minimal 10 huruf."),
    )


class AssignForm(DeskForm):
    category_id = NumberSelect(_l("Kategori"), required=_l("Pilih kategori."))
    agency_id = NumberSelect(_l("Dinas"), required=_l("Pilih dinas."))
    officer_id = NumberSelect(_l("Petugas"))
    priority = PrioritySelect(_l("Prioritas"))

    def offer(self, case: Submission, actor: Actor) -> None:
        self.category_id.choices = category_choices()
        self.agency_id.choices = agency_choices()
        self.officer_id.choices = officer_choices(None, barred=_barred(case))
        if not self.is_submitted_here:
            self.category_id.data = case.category_id
            category = reference.categories().get(case.category_id) if case.category_id else None
            self.agency_id.data = case.agency_id or (category.agency_id if category else None)
            self.officer_id.data = case.officer_id
            self.priority.data = case.priority

    def validate_officer_id(self, field: Any) -> None:
        if field.data and self.agency_id.data and not _works_in(field.data, self.agency_id.data):
            raise StopValidation(_("Petugas ini bukan dari dinas yang dipilih."))


def _works_in(user_id: int, agency_id: int) -> bool:
    return any(row.user_id == user_id for row in cases.staff([agency_id]))


class HandOverForm(DeskForm):
    agency_id = NumberSelect(_l("Dinas tujuan"), required=_l("Pilih dinas."))
    officer_id = NumberSelect(_l("Petugas"))
    reason = ProseField(
        _l("Alasan, tampil untuk publik"),
        limit=600,
        minimum=10,
        required=_l("Tulis alasan, minimal 10 huruf."),
    )

    def offer(self, case: Submission, actor: Actor) -> None:
        self.agency_id.choices = agency_choices(without=case.agency_id)
        self.officer_id.choices = officer_choices(None, without=case.agency_id, barred=_barred(case))

    validate_officer_id = AssignForm.validate_officer_id


class TakeForm(DeskForm):
    officer_id = NumberSelect(_l("Petugas"))

    def offer(self, case: Submission, actor: Actor) -> None:
        self.officer_id.choices = (
            officer_choices(case.agency_id, barred=_barred(case)) if case.agency_id is not None else []
        )
        if not self.is_submitted_here:
            self.officer_id.data = case.officer_id


class NoteForm(DeskForm):
    text = ProseField(
        _l("Catatan internal"), limit=5000, minimum=1, required=_l("Tulis catatan lebih dahulu.")
    )
    mention_id = NumberSelect(_l("Sebut rekan"))

    def offer(self, case: Submission, actor: Actor) -> None:
        agencies = reference.agencies()
        grouped: dict[str, list[tuple[Any, str]]] = {str(_l("Ketik @ atau pilih")): [("", "–")]}
        for one in mentions.colleagues(case):
            if one.id != actor.user_id:
                agency = agencies.get(one.agency_id) if one.agency_id is not None else None
                place = localised(agency, "short") if agency else str(_l("Triase"))
                grouped.setdefault(place, []).append((one.id, one.name))
        self.mention_id.choices = grouped


class AnswerForm(OfficialForm):
    text = ProseField(_l("Jawaban publik"), limit=5000, minimum=10, required=PUBLIC_TEXT)


class DraftAnswerForm(OfficialForm):
    kind = CodeSelect(_l("Draf untuk"), words.ANSWER_KIND, required=_l("Pilih jenis jawaban."), empty=False)
    text = ProseField(
        _l("Draf jawaban"), limit=5000, minimum=10, required=_l("Tulis draf, minimal 10 huruf.")
    )

    def offer(self, case: Submission, actor: Actor) -> None:
        if self.is_submitted_here and not self.kind.raw_data:
            # The composer's second button sends the text alone.
            self.kind.raw_data = [AnswerKind.ANSWER.value]
            self.kind.data = AnswerKind.ANSWER.value


class ReturnDraftForm(DeskForm):
    answer_id = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    text = ProseField(
        _l("Catatan untuk penulis draf"),
        limit=5000,
        minimum=5,
        required=_l("Tulis apa yang perlu diperbaiki, minimal 5 huruf."),
    )


class EditAnswerForm(OfficialForm):
    answer_id = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    text = ProseField(_l("Jawaban yang diperbaiki"), limit=5000, minimum=10, required=PUBLIC_TEXT)


class PromiseForm(OfficialForm):
    text = ProseField(_l("Apa yang akan dikerjakan"), limit=5000, minimum=10, required=PUBLIC_TEXT)
    on = DayField(_l("Selesai pada tanggal"), required=_l("Pilih tanggal selesai."))

    def offer(self, case: Submission, actor: Actor) -> None:
        if not self.is_submitted_here and case.promised_on:
            self.on.data = case.promised_on


class FinishForm(OfficialForm):
    text = ProseField(_l("Apa yang sudah dikerjakan"), limit=5000, minimum=10, required=PUBLIC_TEXT)
    evidence = MultipleFileField(_l("Foto bukti"))


class AcceptForm(OfficialForm):
    text = ProseField(_l("Kalimat penerimaan untuk publik"), limit=5000, minimum=10, required=PUBLIC_TEXT)


class DeclineForm(OfficialForm):
    code = CodeSelect(_l("Alasan"), labels.REASON, required=_l("Pilih alasan."))
    text = ProseField(_l("Penjelasan untuk publik"), limit=5000, minimum=10, required=PUBLIC_TEXT)

    def offer(self, case: Submission, actor: Actor) -> None:
        allowed = set(ReasonCode)
        for row in workflow.rows(Action(self.action), case.status, case.kind):
            if row.codes and row.who & standing(actor, case):
                allowed &= row.codes
        self.code.offer({code: text for code, text in labels.REASON.items() if code in allowed})


class DeferForm(DeclineForm):
    review_on = DayField(_l("Ditinjau lagi pada"), required=_l("Pilih tanggal tinjauan."))


class ReferForm(OfficialForm):
    institution = LineField(
        _l("Lembaga yang berwenang"), limit=160, minimum=3, required=_l("Tulis nama lembaga.")
    )
    text = ProseField(_l("Penjelasan untuk publik"), limit=5000, minimum=10, required=PUBLIC_TEXT)

    @property
    def suggestions(self) -> list[str]:
        """Return the institutions that the city knows."""
        return [localised(row, "name") for row in reference.institutions()]


class MergeForm(DeskForm):
    into = ReferenceField(
        _l("Nomor kiriman utama"), limit=120, required=_l("Tulis nomor kiriman. Contoh: SB-2611-K7RM")
    )


class ReasonForm(DeskForm):
    reason = ProseField(_l("Alasan"), limit=600, minimum=5, required=_l("Tulis alasan, minimal 5 huruf."))


class RevealForm(DeskForm):
    reason = LineField(
        _l("Untuk apa Anda memerlukannya"),
        limit=300,
        minimum=5,
        required=_l("Tulis alasan, minimal 5 huruf."),
    )


class HideForm(DeskForm):
    code = CodeSelect(_l("Alasan"), labels.HIDE, required=_l("Pilih alasan."))
    text = ProseField(_l("Penjelasan untuk publik"), limit=600, minimum=10, required=PUBLIC_TEXT)

    @property
    def chosen_code(self) -> HideCode:
        """Return the code as the enum's member."""
        return HideCode(self.code.data)


class UnhideForm(DeskForm):
    text = ProseField(_l("Penjelasan untuk publik"), limit=600, minimum=10, required=PUBLIC_TEXT)


class NameStaffForm(DeskForm):
    user_id = NumberSelect(_l("Rekan yang disebut dalam kiriman"), required=_l("Pilih rekan."))

    def offer(self, case: Submission, actor: Actor) -> None:
        self.user_id.choices = officer_choices(None)


class ClearFileForm(DeskForm):
    attachment_id = IntegerField(validators=[InputRequired()], widget=HiddenInput())


class LinkForm(DeskForm):
    program_id = NumberSelect(_l("Program"), required=_l("Pilih program."))
    type = CodeSelect(_l("Hubungan"), labels.LINK, required=_l("Pilih hubungan."))
    sentence = LineField(
        _l("Satu kalimat untuk warga"), limit=300, minimum=10, required=_l("Tulis kalimat, minimal 10 huruf.")
    )

    def offer(self, case: Submission, actor: Actor) -> None:
        near = actor.agency_ids or ([case.agency_id] if case.agency_id is not None else [])
        offered = programs.choices(sorted(near))
        self.program_id.choices = [
            ("", _("Pilih program")),
            *((number, f"{code} {title}") for number, code, title in offered),
        ]

    @property
    def chosen_type(self) -> LinkType:
        """Return the type as the enum's member."""
        return LinkType(self.type.data)


class UnlinkForm(DeskForm):
    program_id = IntegerField(validators=[InputRequired()], widget=HiddenInput())
