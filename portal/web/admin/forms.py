"""Forms of the administration."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FloatField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Regexp, ValidationError

from portal.models import Premoderation, Role
from portal.queries import reference
from portal.rules.permissions import AGENCY_ROLES
from portal.web import labels
from portal.web.forms import EmailField, Form, LineField, ProseField, chosen
from portal.web.rendering import localised

_NAME = _l("Tulis namanya.")


def _fault(field: Any, words: str) -> None:
    field.errors = [*field.errors, words]


def _agency_choices(empty: str) -> list[tuple[str, str]]:
    rows = [(str(row.id), localised(row, "name")) for row in reference.agencies().values() if row.active]
    return [("", empty), *rows]


class SeatForm(Form):
    role = SelectField(_l("Peran"), [chosen(_l("Pilih peran."))])
    agency = SelectField(_l("Dinas"))
    publisher = BooleanField(_l("Boleh menerbitkan jawaban"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [("", _("Pilih peran")), *((role.value, str(labels.ROLE[role])) for role in Role)]
        self.agency.choices = _agency_choices(_("Seluruh kota"))

    def validate_agency(self, field: SelectField) -> None:
        """Officers and heads sit in an agency."""
        if self.role.data in {str(role) for role in AGENCY_ROLES} and not field.data:
            raise ValidationError(_("Pilih dinas untuk petugas atau kepala."))

    @property
    def agency_id(self) -> int | None:
        """The chosen agency."""
        return int(self.agency.data) if self.agency.data else None

    def say_taken(self) -> None:
        """Say that the role is there already."""
        _fault(self.role, _("Peran ini sudah ada."))

    def say_agency(self) -> None:
        """Say that the agency was closed meanwhile."""
        _fault(self.agency, _("Pilih dinas yang aktif."))


class NewUserForm(SeatForm):
    name = LineField(_l("Nama"), limit=120, required=_NAME)
    email = EmailField(_l("E-mail"), required=_l("Tulis alamat e-mail, contoh: nama@contoh.id."))

    def say_email_taken(self) -> None:
        """Say that the address has an account."""
        _fault(self.email, _("Alamat ini sudah punya akun."))


class NameForm(Form):
    name = LineField(_l("Nama"), limit=120, required=_NAME)


class AgencyForm(Form):
    name_id = LineField(_l("Nama (Indonesia)"), limit=160, required=_NAME)
    name_en = LineField(_l("Nama (Inggris)"), limit=160, required=_NAME)
    short_id = LineField(_l("Nama pendek (Indonesia)"), limit=60, required=_NAME)
    short_en = LineField(_l("Nama pendek (Inggris)"), limit=60, required=_NAME)
    phone_public = LineField(_l("Telepon untuk publik"), limit=30)
    active = BooleanField(_l("Aktif"), default=True)


_CODE = Regexp(
    r"^[A-Z][A-Z0-9-]{1,19}$", message=_l("Pakai 2 sampai 20 huruf besar, angka, atau tanda hubung.")
)
_SLUG = Regexp(r"^[a-z][a-z0-9-]{1,59}$", message=_l("Pakai huruf kecil, angka, dan tanda hubung."))


class NewAgencyForm(AgencyForm):
    code = LineField(_l("Kode (tetap)"), [_CODE], limit=20, required=_l("Tulis kodenya."))

    def say_taken(self) -> None:
        """Say that the code is in use."""
        _fault(self.code, _("Kode ini sudah dipakai."))


def _premoderation(value: str) -> Premoderation:
    return Premoderation(value)


class CategoryForm(Form):
    name_id = LineField(_l("Nama (Indonesia)"), limit=80, required=_NAME)
    name_en = LineField(_l("Nama (Inggris)"), limit=80, required=_NAME)
    agency_id = SelectField(
        _l("Dinas yang biasa menangani"), coerce=lambda value: int(value) if value else None
    )
    answer_days = IntegerField(
        _l("Hari kerja sampai dijawab"), [InputRequired(), NumberRange(min=1, max=60)], default=10
    )
    verify_first = BooleanField(_l("Tampil untuk publik hanya setelah diverifikasi"))
    premoderation = SelectField(
        _l("Komentar menunggu moderasi"), coerce=_premoderation, default=Premoderation.OFF
    )
    words = ProseField(_l("Kata-kata yang mengusulkan kategori ini"), limit=2000)
    active = BooleanField(_l("Aktif"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.premoderation.choices = list(labels.PREMODERATION.items())
        self.agency_id.choices = _agency_choices(_("Triase yang memilih"))
        chosen_now = reference.agencies().get(self.agency_id.object_data or 0)
        if chosen_now is not None and not chosen_now.active:
            self.agency_id.choices.append((str(chosen_now.id), localised(chosen_now, "name")))


class NewCategoryForm(CategoryForm):
    slug = LineField(_l("Kode untuk alamat (tetap)"), [_SLUG], limit=60, required=_l("Tulis kodenya."))

    def say_taken(self) -> None:
        """Say that the code is in use."""
        _fault(self.slug, _("Kode ini sudah dipakai."))


class InstitutionForm(Form):
    name_id = LineField(_l("Nama (Indonesia)"), limit=160, required=_NAME)
    name_en = LineField(_l("Nama (Inggris)"), limit=160, required=_NAME)

    def say_taken(self) -> None:
        """Say that there is one of that name."""
        _fault(self.name_id, _("Nama ini sudah ada."))


class HolidayForm(Form):
    day = DateField(_l("Tanggal"), [InputRequired(_l("Pilih tanggal."))])
    name_id = LineField(_l("Nama (Indonesia)"), limit=120, required=_NAME)
    name_en = LineField(_l("Nama (Inggris)"), limit=120, required=_NAME)

    def say_taken(self) -> None:
        """Say that the day is there already."""
        _fault(self.day, _("Tanggal ini sudah ada."))


def _degree(label: Any, most: int) -> FloatField:
    return FloatField(label, [InputRequired(), NumberRange(min=-most, max=most)])


class BoxForm(Form):
    south = _degree(_l("Lintang paling selatan"), 90)
    west = _degree(_l("Bujur paling barat"), 180)
    north = _degree(_l("Lintang paling utara"), 90)
    east = _degree(_l("Bujur paling timur"), 180)

    def validate_north(self, field: FloatField) -> None:
        """North lies above south."""
        if field.data is not None and self.south.data is not None and field.data <= self.south.data:
            raise ValidationError(_("Harus lebih besar dari yang selatan."))

    def validate_east(self, field: FloatField) -> None:
        """East lies right of west."""
        if field.data is not None and self.west.data is not None and field.data <= self.west.data:
            raise ValidationError(_("Harus lebih besar dari yang barat."))
