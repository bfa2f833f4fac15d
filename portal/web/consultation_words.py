"""Consultations in words: how far one is, who may answer, what is wrong with an answer, what came out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.core import clock
from portal.core.locale import current_locale
from portal.models import Consultation, ConsultationKind, Eligibility, QuestionKind
from portal.queries import consultations as reads
from portal.queries import reference
from portal.queries.consultations import OptionRow, QuestionRow
from portal.rules import tallies
from portal.rules.consultations import Fault, Problem, Stage, days_left, stage
from portal.rules.tallies import SMALL, Row, Tally
from portal.web.rendering import date_text, number_text

KIND = {
    ConsultationKind.CONSULTATION: _l("Konsultasi"),
    ConsultationKind.PRIORITIES: _l("Prioritas kelurahan (Musrenbang)"),
}

STAGE = {
    Stage.DRAFT: _l("Draf"),
    Stage.COMING: _l("Akan dibuka"),
    Stage.OPEN: _l("Dibuka"),
    Stage.CLOSED: _l("Ditutup, menunggu tindak lanjut"),
    Stage.OUTCOME: _l("Ada tindak lanjut"),
    Stage.ARCHIVED: _l("Arsip, ada tindak lanjut"),
}

#: (tone, icon) of the tag.
LOOKS = {
    Stage.DRAFT: ("closed", "pen"),
    Stage.COMING: ("info", "calendar"),
    Stage.OPEN: ("accent", "clock"),
    Stage.CLOSED: ("closed", "pause"),
    Stage.OUTCOME: ("done", "check"),
    Stage.ARCHIVED: ("done", "check"),
}

QUESTION_KIND = {
    QuestionKind.SINGLE: _l("Pilih satu"),
    QuestionKind.MULTIPLE: _l("Pilih beberapa"),
    QuestionKind.RANKING: _l("Urutkan"),
    QuestionKind.TEXT: _l("Tulis bebas"),
    QuestionKind.POINTS: _l("Bagi poin"),
}

ELIGIBILITY = {
    Eligibility.ANYONE: _l("Siapa saja, tanpa akun"),
    Eligibility.CONFIRMED: _l("Warga dengan kontak terkonfirmasi"),
    Eligibility.WARD: _l("Warga satu kelurahan, dengan kontak terkonfirmasi"),
}

CHANGE = {
    "extended": _l("Diperpanjang"),
    "ended": _l("Ditutup lebih awal"),
    "corrected": _l("Perbaikan tulisan"),
}


def ward_name(code: str | None) -> str:
    """Return the name of a ward ("" for none)."""
    ward = reference.wards().get(code) if code else None
    return ward.name if ward is not None else ""


def text_of(row: Any, field: str = "text") -> str:
    """Return a text in the language of the page, else in Indonesian."""
    return str(getattr(row, f"{field}_{current_locale()}") or getattr(row, f"{field}_id"))


def option_text(option: OptionRow) -> str:
    """Return an option's words; of one whose submission is no longer public, that."""
    return _("Usulan ini tidak ditampilkan lagi") if option.gone else text_of(option)


def period_text(one: Any, at: datetime) -> str:
    """Say where a consultation stands in its period: "masih 6 hari, sampai 30 Nov 2026"."""
    last = reads.last_day(one.closes_at)
    today = clock.city_date(at)
    match stage(one, at):
        case Stage.OPEN:
            days = days_left(last, today)
            if not days:
                return _("Hari terakhir: ditutup malam ini pukul 24.00 WIB.")
            return ngettext(
                "Masih %(num)s hari, sampai %(date)s.",
                "Masih %(num)s hari, sampai %(date)s.",
                days,
                date=date_text(last),
            )
        case Stage.COMING | Stage.DRAFT:
            return _(
                "Dibuka %(start)s sampai %(end)s.",
                start=date_text(one.opens_at),
                end=date_text(last),
            )
        case _:
            return _("Ditutup %(date)s.", date=date_text(last))


def eligibility_text(one: Consultation) -> str:
    """Say in a sentence or two who may answer, and how far that can be trusted."""
    match one.eligibility:
        case Eligibility.ANYONE:
            return _(
                "Siapa saja boleh menjawab, tanpa akun. Satu jawaban per peramban atau akun. "
                "Kami tidak dapat mencegah orang menjawab lagi dari HP lain."
            )
        case Eligibility.CONFIRMED:
            return _(
                "Untuk warga dengan e-mail atau nomor HP yang terkonfirmasi. "
                "Satu jawaban per orang. Tidak perlu mendaftar: kami kirim kode satu kali."
            )
        case Eligibility.WARD:
            return _(
                "Untuk warga %(ward)s dengan e-mail atau nomor HP yang terkonfirmasi. "
                "Satu jawaban per orang. Kelurahan dinyatakan sendiri oleh warga, tidak kami periksa.",
                ward=ward_name(one.ward_code),
            )


