"""How long what is kept of people is kept: one list, for the pages that say so.

The periods are those by which the jobs delete. What has none stays until its person erases it, or for good.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.queries import drafts
from portal.services import codes, erasure, held_forms, tokens


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of thing, and how long it is kept, in words."""

    what: str
    how_long: str


def _time(period: timedelta) -> str:
    minutes = int(period.total_seconds()) // 60
    if minutes < 60:
        return ngettext("%(num)s menit", "%(num)s menit", minutes)
    if minutes < 60 * 48:
        return ngettext("%(num)s jam", "%(num)s jam", minutes // 60)
    return ngettext("%(num)s hari", "%(num)s hari", period.days)


def kept() -> list[Kept]:
    """Return everything that is kept, the shortest first, in the language of the page."""
    config: dict[str, Any] = current_app.config
    erased = _("sampai Anda menghapus akun")
    return [
        Kept(_("Kode masuk"), _("berlaku %(time)s, lalu dihapus", time=_time(codes.LIFETIME))),
        Kept(_("Isian yang ditahan saat Anda masuk"), _time(held_forms.LIFETIME)),
        Kept(
            _("Sesi masuk"),
            _(
                "%(days)s untuk warga, %(hours)s untuk petugas",
                days=_time(timedelta(days=config["CITIZEN_SESSION_DAYS"])),
                hours=_time(timedelta(hours=config["STAFF_SESSION_HOURS"])),
            ),
        ),
        Kept(_("Permintaan hapus akun"), _("dilaksanakan setelah %(time)s", time=_time(erasure.COOLING_OFF))),
        Kept(_("Draf yang tidak disentuh"), _time(drafts.LIFETIME)),
        Kept(_("Tautan dari e-mail"), _("%(time)s setelah kedaluwarsa", time=_time(tokens.KEPT_AFTER))),
        Kept(_("Kontak, dukungan, yang diikuti, dan pilihan kabar"), erased),
        Kept(_("Nama dan kontak di kiriman Anda"), erased),
        Kept(_("Kiriman, jawaban resmi, dan riwayatnya"), _("tetap, sebagai arsip kota")),
        Kept(_("Catatan siapa yang membuka data Anda"), _("tetap, agar bisa ditanyakan")),
        Kept(_("Catatan server"), _("tanpa nama, alamat, dan isi; lamanya diatur pengelola server")),
    ]
