"""The forms of programs at the desk."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, MultipleFileField
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation
from wtforms.widgets import HiddenInput

from portal.core import clock
from portal.models import Program, ProgramLevel, ProgramStatus
from portal.queries import nomenclature, programs, reference
from portal.rules.permissions import Actor
from portal.rules.programs import MOST_WEIGHT, is_code
from portal.services.programs import may_edit
from portal.web import labels
from portal.web import program_words as words
from portal.web.desk.fields import CodeSelect, DayField, NumberSelect, VersionField, place
from portal.web.forms import Form, LineField, ProseField
from portal.web.rendering import localised

#: Whole rupiah; more than the budget of the whole country is a slip of the finger.
MOST_BUDGET = 5_000_000_000_000_000
#: As long as the field itself takes; Python reads no number of thousands of digits.
MOST_DIGITS = 30
_CODE_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")


class PlacedForm(Form):
    """Parent: ids carry the form's name, so that several stand on one page."""

    def __init__(self, *args: Any, spot: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place(self, spot)


class RupiahField(LineField):
    """Whole rupiah; people may write "Rp 420.000.000". `data` becomes a number."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, limit=MOST_DIGITS, required=_l("Tulis anggaran dalam rupiah."), **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = f"{value:,}".replace(",", ".") if isinstance(value, int) else value

    def pre_validate(self, form: Any) -> None:
        raw = str(self.data or "")
        digits = raw.removeprefix("Rp").replace(".", "").replace(" ", "").removesuffix(",00")
        if not raw:
            return  # the validators say that something is missing
        number = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
        if not number or int(digits) > MOST_BUDGET:
            raise StopValidation(_("Tulis anggaran dengan angka, contoh: 420.000.000."))
        self.amount = int(digits)


class ProgramForm(PlacedForm):
    version = IntegerField(default=1, validators=[InputRequired()], widget=HiddenInput())
    code = LineField(_l("Kode program"), limit=40, minimum=2, required=_l("Tulis kode, contoh: 3.26.02."))
    nomenclature = LineField(_l("Nama nomenklatur"), limit=200)
    nomenclature_code = LineField(_l("Kode nomenklatur nasional"), limit=40)
    level = CodeSelect(_l("Tingkat"), words.LEVEL, required=_l("Pilih salah satu dari daftar."), empty=False)
    parent = LineField(_l("Kode induk"), limit=40)
    weight = IntegerField(
        _l("Bobot"), [Optional(), NumberRange(1, MOST_WEIGHT, _l("Tulis angka 1 sampai 1000."))]
    )
    title_id = LineField(
        _l("Nama program"), limit=160, minimum=5, required=_l("Tulis nama, minimal 5 huruf.")
    )
    title_en = LineField(_l("Nama program dalam bahasa Inggris"), limit=160)
    summary_id = ProseField(_l("Ringkasan untuk warga"), limit=2000)
    summary_en = ProseField(_l("Ringkasan dalam bahasa Inggris"), limit=2000)
    agency_id = NumberSelect(_l("Dinas"), required=_l("Pilih dinas."))
    year = IntegerField(
        _l("Tahun"),
        [InputRequired(_l("Tulis tahun.")), NumberRange(2000, 2100, _l("Tulis tahun, contoh: 2026."))],
    )
    budget = RupiahField(_l("Anggaran (Rp)"))
    status = CodeSelect(
        _l("Status"), labels.PROGRAM_STATUS, required=_l("Pilih salah satu dari daftar."), empty=False
    )
    progress = IntegerField(
        _l("Kemajuan (persen)"),
        [
            InputRequired(_l("Tulis kemajuan 0 sampai 100.")),
            NumberRange(0, 100, _l("Tulis angka 0 sampai 100.")),
        ],
    )
    indicator_id = LineField(_l("Indikator"), limit=200)
    indicator_en = LineField(_l("Indikator dalam bahasa Inggris"), limit=200)
    target = LineField(_l("Target"), limit=60)
    realised = LineField(_l("Realisasi"), limit=60)

    def __init__(self, *args: Any, actor: Actor, program: Program | None, **kwargs: Any) -> None:
        super().__init__(*args, obj=program, spot="program", **kwargs)
        self.program = program
        self.above: Program | None = None
        if program is not None and not self.parent.raw_data and program.parent_id is not None:
            above = programs.by_id(program.parent_id)
            self.parent.data = above.code if above is not None else ""
        self.agency_id.choices = [
            ("", _("Pilih dinas")),
            *(
                (row.id, localised(row, "name"))
                for row in reference.agencies().values()
                if row.active and may_edit(actor, row.id)
            ),
        ]

    def validate_code(self, field: Any) -> None:
        if set(field.data) - _CODE_SIGNS:
            raise StopValidation(_("Kode hanya berisi huruf, angka, titik, dan tanda hubung."))
        found = programs.by_code(field.data)
        if found is not None and (self.program is None or found.id != self.program.id):
            raise StopValidation(_("Kode ini sudah dipakai program lain."))

    def validate_parent(self, field: Any) -> None:
        self.above = programs.by_code(field.data) if field.data else None
        if field.data and self.above is None:
            raise StopValidation(_("Program dengan kode ini tidak ada."))

    def validate_nomenclature_code(self, field: Any) -> None:
        if field.data and not is_code(field.data):
            raise StopValidation(_("Tulis kode nomenklatur, contoh: 3.26.02.2.01."))

    def say_wrong_parent(self) -> None:
        """Say that the program cannot stand there."""
        self.parent.errors = [_("Tingkat ini tidak bisa berada di bawah induk itu.")]

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes; an English text left empty is the Indonesian one.

        The title of a known code of the national nomenclature is the decree's, in the decree's version.
        """
        values = {field.name: field.data for field in self if field.name not in {"version", "parent"}}
        values |= {"budget": self.budget.amount, "status": ProgramStatus(self.status.data)}
        values |= {
            "level": ProgramLevel(self.level.data),
            "weight": self.weight.data or 1,
            "parent_id": self.above.id if self.above is not None else None,
        }
        kept = self.program.nomenclature_version_id if self.program is not None else None
        same = self.program is not None and self.program.nomenclature_code == self.nomenclature_code.data
        known = nomenclature.find(self.nomenclature_code.data, kept if same else None)
        values["nomenclature_version_id"] = known.version_id if known is not None else None
        if known is not None:
            values["nomenclature"] = f"{known.code} {known.title}"[:200]
        return values | {"title_en": values["title_en"] or values["title_id"]}


class UpdateForm(PlacedForm):
    version = VersionField(default=1)
    text_id = ProseField(
        _l("Apa yang maju"), limit=2000, minimum=10, required=_l("Tulis kemajuan, minimal 10 huruf.")
    )
    text_en = ProseField(_l("Dalam bahasa Inggris"), limit=2000)
    progress = IntegerField(
        _l("Kemajuan sekarang (persen)"),
        [
            InputRequired(_l("Tulis kemajuan 0 sampai 100.")),
            NumberRange(0, 100, _l("Tulis angka 0 sampai 100.")),
        ],
    )
    photos = MultipleFileField(_l("Foto"))
    alt = LineField(_l("Apa yang terlihat di foto"), limit=200)


class MoveForm(PlacedForm):
    milestone_id = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    to = DayField(_l("Hari yang baru"), required=_l("Pilih tanggal."))
    reason = LineField(
        _l("Alasan untuk warga"), limit=300, minimum=10, required=_l("Tulis alasan, minimal 10 huruf.")
    )


class MilestoneForm(PlacedForm):
    title_id = LineField(
        _l("Yang dijanjikan"), limit=160, minimum=5, required=_l("Tulis tonggak, minimal 5 huruf.")
    )
    title_en = LineField(_l("Dalam bahasa Inggris"), limit=160)
    due_on = DateField(_l("Tanggal"), [InputRequired(_l("Pilih tanggal."))])

    def validate_due_on(self, field: Any) -> None:
        if field.data is not None and not 2000 <= field.data.year <= 2100:
            raise StopValidation(_("Tulis tanggal yang benar, contoh: 2026-11-17."))


class KeepForm(PlacedForm):
    milestone_id = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    on = DateField(_l("Tercapai pada"), [InputRequired(_l("Pilih tanggal."))])

    def validate_on(self, field: Any) -> None:
        if field.data is None:
            return
        if not 2000 <= field.data.year <= 2100:
            raise StopValidation(_("Tulis tanggal yang benar, contoh: 2026-11-17."))
        if field.data > clock.city_date(clock.now()):
            raise StopValidation(_("Tanggal ini belum tiba."))
