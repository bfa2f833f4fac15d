"""Watching a case: staff who want to hear of it in the daily mail. No part of its history."""

from datetime import datetime

from sqlalchemy import delete

from portal.core.database import db, insert
from portal.models import Submission, Watch
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action
from portal.services.errors import NotPermitted


def watch(case: Submission, *, actor: Actor, at: datetime) -> None:
    """Let the actor hear of a case; asking twice is as good as once."""
    if actor.user_id is None or not can(Action.READ, actor, case, at=at):
        raise NotPermitted
    row = {"user_id": actor.user_id, "submission_id": case.id, "created_at": at}
    db.session.execute(insert(Watch).values(row).on_conflict_do_nothing())


def unwatch(case: Submission, *, actor: Actor) -> None:
    """Let the actor hear of it no more."""
    db.session.execute(delete(Watch).where(Watch.submission_id == case.id, Watch.user_id == actor.user_id))
