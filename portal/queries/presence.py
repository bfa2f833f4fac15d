"""Who has a case open."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from portal.core.database import db
from portal.models import Membership, Presence, Submission, User
from portal.queries.people import reading_seats
from portal.rules.presence import is_fresh

#: More than this many people on one case is a crowd whatever their names.
MOST = 50


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody at a case. `agency_id` is None for the coordinator."""

    user_id: int
    name: str
    agency_id: int | None
    seen_at: datetime
    writing_since: datetime | None
    taken_over_by: str | None


def here(case: Submission, *, me: int | None, at: datetime) -> list[Here]:
    """Return who has a case open at a moment, by name, and what was last heard of `me` however old it is.

    Whoever may not (or no longer) read the case is left out.
    """
    taker = aliased(User)
    seat = and_(
        Membership.user_id == Presence.user_id,
        reading_seats(case),
    )
    query = (
        select(
            Presence.user_id,
            User.name,
            Membership.agency_id,
            Presence.seen_at,
            Presence.writing_since,
            taker.name,
        )
        .join(User, User.id == Presence.user_id)
        .join(Membership, seat)
        .outerjoin(taker, taker.id == Presence.taken_over_by_id)
        .where(Presence.submission_id == case.id, User.active)
        .order_by(User.name, User.id, Membership.agency_id.is_(None), Membership.id)
        .limit(2 * MOST)
    )
    barred = case.named_user_ids if case.secret else frozenset()
    found: dict[int, Here] = {}
    for row in db.session.execute(query):
        if row.user_id == me or (is_fresh(row.seen_at, at) and row.user_id not in barred):
            found.setdefault(row.user_id, Here(*row))
    return list(found.values())[:MOST]
