"""Forms: cleaned text, limits and errors in the visitor's language, and the page that shows them again.

There is no CSRF field here: `portal.core.security.check_origin` refuses foreign requests before any view
runs, and templates carry `csrf_field()` for clients that say nothing of where they come from.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError
from wtforms.widgets import EmailInput, HiddenInput, TelInput

from portal.core.text import normalise, normalise_phone, visible_length
from portal.rules.contacts import EMAIL_LIMIT

#: What WTForms says by itself, in the words of this site.
_MESSAGES = {
    "This field is required.": _l("Isian ini perlu diisi."),
    "Not a valid choice.": _l("Pilih salah satu dari daftar."),
    "'%(value)s' is not a valid choice for this field.": _l("Pilih salah satu dari daftar."),
    "'%(value)s' are not valid choices for this field.": _l("Pilih dari daftar."),
    "Invalid Choice: could not coerce.": _l("Pilih salah satu dari daftar."),
    "Not a valid integer value.": _l("Tulis angka bulat, contoh: 12."),
    "Not a valid float value.": _l("Tulis angka, contoh: 1,75."),
    "Not a valid decimal value.": _l("Tulis angka, contoh: 1,75."),
    "Not a valid date value.": _l("Tulis tanggal yang benar, contoh: 2026-11-17."),
    "Not a valid datetime value.": _l("Tulis tanggal dan jam yang benar."),
    "Not a valid time value.": _l("Tulis jam yang benar, contoh: 08:30."),
    "Number must be at least %(min)s.": _l("Angka paling kecil %(min)s."),
    "Number must be at most %(max)s.": _l("Angka paling besar %(max)s."),
    "Number must be between %(min)s and %(max)s.": _l("Angka antara %(min)s dan %(max)s."),
    "Date must be at least %(min)s.": _l("Tanggal paling awal %(min)s."),
    "Date must be at most %(max)s.": _l("Tanggal paling akhir %(max)s."),
    "Date must be between %(min)s and %(max)s.": _l("Tanggal antara %(min)s dan %(max)s."),
    "Field must be at least %(min)d characters long.": _l("Tulis sedikitnya %(min)d huruf."),
    "Field cannot be longer than %(max)d characters.": _l("Paling banyak %(max)d huruf."),
    "Field must be between %(min)d and %(max)d characters long.": _l("Tulis %(min)d sampai %(max)d huruf."),
    "Field must be equal to %(other_name)s.": _l("Isian ini belum sama dengan yang di atas."),
    "Invalid input.": _l("Isian ini belum benar."),
    "Invalid URL.": _l("Tulis alamat web yang lengkap, contoh: https://contoh.id."),
    "Invalid email address.": _l("Tulis alamat e-mail yang lengkap, contoh: nama@contoh.id."),
}


class _Translations:
    """WTForms' own sentences in the visitor's language. Placeholders are filled in by WTForms."""

    def gettext(self, string: str) -> str:
        """Return the sentence to show; one that we never use stays as it is."""
        message = _MESSAGES.get(string)
        return string if message is None else str(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Indonesian has one form for any number."""
        return self.gettext(plural)


class Form(FlaskForm):
    """Parent of every form. Takes form fields and files of the request, never JSON."""

    class Meta(FlaskForm.Meta):
        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return what was posted; with GET nothing, so that a form shows the values it was given."""
            if formdata is not None and not isinstance(formdata, MultiDict | CombinedMultiDict):
                if request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
                    return None
                # An empty POST is a POST: every box was left unticked.
                return CombinedMultiDict([request.files, request.form]) if request.files else request.form
            return formdata

        def get_translations(self, form: Any) -> _Translations:
            return _Translations()

    #: Whether files that came with a faulty form are held; where not, the page asks for them once more.
    holds_files = True

    @property
    def lost_files(self) -> bool:
        """Tell whether a file came along that has to be chosen again."""
        came = (field.data for field in self if isinstance(field, FileField))
        return not self.holds_files and any(getattr(one, "filename", "") for one in came)

    @property
    def shown(self) -> list[Field]:
        """Return the fields a person fills in."""
        return [field for field in self if not isinstance(field.widget, HiddenInput)]

    @property
    def hidden(self) -> list[Field]:
        """Return the fields that travel unseen."""
        return [field for field in self if isinstance(field.widget, HiddenInput)]


def tidy(value: str | None) -> str:
    """Filter: keep what people can see, in tidy lines (see `portal.core.text.normalise`)."""
    return normalise(value) if value else ""


def tidy_line(value: str | None) -> str:
    """Filter: the same on one line."""
    return " ".join(normalise(value).split()) if value else ""


class AtMost:
    """At most `limit` characters, counted after cleaning."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.field_flags = {"maxlength": limit}

    def __call__(self, form: Any, field: Field) -> None:
        if field.data and len(field.data) > self.limit:
            raise StopValidation(
                _(
                    "Paling banyak %(limit)s huruf. Isian Anda %(length)s huruf.",
                    limit=self.limit,
                    length=len(field.data),
                )
            )


