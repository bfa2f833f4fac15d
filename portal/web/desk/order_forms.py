"""Forms for the order of work: how urgent a case is, and until when it can wait."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import Optional, ValidationError

from portal.core import clock
from portal.models import Priority, Submission
from portal.queries import reference
from portal.rules import later
from portal.rules.permissions import Actor
from portal.services import cases
from portal.web import labels
from portal.web.desk.fields import CodeSelect
from portal.web.desk.forms import DeskForm
from portal.web.forms import chosen
from portal.web.rendering import date_text

#: Chosen instead of a day: take the case up again at once.
BACK = "back"
#: The day stands in the field below.
OTHER = "other"
#: Ahead of every deadline; the rule knows the true end.
FAR = date(9999, 1, 1)


def too_long(latest: date | None) -> str:
    """Say why a case cannot wait until the day asked for, and how long it can."""
    if latest is None:
        return _("Batas waktunya terlalu dekat. Kiriman ini tidak bisa menunggu.")
    return _("Pilih hari setelah hari ini, paling lambat %(day)s.", day=date_text(latest))


class DaySelect(SelectField):
    """The days that people mostly mean, then "another day". `data` is a date as text, OTHER or BACK."""

    def offer(self, last: date | None) -> None:
        """Set the choices, none after `last`."""
        at = clock.now()
        today = clock.city_date(at)
        days = later.usual(last, at=at, calendar=reference.calendar())
        self.choices = [(day.isoformat(), self._words(day, today)) for day in days]
        self.choices.append((OTHER, _("Tanggal lain")))

    @staticmethod
    def _words(day: date, today: date) -> str:
        if (day - today).days == 1:
            return _("Besok, %(day)s", day=date_text(day))
        if day.weekday() == 0:
            return _("Senin, %(day)s", day=date_text(day))
        return date_text(day)


class OtherDay(DateField):
    """The day that none of the usual ones is; wanted only where no usual one was chosen."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if form.until.data == OTHER and self.data is None and not self.errors:
            raise ValidationError(_("Pilih sampai hari apa."))


class WaitFields:
    """What both forms that put off share: `until`, `on` and the day that comes of them."""

    until: Any
    on: Any

    def offer_days(self, last: date | None) -> None:
        """Set the choices and say the last day, None: there is none."""
        self.until.offer(last)
        if last is None:
            self.on.label.text = _("Tanggal lain (batas waktunya terlalu dekat)")
        elif last != FAR:
            self.on.label.text = _("Tanggal lain, paling lambat %(day)s", day=date_text(last))
        if self.until.raw_data is None:
            self.until.data = self.until.choices[0][0]

    @property
    def day(self) -> date | None:
        """Return the day chosen, None for taking it up again."""
        if self.until.data == BACK:
            return None
        return self.on.data if self.until.data == OTHER else date.fromisoformat(self.until.data)


class LaterForm(WaitFields, DeskForm):
    until = DaySelect(_l("Sampai"), [chosen(_l("Pilih sampai hari apa."))], choices=[])
    on = OtherDay(_l("Tanggal lain"), [Optional()])

    def offer(self, case: Submission, actor: Actor) -> None:
        self.offer_days(cases.latest_day(case, clock.now()))
        if case.later_until is not None:
            self.until.choices.append((BACK, _("Ambil kembali sekarang")))


class PriorityField(CodeSelect):
    """A select of priorities by their names."""

    def __init__(self, **kwargs: Any) -> None:
        names = {level.name.lower(): text for level, text in labels.PRIORITY.items()}
        super().__init__(_l("Prioritas"), names, required=_l("Pilih prioritas."), **kwargs)

    @property
    def chosen(self) -> Priority:
        """Return the priority as the enum's member."""
        return Priority[self.data.upper()]


class PriorityForm(DeskForm):
    priority = PriorityField(empty=False)

    def offer(self, case: Submission, actor: Actor) -> None:
        if not self.is_submitted_here:
            self.priority.data = Priority(case.priority).name.lower()
