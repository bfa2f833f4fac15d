"""Forms of the private pages of a business."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FileField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.text import ScreenCode, screen
from portal.models import BusinessKind, BusinessRole, LicenceKind
from portal.queries import reference
from portal.rules import businesses as rules
from portal.web import business_words, labels
from portal.web.account.forms import ContactField
from portal.web.desk.fields import CodeSelect, VersionField
from portal.web.forms import EmailField, Form, LineField, PhoneField, ProseField, chosen, tidy_line
from portal.web.public.proposal_forms import MAX_NAME, NibField

ABOUT_LIMIT = 1500


class NpwpField(LineField):
    """A tax number; kept as digits for the request only, its hash and last four afterwards."""

    def pre_validate(self, form: Any) -> None:
        """Replace it by its digits, or say what is wrong."""
        try:
            self.data = rules.normalise_npwp(self.data or "")
        except ValueError:
            raise StopValidation(
                _("NPWP terdiri dari 15 atau 16 angka. Periksa lagi, atau kosongkan.")
            ) from None


#: Numbers and addresses of the firm belong on its page; these belong on no page.
_ON_NO_PAGE = frozenset({ScreenCode.NIK, ScreenCode.FLAGGED_WORD})


class ProfileForm(Form):
    version = VersionField(default=1)
    name = LineField(_l("Nama usaha"), limit=MAX_NAME, minimum=2, required=_l("Tulis nama usaha Anda"))
    kind = SelectField(_l("Jenis usaha"), [chosen(_l("Pilih jenis usaha Anda"))])
    owner_name = LineField(_l("Nama pemilik"), limit=MAX_NAME)
    show_owner = BooleanField(_l("Tampilkan nama pemilik kepada publik"))
    about_id = ProseField(_l("Tentang usaha ini"), limit=ABOUT_LIMIT)
    about_en = ProseField(_l("Tentang usaha ini, dalam bahasa Inggris"), limit=ABOUT_LIMIT)
    ward_code = SelectField(_l("Kelurahan"), [Optional()])
    address = LineField(_l("Alamat untuk tamu"), limit=200)
    hours = LineField(_l("Jam buka"), limit=120)
    public_phone = PhoneField(_l("Nomor WhatsApp untuk tamu"))
    public_email = EmailField(_l("E-mail untuk tamu"))
    languages = SelectMultipleField(
        _l("Bahasa yang Anda pakai dengan tamu"),
        choices=[(code, label) for code, label in business_words.LANGUAGE.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    nib = NibField(_l("NIB"), limit=40)
    npwp = NpwpField(_l("NPWP"), limit=40)
    published = BooleanField(_l("Tampilkan halaman usaha ini kepada publik"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            ("", _("Pilih jenis usaha")),
            *((kind.value, str(labels.BUSINESS[kind])) for kind in BusinessKind),
        ]
        wards: dict[str, list[tuple[str, str]]] = {
            district: [(ward.code, ward.name) for ward in rows]
            for district, rows in reference.wards_by_district().items()
        }
        self.ward_code.choices = {_("Pilihan"): [("", _("Di luar Sibolga, atau tidak tetap"))], **wards}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field; nobody of the city reads a profile before everybody does."""
        valid: bool = super().validate(extra_validators)
        for field in (self.name, self.owner_name, self.about_id, self.about_en, self.address, self.hours):
            if codes := sorted(screen(field.data or "") & _ON_NO_PAGE):
                field.errors = [*field.errors, labels.not_for_everyone(codes)]
                valid = False
        return valid

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        values = {name: field.data for name, field in self._fields.items() if name != "version"}
        return values | {"kind": BusinessKind(self.kind.data), "ward_code": self.ward_code.data or None}


class LicenceForm(Form):
    holds_files = False

    kind = CodeSelect(_l("Jenis izin"), business_words.LICENCE, required=_l("Pilih jenis izin."))
    title = LineField(_l("Nama izin, bila lain"), limit=120)
    number = LineField(_l("Nomor"), limit=60)
    issuer = LineField(_l("Diterbitkan oleh"), limit=120)
    valid_until = DateField(_l("Berlaku sampai"), [Optional()])
    scan = FileField(_l("Foto atau PDF izinnya"))

    def validate_title(self, field: Any) -> None:
        """Another licence needs a name."""
        if self.kind.data == LicenceKind.OTHER and not field.data:
            raise StopValidation(_("Tulis nama izinnya."))


class InvitedContactField(ContactField):
    """The contact of somebody else."""

    nothing = _l("Tulis e-mail atau nomor HP orang yang Anda undang.")


class InviteForm(Form):
    contact = InvitedContactField(_l("E-mail atau nomor HP orang itu"), filters=[tidy_line])
    role = RadioField(
        _l("Perannya"),
        [chosen(_l("Pilih perannya."))],
        choices=[(role.value, label) for role, label in business_words.ROLE.items()],
        default=BusinessRole.HELPER.value,
    )


class PhotoForm(Form):
    holds_files = False

    photos = FileField(_l("Foto baru"))
    alt = LineField(_l("Apa yang terlihat di foto"), limit=200, required=_l("Tulis apa yang terlihat."))
