"""What the desk says of things done to many cases, and of taking them back."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.models import Role
from portal.rules.permissions import Actor
from portal.rules.workflow import Action
from portal.services.attempts import Skip, Skipped
from portal.web.desk.order_forms import too_long

#: What a public timeline says of a merge that was taken back; it is kept, so it has one language.
UNMERGE_REASON = "Penggabungan ini keliru dan dibatalkan."

SKIP = {
    Skip.MOVED: _l("Sudah berubah sejak dipilih"),
    Skip.STATE: _l("Statusnya tidak memungkinkan"),
    Skip.DENIED: _l("Bukan wewenang Anda atau petugas itu"),
    Skip.CATEGORY: _l("Belum berkategori"),
    Skip.AGENCY: _l("Dinas itu tidak aktif"),
    Skip.TARGET: _l("Tidak bisa digabung ke kiriman itu"),
}


#: What the buttons of a selection say.
BUTTON = {
    Action.ASSIGN: _l("Teruskan"),
    Action.TAKE: _l("Petugas"),
    Action.CLASSIFY: _l("Kategori"),
    Action.PRIORITISE: _l("Prioritas"),
    Action.LATER: _l("Nanti"),
    Action.MERGE: _l("Gabung"),
}

#: Headings of the page before the deed, and what its button says.
ACTION = {
    Action.ASSIGN: _l("Teruskan"),
    Action.TAKE: _l("Tetapkan petugas"),
    Action.CLASSIFY: _l("Ubah kategori"),
    Action.PRIORITISE: _l("Ubah prioritas"),
    Action.LATER: _l("Nanti saja"),
    Action.MERGE: _l("Gabung"),
}

#: What to know before pressing.
HINT = {
    Action.ASSIGN: _l("Setiap pelapor dan dinas diberi tahu. Hitungan waktu jawab mulai berjalan."),
    Action.CLASSIFY: _l("Judul dan isi tidak berubah."),
    Action.LATER: _l("Hilang dari tumpukan sampai hari itu. Batas waktu tetap berjalan; publik tidak tahu."),
    Action.MERGE: _l("Yang lain digabung ke kiriman utama dan mendapat jawabannya. Teks tidak berpindah."),
}


#: Only the coordinator does these, to any case.
_TRIAGE_ONLY = frozenset({Action.ASSIGN, Action.CLASSIFY})


def offered(actor: Actor) -> list[Action]:
    """Return what the actor's role can do to many cases at once."""
    return [action for action in ACTION if action not in _TRIAGE_ONLY or actor.has(Role.TRIAGE)]


def why(skipped: Skipped) -> str:
    """Say why a case was left alone."""
    return too_long(skipped.latest) if skipped.why is Skip.DEADLINE else str(SKIP[skipped.why])


def done(action: Action, number: int) -> str:
    """Say of how many cases something was done."""
    match action:
        case Action.ASSIGN:
            return ngettext("%(num)s diteruskan", "%(num)s diteruskan", number)
        case Action.TAKE:
            return ngettext("%(num)s ditetapkan petugasnya", "%(num)s ditetapkan petugasnya", number)
        case Action.CLASSIFY:
            return ngettext("%(num)s diubah kategorinya", "%(num)s diubah kategorinya", number)
        case Action.PRIORITISE:
            return ngettext("%(num)s diubah prioritasnya", "%(num)s diubah prioritasnya", number)
        case Action.LATER:
            return ngettext("%(num)s diatur “nanti”-nya", "%(num)s diatur “nanti”-nya", number)
        case _:
            return ngettext("%(num)s digabung", "%(num)s digabung", number)


def with_skipped(said: str, skipped: int) -> str:
    """Add how many were left alone: "17 diteruskan, 2 dilewati."."""
    if not skipped:
        return _("%(done)s.", done=said)
    return ngettext("%(done)s, %(num)s dilewati.", "%(done)s, %(num)s dilewati.", skipped, done=said)
