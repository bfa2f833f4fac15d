"""Noting what was done to things that are no case: accounts, comments, consultations, meetings."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.core.database import db
from portal.models import AuditEntry
from portal.rules.permissions import Actor


def note(
    action: str,
    subject: str,
    subject_id: int | None,
    *,
    actor: Actor | None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append an entry. Only staff are named as `actor`; `data` holds ids, codes and values, never words."""
    staff_id = actor.user_id if actor is not None and actor.seats else None
    db.session.add(
        AuditEntry(
            at=at,
            actor_id=staff_id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            data=json.dumps(dict(data or {}), sort_keys=True),
        )
    )
