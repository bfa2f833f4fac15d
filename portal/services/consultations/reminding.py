"""Reminding an agency of what it owes those who answered: an outcome, and another look at it."""

from datetime import datetime, timedelta

from portal.core.clock import city_date
from portal.models import Consultation, Recipient
from portal.queries import consultations as reads
from portal.queries import outbox as addressees
from portal.rules.consultations import OUTCOME_DAYS
from portal.services import outbox

#: Kind of the mail (templates/email/staff_consultation_review).
MAIL = "staff_consultation_review"
#: Days that a reminder may come late, when nothing ran meanwhile.
GRACE = timedelta(days=7)


def remind(at: datetime) -> None:
    """Queue the reminders that are due at a moment, each once for each head of the agency."""
    today = city_date(at)
    for one in reads.to_review(today - GRACE, today):
        _queue(one, f"review:{one.review_on}", at)
    due = at - timedelta(days=OUTCOME_DAYS)
    for one in reads.without_outcome(due - GRACE, due):
        _queue(one, f"outcome:{city_date(one.closes_at)}", at)


def _queue(one: Consultation, occasion: str, at: datetime) -> None:
    for user_id in addressees.heads(one.agency_id):
        outbox.queue(
            MAIL,
            to=Recipient.USER,
            recipient_id=user_id,
            at=at,
            data={"consultation_id": one.id},
            dedupe_key=f"{MAIL}:{one.id}:{occasion}:{user_id}",
        )
