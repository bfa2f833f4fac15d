"""The cases that somebody chose in a list."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.database import db
from portal.models import Submission, User
from portal.queries.cases.queues import visible
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action


def by_references(references: Sequence[str], actor: Actor, *, at: datetime) -> list[Submission]:
    """Return those of these cases that the actor may read, in the order named; bound it by the caller."""
    query = (
        select(Submission)
        .where(Submission.reference.in_(references), visible(actor))
        .options(
            joinedload(Submission.category),
            joinedload(Submission.agency),
            joinedload(Submission.officer).lazyload(User.memberships),
        )
    )
    found = {case.reference: case for case in db.session.scalars(query)}
    return [
        found[one]
        for one in dict.fromkeys(references)
        if one in found and can(Action.READ, actor, found[one], at=at)
    ]
