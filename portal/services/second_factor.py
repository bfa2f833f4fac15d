"""The second factor of staff: setting it up, asking for it, and letting go of it.

The secret is sealed; of recovery codes only digests are kept. Everything is noted in the audit.
"""

import secrets
from datetime import datetime

from sqlalchemy import delete, select, update

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.tokens import digest
from portal.models import RecoveryCode, SecondFactor, User
from portal.rules import second_factor as rules
from portal.rules.permissions import Actor, Seat
from portal.services import audit, sessions

#: Letters and digits that nobody mixes up.
_SIGNS = "ABCDEFGHJKLMNPRSTUVWXY3456789"
_LENGTH = 10


def begin(user: User, *, seal: Seal) -> str:
    """Return the secret to be set up; it stays the same until its first code, so a reload changes nothing."""
    row = db.session.get(SecondFactor, user.id)
    if row is None:
        row = SecondFactor(user_id=user.id, secret=seal.seal(rules.new_secret()), last_step=0)
        db.session.add(row)
        db.session.flush()
    return seal.open(row.secret)


def pending_secret(user_id: int, *, seal: Seal) -> str:
    """Return the secret that waits for its first code, "" where none does."""
    row = db.session.get(SecondFactor, user_id)
    return "" if row is None or row.confirmed_at is not None else seal.open(row.secret)


def confirm(user: User, code: str, *, at: datetime, seal: Seal) -> list[str] | None:
    """Switch the factor on with its first code and return the recovery codes; None for a wrong code."""
    row = _held(user.id)
    if row is None or row.confirmed_at is not None:
        return None
    step = rules.step_of(seal.open(row.secret), code, at=at, last_step=row.last_step)
    if step is None:
        return None
    row.confirmed_at, row.last_step = at, step
    sessions.end_all(user)
    _note("second_factor_on", user, at)
    return renew_codes(user, at=at)


def renew_codes(user: User, *, at: datetime) -> list[str]:
    """Void all recovery codes and return new ones; they are shown once and kept by nobody but the person."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(rules.RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=_digest(user.id, code)) for code in codes)
    _note("recovery_codes_new", user, at)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def check(user_id: int, code: str, *, at: datetime, seal: Seal) -> bool:
    """Use up a code of the app, or a recovery code; False for any other."""
    row = _held(user_id)
    if row is None or row.confirmed_at is None:
        return False
    step = rules.step_of(seal.open(row.secret), code, at=at, last_step=row.last_step)
    if step is not None:
        row.last_step = step
        return True
    typed = "".join(char for char in code.upper() if char.isalnum())
    used = db.session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == _digest(user_id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
    )
    return used is not None


def remove(user: User, *, by: Actor, at: datetime) -> None:
    """Let go of the factor: its owner, or an admin where the telephone is lost. Ends all sessions."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    sessions.end_all(user)
    audit.note("second_factor_off", "user", user.id, actor=by, at=at)


def _held(user_id: int) -> SecondFactor | None:
    # Held, so that one code tried twice at once opens once.
    return db.session.scalar(select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update())


def _digest(user_id: int, code: str) -> str:
    return digest(f"recovery:{user_id}:{code}")


def _note(action: str, user: User, at: datetime) -> None:
    seats = frozenset(Seat(one.role, one.agency_id, one.publisher) for one in user.memberships)
    audit.note(action, "user", user.id, actor=Actor(user_id=user.id, seats=seats), at=at)
