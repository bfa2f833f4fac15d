"""The words that people read for the words that the code stores."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.models import (
    AnswerKind,
    BusinessKind,
    Channel,
    CommentState,
    Consent,
    HideCode,
    IdentityMode,
    Kind,
    LinkType,
    ModerationAct,
    OutboxState,
    PartnershipStage,
    Place,
    Premoderation,
    Priority,
    ProgramStatus,
    ReasonCode,
    ReportReason,
    Role,
    SignInMethod,
    Status,
)
from portal.rules.deadlines import Remaining, Urgency
from portal.rules.workflow import Action

KIND = {
    Kind.PROBLEM: _l("Masalah"),
    Kind.IDEA: _l("Ide"),
    Kind.QUESTION: _l("Pertanyaan"),
    Kind.THANKS: _l("Terima kasih"),
    Kind.PARTNERSHIP: _l("Kerja sama"),
    Kind.TOURISM_PACKAGE: _l("Paket wisata"),
}

#: Short names of the states, for filters and tables. `status_text` says it in full; tone and icon are the
#: macro `status_tag`'s (components/tags.html).
STATUS = {
    Status.RECEIVED: _l("Terkirim"),
    Status.IN_REVIEW: _l("Sedang diperiksa"),
    Status.NEEDS_INFO: _l("Menunggu keterangan"),
    Status.ASSIGNED: _l("Sedang ditangani"),
    Status.ANSWERED: _l("Sudah dijawab"),
    Status.IN_PROGRESS: _l("Sedang dikerjakan"),
    Status.DONE: _l("Selesai"),
    Status.ACCEPTED: _l("Diterima sebagai kemitraan"),
    Status.DEFERRED: _l("Belum bisa dilakukan"),
    Status.DECLINED: _l("Tidak dapat dilakukan"),
    Status.REFERRED: _l("Dialihkan"),
    Status.MERGED: _l("Digabung"),
    Status.WITHDRAWN: _l("Ditarik pelapor"),
}

SIGN_IN_METHOD = {
    SignInMethod.PASSWORD: _l("dengan kata sandi"),
    SignInMethod.CODE: _l("dengan kode"),
    SignInMethod.PASSKEY: _l("dengan kunci sandi"),
    SignInMethod.SSO: _l("lewat akun lain"),
}

REASON = {
    ReasonCode.BUDGET: _l("Anggaran belum ada"),
    ReasonCode.AUTHORITY: _l("Bukan wewenang Pemko"),
    ReasonCode.LAND: _l("Status lahan"),
    ReasonCode.SKILL: _l("Keahlian belum tersedia"),
    ReasonCode.REGULATION: _l("Terhalang peraturan"),
    ReasonCode.DUPLICATE: _l("Sudah disampaikan"),
    ReasonCode.NOT_ENOUGH_INFORMATION: _l("Keterangan belum cukup"),
    ReasonCode.ALREADY_PLANNED: _l("Sudah direncanakan"),
    ReasonCode.AGAINST_RULES: _l("Melanggar aturan kiriman"),
}

PREMODERATION = {
    Premoderation.OFF: _l("Tidak, langsung tayang"),
    Premoderation.FIRST_TIMERS: _l("Hanya komentar pertama seseorang"),
    Premoderation.ALL: _l("Semua komentar"),
}
HIDE = {
    HideCode.PERSONAL_DATA: _l("Memuat data pribadi"),
    HideCode.INSULT: _l("Memuat penghinaan"),
    HideCode.ACCUSATION: _l("Memuat tuduhan kepada orang tertentu"),
    HideCode.ADVERTISING: _l("Berisi iklan"),
    HideCode.AGAINST_RULES: _l("Melanggar aturan kiriman"),
}

#: What a reader may say is wrong.
REPORT = {
    ReportReason.INSULT: _l("Menghina atau mengancam"),
    ReportReason.PERSONAL_DATA: _l("Memuat data pribadi orang"),
    ReportReason.ACCUSATION: _l("Menuduh orang tanpa bukti"),
    ReportReason.ADVERTISING: _l("Iklan atau penipuan"),
    ReportReason.FALSE: _l("Tidak benar"),
    ReportReason.OFF_TOPIC: _l("Tidak ada hubungannya"),
    ReportReason.OTHER: _l("Lainnya"),
}
#: What a moderator did, or may do.
MODERATION = {
    ModerationAct.PUBLISH: _l("Tayangkan"),
    ModerationAct.HIDE: _l("Sembunyikan"),
    ModerationAct.RESTORE: _l("Tampilkan lagi"),
    ModerationAct.DISMISS: _l("Biarkan, tidak melanggar"),
    ModerationAct.WARN: _l("Peringatan"),
    ModerationAct.BLOCK: _l("Larangan menulis"),
    ModerationAct.UNBLOCK: _l("Larangan dicabut"),
    ModerationAct.CLOSE_THREAD: _l("Diskusi ditutup"),
    ModerationAct.OPEN_THREAD: _l("Diskusi dibuka lagi"),
    ModerationAct.UPHOLD: _l("Banding ditolak"),
}
#: The same to the person whom it concerns.
MODERATED = MODERATION | {
    ModerationAct.HIDE: _l("Tulisan Anda disembunyikan"),
    ModerationAct.RESTORE: _l("Tulisan Anda ditampilkan lagi"),
    ModerationAct.WARN: _l("Anda mendapat peringatan"),
    ModerationAct.BLOCK: _l("Anda belum boleh menulis di diskusi"),
    ModerationAct.UNBLOCK: _l("Anda boleh menulis lagi"),
    ModerationAct.UPHOLD: _l("Keberatan Anda ditolak"),
}
COMMENT_STATE = {
    CommentState.PUBLISHED: _l("tayang"),
    CommentState.HELD: _l("menunggu tayang"),
    CommentState.HIDDEN: _l("disembunyikan"),
    CommentState.DELETED: _l("dihapus penulisnya"),
}

PRIORITY = {
    Priority.NORMAL: _l("Biasa"),
    Priority.HIGH: _l("Tinggi"),
    Priority.URGENT: _l("Mendesak"),
}

IDENTITY = {
    IdentityMode.HIDDEN: _l("Nama disembunyikan"),
    IdentityMode.SHOWN: _l("Nama ditampilkan"),
    IdentityMode.SHIELDED: _l("Anonim"),
}

#: How a submission came, where staff wrote it down.
CHANNEL = {
    Channel.COUNTER: _l("Lewat loket"),
    Channel.PHONE: _l("Lewat telepon"),
    Channel.LETTER: _l("Lewat surat"),
}

CONSENT = {
    Consent.SPOKEN: _l("persetujuan lisan"),
    Consent.SIGNED: _l("persetujuan tertulis"),
}

PLACE = {
    Place.SEA: _l("Di laut atau pulau"),
    Place.UNKNOWN: _l("Lokasi tidak disebutkan"),
}

#: Headings of official texts on a public page.
ANSWER = {
    AnswerKind.ANSWER: _l("Jawaban resmi"),
    AnswerKind.PROMISE: _l("Pekerjaan yang dijanjikan"),
    AnswerKind.FINISH: _l("Hasil pekerjaan"),
    AnswerKind.ACCEPT: _l("Diterima sebagai kemitraan"),
    AnswerKind.DECLINE: _l("Keputusan: tidak dapat dilakukan"),
    AnswerKind.DEFER: _l("Keputusan: ditunda"),
    AnswerKind.REFER: _l("Keputusan: dialihkan"),
}

ROLE = {
    Role.OFFICER: _l("Petugas"),
    Role.HEAD: _l("Kepala"),
    Role.TRIAGE: _l("Petugas triase"),
    Role.COMPETENCY: _l("Petugas kompetensi"),
    Role.ADMIN: _l("Admin"),
    Role.EXECUTIVE: _l("Pimpinan kota"),
}

LINK = {
    LinkType.REASON_FOR: _l("Alasan program ini"),
    LinkType.PART_OF: _l("Bagian dari program"),
    LinkType.ANSWERS: _l("Terjawab oleh program"),
}

PROGRAM_STATUS = {
    ProgramStatus.PLANNED: _l("Direncanakan"),
    ProgramStatus.RUNNING: _l("Berjalan"),
    ProgramStatus.DONE: _l("Selesai"),
    ProgramStatus.STOPPED: _l("Dihentikan"),
}

BUSINESS = {
    BusinessKind.BOAT: _l("Perahu"),
    BusinessKind.GUIDE: _l("Pemandu"),
    BusinessKind.HOMESTAY: _l("Homestay"),
    BusinessKind.FOOD: _l("Kuliner"),
    BusinessKind.CRAFT: _l("Kerajinan"),
    BusinessKind.EVENT: _l("Acara"),
    BusinessKind.TRANSPORT: _l("Transportasi"),
    BusinessKind.OTHER: _l("Lainnya"),
}

STAGE = {
    PartnershipStage.NEW: _l("Baru diterima"),
    PartnershipStage.DISCUSSION: _l("Dibahas bersama"),
    PartnershipStage.DRAFTING: _l("Menyusun perjanjian"),
    PartnershipStage.SIGNATURE: _l("Menunggu tanda tangan"),
    PartnershipStage.ACTIVE: _l("Berjalan"),
    PartnershipStage.EVALUATION: _l("Dievaluasi"),
    PartnershipStage.CONTINUED: _l("Dilanjutkan"),
    PartnershipStage.EXTENDED: _l("Diperpanjang"),
    PartnershipStage.STOPPED: _l("Dihentikan"),
    PartnershipStage.DECLINED: _l("Tidak dilanjutkan"),
}

OUTBOX = {
    OutboxState.QUEUED: _l("Menunggu"),
    OutboxState.SENDING: _l("Sedang dikirim"),
    OutboxState.SENT: _l("Terkirim"),
    OutboxState.FAILED: _l("Gagal"),
    OutboxState.NO_ADDRESS: _l("Tanpa alamat"),
}

#: What a button on the desk says.
ACTION = {
    Action.VERIFY: _l("Verifikasi"),
    Action.ASK: _l("Tanya pelapor"),
    Action.ASSIGN: _l("Terima & teruskan"),
    Action.HAND_OVER: _l("Alihkan ke dinas lain"),
    Action.ANSWER: _l("Terbitkan jawaban"),
    Action.PROMISE: _l("Janjikan pekerjaan"),
    Action.FINISH: _l("Nyatakan selesai"),
    Action.ACCEPT: _l("Terima sebagai kemitraan"),
    Action.DECLINE: _l("Nyatakan tidak dapat dilakukan"),
    Action.DEFER: _l("Nyatakan belum bisa dilakukan"),
    Action.REFER: _l("Bukan wewenang Pemko"),
    Action.MERGE: _l("Gabung"),
    Action.UNMERGE: _l("Batalkan penggabungan"),
    Action.REVIEW: _l("Tinjau lagi"),
    Action.NOTE: _l("Simpan catatan internal"),
    Action.TAKE: _l("Tetapkan petugas"),
    Action.CLASSIFY: _l("Ubah judul dan kategori"),
    Action.SPLIT: _l("Pecah menjadi beberapa kiriman"),
    Action.PRIORITISE: _l("Ubah prioritas"),
    Action.LATER: _l("Nanti saja (di meja)"),
    Action.DRAFT_ANSWER: _l("Simpan draf jawaban"),
    Action.RETURN_DRAFT: _l("Kembalikan ke petugas"),
    Action.EDIT_ANSWER: _l("Perbaiki jawaban"),
    Action.LINK: _l("Hubungkan ke program"),
    Action.UNLINK: _l("Lepaskan dari program"),
    Action.HIDE: _l("Sembunyikan"),
    Action.UNHIDE: _l("Tampilkan lagi"),
    Action.CLEAR_FILE: _l("Buka foto untuk publik"),
    Action.NAME_STAFF: _l("Tandai rekan yang disebut"),
    Action.REVEAL_IDENTITY: _l("Lihat identitas pelapor"),
}

#: What the screen found in a text.
SCREEN = {
    "phone": _l("nomor telepon"),
    "email": _l("alamat e-mail"),
    "nik": _l("nomor mirip NIK"),
    "link": _l("tautan"),
    "flagged_word": _l("kata yang perlu diperiksa"),
}


def not_for_everyone(codes: Iterable[str]) -> str:
    """Say what has to go from a text that everybody reads at once."""
    found = ", ".join(str(SCREEN.get(code, code)) for code in codes)
    return _("Ini langsung tampil untuk umum. Hapus dulu: %(what)s.", what=found)


def status_text(
    status: Status,
    *,
    agency: str | None = None,
    promised_on: str | None = None,
    review_on: str | None = None,
    institution: str = "",
    merged_into: str = "",
) -> str:
    """Say a state in full, as the public reads it. Dates come already written in words."""
    match status:
        case Status.NEEDS_INFO:
            return _("Menunggu keterangan pelapor")
        case Status.ASSIGNED if agency:
            return _("Sedang ditangani %(agency)s", agency=agency)
        case Status.IN_PROGRESS if promised_on:
            return _("Sedang dikerjakan, selesai %(date)s", date=promised_on)
        case Status.DEFERRED if review_on:
            return _("Belum bisa dilakukan, ditinjau lagi %(date)s", date=review_on)
        case Status.REFERRED if institution:
            return _("Bukan wewenang Pemko, dialihkan ke %(institution)s", institution=institution)
        case Status.MERGED if merged_into:
            return _("Digabung ke %(reference)s", reference=merged_into)
        case _:
            return str(STATUS[status])


def remaining_text(left: Remaining) -> str:
    """Say how a deadline stands: "Sisa 3 hari", "Sisa 4 jam", "Lewat 1 hari", "Jeda"."""
    match left.urgency:
        case Urgency.PAUSED:
            return _("Jeda")
        case Urgency.NONE:
            return ""
        case Urgency.OVERDUE:
            return _("Lewat %(count)s hari", count=left.days)
        case _ if left.hours is not None:
            return _("Sisa %(count)s jam", count=left.hours)
        case _:
            return _("Sisa %(count)s hari", count=left.days)


def place_text(place: Place, ward: str | None) -> str:
    """Say where it is: the ward, the sea, or that nobody said."""
    return ward if place is Place.WARD and ward else str(PLACE.get(place, PLACE[Place.UNKNOWN]))


def month_text(day: date) -> str:
    """Write a month: "November 2026"."""
    return f"{month_name(day.month)} {day.year}"


def month_name(number: int, *, short: bool = False) -> str:
    """Name a month (1 to 12), short ones in three letters."""
    names = (
        _("Januari"), _("Februari"), _("Maret"), _("April"), _("Mei"), _("Juni"),
        _("Juli"), _("Agustus"), _("September"), _("Oktober"), _("November"), _("Desember"),
    )  # fmt: skip
    name = names[number - 1]
    return name[:3] if short else name
