"""Talking in public: who may speak for whom, when a text waits, and when a discussion is closed."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from portal.models.kinds import CommentState, HideCode, Premoderation, Role, Status
from portal.rules.permissions import Actor
from portal.rules.visibility import Visible, shows_text

#: Letters that people can see, at least; characters, at most.
SHORTEST = 2
LONGEST = 2_000
#: How long a name may be that stands beside a comment.
LONGEST_NAME = 60

#: How long whoever wrote a comment may still change its words.
EDIT_WINDOW = timedelta(minutes=15)
#: The same words of the same person in the same place within this time are one press, repeated.
SAME_PRESS = timedelta(minutes=10)

#: The screen found these: the text waits for a person. Flagged words and links are marked, not held.
HELD_CODES = frozenset({"phone", "email", "nik"})

#: Nobody but the city may be called so; the badge, not the name, tells who speaks for an office.
_RESERVED = frozenset(
    [
        "admin", "bupati", "dinas", "kadis", "kecamatan", "kelurahan", "kepala", "lurah", "moderator",
        "pelapor", "pemerintah", "pemko", "petugas", "resmi", "sekda", "staf", "wakil", "wali", "walikota",
    ]
)  # fmt: skip


class Voice(StrEnum):
    """As who somebody speaks."""

    PERSON = "person"
    REPORTER = "reporter"
    AGENCY = "agency"


class Closing(StrEnum):
    """Why nobody can write here."""

    STAFF = "staff"  # closed by hand, with a reason
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"
    UNVERIFIED = "unverified"
    ARCHIVED = "archived"  # a consultation that is over and done with


class Order(StrEnum):
    """How the comments of a discussion are ordered; the address says it in Indonesian."""

    NEWEST = "terbaru"
    OLDEST = "terlama"
    HELPFUL = "berguna"


def closing_of_case(case: Visible) -> Closing | None:
    """Tell why nobody can write under a case, or None."""
    if case.hidden_code is not None:
        return Closing.HIDDEN
    if case.status is Status.WITHDRAWN:
        return Closing.WITHDRAWN
    if not shows_text(case):
        return Closing.UNVERIFIED
    return Closing.MERGED if case.status is Status.MERGED else None


def handles(actor: Actor, agency_id: int | None) -> bool:
    """Tell whether the actor works on what this agency is in charge of: its officers and head, and triage."""
    return agency_id is not None and (agency_id in actor.agency_ids or actor.has(Role.TRIAGE))


def voices(actor: Actor, agency_id: int | None, *, is_reporter: bool) -> list[Voice]:
    """Return as who the actor may speak here, the usual first; empty for somebody unknown.

    Who handles a matter speaks for the agency and never poses as a citizen there; elsewhere staff are
    citizens. The reporter chooses: a hidden name must not be learned from a comment.
    """
    found: list[Voice] = []
    if is_reporter:
        found.append(Voice.REPORTER)
    if handles(actor, agency_id):
        found.append(Voice.AGENCY)
    elif actor.user_id is not None:
        found.append(Voice.PERSON)
    return found


def may_close(actor: Actor, agency_id: int | None) -> bool:
    """Tell whether the actor may close a discussion and open it again."""
    return handles(actor, agency_id) or actor.has(Role.TRIAGE)


def first_state(
    codes: Collection[str], premoderation: Premoderation, *, first_timer: bool, official: bool = False
) -> CommentState:
    """Tell whether a text is read by everybody at once or waits for a moderator.

    Personal data waits whoever wrote it; an agency's own word waits for nothing else.
    """
    if HELD_CODES & set(codes):
        return CommentState.HELD
    if official or premoderation is Premoderation.OFF:
        return CommentState.PUBLISHED
    waits = premoderation is Premoderation.ALL or first_timer
    return CommentState.HELD if waits else CommentState.PUBLISHED


def is_listed(
    state: CommentState, *, was_public: bool, replies: bool, hidden: HideCode | None = None
) -> bool:
    """Tell whether a comment stands on the page, if only as the mark of what was there.

    What everybody read and moderation hid leaves its reason; what its author deleted leaves a mark only
    where others replied.
    """
    if state is CommentState.PUBLISHED:
        return True
    if state is CommentState.HIDDEN:
        return was_public and hidden is not None
    return state is CommentState.DELETED and was_public and replies


def may_edit(state: CommentState, created_at: datetime, *, at: datetime) -> bool:
    """Tell whether the words may still be changed by whoever wrote them."""
    return state in {CommentState.PUBLISHED, CommentState.HELD} and at < created_at + EDIT_WINDOW


def is_reserved_name(folded: str) -> bool:
    """Tell whether a name (folded, see `core.text.fold`) would pass somebody off as the city."""
    return not _RESERVED.isdisjoint(re.findall(r"\w+", folded))
