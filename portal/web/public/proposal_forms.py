"""The forms of a proposal, made from the catalogue in `portal.rules.proposals`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal.models import Business, BusinessKind, Kind
from portal.queries import reference
from portal.rules import businesses, proposals
from portal.rules.proposals import FieldType
from portal.web import labels, proposal_labels
from portal.web.forms import EmailField, Form, LineField, PhoneField, ProseField, chosen, tidy_line

MAX_NAME = 120
#: Letters of a stop's name and of what happens there.
_ROW_LIMITS = {"time": 10, "place": 120, "activity": 300, "label": 120, "amount": 20}
_ROW_LABELS = {
    "time": _l("Jam"),
    "place": _l("Tempat"),
    "activity": _l("Kegiatan"),
    "label": _l("Untuk apa"),
    "amount": _l("Rupiah per orang"),
}
_ROWS = {FieldType.ROUTE: ("time", "place", "activity"), FieldType.COSTS: ("label", "amount")}


class NibField(LineField):
    """The number of the business in the national register; kept as 13 digits."""

    def pre_validate(self, form: Any) -> None:
        """Replace it by its digits, or say what is wrong."""
        try:
            self.data = businesses.normalise_nib(self.data or "")
        except ValueError:
            raise StopValidation(_("NIB terdiri dari 13 angka. Periksa lagi, atau kosongkan.")) from None


class BusinessForm(Form):
    own = SelectField(_l("Pakai usaha yang sudah Anda daftarkan"), validators=[Optional()], default="")
    name = LineField(_l("Nama usaha"), limit=MAX_NAME, minimum=2, required=_l("Tulis nama usaha Anda"))
    kind = SelectField(_l("Jenis usaha"), validators=[chosen(_l("Pilih jenis usaha Anda"))])
    contact_name = LineField(
        _l("Nama yang dihubungi"), limit=MAX_NAME, minimum=2, required=_l("Tulis nama yang bisa dihubungi")
    )
    email = EmailField(_l("E-mail"))
    phone = PhoneField(_l("Nomor WhatsApp"))
    ward = SelectField(_l("Kelurahan"), validators=[Optional()])
    nib = NibField(_l("NIB"), limit=40)
    cooperation = RadioField(
        _l("Apa yang Anda usulkan?"),
        choices=[(value, proposal_labels.COOPERATION[value]) for value in proposals.COOPERATIONS],
        validators=[chosen(_l("Pilih apa yang Anda usulkan"))],
    )
    show_contact = BooleanField(_l("Tampilkan kontak ini kepada calon tamu"))

    def __init__(self, own: Sequence[Business] = (), **kwargs: Any) -> None:
        """`own` are the businesses that whoever fills this in speaks for."""
        super().__init__(**kwargs)
        self.businesses = {str(one.id): one for one in own}
        self.own.choices = [
            ("", _("Usaha lain, isi di bawah")),
            *((key, one.name) for key, one in self.businesses.items()),
        ]
        self.kind.choices = [
            ("", _("Pilih jenis usaha")),
            *((kind.value, str(labels.BUSINESS[kind])) for kind in BusinessKind),
        ]
        wards: dict[str, list[tuple[str, str]]] = {
            district: [(ward.code, ward.name) for ward in rows]
            for district, rows in reference.wards_by_district().items()
        }
        self.ward.choices = {_("Pilihan"): [("", _("Di luar Sibolga, atau tidak tetap"))], **wards}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything; one way to reach the business must be given."""
        super().validate(extra_validators)
        chosen = self.businesses.get(self.own.data or "")
        if chosen is not None:
            # What its profile says counts, whatever stands in the fields below.
            self.name.data, self.kind.data, self.nib.data = chosen.name, chosen.kind.value, chosen.nib
            self.ward.data = chosen.ward_code or ""
            for field in (self.name, self.kind, self.nib, self.ward):
                field.errors = []
        valid = not self.errors
        if not self.email.data and not self.phone.data and not self.email.errors and not self.phone.errors:
            self.email.errors = [_("Tulis e-mail atau nomor WhatsApp, salah satu cukup")]
            return False
        return valid

    def business(self) -> dict[str, Any]:
        """Return the valid answers about the business."""
        kept: dict[str, Any] = {"show_contact": self.show_contact.data}
        if not self.own.errors:
            kept["business_id"] = int(self.own.data) if self.own.data else None
        for name in ("name", "kind", "nib", "cooperation"):
            if not self[name].errors:
                kept[name] = self[name].data
        if not self.ward.errors:
            kept["ward_code"] = self.ward.data or None
        return kept

    def contact(self) -> dict[str, str]:
        """Return the valid answers about the contact."""
        fields = (self.contact_name, self.email, self.phone)
        # "One of both" is no fault of the e-mail itself, so an emptied one is emptied.
        return {field.name: field.data or "" for field in fields if not field.errors or not field.data}


