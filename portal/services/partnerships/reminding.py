"""What time alone brings about: the end of an agreement comes near, and its evaluation begins."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from portal.core.clock import city_date
from portal.core.database import db
from portal.models import Partnership, PartnershipStage, Submission
from portal.rules.partnerships import REMIND_DAYS, Act, reminder_due
from portal.rules.permissions import CLOCK
from portal.services.partnerships import life
from portal.services.partnerships.telling import tell

#: Partnerships of each sort that one run takes up.
BATCH = 100
#: Days before the last day at which the evaluation begins by itself, so that it is over in time.
EVALUATE_DAYS = 60
_IN_FORCE = (PartnershipStage.ACTIVE, PartnershipStage.CONTINUED, PartnershipStage.EXTENDED)


def run_due(at: datetime) -> int:
    """Tell both sides of ends that come near, and begin evaluations; return for how many something was done.

    Running it again does nothing twice.
    """
    return _remind(at) + _evaluate(at)


def _remind(at: datetime) -> int:
    today = city_date(at)
    near = (
        select(Partnership)
        .where(
            Partnership.stage.in_((*_IN_FORCE, PartnershipStage.EVALUATION)),
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
        .with_for_update(skip_locked=True, key_share=True, of=Partnership)
    )
    done = 0
    for partnership in db.session.scalars(near).all():
        due = (
            None
            if partnership.ends_on is None
            else reminder_due(partnership.ends_on, today, partnership.reminded)
        )
        if due is None:
            continue
        partnership.reminded = due
        case = db.session.get_one(Submission, partnership.submission_id)
        tell(partnership, case, "ends", at=at, once=f"{partnership.ends_on}:{due}")
        done += 1
    return done


def _evaluate(at: datetime) -> int:
    limit = city_date(at) + timedelta(days=EVALUATE_DAYS)
    due = (
        select(Partnership)
        .where(Partnership.stage.in_(_IN_FORCE), Partnership.ends_on <= limit)
        .order_by(Partnership.ends_on, Partnership.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True, of=Partnership)
    )
    rows = db.session.scalars(due).all()
    for partnership in rows:
        life.move(partnership, Act.EVALUATE, actor=CLOCK, at=at)
    return len(rows)
