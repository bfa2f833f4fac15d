"""The forms of programs at the desk."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField
from wtforms.validators import InputRequired, NumberRange, StopValidation
from wtforms.widgets import HiddenInput

from portal.core import clock
from portal.models import Program, ProgramStatus
from portal.queries import programs, reference
from portal.rules.permissions import Actor
from portal.services.programs import may_edit
from portal.web import labels
from portal.web.desk.fields import CodeSelect, NumberSelect, place
from portal.web.forms import Form, LineField, ProseField
from portal.web.rendering import localised

#: Whole rupiah; more than the budget of the whole country is a slip of the finger.
MOST_BUDGET = 5_000_000_000_000_000
_CODE_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")


class PlacedForm(Form):
    """Parent: ids carry the form's name, so that several stand on one page."""

    def __init__(self, *args: Any, spot: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place(self, spot)


class RupiahField(LineField):
    """Whole rupiah; people may write "Rp 420.000.000". `data` becomes a number."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, limit=30, required=_l("Tulis anggaran dalam rupiah."), **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = f"{value:,}".replace(",", ".") if isinstance(value, int) else value

    def pre_validate(self, form: Any) -> None:
        raw = str(self.data or "")
        digits = raw.removeprefix("Rp").replace(".", "").replace(" ", "").removesuffix(",00")
        if not digits:
            return
        if not (digits.isascii() and digits.isdigit()) or int(digits[:20]) > MOST_BUDGET:
            raise StopValidation(_("Tulis anggaran dengan angka, contoh: 420.000.000."))
        self.amount = int(digits)


class ProgramForm(PlacedForm):
    version = IntegerField(default=1, validators=[InputRequired()], widget=HiddenInput())
    code = LineField(_l("Kode nomenklatur"), limit=40, minimum=2, required=_l("Tulis kode, contoh: 3.26.02."))
    nomenclature = LineField(_l("Nama nomenklatur"), limit=200)
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

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes; an English text left empty is the Indonesian one."""
        values = {field.name: field.data for field in self if field.name != "version"}
        values |= {"budget": self.budget.amount, "status": ProgramStatus(self.status.data)}
        return values | {"title_en": values["title_en"] or values["title_id"]}


class UpdateForm(PlacedForm):
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
        if field.data is not None and field.data > clock.city_date(clock.now()):
            raise StopValidation(_("Tanggal ini belum tiba."))
