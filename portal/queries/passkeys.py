"""The passkeys of an account."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from portal.core.database import db
from portal.models import Passkey

#: Passkeys of one account.
MOST = 10
#: Characters of a name.
LONGEST_NAME = 60


class Key(NamedTuple):
    """A passkey as its owner sees it."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


def of_user(user_id: int) -> list[Key]:
    """Return the passkeys of an account, oldest first."""
    query = select(Passkey.id, Passkey.name, Passkey.created_at, Passkey.used_at)
    rows = db.session.execute(query.where(Passkey.user_id == user_id).order_by(Passkey.id).limit(MOST))
    return [Key(*row) for row in rows]


def credential_ids(user_id: int) -> Sequence[str]:
    """Return by what devices know the keys of an account, so that none makes a second one."""
    query = select(Passkey.credential_id).where(Passkey.user_id == user_id)
    return db.session.scalars(query.order_by(Passkey.id).limit(MOST)).all()
