"""Opening the sealed identity of a reporter: one press, one reason, one line in the log."""

from dataclasses import dataclass
from datetime import datetime

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.text import mask_email, mask_phone
from portal.models import AccessLog, Identity, Submission
from portal.rules.permissions import Actor, can, standing
from portal.rules.workflow import Action, Requirement, Who
from portal.services import events
from portal.services.cases.entering import enter_standing, required
from portal.services.errors import NotPermitted

REASON_LENGTH = 300
WHAT = "identity"


@dataclass(frozen=True, slots=True)
class RevealedIdentity:
    """What may be read of a reporter; empty where they left nothing. Masked for all but triage."""

    name: str = ""
    email: str = ""
    phone: str = ""
    masked: bool = True


def reveal_identity(
    case: Submission,
    *,
    reason: str,
    seal: Seal,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> RevealedIdentity:
    """Return who sent a case and log that it was looked at. Never for shielded reporters (`NotPermitted`)."""
    if not can(Action.REVEAL_IDENTITY, actor, case, at=at):
        raise NotPermitted
    enter_standing(case, Action.REVEAL_IDENTITY, actor=actor, at=at, version=version)
    words = required(reason, Action.REVEAL_IDENTITY, Requirement.REASON)[:REASON_LENGTH]
    db.session.add(AccessLog(at=at, user_id=actor.user_id, submission_id=case.id, what=WHAT, reason=words))
    events.record(case, Action.REVEAL_IDENTITY, actor=actor, at=at, public=False)
    sealed = db.session.get(Identity, case.id)
    if sealed is None:
        return RevealedIdentity()
    name, email, phone = (
        seal.open(text) if text else "" for text in (sealed.name, sealed.email, sealed.phone)
    )
    if Who.TRIAGE in standing(actor, case):
        return RevealedIdentity(name, email, phone, masked=False)
    return RevealedIdentity(
        mask_name(name), mask_email(email) if email else "", mask_phone(phone) if phone else ""
    )


def mask_name(name: str) -> str:
    """Return a name of which only the first letters can be read: "R*** S***"."""
    return " ".join(f"{part[0]}***" for part in name.split())
