"""The forms of a meeting: calling it, its agenda, a decision, closing it."""

import re
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectMultipleField, TimeField
from wtforms.validators import InputRequired, Optional, StopValidation

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import Meeting, Submission
from portal.queries import cases, meetings, reference
from portal.queries.meetings import Person, Seen
from portal.rules.meetings import MOST_ITEMS, MOST_PEOPLE, may_call
from portal.rules.permissions import Actor
from portal.web.desk.fields import FURTHEST, NumberSelect, VersionField, place, row_id
from portal.web.forms import Form, LineField, ProseField
from portal.web.rendering import localised


def near_today(_form: Form, field: Any) -> None:
    """Refuse a day so far off that it is a slip of the finger."""
    if field.data and abs(field.data - clock.city_date(clock.now())) > FURTHEST:
        raise StopValidation(_("Tanggal ini terlalu jauh. Periksa tahunnya."))


class VersionedForm(Form):
    version = VersionField()

    def __init__(self, *args: Any, spot: str, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_submitted_here = bool(self.version.raw_data)
        if not self.is_submitted_here:
            self.draw_anew(version)
        place(self, spot)

    def draw_anew(self, version: int) -> None:
        """Carry the version of this moment, whatever was posted."""
        self.version.draw_anew(version)


class PeopleField(SelectMultipleField):
    """Tick boxes for colleagues; the template draws them under their agencies."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, coerce=row_id, choices=[], **kwargs)


class MeetingForm(VersionedForm):
    title = LineField(_l("Judul rapat"), limit=160, minimum=5, required=_l("Tulis judul, minimal 5 huruf."))
    place = LineField(_l("Tempat"), limit=160)
    day = DateField(_l("Tanggal"), [InputRequired(_l("Pilih tanggal rapat."))])
    time = TimeField(_l("Jam (WIB)"), [InputRequired(_l("Tulis jam, contoh: 08:30."))])
    agency_id = NumberSelect(_l("Rapat dinas"))
    chair_id = NumberSelect(_l("Pemimpin rapat"), required=_l("Pilih pemimpin rapat."))
    people = PeopleField(_l("Peserta"))

    def __init__(self, *args: Any, actor: Actor, meeting: Meeting | None = None, **kwargs: Any) -> None:
        super().__init__(*args, spot="rapat", version=meeting.version if meeting else 0, **kwargs)
        self.actor = actor
        self._offer(meeting)
        if not self.is_submitted_here:
            self._fill(meeting)

    def _offer(self, meeting: Meeting | None) -> None:
        agencies = reference.agencies()
        mine = [row for row in agencies.values() if may_call(self.actor, row.id) and row.active]
        across = [("", str(_l("Lintas dinas")))] if may_call(self.actor, None) else []
        self.agency_id.choices = across + [(row.id, localised(row, "name")) for row in mine]
        self.groups: dict[str, list[tuple[int, str]]] = {}
        for one in meetings.colleagues(self.actor):
            agency = agencies.get(one.agency_id) if one.agency_id is not None else None
            name = localised(agency, "name") if agency else str(_l("Koordinator"))
            self.groups.setdefault(name, []).append((one.user_id, one.name))
        offered = {user_id for rows in self.groups.values() for user_id, _name in rows}
        # invited by somebody who may ask more people than this one
        kept = [] if meeting is None else meetings.people(meeting.id)
        others = [(one.user_id, one.name) for one in kept if one.user_id not in offered]
        if others:
            self.groups[str(_l("Sudah diundang"))] = others
        self.people.choices = [row for rows in self.groups.values() for row in rows]
        self.chair_id.choices = {str(_l("Belum dipilih")): [("", str(_l("Pilih pemimpin")))], **self.groups}

    def _fill(self, meeting: Meeting | None) -> None:
        if meeting is None:
            choices = self.agency_id.choices
            self.agency_id.data = choices[0][0] or None if choices else None
            me = self.actor.user_id
            self.chair_id.data = me if any(me == user_id for user_id, _name in self.people.choices) else None
            self.people.data = []
            return
        there = clock.city_time(meeting.starts_at)
        self.title.data, self.place.data = meeting.title, meeting.place
        self.day.data, self.time.data = there.date(), there.time().replace(second=0, microsecond=0)
        self.chair_id.data = meeting.chair_id
        self.people.data = sorted(meetings.invited(meeting.id))

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse, besides the rules of the fields, what the actor may not call a meeting of."""
        good = super().validate(extra_validators)
        # Not at the field: the validators of a select end where nothing was chosen.
        if (
            "agency_id" in self
            and not self.agency_id.errors
            and not may_call(self.actor, self.agency_id.data)
        ):
            self.agency_id.errors = [_("Pilih dinas Anda.")]
            return False
        return bool(good)

    validate_day = near_today

    def validate_people(self, field: Any) -> None:
        """Refuse more people than a hall holds."""
        if len(field.data or []) > MOST_PEOPLE - 2:
            raise StopValidation(_("Paling banyak %(limit)s peserta.", limit=MOST_PEOPLE - 2))

    @property
    def values(self) -> dict[str, Any]:
        """Return what the services take."""
        start = datetime.combine(self.day.data, self.time.data, tzinfo=clock.CITY_TZ)
        return {
            "title": self.title.data,
            "place": self.place.data or "",
            "starts_at": start,
            "chair_id": self.chair_id.data,
            "people": self.people.data or [],
        }


class AgendaForm(Form):
    nomor = ProseField(
        _l("Nomor kiriman, satu per baris"),
        limit=4000,
        minimum=4,
        required=_l("Tulis nomor kiriman. Contoh: SB-2611-K7RM"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place(self, "agenda")

    @property
    def numbers(self) -> list[str]:
        """Return what was typed, number by number, without repetition (at most MOST_ITEMS)."""
        return list(dict.fromkeys(re.split(r"[\s,;]+", (self.nomor.data or "").strip())))[:MOST_ITEMS]

    def find(self, actor: Actor, at: datetime) -> tuple[list[Submission], list[str]]:
        """Return the cases that the actor may read, and the numbers that named none of them."""
        found, lost = [], []
        for number in self.numbers:
            canonical = parse_reference(number)
            case = cases.by_reference(canonical, actor, at=at) if canonical else None
            if case is None:
                lost.append(number)
            else:
                found.append(case)
        return found, lost


class DecisionForm(VersionedForm):
    decision = ProseField(_l("Keputusan"), limit=5000)
    owner_id = NumberSelect(_l("Yang mengerjakan"))
    due_on = DateField(_l("Sampai tanggal"), [Optional()])
    as_note = BooleanField(_l("Tulis juga sebagai catatan internal di kiriman"))

    def __init__(self, *args: Any, seen: Seen, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, spot="butir", version=seen.item.version, **kwargs)
        item, case = seen.item, seen.case
        barred = case.named_user_ids if case.secret else frozenset()
        if case.agency_id is None:
            offered = [(one.user_id, one.name) for one in people]
        else:
            offered = [(row.user_id, row.name) for row in cases.staff([case.agency_id])]
        rows = [row for row in dict.fromkeys(offered) if row[0] not in barred]
        if item.owner_id is not None and item.owner_id not in {row[0] for row in rows}:
            rows.append((item.owner_id, seen.owner))
        self.owner_id.choices = [("", _("Belum ditetapkan")), *rows]
        if not self.is_submitted_here:
            self.decision.data, self.owner_id.data = item.decision, item.owner_id
            self.due_on.data, self.as_note.data = item.due_on, True

    validate_due_on = near_today

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse, besides the rules of the fields, somebody who does nothing and a day for nothing."""
        good = super().validate(extra_validators)
        if not self.decision.data and (self.owner_id.data or self.due_on.data):
            self.decision.errors = [_("Tulis keputusannya lebih dahulu.")]
            return False
        return bool(good)


class CloseForm(VersionedForm):
    remarks = ProseField(_l("Catatan rapat"), limit=5000)


class CorrectionForm(VersionedForm):
    text = ProseField(_l("Ralat"), limit=2000, minimum=5, required=_l("Tulis ralat, minimal 5 huruf."))
