"""What the page of a case says of the colleagues who have it open too."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.models import Role, Submission
from portal.queries import presence as reads
from portal.queries.presence import Here
from portal.rules import presence as rules
from portal.rules.permissions import Actor
from portal.web.public.cards import agency_name

#: Names that are said; the others are counted.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says. `said` is `line` without what changes by the minute, for screen readers."""

    line: str = ""
    said: str = ""
    #: Somebody else writes.
    writing: bool = False
    #: I do, as far as was last heard.
    mine: bool = False
    #: A colleague took my writing over.
    taken: str = ""


def shown(case: Submission, actor: Actor, at: datetime) -> Shown:
    """Return what to say of the colleagues who have a case open."""
    return shown_of(reads.here(case, me=actor.user_id, at=at), actor, at)


def shown_of(people: list[Here], actor: Actor, at: datetime) -> Shown:
    """Say it of people already read."""
    me = next((one for one in people if one.user_id == actor.user_id), None)
    others = [one for one in people if one.user_id != actor.user_id]
    writers = [one for one in others if one.writing_since is not None]
    viewers = [one for one in others if one.writing_since is None]
    # an old word of mine may still carry that somebody took over, but not that I write
    mine = me is not None and me.writing_since is not None and rules.is_fresh(me.seen_at, at)
    looking = _looking(viewers, actor)
    return Shown(
        line=" ".join([*(_is_writing(one, actor, at) for one in writers[:NAMED]), *looking]),
        said=" ".join([*(_is_writing(one, actor, None) for one in writers[:NAMED]), *looking]),
        writing=bool(writers),
        mine=mine,
        taken=_taken(me.taken_over_by) if me is not None and me.taken_over_by else "",
    )


def _name(one: Here, actor: Actor) -> str:
    """Name a colleague; one from elsewhere with where they sit."""
    if one.agency_id is None:
        return one.name if actor.has(Role.TRIAGE) else _("%(name)s (triase)", name=one.name)
    if one.agency_id in actor.agency_ids:
        return one.name
    return f"{one.name} ({agency_name(one.agency_id, short=True)})"


def _is_writing(one: Here, actor: Actor, at: datetime | None) -> str:
    name = _name(one, actor)
    minutes = rules.minutes_of_writing(one.writing_since, at) if at and one.writing_since else 0
    if not minutes:
        return _("%(name)s sedang menulis jawaban.", name=name)
    return ngettext(
        "%(name)s sedang menulis jawaban (%(num)s menit).",
        "%(name)s sedang menulis jawaban (%(num)s menit).",
        minutes,
        name=name,
    )


def _looking(viewers: list[Here], actor: Actor) -> list[str]:
    if not viewers:
        return []
    names = ", ".join(_name(one, actor) for one in viewers[:NAMED])
    more = len(viewers) - NAMED
    if more > 0:
        return [
            ngettext(
                "%(names)s dan %(num)s orang lain sedang melihat.",
                "%(names)s dan %(num)s orang lain sedang melihat.",
                more,
                names=names,
            )
        ]
    return [_("%(names)s sedang melihat.", names=names)]


def _taken(name: str) -> str:
    return _(
        "%(name)s mengambil alih jawaban ini. Tulisan Anda tetap ada di halaman ini; "
        "simpan sebagai draf atau catatan.",
        name=name,
    )
