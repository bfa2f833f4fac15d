"""Forms of the account pages."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, StopValidation

from portal.rules.contacts import NoContact, TypedContact, Why, parse
from portal.services.accounts import SHORTEST, Weakness
from portal.web.forms import EmailField, Form, LineField, chosen, tidy_line

_ADDRESS = _l("Tulis alamat e-mail Anda, contoh: nama@contoh.id.")
_PASSWORD = _l("Tulis kata sandi Anda.")

WEAKNESS = {
    Weakness.SHORT: _l("Kata sandi paling pendek %(least)s huruf.", least=SHORTEST),
    Weakness.LONG: _l("Kata sandi ini terlalu panjang."),
    Weakness.COMMON: _l("Kata sandi ini mudah ditebak. Pilih yang lain, misalnya empat kata acak."),
}


NO_CONTACT = {
    Why.EMPTY: _l("Tulis e-mail atau nomor HP Anda."),
    Why.EMAIL: _l("Tulis alamat e-mail yang lengkap, contoh: nama@contoh.id."),
    Why.PHONE: _l("Tulis nomor HP yang lengkap, contoh: 0812 3456 7890."),
    Why.FOREIGN: _l("Nomor dari negara lain belum bisa dipakai. Pakai e-mail atau nomor Indonesia."),
    Why.NOT_MOBILE: _l("Ini bukan nomor HP. Pakai nomor HP atau e-mail."),
}


class ContactField(StringField):
    """An e-mail address or mobile number in one field; `contact` is what it means."""

    contact: TypedContact | None = None
    #: Said where nothing was written.
    nothing = NO_CONTACT[Why.EMPTY]

    def pre_validate(self, form: Form) -> None:
        """Read the contact, or say what is wrong with it."""
        try:
            self.contact = parse(self.data or "")
        except NoContact as error:
            words = self.nothing if error.why is Why.EMPTY else NO_CONTACT[error.why]
            raise StopValidation(str(words)) from None


class ContactForm(Form):
    email = ContactField(_l("E-mail atau nomor HP"), filters=[tidy_line])

    def refuse(self, words: str) -> None:
        """Say at the field why no code goes there."""
        self.email.errors = [*self.email.errors, words]


class SignInForm(ContactForm):
    password = PasswordField(_l("Kata sandi"), [InputRequired(_PASSWORD)])


class CodeForm(Form):
    code = LineField(_l("Kode 6 angka"), limit=20, required=_l("Tulis 6 angka dari pesan kami."))

    def refuse(self) -> None:
        """Say that the code is not the right one."""
        words = _("Kode tidak cocok atau sudah tidak berlaku. Periksa lagi, atau minta kode baru.")
        self.code.errors = [*self.code.errors, words]


class ForgotForm(Form):
    email = EmailField(_l("E-mail"), required=_ADDRESS)


class NewPasswordForm(Form):
    password = PasswordField(_l("Kata sandi baru"), [InputRequired(_l("Tulis kata sandi baru."))])

    def refuse(self, weakness: Weakness) -> None:
        """Say at the field what speaks against the password."""
        self.password.errors = [*self.password.errors, str(WEAKNESS[weakness])]


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(_l("Kata sandi sekarang"), [InputRequired(_l("Tulis kata sandi sekarang."))])

    def refuse_current(self) -> None:
        """Say that the present password is another one."""
        self.current.errors = [*self.current.errors, _("Kata sandi sekarang tidak cocok.")]

    def refuse_for_now(self, minutes: int) -> None:
        """Say that too many wrong passwords were tried, and how long to wait."""
        words = _(
            "Terlalu banyak percobaan. Coba lagi %(minutes)s menit lagi. Akun Anda tidak dikunci.",
            minutes=minutes,
        )
        self.current.errors = [*self.current.errors, words]


class PresentPasswordForm(Form):
    current = PasswordField(_l("Kata sandi sekarang"), [InputRequired(_l("Tulis kata sandi sekarang."))])

    def refuse(self) -> None:
        """Say that the present password is another one."""
        self.current.errors = [*self.current.errors, _("Kata sandi sekarang tidak cocok.")]


class PasskeyForm(Form):
    name = LineField(_l("Nama kunci"), limit=60)


class LanguageForm(Form):
    locale = RadioField(
        _l("Bahasa e-mail"),
        [chosen(_l("Pilih satu bahasa."))],
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
    )
