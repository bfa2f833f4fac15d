"""The forms of consultations at the desk: what one is about, and the steps of its life."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, Optional, StopValidation

from portal.core import clock
from portal.models import Consultation, ConsultationKind, Eligibility
from portal.queries import consultations as reads
from portal.queries import programs, reference
from portal.rules.consultations import may_write
from portal.rules.permissions import Actor
from portal.web import consultation_words as words
from portal.web.desk.fields import FURTHEST, CodeSelect, DayField, NumberSelect
from portal.web.desk.meeting_forms import VersionedForm, near_today
from portal.web.forms import LineField, ProseField
from portal.web.rendering import date_text, localised

_ONE_DAY = timedelta(days=1)
#: What is fixed once somebody answered.
FIXED = ("kind", "agency_id", "program_id", "eligibility", "ward_code")


class ConsultationForm(VersionedForm):
    title_id = LineField(_l("Judul"), limit=160, minimum=5, required=_l("Tulis judul, minimal 5 huruf."))
    title_en = LineField(_l("Judul dalam bahasa Inggris"), limit=160)
    kind = CodeSelect(_l("Jenis"), words.KIND, required=_l("Pilih salah satu dari daftar."), empty=False)
    agency_id = NumberSelect(_l("Dinas"), required=_l("Pilih dinas."))
    program_id = NumberSelect(_l("Tentang program"))
    background_id = ProseField(
        _l("Latar belakang: apa yang diputuskan, apa yang masih bisa diubah"),
        limit=10_000,
        minimum=20,
        required=_l("Tulis latar belakang, minimal 20 huruf."),
    )
    background_en = ProseField(_l("Latar belakang dalam bahasa Inggris"), limit=10_000)
    eligibility = CodeSelect(
        _l("Siapa yang boleh menjawab"),
        words.ELIGIBILITY,
        required=_l("Pilih salah satu dari daftar."),
        empty=False,
    )
    ward_code = SelectField(_l("Kelurahan"), [Optional()], choices=[])
    opens_on = DateField(_l("Dibuka"), [InputRequired(_l("Pilih hari pertama."))])
    closes_on = DateField(_l("Hari terakhir"), [InputRequired(_l("Pilih hari terakhir."))])
    note = ProseField(_l("Catatan perbaikan untuk warga"), limit=500)

    def __init__(self, *args: Any, actor: Actor, one: Consultation | None, **kwargs: Any) -> None:
        super().__init__(*args, spot="konsultasi", version=one.version if one else 0, **kwargs)
        self.agency_id.choices = [
            ("", _("Pilih dinas")),
            *(
                (row.id, localised(row, "name"))
                for row in reference.agencies().values()
                if row.active and may_write(actor, row.id)
            ),
        ]
        self.program_id.choices = [
            ("", _("Tidak tentang satu program")),
            *((row[0], f"{row[1]} {row[2]}") for row in programs.choices(sorted(actor.agency_ids))),
        ]
        if (
            one is not None
            and one.program_id
            and one.program_id not in {row[0] for row in self.program_id.choices}
        ):
            self.program_id.choices.append((one.program_id, _("Program sekarang")))
        self.ward_code.choices = [
            ("", _("Pilih kelurahan")),
            *((ward.code, ward.name) for ward in reference.wards().values()),
        ]
        if one is not None and not self.is_submitted_here:
            self._fill(one)
        elif not self.is_submitted_here and len(self.agency_id.choices) == 2:
            self.agency_id.data = self.agency_id.choices[1][0]
        if one is not None and one.published_at is not None:
            del self.opens_on, self.closes_on
        if one is not None and one.response_count:
            for name in FIXED:
                del self[name]
        else:
            del self.note

    def _fill(self, one: Consultation) -> None:
        for name in ("title_id", "title_en", "background_id", "background_en", "agency_id", "program_id"):
            self[name].data = getattr(one, name)
        self.kind.data, self.eligibility.data = one.kind.value, one.eligibility.value
        self.ward_code.data = one.ward_code or ""
        self.opens_on.data = clock.city_date(one.opens_at)
        self.closes_on.data = reads.last_day(one.closes_at)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse, besides the rules of the fields, a period the wrong way round and a missing ward."""
        good = bool(super().validate(extra_validators))
        if (
            "closes_on" in self
            and isinstance(self.opens_on.data, date)
            and isinstance(self.closes_on.data, date)
        ):
            if self.closes_on.data < self.opens_on.data:
                self.closes_on.errors = [_("Hari terakhir mendahului hari pertama.")]
                good = False
            elif self.closes_on.data < clock.city_date(clock.now()):
                self.closes_on.errors = [_("Hari terakhir sudah lewat.")]
                good = False
        if "eligibility" in self:
            by_ward = self.eligibility.data == Eligibility.WARD
            if self.kind.data == ConsultationKind.PRIORITIES and not by_ward:
                self.eligibility.errors = [_("Prioritas kelurahan hanya untuk warga kelurahan itu.")]
                good = False
            if by_ward and not self.ward_code.data:
                self.ward_code.errors = [_("Pilih kelurahan.")]
                good = False
        return good

    def validate_opens_on(self, field: Any) -> None:
        """Refuse a slip of the finger."""
        near_today(self, field)

    def validate_closes_on(self, field: Any) -> None:
        """Refuse a slip of the finger."""
        near_today(self, field)

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes; whole days of the city."""
        found = {
            name: self[name].data or "" for name in ("title_id", "title_en", "background_id", "background_en")
        }
        if "kind" in self:
            eligibility = Eligibility(self.eligibility.data)
            found |= {
                "kind": ConsultationKind(self.kind.data),
                "agency_id": self.agency_id.data,
                "program_id": self.program_id.data,
                "eligibility": eligibility,
                "ward_code": self.ward_code.data if eligibility is Eligibility.WARD else None,
            }
        if "opens_on" in self:
            found["opens_at"] = clock.midnight(self.opens_on.data)
            found["closes_at"] = clock.midnight(self.closes_on.data + _ONE_DAY)
        return found


class StepForm(VersionedForm):
    """A step that takes nothing but the press."""


class ExtendForm(VersionedForm):
    until = DateField(_l("Hari terakhir yang baru"), [InputRequired(_l("Pilih hari terakhir."))])
    reason = ProseField(
        _l("Alasan, dibaca semua orang"),
        limit=500,
        minimum=10,
        required=_l("Tulis alasan, minimal 10 huruf."),
    )

    def __init__(self, *args: Any, one: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, spot="perpanjang", version=one.version, **kwargs)
        self.last = reads.last_day(one.closes_at)

    def validate_until(self, field: Any) -> None:
        """Refuse a day that extends nothing, and a slip of the finger."""
        if field.data is None:
            return
        if field.data <= self.last:
            raise StopValidation(_("Pilih hari setelah %(date)s.", date=date_text(self.last)))
        if field.data > self.last + FURTHEST:
            raise StopValidation(_("Tanggal ini terlalu jauh. Periksa tahunnya."))

    @property
    def moment(self) -> Any:
        """Return the new end."""
        return clock.midnight(self.until.data + _ONE_DAY)


class EndForm(VersionedForm):
    reason = ProseField(
        _l("Alasan, dibaca semua orang"),
        limit=500,
        minimum=10,
        required=_l("Tulis alasan, minimal 10 huruf."),
    )


class OutcomeForm(VersionedForm):
    text_id = ProseField(
        _l("Apa yang kami lakukan dengan jawaban warga"),
        limit=10_000,
        minimum=30,
        required=_l("Tulis tindak lanjut, minimal 30 huruf."),
    )
    text_en = ProseField(_l("Dalam bahasa Inggris"), limit=10_000)
    review_on = DayField(_l("Ditinjau lagi"), required=_l("Pilih hari peninjauan."))
