"""The forms of what is measured, of money, of people and of partnerships."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FloatField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from portal.core.references import parse_reference
from portal.models import TeamRole
from portal.queries import cases, partnerships, reference
from portal.rules.partnerships import is_public
from portal.services.programs import Measure
from portal.web import labels
from portal.web import program_words as words
from portal.web.desk.fields import CodeSelect, VersionField, row_id
from portal.web.desk.programs.forms import PlacedForm, RupiahField
from portal.web.forms import LineField
from portal.web.rendering import localised

_MOST = 1e11


class MeasureForm(PlacedForm):
    version = VersionField(default=0)
    measure_id = IntegerField(validators=[Optional()], widget=HiddenInput())
    title_id = LineField(
        _l("Yang diukur"), limit=200, minimum=5, required=_l("Tulis yang diukur, minimal 5 huruf.")
    )
    title_en = LineField(_l("Dalam bahasa Inggris"), limit=200)
    unit = LineField(_l("Satuan"), limit=40)
    baseline = FloatField(_l("Angka awal"), [Optional(), NumberRange(-_MOST, _MOST)])
    target = FloatField(_l("Target"), [InputRequired(_l("Tulis target.")), NumberRange(-_MOST, _MOST)])
    realised = FloatField(_l("Kini"), [Optional(), NumberRange(-_MOST, _MOST)])

    @property
    def measure(self) -> Measure:
        """Return what the service takes."""
        return Measure(
            title_id=self.title_id.data,
            title_en=self.title_en.data or "",
            unit=self.unit.data or "",
            baseline=self.baseline.data or 0,
            target=self.target.data,
            realised=self.realised.data,
            id=self.measure_id.data,
        )


class MoneyForm(PlacedForm):
    version = VersionField(default=0)
    stage = CodeSelect(_l("Tahap"), words.STAGE, required=_l("Pilih tahap."))
    amount = RupiahField(_l("Jumlah (Rp)"))
    as_of = DateField(_l("Per tanggal"), [InputRequired(_l("Pilih tanggal."))])
    source = LineField(_l("Sumber"), limit=160)

    def validate_as_of(self, field: Any) -> None:
        if field.data is not None and not 2000 <= field.data.year <= 2100:
            raise StopValidation(_("Tulis tanggal yang benar, contoh: 2026-11-17."))


def _checkboxes(label: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label, coerce=row_id, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class PeopleForm(PlacedForm):
    version = VersionField(default=0)
    agencies = _checkboxes(_l("Dinas yang ikut"))
    leads = _checkboxes(_l("Penanggung jawab"))
    members = _checkboxes(_l("Anggota tim"))

    def __init__(self, *args: Any, agency_id: int, taking_part: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(*args, spot="orang", **kwargs)
        self.agencies.choices = [
            (row.id, localised(row, "name"))
            for row in reference.agencies().values()
            if row.active and row.id != agency_id
        ]
        # somebody of an agency that is only now ticked can be chosen at once
        ticked = {key for key in self.agencies.data or () if key is not None}
        staff = cases.staff([agency_id, *taking_part, *ticked])
        people = {row.user_id: row.name for row in staff}
        self.leads.choices = self.members.choices = list(people.items())

    @property
    def team(self) -> dict[int, TeamRole]:
        """Return everybody once; who leads does not stand among the members too."""
        members = dict.fromkeys(self.members.data or (), TeamRole.MEMBER)
        return members | dict.fromkeys(self.leads.data or (), TeamRole.LEAD)


class PartnershipForm(PlacedForm):
    reference = LineField(
        _l("Nomor usulan kemitraan"), limit=40, required=_l("Tulis nomor, contoh: SB-2611-K7RM.")
    )
    type = SelectField(_l("Hubungan"), choices=[(str(key), text) for key, text in labels.LINK.items()])
    sentence = LineField(
        _l("Kenapa terhubung"), limit=300, minimum=10, required=_l("Tulis alasan, minimal 10 huruf.")
    )

    def validate_reference(self, field: Any) -> None:
        canonical = parse_reference(field.data or "")
        self.found = partnerships.by_reference(canonical) if canonical else None
        # what not everybody reads answers as if it were none
        if self.found is None or not is_public(self.found[1]):
            raise StopValidation(_("Tidak ada kemitraan dengan nomor ini."))
