"""Forms of the routing rules and of the days to answer."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from portal.models import Kind
from portal.queries import cases, reference
from portal.rules.routing import empty_phrases
from portal.web import labels
from portal.web.desk.fields import NumberSelect, agency_choices, category_choices, officer_choices
from portal.web.forms import Form, LineField, ProseField, chosen
from portal.web.rendering import localised


def _kind(value: Any) -> Kind | str | None:
    return Kind(value) if value in set(Kind) else value or None  # what was meddled with fits no choice


def _code(value: Any) -> str | None:
    return str(value) if value else None


def _kinds(empty: str) -> list[tuple[str, str]]:
    return [("", empty), *((kind.value, str(text)) for kind, text in labels.KIND.items())]


def _wards(empty: str) -> list[tuple[str, str]]:
    return [("", empty), *((row.code, f"{row.name} ({row.district})") for row in reference.wards().values())]


def _with_empty(choices: list[tuple[Any, str]], empty: str) -> list[tuple[Any, str]]:
    return [("", empty), *choices[1:]]


class Trial(Form):
    """A text to try rules on; nothing of it is kept."""

    try_text = ProseField(_l("Teks percobaan"), limit=5000)
    try_kind = SelectField(_l("Jenis kiriman"), choices=[])
    try_category = NumberSelect(_l("Kategori kiriman"))
    try_ward = SelectField(_l("Kelurahan kiriman"), choices=[], coerce=_code)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.try_kind.choices = _kinds("")[1:]
        self.try_category.choices = _with_empty(category_choices(), _("Belum dikategori"))
        self.try_ward.choices = _wards(_("Tidak disebutkan"))

    @property
    def kind_tried(self) -> Kind:
        """Return the kind as the enum's member."""
        return Kind(self.try_kind.data)


class RuleForm(Trial):
    version = IntegerField(widget=HiddenInput(), default=1)
    name = LineField(_l("Nama aturan"), limit=120, required=_l("Tulis nama aturan."))
    words = ProseField(_l("Kata atau frasa, dipisah koma"), limit=600)
    kind = SelectField(_l("Jenis"), choices=[], coerce=_kind)
    category_id = NumberSelect(_l("Kategori"))
    district_code = SelectField(_l("Kecamatan"), choices=[], coerce=_code)
    ward_code = SelectField(_l("Kelurahan"), choices=[], coerce=_code)
    agency_id = NumberSelect(_l("Dinas"))
    officer_id = NumberSelect(_l("Petugas"))
    set_category_id = NumberSelect(_l("Kategori yang disarankan"))
    priority = NumberSelect(_l("Prioritas"))
    active = BooleanField(_l("Aturan ini berlaku"), default=True)

    #: In the order of the page.
    CONDITIONS = ("words", "kind", "category_id", "district_code", "ward_code")
    SUGGESTIONS = ("agency_id", "officer_id", "set_category_id", "priority")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything, nothing = _("Semua"), _("Tidak disarankan")
        districts = {row.district_code: row.district for row in reference.wards().values()}
        self.kind.choices = _kinds(anything)
        self.category_id.choices = _with_empty(category_choices(), anything)
        self.district_code.choices = [("", anything), *districts.items()]
        self.ward_code.choices = _wards(anything)
        self.agency_id.choices = _with_empty(agency_choices(), nothing)
        self.set_category_id.choices = _with_empty(category_choices(), nothing)
        officers = list(officer_choices(None).items())[1:]
        self.officer_id.choices = {_("Tanpa petugas"): [("", nothing)], **dict(officers)}
        priorities = [(level.value, str(text)) for level, text in labels.PRIORITY.items()]
        self.priority.choices = [("", nothing), *priorities]
        self._keep_what_is_closed()

    def _keep_what_is_closed(self) -> None:
        """Offer what the rule names though it is not at work any more, so that it can be looked at."""
        for field, rows in (
            (self.category_id, reference.categories()),
            (self.set_category_id, reference.categories()),
            (self.agency_id, reference.agencies()),
        ):
            row: Any = rows.get(field.object_data or 0)
            if row is not None and not row.active:
                name = _("%(name)s (tidak aktif)", name=localised(row, "name"))
                field.choices = [*field.choices, (row.id, name)]
        officer = self.officer_id.object_data
        offered = {value for rows in self.officer_id.choices.values() for value, _name in rows}
        if officer and officer not in offered:
            self.officer_id.choices[_("Tidak bertugas lagi")] = [
                (officer, _("Petugas nomor %(number)s", number=officer))
            ]

    @property
    def fields(self) -> dict[str, Any]:
        """Return the columns of the rule."""
        names = ("name", *self.CONDITIONS, *self.SUGGESTIONS, "active")
        return {name: self[name].data for name in names}

    def validate_words(self, field: ProseField) -> None:
        """Every phrase must be something a text can be found by."""
        field.data = ", ".join(part for line in (field.data or "").split("\n") if (part := line.strip(" ,")))
        lost = empty_phrases(field.data)
        if lost:
            raise ValidationError(_("Kata ini terlalu umum: %(words)s.", words=", ".join(lost)))

    def validate_ward_code(self, field: SelectField) -> None:
        """A ward lies in its district."""
        ward = reference.wards().get(field.data or "")
        if ward is not None and self.district_code.data not in (None, ward.district_code):
            raise ValidationError(_("Kelurahan ini bukan di kecamatan itu."))

    def validate(self, extra_validators: Any = None) -> bool:
        """A rule that suggests nothing is none; said at a field that may stay empty by itself."""
        valid: bool = super().validate(extra_validators)
        if all(self[name].data is None for name in self.SUGGESTIONS):
            self.agency_id.errors = [*self.agency_id.errors, _("Pilih sedikitnya satu hal yang disarankan.")]
            return False
        return valid

    def validate_officer_id(self, field: NumberSelect) -> None:
        """Officers are suggested with their own agency."""
        if not field.data or field.data == field.object_data:
            return
        if not self.agency_id.data:
            raise StopValidation(_("Pilih juga dinas petugas ini."))
        if not any(row.user_id == field.data for row in cases.staff([self.agency_id.data])):
            raise StopValidation(_("Petugas ini bukan dari dinas yang dipilih."))

    def say_taken(self) -> None:
        """Say that the name is in use."""
        self.name.errors = [*self.name.errors, _("Nama ini sudah dipakai aturan lain.")]

    def say_too_many(self) -> None:
        """Say that there are enough rules."""
        self.name.errors = [*self.name.errors, _("Aturan sudah terlalu banyak. Hapus yang tidak dipakai.")]

    def told(self, name: str) -> str:
        """Say what stands in a field, as the page shows it."""
        field = self[name]
        if isinstance(field, BooleanField):
            return _("Ya") if field.data else _("Tidak")
        if not isinstance(field, SelectField):
            return field.data or ""
        groups = field.choices.values() if isinstance(field.choices, dict) else [field.choices]
        wanted = field.data if field.data is not None else ""
        return next((str(text) for rows in groups for value, text in rows if value == wanted), "")


class LevelForm(Form):
    kind = SelectField(_l("Jenis"), [chosen(_l("Pilih jenis."))], choices=[])
    category_id = NumberSelect(_l("Kategori"))
    answer_days = IntegerField(
        _l("Hari kerja sampai dijawab"),
        [InputRequired(_l("Tulis harinya.")), NumberRange(min=1, max=120)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = _kinds(_("Pilih jenis"))
        self.category_id.choices = _with_empty(category_choices(), _("Kiriman tanpa kategori"))

    @property
    def chosen_kind(self) -> Kind:
        """Return the kind as the enum's member."""
        return Kind(self.kind.data)
