"""The fields of an action on many cases at once."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms.validators import Optional

from portal.models import Status, Submission
from portal.queries import reference
from portal.rules.permissions import Actor
from portal.web.desk.fields import (
    CodeSelect,
    NumberSelect,
    agency_choices,
    category_choices,
    officer_choices,
    place,
)
from portal.web.desk.forms import AssignForm
from portal.web.desk.order_forms import BACK, FAR, DaySelect, OtherDay, PriorityField, WaitFields
from portal.web.forms import Form, chosen


class BatchForm(Form):
    """Parent of these forms. The cases and their versions travel beside it."""

    def __init__(self, *args: Any, cases: Sequence[Submission], actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place(self, "batch")
        self.offer(cases, actor)

    def offer(self, cases: Sequence[Submission], actor: Actor) -> None:
        """Fill selects with what this actor may choose for these cases."""


class AssignBatchForm(BatchForm):
    agency_id = NumberSelect(_l("Dinas"), required=_l("Pilih dinas."))
    category_id = NumberSelect(_l("Kategori"))
    officer_id = NumberSelect(_l("Petugas"))

    def offer(self, cases: Sequence[Submission], actor: Actor) -> None:
        self.agency_id.choices = agency_choices()
        self.category_id.choices = [("", _("Biarkan kategori masing-masing")), *category_choices()[1:]]
        self.officer_id.choices = officer_choices(None)
        if self.agency_id.raw_data is None:
            self.agency_id.data = _usual_agency(cases)

    validate_officer_id = AssignForm.validate_officer_id


def _usual_agency(cases: Sequence[Submission]) -> int | None:
    """Return the agency that all their categories belong to, if it is one."""
    known = reference.categories()
    agencies = {known[case.category_id].agency_id if case.category_id in known else None for case in cases}
    return agencies.pop() if len(agencies) == 1 else None


class TakeBatchForm(BatchForm):
    officer_id = NumberSelect(_l("Petugas"))

    def offer(self, cases: Sequence[Submission], actor: Actor) -> None:
        theirs = {case.agency_id for case in cases if case.agency_id is not None}
        grouped: dict[str, list[tuple[Any, str]]] = {}
        for agency_id in sorted(theirs) or [0]:
            grouped |= officer_choices(agency_id)
        self.officer_id.choices = grouped  # type: ignore[assignment]
        offered = {value for options in grouped.values() for value, _name in options}
        if self.officer_id.raw_data is None and actor.user_id in offered:
            self.officer_id.data = actor.user_id


class ClassifyBatchForm(BatchForm):
    category_id = NumberSelect(_l("Kategori"), required=_l("Pilih kategori."))

    def offer(self, cases: Sequence[Submission], actor: Actor) -> None:
        self.category_id.choices = category_choices()


class PriorityBatchForm(BatchForm):
    priority = PriorityField()


class LaterBatchForm(WaitFields, BatchForm):
    until = DaySelect(_l("Sampai"), [chosen(_l("Pilih sampai hari apa."))], choices=[])
    on = OtherDay(_l("Tanggal lain"), [Optional()])

    def offer(self, cases: Sequence[Submission], actor: Actor) -> None:
        self.offer_days(FAR)
        self.until.choices.append((BACK, _("Ambil kembali sekarang")))


class MergeBatchForm(BatchForm):
    into = CodeSelect(
        _l("Kiriman utama"), {}, required=_l("Pilih kiriman utama, tempat yang lain digabung."), empty=False
    )

    def offer(self, cases: Sequence[Submission], actor: Actor) -> None:
        able = [case for case in cases if may_lead(case)]
        able.sort(key=lambda case: (-case.support_count, case.id))
        self.into.offer({case.reference: _words(case) for case in able})


def may_lead(case: Submission) -> bool:
    """Tell whether others can be merged into a case, whoever they are."""
    ended = case.status in {Status.MERGED, Status.WITHDRAWN}
    return not (ended or case.secret or case.hidden_code is not None)


def _words(case: Submission) -> str:
    supports = ngettext("%(num)s dukungan", "%(num)s dukungan", case.support_count)
    return f"{case.reference} · {case.title} ({supports})"
