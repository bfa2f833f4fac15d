"""Making a case an account's own, and letting it go."""

from datetime import datetime

from sqlalchemy import delete

from portal.core.database import db, insert
from portal.core.sealing import Seal
from portal.models import Ownership, User
from portal.queries.ownership import owner_name


def own(submission_id: int, user: User, *, at: datetime, seal: Seal) -> None:
    """Note that a case is this account's own; twice is as good as once.

    The caller has made sure of it: the account sent the case, or proved its tracking code or contact.
    """
    row = {"submission_id": submission_id, "owner_hash": seal.keyed_hash(owner_name(user.id)), "at": at}
    db.session.execute(insert(Ownership).values(row).on_conflict_do_nothing())


def disown_all(user: User, *, seal: Seal) -> None:
    """Let go of every case of an account."""
    hashes = seal.keyed_hashes(owner_name(user.id))
    db.session.execute(delete(Ownership).where(Ownership.owner_hash.in_(hashes)))
