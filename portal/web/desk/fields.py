"""The fields that the forms of the desk are made of, and what their selects offer."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from portal.core import clock
from portal.core.references import parse_reference
from portal.queries import cases, reference
from portal.web import labels
from portal.web.desk import words
from portal.web.forms import Form, LineField, chosen
from portal.web.rendering import localised

#: A promise or a review further away than this is a slip of the finger.
FURTHEST = timedelta(days=3 * 366)


def row_id(value: Any) -> int | None:
    """Coerce the value of a select: a row id, or None for the empty line (and for anything else)."""
    text = str(value) if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class NumberSelect(SelectField):
    """A select of row ids whose first line is empty. `required` is what to say when it stays so."""

    def __init__(self, label: Any, *, required: Any = None, **kwargs: Any) -> None:
        rules = [chosen(required)] if required else [Optional()]
        super().__init__(label, rules, coerce=row_id, choices=[], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        # What is no number and not empty was meddled with: let it fail as no choice of ours.
        if valuelist and valuelist[0] and self.data is None:
            self.data = -1

    def pre_validate(self, form: Any) -> None:
        if self.data is None and not self.flags.required:
            return
        super().pre_validate(form)


class PrioritySelect(NumberSelect):
    """A select of priorities; one that was not sent stays as it is."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.flags.required = True  # it has no empty line
        self.choices = [(level.value, text) for level, text in labels.PRIORITY.items()]

    def pre_validate(self, form: Any) -> None:
        if self.raw_data:
            super().pre_validate(form)


class CodeSelect(SelectField):
    """A select of the values of an enum, with their labels."""

    def __init__(
        self, label: Any, words: dict[Any, Any], *, required: Any, empty: bool = True, **kw: Any
    ) -> None:
        self.words = words
        self.empty = empty
        super().__init__(label, [chosen(required)], choices=[], **kw)
        self.offer(words)

    def offer(self, words: dict[Any, Any]) -> None:
        """Set the choices."""
        first = [("", _l("Pilih"))] if self.empty else []
        self.choices = first + [(str(value), text) for value, text in words.items()]


class ReferenceField(LineField):
    """The number of another case, forgiving; `data` becomes its canonical spelling."""

    def pre_validate(self, form: Any) -> None:
        found = parse_reference(self.data or "")
        if self.data and found is None:
            raise StopValidation(_("Nomor kiriman tidak ditemukan. Contoh: SB-2611-K7RM"))
        self.data = found or self.data


class DayField(DateField):
    """A day in the future, on the city's calendar."""

    def __init__(self, label: Any, *, required: Any, **kwargs: Any) -> None:
        super().__init__(label, [InputRequired(required)], **kwargs)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if validation_stopped or self.data is None:
            return
        today = clock.city_date(clock.now())
        if self.data <= today:
            raise ValidationError(_("Pilih hari setelah hari ini."))
        if self.data > today + FURTHEST:
            raise ValidationError(_("Tanggal ini lebih dari tiga tahun lagi. Periksa tahunnya."))


def place(form: Form, spot: str) -> None:
    """Give the fields ids of their own, so that several forms stand on one page."""
    for field in form:
        field.id = f"{spot}-{field.name}".replace("_", "-")
        field.label.field_id = field.id


class VersionField(IntegerField):
    """The version of a row that its form was drawn from; it travels unseen."""

    def __init__(self, **kwargs: Any) -> None:
        again = _l("Muat ulang halaman ini, lalu ulangi.")
        rules = [InputRequired(again), NumberRange(min=0, max=2**31, message=again)]
        super().__init__(validators=rules, widget=HiddenInput(), **kwargs)

    def draw_anew(self, version: int) -> None:
        """Carry the version of this moment, whatever was posted."""
        self.data, self.raw_data = version, None


def category_choices() -> list[tuple[Any, str]]:
    """Return (id, name) of the categories in use, behind an empty line."""
    active = [row for row in reference.categories().values() if row.active]
    return [("", str(_l("Pilih kategori"))), *((row.id, localised(row, "name")) for row in active)]


def agency_choices(without: int | None = None) -> list[tuple[Any, str]]:
    """Return (id, name) of the agencies at work, behind an empty line."""
    active = [row for row in reference.agencies().values() if row.active and row.id != without]
    return [("", str(_l("Pilih dinas"))), *((row.id, localised(row, "name")) for row in active)]


def officer_choices(
    agency_id: int | None, *, without: int | None = None, barred: frozenset[int] = frozenset()
) -> Any:
    """Offer the staff of one agency, or of all of them under the agencies' names.

    `barred` are those whom a secret case names.
    """
    agencies = reference.agencies()
    grouped: dict[str, list[tuple[Any, str]]] = {
        str(_l("Tanpa petugas")): [("", str(_l("Belum ditetapkan")))]
    }
    today = clock.city_date(clock.now())
    for row in cases.staff(None if agency_id is None else [agency_id], on=today):
        agency = agencies.get(row.agency_id)
        if agency is None or row.agency_id == without or row.user_id in barred:
            continue
        grouped.setdefault(localised(agency, "name"), []).append((row.user_id, words.officer_text(row)))
    return grouped
