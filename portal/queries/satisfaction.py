"""What citizens said of what agencies finished, and how soon they answered: counts for the desk.

Secret cases are left out, so that no count tells a colleague of one that names them.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, select

from portal.core.database import db
from portal.models import Status, Submission
from portal.queries.cases.filters import without_index
from portal.rules.satisfaction import SMALL, Satisfaction

#: Looked back at.
PERIOD = timedelta(days=90)


def by_agency(agency_ids: Collection[int], *, at: datetime) -> dict[int, Satisfaction]:
    """Return the figures of the last 90 days by agency; one of which nothing can be said is missing.

    Finished counts by the day of finishing, the word of the citizen as it is now: a case that came back and
    was finished anew counts once. Three queries, each within an index of its own.
    """
    since, agencies = at - PERIOD, sorted(agency_ids)
    found: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    # Only the index by day of closing carries everything that is asked for here.
    agency = without_index(Submission.agency_id)
    ended = (
        select(agency, Submission.confirmed, func.count())
        .where(
            without_index(Submission.status) == Status.DONE,
            Submission.closed_at >= since,
            agency.in_(agencies),
            Submission.secret.is_(False),
        )
        .group_by(agency, Submission.confirmed)
    )
    for agency_id, confirmed, count in db.session.execute(ended):
        found[agency_id]["yes" if confirmed else "silent"] += count
    again = (
        select(Submission.agency_id, func.count())
        .where(
            Submission.confirmed.is_(False),
            Submission.updated_at >= since,
            Submission.agency_id.in_(agencies),
            Submission.status != Status.DONE,
            Submission.secret.is_(False),
        )
        .group_by(Submission.agency_id)
    )
    for agency_id, count in db.session.execute(again):
        found[agency_id]["not_yet"] += count
    days: dict[Any, list[int]] = defaultdict(list)
    reopened = Submission.reopened > 0
    answered = (
        select(
            Submission.agency_id,
            Submission.answered_in_days,
            Submission.answered_on_time,
            reopened,
            func.count(),
        )
        .where(
            Submission.agency_id.in_(agencies),
            Submission.answered_at >= since,
            Submission.secret.is_(False),
        )
        .group_by(Submission.agency_id, Submission.answered_in_days, Submission.answered_on_time, reopened)
    )
    for agency_id, spent, on_time, came_back, count in db.session.execute(answered):
        figures = found[agency_id]
        figures["answered"] += count
        figures["on_time"] += count if on_time else 0
        figures["reopened"] += count if came_back else 0
        if spent is not None:
            days[agency_id] += [spent] * count
    return {
        agency_id: Satisfaction(**figures, median_days=_median(days[agency_id]))
        for agency_id, figures in sorted(found.items())
    }


def _median(days: list[int]) -> float | None:
    return float(median(days)) if len(days) >= SMALL else None


def together(figures: Collection[Satisfaction]) -> Satisfaction:
    """Return the figures of several agencies as one. A median of medians would be none, so it has none."""
    if len(figures) == 1:
        return next(iter(figures))
    names = ("yes", "not_yet", "silent", "answered", "on_time", "reopened")
    return Satisfaction(**{name: sum(getattr(one, name) for one in figures) for name in names})
