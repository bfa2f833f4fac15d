"""Queueing the weekly summaries of the heads: once for each head and week, however often it is tried."""

from datetime import datetime

from portal.models import Recipient
from portal.queries import reference
from portal.queries import weekly as queries
from portal.rules import weekly
from portal.services import outbox

#: Kind of the mail (templates/email/staff_weekly).
MAIL = "staff_weekly"


def queue_due(at: datetime) -> int:
    """Queue the summaries that may leave at a moment and were not queued this week; return how many.

    Two workers at once queue each once: the key of the row is unique. What it says is read when it leaves;
    one that would say nothing is not sent.
    """
    week = weekly.open_week(at, reference.calendar())
    if week is None:
        return 0
    prefix = f"{MAIL}:{week}:"
    told = queries.told(prefix)
    new = [user_id for user_id in queries.recipients() if f"{prefix}{user_id}" not in told]
    for user_id in new:
        outbox.queue(MAIL, to=Recipient.USER, recipient_id=user_id, at=at, dedupe_key=f"{prefix}{user_id}")
    return len(new)
