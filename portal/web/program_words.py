"""The words of programs: levels, stages of money, promises, teams, and what is wrong with a file."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.models import BudgetStage, ProgramLevel, TeamRole
from portal.rules.program_files import LEVELS, STATUSES, Fault
from portal.rules.programs import Promise
from portal.web.rendering import date_text

LEVEL = {
    ProgramLevel.PROGRAM: _l("Program"),
    ProgramLevel.ACTIVITY: _l("Kegiatan"),
    ProgramLevel.SUB_ACTIVITY: _l("Sub-kegiatan"),
}
STAGE = {
    BudgetStage.PROPOSED: _l("Usulan warga"),
    BudgetStage.DRAFT: _l("Rancangan anggaran"),
    BudgetStage.ENACTED: _l("Disahkan DPRD (APBD)"),
    BudgetStage.REVISED: _l("APBD perubahan"),
    BudgetStage.CONTRACTED: _l("Terikat kontrak"),
    BudgetStage.PAID: _l("Sudah dibayar"),
}
TEAM = {TeamRole.LEAD: _l("Penanggung jawab"), TeamRole.MEMBER: _l("Anggota tim")}


def promise_text(promise: Promise, due_on: date, done_on: date | None, first: date | None) -> str:
    """Say what became of a promised day."""
    promised = first or due_on
    if done_on is not None:
        days = abs((promised - done_on).days)
        if promise is Promise.KEPT_LATE:
            return ngettext(
                "Selesai %(date)s, terlambat %(num)s hari",
                "Selesai %(date)s, terlambat %(num)s hari",
                days,
                date=date_text(done_on),
            )
        if not days:
            return _("Ditepati %(date)s", date=date_text(done_on))
        return ngettext(
            "Ditepati %(date)s, %(num)s hari lebih awal",
            "Ditepati %(date)s, %(num)s hari lebih awal",
            days,
            date=date_text(done_on),
        )
    if promise is Promise.LATE:
        return _("Terlambat")
    return _("Diundur") if promise is Promise.MOVED else ""


def promised_text(due_on: date, first: date | None) -> str:
    """Say which day was promised, and to which day it was moved."""
    if first is None or first == due_on:
        return _("Dijanjikan %(date)s", date=date_text(due_on))
    return _("Dijanjikan %(first)s, diubah menjadi %(date)s", first=date_text(first), date=date_text(due_on))


def fault_text(fault: Fault) -> str:
    """Say what is wrong with a cell of a file."""
    words = {
        "needed": _("Isian ini perlu diisi."),
        "code": _("Kode hanya berisi huruf, angka, titik, dan tanda hubung."),
        "choice": _(
            "Pilih salah satu: %(words)s.",
            words=", ".join(STATUSES if fault.column == "status" else LEVELS),
        ),
        "number": _("Tulis angka bulat dalam batasnya."),
        "day": _("Tulis tanggal seperti 2026-11-17."),
        "long": _("Teks ini terlalu panjang."),
        "agency": _("Dinas dengan kode ini tidak ada."),
        "parent": _("Induk dengan kode ini tidak ada."),
        "level": _("Tingkat ini tidak bisa berada di bawah induknya."),
        "twice": _("Ini tertulis dua kali."),
        "rights": _("Anda tidak menulis program dinas ini."),
        "column": _("Kolom ini tidak dikenal."),
        "order": _("Baris ini menjadi induk dari dirinya sendiri."),
    }
    return words[fault.code]


def unreadable_text(code: str) -> str:
    """Say why a file is no table."""
    return {
        "empty": _("Berkas ini kosong. Pilih berkas lain."),
        "not_a_table": _("Berkas ini bukan CSV atau XLSX yang bisa dibaca."),
        "too_large": _("Berkas ini terlalu besar. Batasnya 4 MB."),
        "too_many_rows": _("Berkas ini lebih dari 5.000 baris atau 80 kolom."),
    }[code]
