"""The front of the desk: what to do next today, and what citizens said of what was done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.models import Role
from portal.queries import moderation, reference, satisfaction, today
from portal.queries.cases import Queue
from portal.rules.permissions import Actor
from portal.rules.satisfaction import IDLE, Measure, Satisfaction, Step, first_step, steps
from portal.web.desk.listing import Position
from portal.web.public.cards import agency_name

STEP = {
    Step.TAKE_UP_AGAIN: _l("Dahulukan yang kata warga belum selesai."),
    Step.DUE_FIRST: _l("Kerjakan dulu yang jatuh tempo minggu ini."),
    Step.ANSWER_SOONER: _l("Jawab lebih awal, walau baru berupa rencana dan tanggal."),
    Step.SHOW_EVIDENCE: _l("Periksa bukti sebelum menyatakan selesai."),
    Step.ASK_TO_CONFIRM: _l("Tanyakan hasilnya kepada pelapor. Diam bukan berarti setuju."),
    Step.WAIT: _l("Pelapor masih bisa memastikan."),
    Step.KEEP_ON: _l("Pertahankan."),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of "Hari ini": how many, what they are, and where they are worked off."""

    count: int
    label: str
    url: str
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its value in words, and the step it asks for."""

    label: str
    value: str
    step: str


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency as those see it who look at all."""

    name: str
    facts: list[str]
    step: str
    is_sore: bool


def front(actor: Actor, where: Position, at: datetime) -> dict[str, Any]:
    """Return what stands above the list on the first page of the desk."""
    many = actor.has(Role.TRIAGE)
    agencies = reference.agencies()
    ids = [one.id for one in agencies.values() if one.active] if many else sorted(actor.agency_ids)
    found = satisfaction.by_agency(ids, at=at)
    return {
        "waiting": [*waiting(today.today(actor, at=at), actor, where), *(to_moderate() if many else ())],
        "figures": [] if many or not found else figures(satisfaction.together(list(found.values()))),
        "agencies": sorted(
            (_row(agency_name(key, short=True), one) for key, one in found.items()) if many else (),
            key=lambda row: (not row.is_sore, row.name),
        ),
    }


def waiting(found: today.Today, actor: Actor, where: Position) -> list[Waiting]:
    """Return what waits, the sorest first; what is zero is not said."""
    triage = actor.has(Role.TRIAGE)
    home = Queue.AGENCY if actor.agency_ids and not triage else Queue.ALL

    def url(queue: Queue, **filters: str) -> str:
        return where.list_url(queue=queue, **filters)

    rows = (
        Waiting(found.overdue, _("lewat batas"), url(Queue.OVERDUE), True),
        Waiting(found.due_today, _("jatuh tempo hari ini"), url(home, tenggat="hari_ini"), True),
        Waiting(
            found.reopened,
            _("dibuka lagi, kata warga belum selesai"),
            url(Queue.TO_SORT if triage else home, dibuka_lagi="ya"),
        ),
        Waiting(
            len(found.replied),
            _("pertanyaan sudah dijawab warga"),
            url(Queue.ALL, nomor=",".join(found.replied)),
        ),
        Waiting(
            found.drafts,
            _("draf jawaban menunggu diterbitkan"),
            url(Queue.DRAFTS),
        ),
        Waiting(found.to_sort, _("menunggu dipilah"), url(Queue.TO_SORT)),
        Waiting(found.unconfirmed, _("selesai, belum dikonfirmasi"), url(Queue.ALL, belum_dipastikan="ya")),
    )
    return [row for row in rows if row.count]


def to_moderate() -> list[Waiting]:
    """Return what waits for a moderator, for those who moderate."""
    counts = moderation.counts()
    rows = (
        Waiting(counts.reported, _("laporan pembaca"), url_for("desk.moderation", lihat="dilaporkan")),
        Waiting(counts.held, _("komentar menunggu tayang"), url_for("desk.moderation", lihat="menunggu")),
        Waiting(counts.appeals, _("banding"), url_for("desk.moderation", lihat="banding")),
    )
    return [row for row in rows if row.count]


def _share(number: int, of: int, figures: Satisfaction) -> str:
    """Write a count, with its share where there are enough to say one."""
    percent = figures.rate(number, of)
    counted = _("%(number)s dari %(of)s", number=number, of=of)
    return counted if percent is None else f"{counted} ({percent}%)"


def _days(figures: Satisfaction) -> str:
    if figures.median_days is None:
        return "–"
    number = format_decimal(figures.median_days)
    # a median may be 2.5 days: only 1 itself is one
    plural = 1 if figures.median_days == 1 else 2
    return ngettext("%(number)s hari kerja", "%(number)s hari kerja", plural, number=number)


def figures(found: Satisfaction) -> list[Figure]:
    """Return every measure of an agency with its next step, the sorest first."""
    values = {
        Measure.NOT_YET: (_("Kata warga belum selesai"), _share(found.not_yet, found.finished, found)),
        Measure.ON_TIME: (_("Dijawab tepat waktu"), _share(found.on_time, found.answered, found)),
        Measure.DAYS: (_("Waktu jawab (median)"), _days(found)),
        Measure.REOPENED: (_("Dibuka lagi"), _share(found.reopened, found.answered, found)),
        Measure.SILENT: (_("Belum dikonfirmasi"), _share(found.silent, found.finished, found)),
        Measure.YES: (_("Kata warga sudah selesai"), _share(found.yes, found.finished, found)),
    }
    wanted = steps(found)
    return [
        Figure(label, value, str(STEP[wanted[measure]]) if measure in wanted else "")
        for measure, (label, value) in values.items()
        if measure in wanted or measure is Measure.ON_TIME
    ]


def _row(name: str, found: Satisfaction) -> AgencyRow:
    step = first_step(found)
    facts = []
    if found.finished:
        yes = _share(found.yes, found.finished, found)
        facts = [
            _("sudah selesai: %(value)s", value=yes),
            _("belum selesai: %(value)s", value=found.not_yet),
            _("belum dikonfirmasi: %(value)s", value=found.silent),
        ]
    if found.answered:
        facts.append(_("tepat waktu: %(value)s", value=_share(found.on_time, found.answered, found)))
    if found.median_days is not None:
        facts.append(_("median: %(value)s", value=_days(found)))
    if found.reopened:
        facts.append(_("dibuka lagi: %(value)s", value=found.reopened))
    return AgencyRow(name, facts, str(STEP[step]) if step else "", step not in {None, *IDLE})
