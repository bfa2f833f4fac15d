"""Keeping what somebody typed while they prove who they are."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.tokens import digest, new_token
from portal.models import HeldForm

#: After this nobody comes back for it.
LIFETIME = timedelta(hours=24)
#: Longer texts are refused by their forms anyway.
LONGEST = 20_000


def hold(path: str, values: Mapping[str, str], *, at: datetime, seal: Seal) -> str:
    """Keep the values of a form for a path and return the token that brings them back."""
    token = new_token()
    text = json.dumps({key: value[:LONGEST] for key, value in values.items()})
    row = HeldForm(token_hash=digest(token), path=path[:400], data=seal.seal(text), created_at=at)
    db.session.add(row)
    return token


def held(token: str, path: str, *, at: datetime, seal: Seal) -> dict[str, str]:
    """Return the values kept under a token for this path; empty when there are none (any more)."""
    query = select(HeldForm.data).where(
        HeldForm.token_hash == digest(token), HeldForm.path == path, HeldForm.created_at > at - LIFETIME
    )
    sealed = db.session.scalar(query)
    values: dict[str, str] = json.loads(seal.open(sealed)) if sealed else {}
    return values


def drop(token: str) -> None:
    """Forget what is kept under a token: it was sent, or given up."""
    db.session.execute(delete(HeldForm).where(HeldForm.token_hash == digest(token)))


def forget_old(at: datetime) -> None:
    """Delete what nobody came back for."""
    db.session.execute(delete(HeldForm).where(HeldForm.created_at < at - LIFETIME))
