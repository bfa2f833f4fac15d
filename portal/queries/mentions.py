"""Whom a note may name, and the notes that name somebody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.core.database import db
from portal.models import Membership, Mention, Note, Submission, User
from portal.queries.cases import visible
from portal.queries.people import reading_seats
from portal.rules.mentions import Colleague
from portal.rules.permissions import Actor

#: As many as the page shows.
MOST = 50


def colleagues(case: Submission) -> list[Colleague]:
    """Return who may read a case: the staff of its agency, then the coordinators, by name (at most 300)."""
    query = (
        select(User.id, User.name, Membership.agency_id)
        .join(Membership, Membership.user_id == User.id)
        .where(reading_seats(case), User.active)
        .order_by(Membership.agency_id.is_(None), User.name, User.id, Membership.id)
        .limit(300)
    )
    barred = case.named_user_ids if case.secret else frozenset()
    found: dict[int, Colleague] = {}
    for row in db.session.execute(query):
        if row.id not in barred:
            found.setdefault(row.id, Colleague(*row))
    return list(found.values())


def named(user_ids: Iterable[int]) -> dict[int, Colleague]:
    """Return these people by id, with their present names."""
    wanted = sorted(set(user_ids))[:300]
    if not wanted:
        return {}
    query = select(User.id, User.name).where(User.id.in_(wanted)).order_by(User.id)
    return {row.id: Colleague(row.id, row.name) for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Mentioning:
    """A note that names somebody."""

    note_id: int
    reference: str
    title: str
    secret: bool
    author: str
    at: datetime
    body: str


def of(actor: Actor) -> list[Mentioning]:
    """Return the newest notes that name the actor, on cases they may read today (at most 50)."""
    query = (
        select(
            Note.id,
            Submission.reference,
            Submission.title,
            Submission.secret,
            User.name,
            Note.created_at,
            Note.body,
        )
        .select_from(Mention)
        .join(Note, Note.id == Mention.note_id)
        .join(Submission, Submission.id == Note.submission_id)
        .join(User, User.id == Note.author_id)
        .where(Mention.user_id == actor.user_id, visible(actor))
        .order_by(Mention.note_id.desc())
        .limit(MOST)
    )
    return [Mentioning(*row) for row in db.session.execute(query)]
