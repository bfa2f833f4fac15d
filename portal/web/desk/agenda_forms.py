"""The forms of meetings for citizens at the desk."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation

from portal.core import clock
from portal.core.references import parse_reference
from portal.models import Gathering, GatheringItem
from portal.queries import gatherings, programs, reference
from portal.rules.gatherings import may_write
from portal.rules.permissions import Actor
from portal.services.gatherings import Point
from portal.web.desk.fields import NumberSelect, VersionField, place
from portal.web.forms import Form, LineField, ProseField
from portal.web.rendering import clock_time, localised

#: A line of the agenda may begin with a time: "09.30 Pembukaan".
_TIMED = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)\s+(.+)")
MOST_POINTS = 40
_POINT_LIMIT = 200


class PlacedForm(Form):
    """Parent: ids carry the form's name, so that several stand on one page."""

    spot = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place(self, self.spot)


class CoordinateField(LineField):
    """Degrees with a decimal point or comma; `degrees` is the number, None where nothing was written."""

    def __init__(self, label: Any, *, most: float, **kwargs: Any) -> None:
        super().__init__(label, limit=20, **kwargs)
        self.most = most
        self.degrees: float | None = None

    def process_data(self, value: Any) -> None:
        self.data = f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else value

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        try:
            self.degrees = float(self.data.replace(",", "."))
        except ValueError:
            raise StopValidation(_("Tulis angka, contoh: 1,75.")) from None
        if not -self.most <= self.degrees <= self.most:
            raise StopValidation(_("Tulis angka, contoh: 1,75."))


