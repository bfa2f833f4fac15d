"""Forms of a partnership at the desk: one for each thing that its stage allows."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField
from wtforms.validators import Optional, StopValidation

from portal.models import Partnership, ReasonCode, StepResult
from portal.rules.partnerships import Need, Transition
from portal.web import labels, partnership_words
from portal.web.desk.agenda_forms import PlacedForm
from portal.web.desk.fields import CodeSelect, NumberSelect, VersionField, agency_choices
from portal.web.forms import LineField, ProseField

TEXT_LIMIT = 2000
PURPOSE_LIMIT = 1500


class MoveForm(PlacedForm):
    """What a change of stage must be given; fields that its row does not ask for are left out."""

    version = VersionField(default=1)
    text = ProseField(_l("Penjelasan untuk publik"), limit=TEXT_LIMIT)
    code = CodeSelect(_l("Alasan"), labels.REASON, required=_l("Pilih alasannya."))
    new_end = DateField(_l("Hari berakhir yang baru"), [Optional()])

    def __init__(self, *args: Any, row: Transition, **kwargs: Any) -> None:
        self.row = row
        self.spot = row.action.value
        super().__init__(*args, **kwargs)
        if Need.CODE not in row.requires:
            del self.code
        if Need.NEW_END not in row.requires:
            del self.new_end

    def validate_text(self, field: Any) -> None:
        """A sentence for everybody where the table asks for one."""
        if Need.PUBLIC_TEXT in self.row.requires and not field.data:
            raise StopValidation(str(partnership_words.NEED[Need.PUBLIC_TEXT]))

    def refuse(self, need: Need) -> None:
        """Say at its field what is missing."""
        words = str(partnership_words.NEED[need])
        field = self.new_end if need is Need.NEW_END and "new_end" in self else self.text
        field.errors = [*field.errors, words]

    @property
    def reason(self) -> ReasonCode | None:
        """Return the chosen reason, None where none is asked for."""
        return ReasonCode(self.code.data) if "code" in self else None

    @property
    def ends_on(self) -> date | None:
        """Return the new last day, None where none is asked for."""
        return self.new_end.data if "new_end" in self else None


class PlanForm(PlacedForm):
    spot = "rencana"

    version = VersionField(default=1)
    purpose_id = ProseField(_l("Tujuan kemitraan, tampil untuk publik"), limit=PURPOSE_LIMIT)
    purpose_en = ProseField(_l("Tujuan dalam bahasa Inggris"), limit=PURPOSE_LIMIT)
    agreement_number = LineField(_l("Nomor perjanjian"), limit=80)
    signed_on = DateField(_l("Tanggal ditandatangani"), [Optional()])
    starts_on = DateField(_l("Hari mulai"), [Optional()])
    ends_on = DateField(_l("Hari berakhir"), [Optional()])
    unsolicited = BooleanField(_l("Usulan atas prakarsa usaha sendiri (diperiksa bertahap)"))

    def __init__(self, *args: Any, in_force: bool, examined: bool, **kwargs: Any) -> None:
        """Leave out what is settled: the term in force, and that the proposal is examined."""
        self.in_force = in_force
        super().__init__(*args, **kwargs)
        if in_force:
            del self.starts_on, self.ends_on
        if examined:
            del self.unsolicited

    def validate_purpose_id(self, field: Any) -> None:
        """Everybody reads what an agreement in force is for."""
        if self.in_force and not field.data:
            raise StopValidation(_("Tulis tujuannya. Kemitraan ini sudah berjalan."))

    def validate_ends_on(self, field: Any) -> None:
        """An agreement ends after it begins."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise StopValidation(_("Hari berakhir sebelum hari mulai. Periksa keduanya."))

    @property
    def values(self) -> dict[str, Any]:
        """Return what `services.partnerships.life.plan` takes."""
        names = (
            "purpose_id",
            "purpose_en",
            "agreement_number",
            "signed_on",
            "starts_on",
            "ends_on",
            "unsolicited",
        )
        return {name: self[name].data for name in names if name in self}


class InviteForm(PlacedForm):
    spot = "undang"

    agency = NumberSelect(_l("Dinas"), required=_l("Pilih dinas."))

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = partnership.invited_agency_ids | {partnership.agency_id}
        self.agency.choices = [choice for choice in agency_choices() if choice[0] not in there]


class FindingForm(PlacedForm):
    """The result of one step in examining an unsolicited proposal."""

    version = VersionField(default=1)
    result = CodeSelect(_l("Hasil"), partnership_words.RESULT, required=_l("Pilih hasilnya."))
    reason = ProseField(_l("Alasan, tampil untuk publik"), limit=TEXT_LIMIT, required=_l("Tulis alasannya."))

    def __init__(self, *args: Any, spot: str, **kwargs: Any) -> None:
        self.spot = spot
        super().__init__(*args, **kwargs)

    @property
    def found(self) -> StepResult:
        """Return the chosen result."""
        return StepResult(self.result.data)