def hint(question: QuestionRow) -> str:
    """Say how a question is answered."""
    match question.kind:
        case QuestionKind.SINGLE:
            return _("Pilih satu.")
        case QuestionKind.MULTIPLE:
            if question.most:
                return _("Pilih paling banyak %(most)s.", most=question.most)
            return _("Boleh pilih lebih dari satu.")
        case QuestionKind.RANKING:
            return _("Beri nomor 1 untuk yang paling penting, lalu 2, 3. Sisanya boleh kosong.")
        case QuestionKind.POINTS:
            return _("Bagi tepat %(points)s poin. Makin penting, makin banyak poin.", points=question.points)
        case QuestionKind.TEXT:
            return _("Jangan tulis nama, nomor HP, atau alamat. Tulisan ini dibaca petugas.")


def problem_text(question: QuestionRow, problem: Problem) -> str:
    """Say what is wrong with an answer, and what to do."""
    figures = {"found": problem.found, "wanted": problem.wanted}
    match problem.fault:
        case Fault.MISSING:
            return _missing(question)
        case Fault.TOO_MANY:
            return _("Anda memilih %(found)s, paling banyak %(wanted)s.", **figures)
        case Fault.TWICE:
            return _("Nomor %(found)s dipakai dua kali. Tiap nomor hanya untuk satu pilihan.", **figures)
        case Fault.GAP:
            return _("Ada nomor %(found)s, tetapi belum ada nomor %(wanted)s.", **figures)
        case Fault.SUM:
            return _("Jumlahnya %(found)s, harus %(wanted)s.", **figures)
        case Fault.NUMBER:
            return _("Tulis angka bulat 0 sampai %(wanted)s.", **figures)
        case Fault.LONG:
            return _("Paling banyak %(wanted)s huruf. Tulisan Anda %(found)s huruf.", **figures)
        case Fault.UNKNOWN:
            return _("Pilih salah satu dari daftar.")


def _missing(question: QuestionRow) -> str:
    match question.kind:
        case QuestionKind.TEXT:
            return _("Tulis jawaban Anda.")
        case QuestionKind.RANKING:
            return _("Beri nomor 1 pada satu pilihan.")
        case QuestionKind.POINTS:
            return _("Jumlahnya 0, harus %(wanted)s.", wanted=question.points)
        case _:
            return _("Pilih jawaban Anda.")


# --- what came out ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chart:
    """The counted answers to a question, ready to be drawn."""

    question: QuestionRow
    heading: str
    people: int
    #: (label, value in words, number), as the macro `bar_chart` takes them.
    lines: list[tuple[str, str, float]]
    #: (ward, people, what came first there).
    wards: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Results:
    """What everybody may know; `charts` are empty where too few answered."""

    people: int
    charts: list[Chart]

    @property
    def too_few(self) -> bool:
        return self.people < SMALL


def results(questions: list[QuestionRow], rows: list[Row], *, by_ward: bool = True) -> Results:
    """Count, and put into words. Small groups are left out as `rules.tallies` says."""
    people = tallies.people(rows)
    total = sum(people.values())
    if total < SMALL:
        return Results(total, [])
    shown, together = tallies.wards_to_show(people)
    groups = [(ward_name(ward) or _("Tidak menyebut kelurahan"), [ward]) for ward in shown]
    if together and len(shown):
        groups.append((_("Kelurahan lain, digabung"), together))
    if not by_ward or not any(shown):
        groups = []
    charts = []
    for question in questions:
        whole = tallies.tally(question.asked, rows)
        wards = [
            (name, number_text(sum(people[one] for one in codes)), _first_in(question, rows, codes))
            for name, codes in groups
            if question.options
        ]
        charts.append(
            Chart(question, text_of(question), whole.people, _lines(question, whole), wards),
        )
    return Results(total, charts)


def _lines(question: QuestionRow, tally: Tally) -> list[tuple[str, str, float]]:
    names = {option.id: option_text(option) for option in question.options}
    return [(names[line.option_id], score_text(question, line), float(line.score)) for line in tally.ranked]


def score_text(question: QuestionRow, line: tallies.Line) -> str:
    """Say what an option got."""
    share = number_text(line.share)
    match question.kind:
        case QuestionKind.RANKING:
            return _(
                "%(score)s poin urutan; pilihan pertama %(first)s orang (%(share)s%%)",
                score=number_text(line.score),
                first=number_text(line.first),
                share=share,
            )
        case QuestionKind.POINTS:
            return _("%(score)s poin (%(share)s%%)", score=number_text(line.score), share=share)
        case _:
            return _("%(score)s orang (%(share)s%%)", score=number_text(line.score), share=share)


def _first_in(question: QuestionRow, rows: list[Row], wards: list[str]) -> str:
    tally = tallies.tally(question.asked, tallies.of_wards(rows, wards))
    best = [line for line in _lines(question, tally)[:3] if line[2]]
    return "; ".join(f"{place}. {label}: {value}" for place, (label, value, _n) in enumerate(best, start=1))
