"""What kinds of mail and acts of admins are called."""

from flask_babel import lazy_gettext as _l

MAIL = {
    "receipt": _l("Tanda terima"),
    "assigned": _l("Diteruskan ke dinas"),
    "question": _l("Pertanyaan dari petugas"),
    "answered": _l("Dijawab"),
    "promised": _l("Dijanjikan"),
    "done": _l("Selesai"),
    "accepted": _l("Diterima"),
    "declined": _l("Belum dapat"),
    "deferred": _l("Ditunda"),
    "referred": _l("Bukan wewenang Pemko"),
    "reviewed": _l("Ditinjau ulang"),
    "answer_edited": _l("Jawaban diperbaiki"),
    "merged": _l("Digabung"),
    "unmerged": _l("Gabungan dibatalkan"),
    "hidden": _l("Disembunyikan"),
    "unhidden": _l("Ditampilkan lagi"),
    "linked": _l("Dihubungkan ke program"),
    "unlinked": _l("Lepas dari program"),
    "program_progress": _l("Kemajuan program"),
    "reopened": _l("Dibuka kembali"),
    "expired": _l("Pertanyaan kedaluwarsa"),
    "support_confirm": _l("Konfirmasi dukungan"),
    "password_reset": _l("Kata sandi baru"),
    "sign_in_code": _l("Kode masuk"),
    "contact_changed": _l("Kontak akun diubah"),
    "comment_hidden": _l("Komentar disembunyikan"),
    "comment_restored": _l("Komentar ditampilkan lagi"),
    "comment_published": _l("Komentar tayang"),
    "warned": _l("Peringatan"),
    "blocked": _l("Larangan menulis"),
    "unblocked": _l("Larangan dicabut"),
    "appeal_decided": _l("Putusan banding"),
    "sign_in_password": _l("Masuk dengan kata sandi"),
    "digest": _l("Ringkasan harian"),
    "staff_assigned": _l("Petugas: tugas baru"),
    "staff_due": _l("Petugas: tenggat"),
    "staff_reopened": _l("Petugas: dibuka kembali"),
    "staff_reply": _l("Petugas: balasan warga"),
    "staff_draft": _l("Draf menunggu"),
    "staff_returned": _l("Draf dikembalikan ke penulisnya"),
    "staff_mention": _l("Sebutan"),
    "staff_watch": _l("Pantau"),
    "staff_away": _l("Cuti"),
    "staff_minutes": _l("Rapat"),
    "split": _l("Dipecah menjadi"),
    "weekly": _l("Ringkasan mingguan"),
}

_TRACE = {
    "user_created": _l("Akun dibuat"),
    "user_activated": _l("Akun dibuka"),
    "user_deactivated": _l("Akun ditutup"),
    "role_granted": _l("Peran diberikan"),
    "role_revoked": _l("Peran dicabut"),
    "publisher_granted": _l("Boleh menerbitkan jawaban"),
    "publisher_revoked": _l("Tidak lagi menerbitkan jawaban"),
    "password_set": _l("Kata sandi disetel di server"),
    "reference_changed": _l("Data rujukan diubah"),
    "account_made": _l("Akun warga dibuat"),
    "external_login_linked": _l("Akun ditautkan ke penyedia masuk"),
    "external_login_unlinked": _l("Tautan ke penyedia masuk dilepas"),
    "planning_proposal": _l("Usulan perencanaan ditulis"),
    "planning_endorsed": _l("Rekomendasi dicatat"),
    "planning_word_taken_back": _l("Rekomendasi ditarik"),
    "business_verification": _l("Usaha diperiksa"),
    "package_change": _l("Perubahan paket diputuskan"),
    "package_listed": _l("Paket ditampilkan atau dikeluarkan"),
    "second_factor_on": _l("Pengaman kedua dipasang"),
    "second_factor_off": _l("Pengaman kedua dilepas"),
    "recovery_codes_new": _l("Kode cadangan dibuat"),
    "close_thread": _l("Diskusi ditutup"),
    "open_thread": _l("Diskusi dibuka"),
    "moderation_publish": _l("Komentar diizinkan tayang"),
    "moderation_hide": _l("Disembunyikan"),
    "moderation_restore": _l("Ditampilkan lagi"),
    "moderation_dismiss": _l("Laporan ditutup tanpa pelanggaran"),
    "moderation_warn": _l("Orang diperingatkan"),
    "moderation_block": _l("Orang diblokir"),
    "moderation_unblock": _l("Blokir dicabut"),
    "moderation_uphold": _l("Banding tidak dikabulkan"),
    "moderation_appeal": _l("Banding diajukan"),
}

#: What the traces are about; the rest of such a line is the row's number or code.
_ABOUT = {
    "user": _l("Pengguna"),
    "agency": _l("Dinas"),
    "category": _l("Kategori"),
    "institution": _l("Lembaga"),
    "holiday": _l("Hari libur"),
    "setting": _l("Pengaturan"),
    "routing_rule": _l("Aturan"),
    "service_level": _l("Waktu jawab"),
    "submission": _l("Kiriman"),
    "comment": _l("Komentar"),
    "thread": _l("Diskusi"),
    "decision": _l("Keputusan moderasi"),
    "business": _l("Usaha"),
    "package": _l("Paket wisata"),
    "planning_round": _l("Putaran perencanaan"),
    "quick_step": _l("Langkah tanpa anggaran"),
}


def trace_text(what: str) -> str:
    """Say what somebody did."""
    return str(_TRACE.get(what, what))


def about_text(about: str) -> str:
    """Say what an act was about: "routing_rule 6" becomes "Aturan 6"; what is unknown stays as it is."""
    kind, gap, rest = about.partition(" ")
    return f"{_ABOUT.get(kind, kind)}{gap}{rest}"
