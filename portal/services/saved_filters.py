"""Keeping the filter of a list under a name, renaming and deleting it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.text import fold
from portal.models import SavedFilter
from portal.rules.permissions import Actor
from portal.rules.saved_filters import MOST_EACH, QUERY_LIMIT, may_keep
from portal.services.errors import NotPermitted


class NameTaken(Exception):
    """The owner has a filter of that name, but for capitals."""


class TooMany(Exception):
    """The owner has as many as may be kept."""


class TooLong(Exception):
    """The address has more signs than are kept."""


def keep(
    *,
    actor: Actor,
    at: datetime,
    name: str,
    queue: str,
    query: str,
    agency_id: int | None = None,
    everybody: bool = False,
) -> SavedFilter:
    """Keep a filter: for the actor, or for an agency, or for everybody at the desk.

    `query` is the part of the address behind the "?" in its one spelling. Raises NotPermitted, NameTaken,
    TooMany or TooLong.
    """
    row = SavedFilter(
        owner_id=None if everybody or agency_id is not None else actor.user_id,
        agency_id=None if everybody else agency_id,
        name=name,
        queue=queue,
        query=query,
        created_by_id=actor.user_id,
        created_at=at,
    )
    if not may_keep(row, actor):
        raise NotPermitted
    if len(query) > QUERY_LIMIT:
        raise TooLong
    others = _of_the_same_owner(row)
    if len(others) >= MOST_EACH:
        raise TooMany
    _refuse_taken(name, others)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:  # the same name, twice at once
        raise NameTaken from error
    return row


def rename(row: SavedFilter, *, actor: Actor, name: str) -> None:
    """Give a filter another name. Raises NotPermitted or NameTaken."""
    if not may_keep(row, actor):
        raise NotPermitted
    _refuse_taken(name, [other for other in _of_the_same_owner(row) if other[0] != row.id])
    try:
        with db.session.begin_nested():
            row.name = name
    except IntegrityError as error:
        raise NameTaken from error


def remove(row: SavedFilter, *, actor: Actor) -> None:
    """Delete a filter; raises NotPermitted."""
    if not may_keep(row, actor):
        raise NotPermitted
    db.session.delete(row)


def _of_the_same_owner(row: SavedFilter) -> list[tuple[int, str]]:
    query = (
        select(SavedFilter.id, SavedFilter.name)
        .where(
            SavedFilter.owner_id.is_(None) if row.owner_id is None else SavedFilter.owner_id == row.owner_id,
            SavedFilter.agency_id.is_(None)
            if row.agency_id is None
            else SavedFilter.agency_id == row.agency_id,
        )
        .order_by(SavedFilter.id)
        .limit(MOST_EACH + 1)
    )
    return [(found[0], found[1]) for found in db.session.execute(query)]


def _refuse_taken(name: str, others: list[tuple[int, str]]) -> None:
    if fold(name) in {fold(other) for _id, other in others}:
        raise NameTaken
