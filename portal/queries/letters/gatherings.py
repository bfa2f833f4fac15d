"""What there is to tell of a meeting for citizens, read when the mail leaves."""

from datetime import datetime

from portal.core.database import db
from portal.models import Gathering, OutboxMessage, Registration, RegistrationState, Ward
from portal.queries.letters.values import Facts

#: Kinds of mail about a meeting for citizens.
KINDS = frozenset(
    {
        "gathering_registered",
        "gathering_moved_up",
        "gathering_changed",
        "gathering_cancelled",
        "gathering_reminder",
        "gathering_minutes",
    }
)
#: Not worth telling any more once the meeting is called off or over.
_BEFORE = KINDS - {"gathering_cancelled", "gathering_minutes"}


def is_over(row: OutboxMessage, at: datetime) -> bool:
    """Tell whether nothing is left to tell: the seats were given back, or the meeting is off or over."""
    gathering, registration = _rows(row)
    if gathering is None or registration is None or registration.state is RegistrationState.CANCELLED:
        return True
    if row.kind == "gathering_moved_up" and registration.state is not RegistrationState.REGISTERED:
        return True
    return row.kind in _BEFORE and (gathering.cancelled_at is not None or gathering.ends_at <= at)


def facts(row: OutboxMessage) -> Facts:
    """Return where and when it is, and how many seats the recipient has."""
    gathering, registration = _rows(row)
    if gathering is None or registration is None:
        return Facts()
    ward = db.session.get(Ward, gathering.ward_code) if gathering.ward_code else None
    return Facts(
        gathering_slug=gathering.slug,
        gathering_title_id=gathering.title_id,
        gathering_title_en=gathering.title_en,
        gathering_starts_at=gathering.starts_at,
        gathering_ends_at=gathering.ends_at,
        gathering_place=", ".join(part for part in (gathering.place, ward.name if ward else "") if part),
        gathering_reason=gathering.cancelled_reason,
        seats=registration.seats,
        waits=registration.state is RegistrationState.WAITING,
    )


def _rows(row: OutboxMessage) -> tuple[Gathering | None, Registration | None]:
    gathering_id, registration_id = row.data.get("gathering_id"), row.data.get("registration_id")
    if not isinstance(gathering_id, int) or not isinstance(registration_id, int):
        return None, None
    return db.session.get(Gathering, gathering_id), db.session.get(Registration, registration_id)
