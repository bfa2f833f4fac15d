"""Judging that two cases are not the same."""

from datetime import datetime

from portal.core.database import db
from portal.models import NotDuplicate, Submission
from portal.rules.permissions import Actor


def mark_different(one: Submission, other: Submission, *, actor: Actor, at: datetime) -> None:
    """Note that the two are different matters: they are not proposed to each other again.

    Saying it twice is as good as once. The cases themselves do not change, so there is no event.
    """
    low, high = sorted((one.id, other.id))
    if db.session.get(NotDuplicate, (low, high)) is None:
        db.session.add(NotDuplicate(low_id=low, high_id=high, user_id=actor.user_id, at=at))
