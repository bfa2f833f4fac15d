"""What time alone brings about for businesses: a licence runs out, and its people hear of it in time."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from portal.core.clock import city_date
from portal.core.database import db
from portal.models import Licence, Recipient
from portal.queries import businesses
from portal.rules.businesses import LICENCE_REMIND_DAYS, licence_reminder_due
from portal.services import outbox

log = logging.getLogger(__name__)

#: Licences that one run takes up.
BATCH = 100


def run_due(at: datetime) -> int:
    """Tell the members of licences that run out soon; return of how many. Again does nothing twice.

    One that was renewed already, by a newer licence of the same kind, is not told of.
    """
    today = city_date(at)
    newer = aliased(Licence)
    renewed = exists().where(
        newer.business_id == Licence.business_id,
        newer.kind == Licence.kind,
        newer.title == Licence.title,
        newer.id != Licence.id,
        or_(newer.valid_until.is_(None), newer.valid_until > Licence.valid_until),
    )
    due = (
        select(Licence)
        .where(
            Licence.valid_until >= today,
            Licence.valid_until <= today + timedelta(days=max(LICENCE_REMIND_DAYS)),
            or_(
                Licence.reminded.is_(None),
                # told for a day that is further away than what is left now
                *(
                    and_(Licence.reminded > days, Licence.valid_until <= today + timedelta(days=days))
                    for days in LICENCE_REMIND_DAYS
                ),
            ),
            ~renewed,
        )
        .order_by(Licence.valid_until, Licence.id)
        .limit(BATCH)
        # SKIP LOCKED: two workers may run during a deploy
        .with_for_update(skip_locked=True, key_share=True, of=Licence)
    )
    done = 0
    for licence in db.session.scalars(due).all():
        licence_id = licence.id
        try:
            with db.session.begin_nested():
                done += _remind(licence, at)
        except Exception as error:  # one that fails keeps none of the others waiting
            seen = {"licence": licence_id, "error": type(error).__name__}
            log.error("clock_failed", extra=seen, exc_info=True)
    return done


def _remind(licence: Licence, at: datetime) -> bool:
    until = licence.valid_until
    due = None if until is None else licence_reminder_due(until, city_date(at), licence.reminded)
    if due is None:
        return False
    licence.reminded = due
    for user_id in businesses.member_ids(licence.business_id):
        outbox.queue(
            "business_licence",
            to=Recipient.USER,
            recipient_id=user_id,
            at=at,
            data={"licence_id": licence.id, "valid_until": str(until)},
            dedupe_key=f"business_licence:{licence.id}:{until}:{due}:{user_id}",
        )
    return True
