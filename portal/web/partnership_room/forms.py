"""The forms of the room of a partnership."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FileField, RadioField, TimeField
from wtforms.validators import InputRequired, Optional, StopValidation

from portal.core import clock
from portal.models import Duty, DutyKind, PartnershipMeeting, Party
from portal.rules.partnership_room import QUESTIONS
from portal.web import partnership_words as words
from portal.web.desk.agenda_forms import PlacedForm
from portal.web.desk.fields import CodeSelect, VersionField
from portal.web.forms import LineField, ProseField


class MessageForm(PlacedForm):
    holds_files = False
    spot = "pesan"

    text = ProseField(_l("Pesan"), limit=4000, required=_l("Tulis pesannya."))
    file = FileField(_l("Lampiran PDF"))


class MeetingForm(PlacedForm):
    spot = "temu"

    title = LineField(_l("Tentang apa"), limit=160, minimum=5, required=_l("Tulis minimal 5 huruf."))
    place = LineField(_l("Tempat"), limit=160, minimum=3, required=_l("Tulis tempat, minimal 3 huruf."))
    day = DateField(_l("Tanggal"), [InputRequired(_l("Pilih tanggal."))])
    begins = TimeField(_l("Mulai (WIB)"), [InputRequired(_l("Tulis jam, contoh: 09:00."))])
    ends = TimeField(_l("Selesai (WIB)"), [InputRequired(_l("Tulis jam, contoh: 11:00."))])

    def validate_day(self, field: Any) -> None:
        """A meeting is called before it is held."""
        if field.data and field.data < clock.city_date(clock.now()):
            raise StopValidation(_("Hari ini atau sesudahnya. Periksa tanggalnya."))

    def validate_ends(self, field: Any) -> None:
        """A meeting ends after it begins."""
        if field.data and self.begins.data and field.data <= self.begins.data:
            raise StopValidation(_("Jam selesai harus sesudah jam mulai."))

    @property
    def hours(self) -> tuple[datetime, datetime]:
        """Return when it begins and ends, on the city's clock."""
        zone = clock.city_time(clock.now()).tzinfo
        return (
            datetime.combine(self.day.data, self.begins.data, tzinfo=zone),
            datetime.combine(self.day.data, self.ends.data, tzinfo=zone),
        )


class MoveForm(MeetingForm):
    """A meeting at another hour or place."""

    version = VersionField(default=1)

    def __init__(self, *args: Any, meeting: PartnershipMeeting, **kwargs: Any) -> None:
        self.spot = f"ubah-{meeting.id}"
        begins, ends = clock.city_time(meeting.starts_at), clock.city_time(meeting.ends_at)
        now = {"day": begins.date(), "begins": begins.time(), "ends": ends.time()}
        super().__init__(*args, obj=meeting, data=now, **kwargs)


class SummaryForm(PlacedForm):
    version = VersionField(default=1)
    summary = ProseField(_l("Hasil pertemuan"), limit=4000, required=_l("Tulis apa yang disepakati."))

    def __init__(self, *args: Any, meeting: PartnershipMeeting, **kwargs: Any) -> None:
        self.spot = f"hasil-{meeting.id}"
        super().__init__(*args, **kwargs)


class CallOffForm(PlacedForm):
    version = VersionField(default=1)
    reason = LineField(_l("Mengapa dibatalkan"), limit=300, required=_l("Tulis alasannya."))

    def __init__(self, *args: Any, meeting: PartnershipMeeting, **kwargs: Any) -> None:
        self.spot = f"batal-{meeting.id}"
        super().__init__(*args, **kwargs)


