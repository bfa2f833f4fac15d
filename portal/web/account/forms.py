"""Forms of the account pages."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField
from wtforms.validators import InputRequired

from portal.services.accounts import SHORTEST, Weakness
from portal.web.forms import EmailField, Form, chosen

_ADDRESS = _l("Tulis alamat e-mail Anda, contoh: nama@contoh.id.")
_PASSWORD = _l("Tulis kata sandi Anda.")

WEAKNESS = {
    Weakness.SHORT: _l("Kata sandi paling pendek %(least)s huruf.", least=SHORTEST),
    Weakness.LONG: _l("Kata sandi ini terlalu panjang."),
    Weakness.COMMON: _l("Kata sandi ini mudah ditebak. Pilih yang lain, misalnya empat kata acak."),
}


class SignInForm(Form):
    email = EmailField(_l("E-mail"), required=_ADDRESS)
    password = PasswordField(_l("Kata sandi"), [InputRequired(_PASSWORD)])


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


class LanguageForm(Form):
    locale = RadioField(
        _l("Bahasa e-mail"),
        [chosen(_l("Pilih satu bahasa."))],
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
    )