class ReadField(StringField):
    """A line that `read` turns into a value; what was typed is shown again, whatever it was."""

    def __init__(
        self,
        label: Any,
        read: Callable[[str], Any],
        wrong: Any,
        *,
        required: Any = None,
        write: Callable[[Any], str] = str,
        limit: int = 20,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, filters=(_shortened,), **kwargs)
        self.read, self.wrong, self.required, self.write = read, wrong, required, write
        if required is not None:
            self.flags.required = True
        self.flags.maxlength = limit

    def pre_validate(self, form: Any) -> None:
        """Read the value, or say how it is written."""
        if not self.data:
            self.data = None
            if self.required is not None:
                raise StopValidation(str(self.required))
            return
        try:
            self.data = self.read(self.data)
        except ValueError:
            raise StopValidation(str(self.wrong)) from None

    def _value(self) -> str:
        if self.raw_data:  # as it was typed
            return str(_shortened(self.raw_data[0]))
        return "" if self.data is None else self.write(self.data)


def _shortened(value: Any) -> Any:
    return tidy_line(value)[:40] if isinstance(value, str) else value


def _number(read: Callable[[str], Any], least: float, most: float) -> Callable[[str], Any]:
    def bounded(typed: str) -> Any:
        value = read(typed)
        if not least <= value <= most:
            raise ValueError("out of bounds")
        return value

    return bounded


def _comma(value: Any) -> str:
    return f"{value:g}".replace(".", ",")


def _unbound(field: proposals.Field) -> Any:
    """Return the form field for a question."""
    label = proposal_labels.FIELD[field.name]
    required = _l("Isi “%(label)s”", label=label) if field.required else None
    match field.type:
        case FieldType.LINE:
            return LineField(label, limit=field.limit, required=required)
        case FieldType.PROSE:
            return ProseField(label, limit=field.limit, required=required)
        case FieldType.CHOICE:
            words = proposal_labels.CHOICE[field.name]
            if not field.required:
                offered = [("", _l("Tidak diisi")), *((value, words[value]) for value in field.choices)]
                return SelectField(label, choices=offered, validators=[Optional()])
            return RadioField(
                label,
                choices=[(value, words[value]) for value in field.choices],
                validators=[chosen(_l("Pilih “%(label)s”", label=label))],
            )
        case FieldType.HOURS:
            wrong = _l("Tulis lamanya dalam jam, contoh: 7,5")
            read = _number(proposals.parse_hours, 0.25, field.limit)
            return ReadField(label, read, wrong, required=required, write=_comma)
        case FieldType.MONEY:
            wrong = _l("Tulis harga dalam rupiah, contoh: 225.000")
            read = _number(proposals.parse_amount, 0, field.limit)
            return ReadField(label, read, wrong, required=required)
        case _:
            wrong = _l("Tulis angka bulat dari 1 sampai %(most)s", most=field.limit)
            read = _number(proposals.parse_amount, 1, field.limit)
            return ReadField(label, read, wrong, required=required)


def _row_field(part: str) -> Any:
    label = _ROW_LABELS[part]
    if part == "time":
        return ReadField(label, proposals.parse_clock, _l("Tulis jamnya seperti 08.30"), limit=5)
    if part == "amount":
        wrong = _l("Tulis jumlah dalam rupiah, contoh: 25.000")
        return ReadField(label, _number(proposals.parse_amount, 0, 100_000_000), wrong)
    return LineField(label, limit=_ROW_LIMITS[part])


