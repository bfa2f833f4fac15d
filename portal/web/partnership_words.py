"""Words for partnerships: what can be done, what is missing, who the parties are."""

from flask_babel import lazy_gettext as _l

from portal.models import AgreementKind, DutyKind, PartnershipStage, Party, SelectionStep, StepResult
from portal.rules.partnerships import Act, Need
from portal.web import labels

ACT = {
    Act.DISCUSS: _l("Mulai pembahasan"),
    Act.DRAFT: _l("Lanjut menyusun perjanjian"),
    Act.DISCUSS_AGAIN: _l("Kembali ke pembahasan"),
    Act.PRESENT: _l("Ajukan untuk ditandatangani"),
    Act.REDRAFT: _l("Kembali menyusun perjanjian"),
    Act.ACTIVATE: _l("Nyatakan berlaku"),
    Act.EVALUATE: _l("Mulai evaluasi"),
    Act.CONTINUE: _l("Lanjutkan kemitraan"),
    Act.EXTEND: _l("Perpanjang perjanjian"),
    Act.STOP: _l("Hentikan kemitraan"),
    Act.DECLINE: _l("Tidak dilanjutkan"),
    Act.WITHDRAW: _l("Tarik usulan kemitraan"),
}
#: What an act brings about, under its heading.
ACT_HINT = {
    Act.DISCUSS: _l("Usaha dan dinas yang diundang bisa berbicara di satu ruang."),
    Act.DRAFT: _l("Pembahasan selesai. Para pihak menyusun naskah bersama."),
    Act.PRESENT: _l("Naskah terbaru sudah disetujui semua pihak."),
    Act.ACTIVATE: _l("Semua sudah ditandatangani. Publik melihat kemitraan ini berjalan."),
    Act.EVALUATE: _l("Para pihak menilai apa yang tercapai."),
    Act.CONTINUE: _l("Perjanjian yang sama berjalan terus."),
    Act.STOP: _l("Kemitraan berakhir. Alasannya tampil untuk publik."),
    Act.DECLINE: _l("Kemitraan tidak jadi. Alasannya tampil untuk publik."),
}
NEED = {
    Need.PUBLIC_TEXT: _l("Tulis penjelasan untuk publik."),
    Need.CODE: _l("Pilih alasannya."),
    Need.FINDINGS: _l("Pemeriksaan usulan belum lengkap, atau ada yang tidak lolos."),
    Need.APPROVED_DRAFT: _l("Naskah terbaru belum disetujui semua pihak."),
    Need.SIGNATURES: _l("Daftar tanda tangan belum lengkap."),
    Need.TERM: _l("Isi tujuan, hari mulai, dan hari berakhir yang belum lewat."),
    Need.NEW_END: _l("Pilih hari berakhir setelah hari berakhir yang lama."),
}
STEP = {
    SelectionStep.PUBLIC_INTEREST: _l("Uji kepentingan umum"),
    SelectionStep.INFORMATION: _l("Permintaan keterangan kepada pihak lain"),
    SelectionStep.SELECTION: _l("Pemilihan terbuka"),
}
STEP_HINT = {
    SelectionStep.PUBLIC_INTEREST: _l("Apakah ini berguna bagi warga, dan sejalan dengan rencana kota?"),
    SelectionStep.INFORMATION: _l("Apakah ada pihak lain yang bisa? Apa yang ditawarkan?"),
    SelectionStep.SELECTION: _l("Dibuka untuk semua, atau tidak perlu? Tulis alasannya."),
}
RESULT = {
    StepResult.PASSED: _l("Lolos"),
    StepResult.FAILED: _l("Tidak lolos"),
    StepResult.OPENED: _l("Dibuka untuk pihak lain"),
    StepResult.NOT_NEEDED: _l("Tidak perlu"),
}
SIGNATURE = {
    "legal_review": _l("Diperiksa bagian hukum"),
    "signed_business": _l("Ditandatangani usaha"),
    "signed_city": _l("Ditandatangani Pemko"),
    "stamp": _l("Bermeterai"),
    "archived": _l("Salinan diarsipkan dan diserahkan ke usaha"),
}
PARTY = {
    Party.BUSINESS: _l("Usaha"),
    Party.AGENCY: _l("Dinas"),
    Party.COORDINATOR: _l("Koordinator kerja sama"),
}
AGREEMENT = {
    AgreementKind.MOU: _l("Nota kesepahaman"),
    AgreementKind.AGREEMENT: _l("Perjanjian kerja sama"),
    AgreementKind.ADDENDUM: _l("Adendum"),
}
DUTY = {DutyKind.OBLIGATION: _l("Kewajiban"), DutyKind.MILESTONE: _l("Tonggak")}

#: The way that a partnership takes when all goes well; ends are shown instead of what did not come.
WAY = (
    PartnershipStage.NEW,
    PartnershipStage.DISCUSSION,
    PartnershipStage.DRAFTING,
    PartnershipStage.SIGNATURE,
    PartnershipStage.ACTIVE,
    PartnershipStage.EVALUATION,
)
#: Where on it a stage belongs that is not itself a station.
_STATION = {
    PartnershipStage.CONTINUED: PartnershipStage.ACTIVE,
    PartnershipStage.EXTENDED: PartnershipStage.ACTIVE,
    PartnershipStage.STOPPED: PartnershipStage.EVALUATION,
}


def way(now: PartnershipStage) -> list[tuple[PartnershipStage, str, str]]:
    """Return the stations with their names, and whether each is "done", "current" or "next"."""
    return [(stage, str(labels.STAGE[stage]), _place(now, stage)) for stage in WAY]


def _place(now: PartnershipStage, stage: PartnershipStage) -> str:
    here = _STATION.get(now, now)
    if here not in WAY:
        return "next"
    order = WAY.index(stage) - WAY.index(here)
    if order < 0 or now is PartnershipStage.STOPPED:
        return "done"
    return "current" if order == 0 else "next"


#: `rules.partnership_room.QUESTIONS` and the remark.
MONITORING = {
    "promises": _l("Apakah janji dipenuhi?"),
    "schedule": _l("Apakah sesuai jadwal?"),
    "benefit": _l("Apakah warga merasakan manfaatnya?"),
    "communication": _l("Apakah komunikasi lancar?"),
    "remark": _l("Apa yang perlu diperbaiki?"),
}
MONITORING_ANSWER = {"yes": _l("Ya"), "partly": _l("Sebagian"), "no": _l("Tidak")}
