"""What time alone brings about: the end of an agreement comes near, and its evaluation begins."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from portal.core.clock import city_date
from portal.core.database import db
from portal.models import Partnership, PartnershipStage, Submission
from portal.rules.partnerships import EVALUATE_DAYS, REMIND_DAYS, Act, evaluation_due, reminder_due
from portal.rules.permissions import CLOCK
from portal.services.partnerships import life
from portal.services.partnerships.telling import tell

log = logging.getLogger(__name__)

#: Partnerships of each sort that one run takes up.
BATCH = 100
#: Those near their end or past it that are looked at; more than a city has.
_MOST = 5000
_IN_FORCE = frozenset({PartnershipStage.ACTIVE, PartnershipStage.CONTINUED, PartnershipStage.EXTENDED})


def run_due(at: datetime) -> int:
    """Tell both sides of ends that come near, and begin evaluations; return for how many something was done.

    Running it again does nothing twice.
    """
    return _each(_near(at), lambda row: _remind(row, at)) + _each(
        _to_evaluate(at), lambda row: _evaluate(row, at)
    )


def _each(ids: Iterable[int], act: Callable[[Partnership], bool]) -> int:
    """Act on each, held and in a savepoint of its own: one that fails keeps none of the others waiting."""
    done = 0
    for partnership_id in ids:
        try:
            with db.session.begin_nested():
                row = db.session.scalar(
                    select(Partnership)
                    .where(Partnership.id == partnership_id)
                    # SKIP LOCKED: two workers may run during a deploy
                    .with_for_update(skip_locked=True, key_share=True, of=Partnership)
                    .execution_options(populate_existing=True)
                )
                done += row is not None and act(row)
        except Exception as error:
            seen = {"partnership": partnership_id, "error": type(error).__name__}
            log.error("clock_failed", extra=seen, exc_info=True)
    return done


def _near(at: datetime) -> list[int]:
    today = city_date(at)
    query = (
        select(Partnership.id)
        .where(
            Partnership.stage.in_(_IN_FORCE | {PartnershipStage.EVALUATION}),
            Partnership.ends_on >= today,
            Partnership.ends_on <= today + timedelta(days=max(REMIND_DAYS)),
            or_(
                Partnership.reminded.is_(None),
                # told for a day that is further away than what is left now
                *(
                    (Partnership.reminded > days) & (Partnership.ends_on <= today + timedelta(days=days))
                    for days in REMIND_DAYS
                ),
            ),
        )
        .order_by(Partnership.ends_on, Partnership.id)
        .limit(BATCH)
    )
    return list(db.session.scalars(query))


def _remind(partnership: Partnership, at: datetime) -> bool:
    ends_on = partnership.ends_on
    due = None if ends_on is None else reminder_due(ends_on, city_date(at), partnership.reminded)
    if due is None:
        return False
    partnership.reminded = due
    case = db.session.get_one(Submission, partnership.submission_id)
    tell(partnership, case, "ends", at=at, once=f"{ends_on}:{due}")
    return True


def _to_evaluate(at: datetime) -> list[int]:
    today = city_date(at)
    query = (
        select(Partnership.id, Partnership.ends_on, Partnership.stage_since, Partnership.created_at)
        .where(Partnership.stage.in_(_IN_FORCE), Partnership.ends_on <= today + timedelta(days=EVALUATE_DAYS))
        .order_by(Partnership.ends_on.desc(), Partnership.id)
        .limit(_MOST)
    )
    due = [
        row.id
        for row in db.session.execute(query)
        if evaluation_due(row.ends_on, city_date(row.stage_since or row.created_at), today)
    ]
    return due[:BATCH]


def _evaluate(partnership: Partnership, at: datetime) -> bool:
    if partnership.stage not in _IN_FORCE:  # somebody was faster
        return False
    life.move(partnership, Act.EVALUATE, actor=CLOCK, at=at)
    return True
