"""Words for businesses: roles, licences, what was checked, what is missing."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.models import BusinessRole, LicenceKind, VerificationResult
from portal.rules.businesses import Warning

ROLE = {
    BusinessRole.OWNER: _l("Pemilik"),
    BusinessRole.MANAGER: _l("Pengelola"),
    BusinessRole.HELPER: _l("Pembantu"),
}
ROLE_HINT = {
    BusinessRole.OWNER: _l("Mengatur semuanya, juga anggota."),
    BusinessRole.MANAGER: _l("Mengubah profil, usulan, dan perjanjian."),
    BusinessRole.HELPER: _l("Menjawab pertanyaan pengunjung dan membaca."),
}
LICENCE = {
    LicenceKind.SKIPPER: _l("Kecakapan nakhoda"),
    LicenceKind.VESSEL: _l("Kelaikan kapal"),
    LicenceKind.GUIDE: _l("Lisensi pemandu wisata"),
    LicenceKind.HALAL: _l("Sertifikat halal"),
    LicenceKind.FOOD: _l("PIRT atau laik higiene"),
    LicenceKind.LODGING: _l("Izin penginapan"),
    LicenceKind.INSURANCE: _l("Asuransi penumpang"),
    LicenceKind.OTHER: _l("Izin lain"),
}
CHECK = {
    "met_owner": _l("Bertemu pemilik atau pengelola"),
    "address": _l("Alamat dikunjungi"),
    "nib_register": _l("NIB cocok dengan OSS"),
    "licences": _l("Izin asli dilihat"),
    "contact": _l("Nomor kontak dihubungi"),
    "photos": _l("Foto sesuai keadaan"),
}
RESULT = {
    VerificationResult.VERIFIED: _l("Diverifikasi"),
    VerificationResult.REJECTED: _l("Belum bisa diverifikasi"),
    VerificationResult.REVOKED: _l("Verifikasi dicabut"),
}
LANGUAGE = {
    "id": _l("Indonesia"),
    "en": _l("Inggris"),
    "bbc": _l("Batak Toba"),
    "min": _l("Minang (Pesisir)"),
    "nia": _l("Nias"),
    "zh": _l("Tionghoa"),
    "nl": _l("Belanda"),
    "de": _l("Jerman"),
}
_WARNING = {
    Warning.NO_NIB: _l("NIB belum diisi. Membuatnya gratis di oss.go.id atau di kantor perizinan."),
    Warning.NPWP_CHECK_DIGIT: _l("Angka NPWP tampaknya salah ketik. Periksa lagi."),
    Warning.NO_CONTACT: _l("Belum ada kontak untuk tamu."),
    Warning.NO_WARD: _l("Kelurahan belum dipilih."),
    Warning.NO_PHOTO: _l("Belum ada foto. Satu foto dari HP sudah cukup."),
    Warning.VERIFICATION_OVER: _l("Masa verifikasi sudah lewat. Petugas akan menghubungi Anda."),
}


def warning_text(warning: Warning, licence: LicenceKind | None) -> str:
    """Say what is missing or over."""
    if warning is Warning.LICENCE_EXPIRED and licence is not None:
        return _("Izin ini sudah lewat masa berlakunya: %(name)s.", name=LICENCE[licence])
    if warning is Warning.LICENCE_MISSING and licence is not None:
        return _("Biasanya usaha seperti ini punya: %(name)s.", name=LICENCE[licence])
    return str(_WARNING[warning])
