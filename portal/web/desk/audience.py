"""Whom a text for citizens reaches, said before it is published, and what to think of first."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.models import Submission
from portal.queries import outbox
from portal.queries.cases import ThreadEntry
from portal.rules.permissions import Actor
from portal.rules.workflow import Action
from portal.services.events import QUIET


@dataclass(frozen=True, slots=True)
class Audience:
    """How the line above a composer looks and what it says."""

    icon: str
    words: str


def audience(case: Submission, actor: Actor) -> Audience:
    """Say who gets and who sees what is published in a case now."""
    if case.secret:
        return Audience("mail", _("Kiriman rahasia: jawaban hanya dikirim ke pelapor."))
    people = outbox.followers(case.id, but_user=actor.user_id)
    who = [
        _("pelapor"),
        ngettext("%(num)s pendukung", "%(num)s pendukung", people.supporters),
    ]
    if people.followers:
        who.append(ngettext("%(num)s pengikut", "%(num)s pengikut", people.followers))
    if people.merged:
        who.append(
            ngettext(
                "%(num)s pelapor kiriman yang digabung",
                "%(num)s pelapor kiriman yang digabung",
                people.merged,
            )
        )
    everybody = " + ".join(who)
    if case.hidden_code is not None:
        return Audience(
            "mail", _("Isi kiriman disembunyikan: tidak tampil, hanya dikirim ke %(who)s", who=everybody)
        )
    return Audience("globe", _("AKAN TAYANG UNTUK PUBLIK dan dikirim ke %(who)s", who=everybody))


def warning(thread: Sequence[ThreadEntry], actor: Actor) -> str:
    """Say so when a colleague's note was the last thing written: the answer to it may be an internal one."""
    last = next((entry for entry in reversed(thread) if entry.action not in QUIET - {Action.NOTE}), None)
    if last is None or last.action != Action.NOTE or last.actor_id in {None, actor.user_id}:
        return ""
    return _(
        "Entri terakhir adalah catatan internal dari %(name)s. Pastikan ini memang untuk publik.",
        name=last.actor or _("petugas"),
    )
