"""What the desk says: names of queues, hints beside actions, and the lines of a case's thread."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.models import AnswerKind, Channel, Purpose
from portal.queries.cases import Due, Queue, Sort, StaffRow, ThreadEntry
from portal.rules.deadlines import Urgency
from portal.rules.workflow import PUBLISHES, Action
from portal.web import labels
from portal.web.public.cards import agency_name
from portal.web.rendering import date_text

QUEUE = {
    Queue.TO_SORT: _l("Perlu dipilah"),
    Queue.MINE: _l("Milik saya"),
    Queue.AGENCY: _l("Dinas saya"),
    Queue.DRAFTS: _l("Draf menunggu"),
    Queue.OVERDUE: _l("Lewat batas"),
    Queue.WAITING: _l("Menunggu warga"),
    Queue.LATER: _l("Nanti"),
    Queue.DEFERRED: _l("Belum bisa dilakukan"),
    Queue.DONE: _l("Selesai minggu ini"),
    Queue.ALL: _l("Semua kiriman"),
}

#: What an empty queue says.
EMPTY = {
    Queue.TO_SORT: _l("Semua sudah dipilah."),
    Queue.MINE: _l("Tidak ada kiriman yang menunggu Anda."),
    Queue.AGENCY: _l("Tidak ada kiriman yang menunggu dinas Anda."),
    Queue.DRAFTS: _l("Tidak ada draf yang menunggu diterbitkan."),
    Queue.OVERDUE: _l("Tidak ada yang lewat batas."),
    Queue.WAITING: _l("Tidak ada yang menunggu keterangan warga."),
    Queue.LATER: _l("Tidak ada yang ditunda di meja."),
    Queue.DEFERRED: _l("Tidak ada yang menunggu tanggal tinjauan."),
    Queue.DONE: _l("Belum ada yang selesai minggu ini."),
    Queue.ALL: _l("Belum ada kiriman."),
}

#: What the filters of a list say.
DUE = {
    Due.OVERDUE: _l("lewat batas"),
    Due.TODAY: _l("batasnya hari ini"),
    Due.WEEK: _l("batasnya minggu ini"),
    Due.PAUSED: _l("jeda, menunggu warga"),
}
SORT = {
    Sort.DUE: _l("batas waktu"),
    Sort.NEWEST: _l("terbaru"),
    Sort.OLDEST: _l("terlama"),
    Sort.SUPPORTS: _l("dukungan terbanyak"),
    Sort.PRIORITY: _l("prioritas"),
}
SWITCH = {
    "berkas": _l("ada foto atau berkas"),
    "dibuka_lagi": _l("dibuka lagi oleh warga"),
    "dialihkan": _l("pernah pindah dinas"),
    "belum_dipastikan": _l("selesai, belum dipastikan warga"),
    "pantau": _l("saya pantau"),
}
#: Places that stand beside the wards.
PLACE = {"laut": _l("di laut atau pulau"), "tidak_tahu": _l("tempat tidak diketahui")}
FIELD = {
    "jenis": _l("Jenis"),
    "status": _l("Status"),
    "kategori": _l("Kategori"),
    "kelurahan": _l("Kelurahan"),
    "dinas": _l("Dinas"),
    "tenggat": _l("Batas waktu"),
    "prioritas": _l("Prioritas"),
    "kanal": _l("Masuk lewat"),
}
CHANNEL = {
    Channel.WEB: _l("Situs"),
    Channel.COUNTER: _l("Loket"),
    Channel.PHONE: _l("Telepon"),
    Channel.LETTER: _l("Surat"),
}

ANSWER_KIND = {
    AnswerKind.ANSWER: _l("Jawaban"),
    AnswerKind.PROMISE: _l("Janji pekerjaan"),
    AnswerKind.FINISH: _l("Selesai dikerjakan"),
    AnswerKind.ACCEPT: _l("Penerimaan kemitraan"),
    AnswerKind.DECLINE: _l("Tidak dapat dilakukan"),
    AnswerKind.DEFER: _l("Penundaan"),
    AnswerKind.REFER: _l("Pengalihan"),
}

#: What publishes a draft of each kind.
PUBLISHING = {kind: action for action, kind in PUBLISHES.items()}

FILE = {
    Purpose.STORY: _l("Berkas dari pelapor"),
    Purpose.PROPOSAL: _l("Berkas usulan"),
    Purpose.REPLY: _l("Berkas susulan dari pelapor"),
    Purpose.EVIDENCE: _l("Bukti pekerjaan"),
    Purpose.NOTE: _l("Berkas catatan internal"),
    Purpose.LETTER: _l("Surat pelapor"),
}

#: How the macro `deadline_badge` draws an urgency.
BADGE = {
    Urgency.OVERDUE: "overdue",
    Urgency.SOON: "soon",
    Urgency.CALM: "ok",
    Urgency.PAUSED: "paused",
}

#: What to know before pressing, beside the form of an action.
HINT = {
    Action.VERIFY: _l("Setelah ini isi dan fotonya tampil untuk publik, kecuali kiriman rahasia."),
    Action.ASK: _l("Pelapor mendapat satu tautan untuk menjawab. Batas waktu berhenti sampai dijawab."),
    Action.ASSIGN: _l("Dinas dan pelapor diberi tahu. Hitungan waktu jawab mulai berjalan."),
    Action.HAND_OVER: _l("Alasan tampil di perjalanan kiriman. Batas waktu tidak diulang."),
    Action.PROMISE: _l("Tanggal ini tampil untuk publik dan menjadi batas waktu baru."),
    Action.FINISH: _l(
        "Pelapor dan pendukung diminta memastikan. Foto bukti wajib bila pekerjaan pernah dijanjikan."
    ),
    Action.ACCEPT: _l(
        "Kemitraan dibuat. Paket wisata masuk katalog Jelajah Sibolga tanpa bagian rahasia usaha."
    ),
    Action.DECLINE: _l("Pelapor dapat berkeberatan satu kali dalam 14 hari."),
    Action.DEFER: _l("Tampil untuk publik. Kiriman kembali ke triase pada tanggal tinjauan."),
    Action.REFER: _l("Untuk hal yang bukan wewenang Pemko."),
    Action.MERGE: _l(
        "Teks dan nama tidak berpindah. Pelapor mengikuti kiriman utama dan mendapat jawabannya."
    ),
    Action.UNMERGE: _l("Kiriman kembali ke keadaan sebelum digabung."),
    Action.REVIEW: _l("Kiriman kembali diperiksa sebelum tanggal tinjauannya."),
    Action.CLASSIFY: _l("Isi kiriman tidak berubah. Judul tampil untuk publik."),
    Action.LATER: _l("Hilang dari tumpukan sampai hari itu. Batas waktu tetap berjalan; publik tidak tahu."),
    Action.EDIT_ANSWER: _l("Versi lama tetap bisa dibaca. Pelapor dan pendukung diberi tahu."),
    Action.DRAFT_ANSWER: _l("Hanya petugas yang melihat draf sampai diterbitkan."),
    Action.RETURN_DRAFT: _l("Penulisnya diberi tahu. Catatan ini hanya untuk petugas."),
    Action.LINK: _l("Kalimat ini tampil di halaman kiriman dan halaman program. Pelapor diberi tahu."),
    Action.HIDE: _l("Halaman tetap ada dengan alasan ini, tanpa isi. Pelapor diberi tahu."),
    Action.UNHIDE: _l("Isi tampil lagi untuk publik."),
    Action.NAME_STAFF: _l("Kiriman rahasia tertutup bagi rekan yang disebut di dalamnya."),
    Action.REVEAL_IDENTITY: _l("Setiap kali dibuka, nama Anda, waktu, dan alasan dicatat."),
}

#: What was done, said once after the redirect.
DONE = {
    Action.VERIFY: _l("Kiriman diverifikasi."),
    Action.ASK: _l("Pertanyaan dikirim kepada pelapor."),
    Action.ASSIGN: _l("Kiriman diteruskan."),
    Action.HAND_OVER: _l("Kiriman dialihkan."),
    Action.TAKE: _l("Petugas ditetapkan."),
    Action.ANSWER: _l("Jawaban diterbitkan."),
    Action.PROMISE: _l("Janji diterbitkan."),
    Action.FINISH: _l("Kiriman dinyatakan selesai."),
    Action.ACCEPT: _l("Usulan diterima sebagai kemitraan."),
    Action.DECLINE: _l("Keputusan diterbitkan."),
    Action.DEFER: _l("Keputusan “belum bisa dilakukan” diterbitkan."),
    Action.REFER: _l("Kiriman dialihkan ke lembaga lain."),
    Action.MERGE: _l("Kiriman digabung."),
    Action.UNMERGE: _l("Penggabungan dibatalkan."),
    Action.REVIEW: _l("Kiriman kembali diperiksa."),
    Action.NOTE: _l("Catatan internal tersimpan."),
    Action.CLASSIFY: _l("Judul dan kategori tersimpan."),
    Action.PRIORITISE: _l("Prioritas tersimpan."),
    Action.LATER: _l("“Nanti” tersimpan."),
    Action.DRAFT_ANSWER: _l("Draf jawaban tersimpan."),
    Action.RETURN_DRAFT: _l("Draf dikembalikan ke petugas."),
    Action.EDIT_ANSWER: _l("Jawaban diperbaiki."),
    Action.LINK: _l("Program terhubung."),
    Action.UNLINK: _l("Hubungan ke program dilepas."),
    Action.HIDE: _l("Isi kiriman disembunyikan."),
    Action.UNHIDE: _l("Isi kiriman tampil lagi."),
    Action.CLEAR_FILE: _l("Foto dibuka."),
    Action.NAME_STAFF: _l("Rekan ditandai."),
}

#: By a value of `Channel`: an officer wrote it down.
_TAKEN_IN = {
    "counter": _l("Dicatat di loket"),
    "phone": _l("Dicatat dari telepon"),
    "letter": _l("Dicatat dari surat"),
}

_EVENTS = {
    "send": _l("Kiriman diterima"),
    "proposal_completed": _l("Usaha melengkapi usulan"),
    "verify": _l("Diverifikasi"),
    "ask": _l("Bertanya kepada pelapor"),
    "reply": _l("Pelapor memberi keterangan"),
    "expire": _l("Ditutup: pertanyaan tidak dijawab sampai batasnya"),
    "answer": _l("Jawaban diterbitkan"),
    "finish": _l("Dinyatakan selesai"),
    "accept": _l("Diterima sebagai kemitraan"),
    "unmerge": _l("Penggabungan dibatalkan"),
    "merged_in": _l("Kiriman serupa digabungkan ke sini"),
    "unmerged_from": _l("Kiriman serupa dilepaskan dari sini"),
    "withdraw": _l("Ditarik pelapor"),
    "not_done": _l("Pelapor menyatakan belum selesai"),
    "object": _l("Pelapor berkeberatan"),
    "review": _l("Ditinjau lagi"),
    "take_back": _l("Disposisi ditarik kembali"),
    "prioritise": _l("Prioritas diubah"),
    "later": _l("Diambil kembali ke meja"),
    "note": _l("Catatan internal"),
    "classify": _l("Judul atau kategori diubah"),
    "split_off": _l("Dipisahkan dari kiriman lain"),
    "draft_answer": _l("Draf jawaban disimpan"),
    "return_draft": _l("Draf dikembalikan ke penulisnya"),
    "edit_answer": _l("Jawaban diperbaiki"),
    "unhide": _l("Isi ditampilkan lagi"),
    "clear_file": _l("Foto dibuka"),
    "name_staff": _l("Rekan yang disebut ditandai"),
    "reveal_identity": _l("Identitas pelapor dilihat"),
    "confirm": _l("Pelapor memastikan hasilnya"),
    "add_information": _l("Pelapor menambah keterangan"),
    "rate": _l("Pelapor menilai jawaban"),
    "lower_secrecy": _l("Pelapor membuka kerahasiaan"),
    "escalate_before": _l("Diingatkan: batas waktu sudah dekat"),
    "escalate_due": _l("Diingatkan: batas waktu tiba"),
    "escalate_late": _l("Diingatkan: lewat tiga hari kerja, koordinator diberi tahu"),
}


def event_text(entry: ThreadEntry) -> str:
    """Say in one line what an event was."""
    data = entry.data
    agency = agency_name(data.get("agency_id"), short=True)
    match entry.action:
        case "send" if data.get("channel") in _TAKEN_IN:
            return str(_TAKEN_IN[data["channel"]])
        case "assign":
            return _("Diteruskan ke %(agency)s", agency=agency)
        case "hand_over":
            return _("Dialihkan ke %(agency)s", agency=agency)
        case "take":
            if data.get("absence_id"):
                return _("Petugas berganti karena cuti")
            return _("Petugas ditetapkan") if data.get("officer_id") else _("Petugas dikosongkan")
        case "prioritise" if data.get("priority") in set(labels.PRIORITY):
            return _("Prioritas: %(priority)s", priority=labels.PRIORITY[data["priority"]])
        case "later" if data.get("until"):
            return _("Nanti saja, sampai %(day)s", day=date_text(date.fromisoformat(data["until"])))
        case "promise":
            return _("Menjanjikan pekerjaan")
        case "decline" | "defer" if data.get("code") in set(labels.REASON):
            said = _("Tidak dapat dilakukan") if entry.action == "decline" else _("Ditunda")
            return f"{said}: {labels.REASON[data['code']]}"
        case "refer":
            return _("Dialihkan ke lembaga lain")
        case "hide" if data.get("code") in set(labels.HIDE):
            return _("Isi disembunyikan: %(reason)s", reason=labels.HIDE[data["code"]])
        case "merge":
            return _(
                "Digabungkan ke %(reference)s", reference=data.get("target_reference") or _("kiriman lain")
            )
        case "split" if data.get("secret"):
            # Each may sit in another agency by now; the page names those that its reader may know of.
            return _("Sebagian menjadi kiriman sendiri")
        case "split":
            return _("Dipecah: %(references)s", references=", ".join(data.get("child_references", ())))
        case "link":
            return _("Dihubungkan ke program %(code)s", code=data.get("program_code", ""))
        case "unlink":
            return _("Dilepaskan dari program %(code)s", code=data.get("program_code", ""))
        case "program_progress":
            return _("Program %(code)s melaporkan kemajuan", code=data.get("program_code", ""))
        case "partnership_moved":
            return _("Kemitraan: %(stage)s", stage=labels.STAGE.get(data.get("stage"), "–"))
        case "confirm" if data.get("value") is False:
            return _("Pelapor menyatakan belum selesai")
        case _:
            return str(_EVENTS.get(entry.action, entry.action))


def officer_text(row: StaffRow) -> str:
    """Name an officer in a list; of one who is away, until when and who stands in."""
    if row.away_until is None:
        return row.name
    until, deputy = date_text(row.away_until), row.deputy or "–"
    return _(
        "%(name)s, cuti sampai %(until)s (pengganti: %(deputy)s)", name=row.name, until=until, deputy=deputy
    )


def by_whom(entry: ThreadEntry) -> str:
    """Say who did it, without ever naming a reporter."""
    if entry.actor:
        return entry.actor
    return {"reporter": _("pelapor"), "business": _("usaha"), "staff": _("petugas")}.get(
        entry.actor_kind, _("sistem")
    )
