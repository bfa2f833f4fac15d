"""When it counts that a colleague has a case open, and when a sign of life is worth writing down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

#: After this long without a sign of life nobody is here any more.
FRESH = timedelta(seconds=60)
#: A sign of life that says nothing new is written down this often at most.
RENEWAL = timedelta(seconds=15)
#: A writer whose browser slept is told even later that a colleague took over.
TOLD_WITHIN = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is written down of one person and one case."""

    seen_at: datetime
    writing_since: datetime | None
    taken_over: bool


def is_fresh(seen_at: datetime, at: datetime) -> bool:
    """Tell whether somebody seen then is still here."""
    return seen_at > at - FRESH


def is_news(kept: Kept | None, *, writing: bool, told: bool, at: datetime) -> bool:
    """Tell whether a sign of life must be written down.

    `writing`: they write for the public. `told`: they know that a colleague took over.
    """
    if kept is None or kept.seen_at <= at - RENEWAL:
        return True
    if kept.taken_over:
        # until they know of it, they do not count as the writer whatever their browser says
        return told
    return writing != (kept.writing_since is not None)


def minutes_of_writing(since: datetime, at: datetime) -> int:
    """Return the whole minutes somebody has been writing, never less than 0."""
    return max(0, int((at - since).total_seconds() // 60))
