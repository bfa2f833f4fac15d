"""Cases that were sent without an account, offered to the account that confirmed their contact.

A case stands here by the keyed hash of its reporter's contact, and never that of a shielded reporter: they
have their tracking code.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select

from portal.core.database import db, insert
from portal.core.sealing import Seal, SealBroken
from portal.models import Identity, IdentityContact, IdentityMode, Submission, User
from portal.queries import claims, splits
from portal.services import ownership

#: Identities that one transaction goes through.
BATCH = 500


def note(case: Submission, contacts: Iterable[str], *, seal: Seal) -> None:
    """Note by which contacts (canonical form, "" for none) a case can be offered; twice is as good as once.

    Nothing of a shielded reporter.
    """
    if case.identity_mode is not IdentityMode.SHIELDED:
        _write([(case.id, seal.keyed_hash(contact)) for contact in contacts if contact])


def _write(rows: list[tuple[int, str]]) -> None:
    if rows:
        values = [{"submission_id": case_id, "contact_hash": hashed} for case_id, hashed in rows]
        db.session.execute(insert(IdentityContact).values(values).on_conflict_do_nothing())


def index(after: int, *, seal: Seal) -> tuple[int, int] | None:
    """Note the contacts of the next cases after that id; return the last id and how many cases that were.

    None when there are no more. For what was sent before contacts were noted, and after a key was added.
    """
    query = (
        select(Identity.submission_id, Identity.email, Identity.phone)
        .join(Submission, Submission.id == Identity.submission_id)
        .where(
            Identity.submission_id > after,
            Submission.identity_mode != IdentityMode.SHIELDED,
            or_(Identity.email != "", Identity.phone != ""),
        )
        .order_by(Identity.submission_id)
        .limit(BATCH)
    )
    found = db.session.execute(query).all()
    if not found:
        return None
    rows = []
    for case_id, *sealed in found:
        for value in filter(None, sealed):
            try:
                rows.append((case_id, seal.keyed_hash(seal.open(value))))
            except SealBroken:
                continue  # sealed with a key that is lost: nobody can be offered this one
    _write(rows)
    return found[-1].submission_id, len(found)


def claim(user: User, *, at: datetime, seal: Seal) -> int:
    """Make every case on offer the account's own, with all parts of one that was split; return how many.

    A part that was made secret stays closed: it was not on offer.
    """
    offered = claims.offered(user.id, seal=seal)
    family = {part for case_id in offered for part in splits.same_author(case_id)}
    for case_id in claims.open_ones(family):
        ownership.own(case_id, user, at=at, seal=seal)
    return len(offered)