class GatheringForm(PlacedForm):
    spot = "pertemuan"

    version = VersionField(default=1)
    title_id = LineField(
        _l("Nama pertemuan"), limit=160, minimum=5, required=_l("Tulis nama, minimal 5 huruf.")
    )
    title_en = LineField(_l("Nama dalam bahasa Inggris"), limit=160)
    agency_id = NumberSelect(_l("Dinas"), required=_l("Pilih dinas."))
    day = DateField(_l("Tanggal"), [InputRequired(_l("Pilih tanggal."))])
    begins = TimeField(_l("Mulai (WIB)"), [InputRequired(_l("Tulis jam, contoh: 09:00."))])
    ends = TimeField(_l("Selesai (WIB)"), [InputRequired(_l("Tulis jam, contoh: 11:00."))])
    place = LineField(_l("Tempat"), limit=160, minimum=3, required=_l("Tulis tempat, minimal 3 huruf."))
    ward_code = SelectField(_l("Kelurahan"), choices=[], default="")
    latitude = CoordinateField(_l("Lintang"), most=90)
    longitude = CoordinateField(_l("Bujur"), most=180)
    text_id = ProseField(_l("Tentang apa"), limit=5000)
    text_en = ProseField(_l("Tentang apa, dalam bahasa Inggris"), limit=5000)
    points_id = ProseField(_l("Susunan acara"), limit=6000)
    points_en = ProseField(_l("Susunan acara dalam bahasa Inggris"), limit=6000)
    capacity = IntegerField(
        _l("Jumlah kursi"), [Optional(), NumberRange(1, 100_000, _l("Tulis angka bulat, contoh: 12."))]
    )
    last_day = DateField(_l("Hari terakhir mendaftar"), [Optional()])
    program_id = NumberSelect(_l("Program"))
    consultation_id = NumberSelect(_l("Konsultasi"))

    def __init__(self, *args: Any, actor: Actor, gathering: Gathering | None, **kwargs: Any) -> None:
        super().__init__(*args, obj=gathering, **kwargs)
        self.agency_id.choices = [
            ("", _("Pilih dinas")),
            *(
                (row.id, localised(row, "name"))
                for row in reference.agencies().values()
                if row.active and may_write(actor, row.id)
            ),
        ]
        self.ward_code.choices = [
            ("", _("Seluruh kota")),
            *((row.code, row.name) for row in reference.wards().values()),
        ]
        self.program_id.choices = [
            ("", _("Tidak ada")),
            *((row[0], f"{row[1]} {row[2]}") for row in programs.choices(sorted(actor.agency_ids))),
        ]
        self.consultation_id.choices = [("", _("Tidak ada")), *gatherings.open_consultations()]

    def show(self, gathering: Gathering, items: list[GatheringItem]) -> None:
        """Fill in what is not kept as it is typed."""
        begins, ends = clock.city_time(gathering.starts_at), clock.city_time(gathering.ends_at)
        self.day.data, self.begins.data, self.ends.data = begins.date(), begins.time(), ends.time()
        self.ward_code.data = gathering.ward_code or ""
        if gathering.registration_until is not None:
            self.last_day.data = clock.city_date(gathering.registration_until - timedelta(minutes=1))
        timed = [f"{clock_time(one.starts_at)} " if one.starts_at else "" for one in items]
        self.points_id.data = "\n".join(f"{at}{one.text_id}" for at, one in zip(timed, items, strict=True))
        if any(one.text_en for one in items):
            self.points_en.data = "\n".join(one.text_en or one.text_id for one in items)

    def validate_day(self, field: Any) -> None:
        if field.data is not None and not 2000 <= field.data.year <= 2100:
            raise StopValidation(_("Tulis tanggal yang benar, contoh: 2026-11-17."))

    def validate_last_day(self, field: Any) -> None:
        self.validate_day(field)
        if field.data is not None and self.day.data is not None and field.data > self.day.data:
            raise StopValidation(_("Hari terakhir mendaftar harus sebelum pertemuan."))

    def validate_ends(self, field: Any) -> None:
        if field.data is not None and self.begins.data is not None and field.data <= self.begins.data:
            raise StopValidation(_("Jam selesai harus sesudah jam mulai."))

    def validate_latitude(self, field: Any) -> None:
        # asked of both: an empty one is not asked anything
        if not self.longitude.data:
            raise StopValidation(_("Tulis lintang dan bujur, atau kosongkan keduanya."))

    def validate_longitude(self, field: Any) -> None:
        if not self.latitude.data:
            raise StopValidation(_("Tulis lintang dan bujur, atau kosongkan keduanya."))

    def validate_points_id(self, field: Any) -> None:
        lines = _lines(field.data)
        if len(lines) > MOST_POINTS or any(len(line) > _POINT_LIMIT for line in lines):
            raise StopValidation(_("Paling banyak 40 baris, tiap baris paling banyak 200 huruf."))

    def validate_points_en(self, field: Any) -> None:
        self.validate_points_id(field)
        if field.data and len(_lines(field.data)) != len(_lines(self.points_id.data)):
            raise StopValidation(_("Jumlah baris harus sama dengan susunan acara di atas."))

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        day = self.day.data
        last = self.last_day.data
        return {
            "title_id": self.title_id.data,
            "title_en": self.title_en.data,
            "agency_id": self.agency_id.data,
            "starts_at": _moment(day, self.begins.data),
            "ends_at": _moment(day, self.ends.data),
            "place": self.place.data,
            "ward_code": self.ward_code.data or None,
            "latitude": self.latitude.degrees,
            "longitude": self.longitude.degrees,
            "text_id": self.text_id.data,
            "text_en": self.text_en.data,
            "capacity": self.capacity.data,
            "registration_until": clock.midnight(last + timedelta(days=1)) if last else None,
            "program_id": self.program_id.data,
            "consultation_id": self.consultation_id.data,
        }

    @property
    def points(self) -> list[Point]:
        """Return the points of the agenda, with their times where a line begins with one."""
        english = _lines(self.points_en.data)
        found = []
        for number, line in enumerate(_lines(self.points_id.data)):
            timed = _TIMED.fullmatch(line)
            starts_at = _moment(self.day.data, time(int(timed[1]), int(timed[2]))) if timed else None
            text = timed[3] if timed else line
            found.append(Point(text, english[number] if english else "", starts_at))
        return found


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _moment(day: Any, at: time) -> datetime:
    return datetime.combine(day, at.replace(second=0, microsecond=0), tzinfo=clock.CITY_TZ)


class CancelForm(PlacedForm):
    spot = "batal"

    reason = LineField(
        _l("Alasan untuk warga"), limit=300, minimum=10, required=_l("Tulis alasan, minimal 10 huruf.")
    )


class MinutesForm(PlacedForm):
    spot = "hasil"

    version = VersionField(default=1)
    minutes_id = ProseField(
        _l("Apa yang dibahas dan diputuskan"),
        limit=20_000,
        minimum=20,
        required=_l("Tulis hasil, minimal 20 huruf."),
    )
    minutes_en = ProseField(_l("Dalam bahasa Inggris"), limit=20_000)


class LinksForm(PlacedForm):
    spot = "kiriman"

    references = ProseField(_l("Nomor kiriman"), limit=1000)

    def validate_references(self, field: Any) -> None:
        if any(parse_reference(one) is None for one in self.typed):
            raise StopValidation(_("Nomor kiriman tidak ditemukan. Contoh: SB-2611-K7RM"))

    @property
    def typed(self) -> list[str]:
        """Return what was typed, a number each."""
        return [one for one in re.split(r"[\s,;]+", self.references.data or "") if one][:50]

    @property
    def wanted(self) -> list[str]:
        """Return the numbers in their canonical spelling."""
        return [found for one in self.typed if (found := parse_reference(one))]
