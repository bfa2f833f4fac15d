"""What a business wants its package to say; it waits here until staff decide (`services.packages.decide`)."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.core.text import normalise
from portal.models import ChangeState, Package, PackageChange

#: Changes of one package that wait at the same time.
MOST_WAITING = 5


class TooMany(Exception):
    """As many as there may be."""


def waiting(package_id: int) -> list[PackageChange]:
    """Return the changes that nobody decided on yet, oldest first."""
    query = select(PackageChange).where(
        PackageChange.package_id == package_id, PackageChange.state == ChangeState.WAITING
    )
    return list(db.session.scalars(query.order_by(PackageChange.id).limit(MOST_WAITING)))


def put(
    package: Package, changed: dict[str, Any], *, note: str = "", by_id: int | None, at: datetime
) -> PackageChange:
    """Let a change wait for staff. `changed` are answers by name, None to take one away. Raises `TooMany`."""
    if len(waiting(package.id)) >= MOST_WAITING:
        raise TooMany
    change = PackageChange(
        package_id=package.id,
        package_version=package.version,
        data=changed,
        note=normalise(note)[:500],
        state=ChangeState.WAITING,
        proposed_by_id=by_id,
        created_at=at,
    )
    db.session.add(change)
    db.session.flush()
    return change