class DraftForm(PlacedForm):
    holds_files = False
    spot = "naskah"

    kind = CodeSelect(_l("Jenis naskah"), words.AGREEMENT, required=_l("Pilih jenis naskah."))
    file = FileField(_l("Berkas naskah (PDF)"))
    note = LineField(_l("Apa yang berubah"), limit=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file.flags.required = True  # the view looks at what was stored, not at the field


class VoiceForm(PlacedForm):
    """The word of one party on the newest version."""

    answer = RadioField(
        _l("Tanggapan"),
        [InputRequired(_l("Pilih setuju atau keberatan."))],
        choices=[("yes", _l("Setuju")), ("no", _l("Keberatan"))],
    )
    remark = ProseField(_l("Keberatan atau catatan"), limit=500)

    def __init__(self, *args: Any, spot: str, **kwargs: Any) -> None:
        self.spot = f"kata-{spot}"
        super().__init__(*args, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """An objection says what should change; an empty field ends its own checks before that."""
        valid: bool = super().validate(extra_validators)
        if self.answer.data == "no" and not self.remark.data:
            self.remark.errors = [*self.remark.errors, _("Tulis apa yang perlu diubah.")]
            return False
        return valid


class DutyForm(PlacedForm):
    spot = "janji"

    kind = CodeSelect(_l("Jenis"), words.DUTY, required=_l("Pilih jenisnya."))
    party = CodeSelect(_l("Pihak yang berjanji"), words.PARTY, required=_l("Pilih pihaknya."))
    title_id = LineField(_l("Isi janji"), limit=200, minimum=5, required=_l("Tulis minimal 5 huruf."))
    title_en = LineField(_l("Isi janji dalam bahasa Inggris"), limit=200)
    due_on = DateField(_l("Tenggat"), [Optional()])
    public = BooleanField(_l("Tampil untuk publik"), default=True)

    def validate(self, extra_validators: Any = None) -> bool:
        """A milestone has a day; an empty field ends its own checks before that."""
        valid: bool = super().validate(extra_validators)
        return _milestone_has_a_day(self, self.kind.data or "") and valid

    @property
    def values(self) -> dict[str, Any]:
        """Return what `services.partnerships.duties.add` takes."""
        return {
            "kind": DutyKind(self.kind.data),
            "party": Party(self.party.data),
            "title_id": self.title_id.data,
            "title_en": self.title_en.data or "",
            "due_on": self.due_on.data,
            "public": self.public.data,
        }


class DutyEditForm(PlacedForm):
    """A promise that is put right; who promised and its sort stay."""

    version = VersionField(default=1)
    title_id = LineField(_l("Isi janji"), limit=200, minimum=5, required=_l("Tulis minimal 5 huruf."))
    title_en = LineField(_l("Isi janji dalam bahasa Inggris"), limit=200)
    due_on = DateField(_l("Tenggat"), [Optional()])
    public = BooleanField(_l("Tampil untuk publik"))

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        self.spot = f"janji-{duty.id}"
        self.duty = duty
        super().__init__(*args, obj=duty, **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """A milestone keeps a day."""
        valid: bool = super().validate(extra_validators)
        return _milestone_has_a_day(self, self.duty.kind.value) and valid

    @property
    def values(self) -> dict[str, Any]:
        """Return what `services.partnerships.duties.edit` takes."""
        return {
            "title_id": self.title_id.data,
            "title_en": self.title_en.data or "",
            "due_on": self.due_on.data,
            "public": self.public.data,
        }


def _milestone_has_a_day(form: Any, kind: str) -> bool:
    if kind == DutyKind.MILESTONE.value and not form.due_on.data and not form.due_on.errors:
        form.due_on.errors = [*form.due_on.errors, _("Tonggak perlu tenggat. Pilih tanggalnya.")]
        return False
    return True


def _question(name: str) -> RadioField:
    choices = list(words.MONITORING_ANSWER.items())
    return RadioField(words.MONITORING[name], [InputRequired(_l("Pilih satu jawaban."))], choices=choices)


class MonitoringForm(PlacedForm):
    spot = "pantau"

    promises = _question("promises")
    schedule = _question("schedule")
    benefit = _question("benefit")
    communication = _question("communication")
    remark = ProseField(words.MONITORING["remark"], limit=1000)

    @property
    def values(self) -> dict[str, str]:
        """Return the answers by question."""
        return {name: self[name].data or "" for name in (*QUESTIONS, "remark")}
