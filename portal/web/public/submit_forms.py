"""The forms of the three steps of sending an aspiration."""

import math
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import Optional, StopValidation, ValidationError

from portal.models import IdentityMode, Kind, Place
from portal.queries import reference
from portal.services.drafts import ASPIRATIONS, MAX_LANDMARK, MAX_TEXT, MIN_LETTERS
from portal.web import labels
from portal.web.forms import EmailField, Form, LineField, PhoneField, ProseField, chosen, tidy_line
from portal.web.rendering import localised

#: South, west, north, east in degrees: the city with the bay and the islands its boats go to.
CITY_BOX = [1.5, 98.4, 1.9, 98.95]

#: Names of the kinds in the address.
KIND_WORDS = {
    "masalah": Kind.PROBLEM,
    "ide": Kind.IDEA,
    "pertanyaan": Kind.QUESTION,
    "terima-kasih": Kind.THANKS,
}
#: Letters that a person's name may have.
MAX_NAME = 120


class StoryForm(Form):
    kind = RadioField(
        _l("Jenis"),
        choices=[(kind.value, labels.KIND[kind]) for kind in ASPIRATIONS],
        validators=[chosen(_l("Pilih jenisnya: masalah, ide, pertanyaan, atau terima kasih"))],
    )
    text = ProseField(
        _l("Ceritakan dengan kata-kata Anda"),
        limit=MAX_TEXT,
        minimum=MIN_LETTERS,
        required=_l("Tulis apa yang terjadi, minimal 10 huruf"),
    )
    photos = MultipleFileField(_l("Foto"))
    document = FileField(_l("Dokumen PDF"))


class CoordinateField(StringField):
    """Degrees with a point or a comma; `data` becomes a float, or None when left empty."""

    def __init__(self, label: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, filters=(_shortened,), **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Read the number, or say how it is written."""
        if not self.data:
            self.data = None
            return
        try:
            value = float(self.data.replace(",", "."))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise StopValidation(_("Tulis angka seperti 1,7385."))
        self.data = round(value, 6)

    def _value(self) -> str:
        if self.raw_data:  # as it was typed
            return str(_shortened(self.raw_data[0]))
        return "" if self.data is None else str(self.data)


def _shortened(value: Any) -> Any:
    return tidy_line(value)[:40] if isinstance(value, str) else value


class _Within:
    """The coordinate lies in the city's box. `axis`: 0 latitude, 1 longitude."""

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def __call__(self, form: Any, field: CoordinateField) -> None:
        box = reference.setting("place_box", CITY_BOX)
        if isinstance(field.data, float) and not box[self.axis] <= field.data <= box[self.axis + 2]:
            raise ValidationError(_("Titik ini di luar Sibolga dan perairannya."))


class PlaceForm(Form):
    ward = SelectField(_l("Kelurahan"), validators=[chosen(_l("Pilih kelurahan, laut, atau “Tidak tahu”"))])
    landmark = LineField(_l("Patokan"), limit=MAX_LANDMARK)
    category = SelectField(_l("Tentang apa"), validators=[Optional()])
    latitude = CoordinateField(_l("Lintang"))
    longitude = CoordinateField(_l("Bujur"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        wards: dict[str, list[tuple[str, str]]] = {
            district: [(ward.code, ward.name) for ward in rows]
            for district, rows in reference.wards_by_district().items()
        }
        other = [(Place.SEA.value, str(labels.PLACE[Place.SEA])), (Place.UNKNOWN.value, _("Tidak tahu"))]
        self.ward.choices = {_("Pilihan"): [("", _("Pilih kelurahan"))], **wards, _("Lainnya"): other}
        self.category.choices = [
            ("", _("Biar petugas yang memilih")),
            *((str(row.id), localised(row, "name")) for row in reference.categories().values() if row.active),
        ]

    def validate_latitude(self, field: CoordinateField) -> None:
        """Take both or none, and only what lies around the city."""
        _Within(0)(self, field)
        if field.data is None and self.longitude.data:
            raise ValidationError(_("Tulis lintang juga, atau kosongkan keduanya."))

    def validate_longitude(self, field: CoordinateField) -> None:
        """The same for the other axis."""
        _Within(1)(self, field)
        if field.data is None and self.latitude.data:
            raise ValidationError(_("Tulis bujur juga, atau kosongkan keduanya."))

    def values(self) -> dict[str, Any]:
        """Return what the draft keeps, the valid fields only."""
        kept = self.place_values()
        if not self.latitude.errors and not self.longitude.errors:
            kept["latitude"], kept["longitude"] = self.latitude.data, self.longitude.data
        return kept

    def place_values(self) -> dict[str, Any]:
        """Return the same without the point on the map."""
        kept: dict[str, Any] = {}
        if not self.ward.errors:
            in_ward = self.ward.data in reference.wards()
            kept["place"] = Place.WARD.value if in_ward else self.ward.data
            kept["ward_code"] = self.ward.data if in_ward else None
        if not self.landmark.errors:
            kept["landmark"] = self.landmark.data
        if not self.category.errors:
            # 0: the citizen chose to leave it to staff, so nothing is proposed again.
            kept["category_id"] = int(self.category.data or 0)
        return kept


class SendForm(Form):
    identity = RadioField(
        _l("Siapa yang boleh melihat nama Anda?"),
        choices=[
            (IdentityMode.HIDDEN.value, _l("Sembunyikan nama saya")),
            (IdentityMode.SHIELDED.value, _l("Tanpa nama sama sekali")),
            (IdentityMode.SHOWN.value, _l("Tampilkan nama saya")),
        ],
        default=IdentityMode.HIDDEN.value,
        validators=[chosen(_l("Pilih siapa yang boleh melihat nama Anda"))],
    )
    name = LineField(_l("Nama Anda"), limit=MAX_NAME)
    secret = BooleanField(_l("Rahasiakan seluruh isi"))
    #: Whether the account of whoever is signed in finds the case again: two answers, because a page without
    #: JavaScript cannot untick one box when "Tanpa nama sama sekali" is chosen.
    keep = BooleanField(_l("Simpan di akun saya"), default=True)
    keep_shielded = BooleanField(_l("Simpan di akun saya juga bila tanpa nama"))
    email = EmailField(_l("E-mail"))
    phone = PhoneField(_l("Nomor WhatsApp"))
    website = StringField(_l("Situs web"))

    @property
    def is_kept(self) -> bool:
        """Tell whether the sender's account is to find the case again."""
        box = self.keep_shielded if self.identity.data == IdentityMode.SHIELDED else self.keep
        return bool(box.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything; a name that is to be shown must be given."""
        valid: bool = super().validate(extra_validators)
        if self.identity.data == IdentityMode.SHOWN and not self.name.data:
            self.name.errors = [_("Tulis nama yang ditampilkan, atau pilih “Sembunyikan nama saya”")]
            return False
        return valid


class OnePageForm(StoryForm, PlaceForm, SendForm):
    """All three steps at once, for a phone without a line."""

    document = None
    #: Made by the page; a repetition with the same key is the same sending.
    key = HiddenField(filters=[tidy_line])