class QuestionsForm(Form):
    """Parent of the forms made by `questions`. Rows lie flat: `route_0_time`, `route_0_place`, ..."""

    #: The questions of this step, and how many rows each repeated one shows.
    questions: tuple[proposals.Field, ...] = ()
    shown_rows: Mapping[str, int] = {}

    def rows(self, name: str) -> list[list[Any]]:
        """Return the bound fields of the rows of a repeated question."""
        parts = _ROWS[next(field.type for field in self.questions if field.name == name)]
        return [[self[f"{name}_{row}_{part}"] for part in parts] for row in range(self.shown_rows[name])]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, half-filled rows, and what hangs together."""
        valid: bool = super().validate(extra_validators)
        for field in self.questions:
            if field.type in _ROWS:
                valid = self._rows_are_good(field) and valid
        if "capacity_max" in self:
            least, most = self["capacity_min"], self["capacity_max"]
            if not least.errors and not most.errors and least.data > most.data:
                most.errors = [_("Paling banyak tidak boleh kurang dari paling sedikit")]
                valid = False
        return valid

    def forget_errors(self) -> None:
        """Draw it without faults: asking for one more row is no sending, so nothing is wrong yet."""
        for field in self:
            field.errors = []
        self.form_errors = []

    def _rows_are_good(self, question: proposals.Field) -> bool:
        good, full = True, 0
        wanted = {FieldType.ROUTE: ("time", "place"), FieldType.COSTS: ("label", "amount")}[question.type]
        rows = self.rows(question.name)
        for row in rows:
            started = any(field.data not in (None, "") or field.errors for field in row)
            full += started
            for field in row:
                part = field.name.rsplit("_", 1)[1]
                if started and part in wanted and field.data in (None, "") and not field.errors:
                    field.errors = [
                        _("Isi “%(label)s” di baris ini, atau kosongkan barisnya", label=field.label.text)
                    ]
                good = good and not field.errors
        if question.type is FieldType.ROUTE and full < proposals.MIN_STOPS:
            first = rows[min(full, len(rows) - 1)][0]
            first.errors = [*first.errors, _("Tulis sedikitnya dua pemberhentian: berangkat dan kembali")]
            good = False
        return good

    def values(self) -> dict[str, Any]:
        """Return the valid answers; rows as far as they are complete. None empties an answer."""
        kept: dict[str, Any] = {}
        for question in self.questions:
            if question.type in _ROWS:
                kept[question.name] = self._row_values(question.name)
            elif not self[question.name].errors:
                kept[question.name] = self[question.name].data
        return kept

    def _row_values(self, name: str) -> list[dict[str, Any]]:
        found = []
        for row in self.rows(name):
            values = {
                field.name.rsplit("_", 1)[1]: field.data
                for field in row
                if field.data not in (None, "") and not field.errors
            }
            if values:
                found.append(values)
        return found


def questions(kind: Kind, step: int, kept: Mapping[str, Any]) -> QuestionsForm:
    """Return the form of a step: with a POST what was typed, else what was kept."""
    return _questions(tuple(proposals.step_fields(kind, step)), kept)


def single_question(field: proposals.Field, *, blank: bool = False) -> QuestionsForm:
    """Return the form of one question, which is required here; `blank`: empty whatever was posted."""
    return _questions((replace(field, required=True),), {}, blank=blank)


def _questions(
    fields: tuple[proposals.Field, ...], kept: Mapping[str, Any], *, blank: bool = False
) -> QuestionsForm:
    attributes: dict[str, Any] = {"questions": fields, "shown_rows": {}}
    data: dict[str, Any] = {}
    for field in fields:
        if field.type not in _ROWS:
            attributes[field.name] = _unbound(field)
            data[field.name] = kept.get(field.name)
            continue
        values = kept.get(field.name, [])
        number = _row_count(field, len(values))
        attributes["shown_rows"][field.name] = number
        for row in range(number):
            for part in _ROWS[field.type]:
                name = f"{field.name}_{row}_{part}"
                attributes[name] = _row_field(part)
                data[name] = values[row].get(part) if row < len(values) else None
    posted: dict[str, Any] = {"formdata": None} if blank else {}
    form: QuestionsForm = type("StepForm", (QuestionsForm,), attributes)(data=data, **posted)
    return form


def _row_count(field: proposals.Field, kept: int) -> int:
    """Return how many rows to show: those posted, one more when asked for, within the limit."""
    posted = 0
    while posted < field.limit and f"{field.name}_{posted}_{_ROWS[field.type][0]}" in request.form:
        posted += 1
    more = 1 if request.form.get("add") == field.name else 0
    return min(max(proposals.FIRST_ROWS, posted + more, kept), field.limit)


class PrivateField(SelectMultipleField):
    """Boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class FilesForm(Form):
    concept = FileField(_l("Konsep atau proposal (PDF)"))
    letter = FileField(_l("Surat pengantar (PDF)"))
    documents_private = BooleanField(_l("PDF yang saya pilih sekarang rahasia usaha"), default=True)
    photos = MultipleFileField(_l("Foto"))
    photos_private = BooleanField(_l("Foto yang saya pilih sekarang rahasia usaha"))
    private = PrivateField(_l("Isian yang rahasia usaha"), validators=[Optional()])
    private_files = PrivateField(_l("Lampiran yang rahasia usaha"), validators=[Optional()])

    def __init__(self, names: list[str], files: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.private.choices = [(name, proposal_labels.FIELD[name]) for name in names]
        self.private_files.choices = files


class SendForm(Form):
    website = StringField(_l("Situs web"))
