"""Why a deadline is the day it is, and how the last one was kept: the sentences of a case's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core import clock
from portal.core.locale import current_locale
from portal.models import Status, Submission
from portal.queries import reference
from portal.queries.cases import ThreadEntry
from portal.rules import deadlines
from portal.rules.deadlines import Explanation, Pause, PauseKind, Step
from portal.rules.workflow import OPEN
from portal.web.rendering import datetime_text, localised

#: Days off that are named one by one; more would be no help.
_MOST_DAYS = 12


@dataclass(frozen=True, slots=True)
class Why:
    """The sentences, and the last one apart: the day itself."""

    lines: list[str]
    result: str


def why(case: Submission, thread: Sequence[ThreadEntry]) -> Why | None:
    """Tell what a running deadline was counted from, or None where none runs. Asks the database nothing."""
    if case.due_at is None or case.status not in OPEN:
        return None
    result = _("Jadi: %(day)s.", day=_moment(case.due_at))
    steps = [Step(entry.action, entry.at, entry.from_status, entry.to_status) for entry in thread]
    told = deadlines.explain(
        case.due_from,
        case.due_days,
        deadlines.pauses(steps),
        due=case.due_at,
        named=case.promised_on,
        calendar=reference.calendar(),
    )
    if told is None:
        return Why([_("Tanggal ini ditetapkan lebih dulu. Cara hitungnya tidak tercatat.")], result)
    began = next((entry for entry in reversed(thread) if entry.at == told.start and _starts(entry)), None)
    lines = [_beginning(told, began)]
    granted = _granted(case, told, began)
    if granted:
        lines.append(granted)
    if not told.agrees:
        lines.append(_("Tanggal ini ditetapkan lebih dulu. Perubahan hari libur tidak menggesernya."))
        return Why(lines, result)
    if told.skipped:
        named = [_day_off(day) for day in told.skipped[:_MOST_DAYS]]
        rest = len(told.skipped) - len(named)
        if rest:
            named.append(ngettext("%(num)s hari lagi", "%(num)s hari lagi", rest))
        lines.append(_("Libur dilewati: %(days)s.", days=", ".join(named)))
    lines += [_pause(pause) for pause in told.pauses]
    if case.handovers and case.status is Status.ASSIGNED:
        lines.append(_("Pengalihan antardinas tidak mengulang hitungan."))
    return Why(lines, result)


def kept(case: Submission, thread: Sequence[ThreadEntry]) -> str:
    """Say how the first answer stood to its deadline; empty where nothing was answered yet."""
    if case.answered_at is None or case.answered_in_days is None or case.answered_on_time is None:
        return ""
    said = (
        _("Dijawab pada hari diterima")
        if case.answered_in_days == 0
        else ngettext(
            "Dijawab dalam %(num)s hari kerja sejak diterima",
            "Dijawab dalam %(num)s hari kerja sejak diterima",
            case.answered_in_days,
        )
    )
    if case.answered_on_time:
        return _("%(said)s, tepat waktu.", said=said)
    late = next((entry.data["late"] for entry in thread if isinstance(entry.data.get("late"), int)), None)
    if late is None:
        return _("%(said)s, lewat batas.", said=said)
    over = ngettext("lewat %(num)s hari kerja", "lewat %(num)s hari kerja", late)
    return _("%(said)s, %(over)s.", said=said, over=over)


_STARTS = {"send", "split_off", "import", "assign", "promise", "not_done", "object", "review", "unmerge"}


def _starts(entry: ThreadEntry) -> bool:
    return entry.action in _STARTS


def _beginning(told: Explanation, began: ThreadEntry | None) -> str:
    when = _long(clock.city_date(told.start))
    match began.action if began else "":
        case "send" | "split_off":
            return _("Diterima %(day)s.", day=when)
        case "import":
            return _("Dimasukkan dari data lama %(day)s.", day=when)
        case "assign":
            return _("Diteruskan %(day)s.", day=when)
        case "promise":
            return _("Dijanjikan %(day)s.", day=when)
        case "not_done":
            return _("Dibuka lagi %(day)s: pelapor menyatakan belum selesai.", day=when)
        case "object":
            return _("Pelapor berkeberatan %(day)s.", day=when)
        case "review":
            return _("Ditinjau lagi %(day)s.", day=when)
        case "unmerge":
            return _("Penggabungan dibatalkan %(day)s.", day=when)
        case _:
            return _("Dihitung sejak %(day)s.", day=when)


def _granted(case: Submission, told: Explanation, began: ThreadEntry | None) -> str:
    if told.days is None:
        return _("Tanggal yang dijanjikan menjadi batasnya.") if told.agrees else ""
    category = None
    if began is not None and began.action == "assign":  # later the category may be another
        category = reference.categories().get(began.data.get("category_id") or 0)
    if category is not None:
        return ngettext(
            "%(num)s hari kerja untuk kategori %(category)s. Sabtu dan Minggu tidak dihitung.",
            "%(num)s hari kerja untuk kategori %(category)s. Sabtu dan Minggu tidak dihitung.",
            told.days,
            category=localised(category, "name"),
        )
    state = case.resume_status if case.status is Status.NEEDS_INFO else case.status
    if state in {Status.RECEIVED, Status.IN_REVIEW}:
        return ngettext(
            "%(num)s hari kerja untuk memeriksa. Sabtu dan Minggu tidak dihitung.",
            "%(num)s hari kerja untuk memeriksa. Sabtu dan Minggu tidak dihitung.",
            told.days,
        )
    return ngettext(
        "%(num)s hari kerja untuk menjawab. Sabtu dan Minggu tidak dihitung.",
        "%(num)s hari kerja untuk menjawab. Sabtu dan Minggu tidak dihitung.",
        told.days,
    )


def _pause(pause: Pause) -> str:
    if pause.end is None:
        return _(
            "Berhenti sejak %(day)s, menunggu keterangan. Batas bergeser saat pelapor menjawab.",
            day=_long(clock.city_date(pause.start)),
        )
    if pause.kind is PauseKind.MERGED:
        return ngettext(
            "Berhenti %(num)s hari kerja selama digabung.",
            "Berhenti %(num)s hari kerja selama digabung.",
            pause.days,
        )
    return ngettext(
        "Berhenti %(num)s hari kerja menunggu keterangan.",
        "Berhenti %(num)s hari kerja menunggu keterangan.",
        pause.days,
    )


def _day_off(day: date) -> str:
    language = current_locale()
    own = reference.holiday_names().get(day)
    name = deadlines.national_holiday_names(day.year, language).get(day)
    if own is not None:
        name = own[language == "en"] or own[0]
    return f"{format_date(day, 'd MMM', locale=language)} ({name})" if name else _long(day)


def _long(day: date) -> str:
    return format_date(day, "EEEE d MMM", locale=current_locale())


def _moment(value: datetime) -> str:
    day = format_date(clock.city_date(value), "EEEE", locale=current_locale())
    return _("%(weekday)s %(moment)s WIB", weekday=day, moment=datetime_text(value))