class Letters:
    """At least `minimum` letters that people can see, said in `message`."""

    def __init__(self, minimum: int, message: str) -> None:
        self.minimum = minimum
        self.message = message
        self.field_flags = {"required": True} if minimum else {}

    def __call__(self, form: Any, field: Field) -> None:
        if visible_length(field.data or "") < self.minimum:
            raise StopValidation(str(self.message))


def _rules(
    validators: Sequence[Callable[..., None]], limit: int, minimum: int, required: str | None
) -> list[Callable[..., None]]:
    first: list[Callable[..., None]] = [Letters(max(1, minimum), required)] if required else [Optional()]
    return [*first, AtMost(limit), *validators]


class LineField(StringField):
    """One line of text. `required` is the sentence shown when nothing was written; None: may stay empty."""

    def __init__(
        self,
        label: str | None = None,
        validators: Sequence[Callable[..., None]] = (),
        *,
        limit: int,
        minimum: int = 0,
        required: str | None = None,
        **kwargs: Any,
    ) -> None:
        filters = (tidy_line, *kwargs.pop("filters", ()))
        rules = _rules(validators, limit, minimum, required)
        super().__init__(label, rules, filters=filters, **kwargs)


class ProseField(TextAreaField):
    """Several lines of text. `minimum` counts letters that people can see."""

    def __init__(
        self,
        label: str | None = None,
        validators: Sequence[Callable[..., None]] = (),
        *,
        limit: int = 5000,
        minimum: int = 0,
        required: str | None = None,
        **kwargs: Any,
    ) -> None:
        filters = (tidy, *kwargs.pop("filters", ()))
        rules = _rules(validators, limit, minimum, required)
        super().__init__(label, rules, filters=filters, **kwargs)


class EmailField(LineField):
    """An e-mail address, checked by its form only (nothing is asked of the network), lower case."""

    widget = EmailInput()

    def __init__(self, label: str | None = None, *, required: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, limit=EMAIL_LIMIT, required=required, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Replace the address by its one true spelling, or say what is wrong."""
        if not self.data:
            return
        try:
            # Test domains are the business of tests and of the example data.
            found = validate_email(self.data, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise ValidationError(_("Tulis alamat e-mail yang lengkap, contoh: nama@contoh.id.")) from None
        self.data = found.normalized.lower()


class PhoneField(LineField):
    """A telephone number, kept as +62812…; people may write spaces, hyphens and a leading 0."""

    widget = TelInput()

    def __init__(self, label: str | None = None, *, required: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, limit=40, required=required, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Replace the number by its one true spelling, or say what is wrong."""
        if not self.data:
            return
        try:
            self.data = normalise_phone(self.data)
        except ValueError:
            raise ValidationError(_("Tulis nomor yang lengkap, contoh: 0812 3456 7890.")) from None


def chosen(message: str) -> InputRequired:
    """Validator of a choice that must be made."""
    return InputRequired(message)


def render_form(template: str, form: Form | Sequence[Form], /, **values: Any) -> tuple[str, int]:
    """Draw a form's page: 200 at first, 422 with everything kept once something is wrong with it.

    `form` (the first one, where a page has several) is `form` in the template; the page's title and its
    summary look at `form_errors`. More lines for the summary may come as `extra_errors`.
    """
    forms = [form] if isinstance(form, Form) else list(form)
    errors: dict[str, Any] = {}
    for one in forms:
        errors |= _errors_of(one)
    if values.get("extra_errors"):
        errors["extra"] = values["extra_errors"]
    values["extra_errors"] = values.get("extra_errors") or []
    page = render_template(template, form=forms[0], form_errors=errors, **values)
    return page, 422 if errors else 200


def _errors_of(form: Form) -> Mapping[str, Any]:
    return {str(name): errors for name, errors in form.errors.items() if errors}
