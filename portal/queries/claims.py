"""Which cases an account may make its own, because it confirmed the contact they were sent with."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import IdentityContact, IdentityMode, Ownership, Submission
from portal.queries import contacts
from portal.queries.contacts import Reachable
from portal.queries.ownership import owner_name

#: Cases that are offered at once.
MOST = 100
_OPEN = (Submission.identity_mode != IdentityMode.SHIELDED, Submission.secret.is_(False))


def offered(user_id: int, *, seal: Seal, reached: Sequence[Reachable] | None = None) -> list[int]:
    """Return the ids of cases with a confirmed contact of the account that are not its own yet, oldest first.

    Neither shielded nor secret ones: a telephone is shared, and these open by their tracking code only.
    `reached` are its contacts, where the caller has read them already.
    """
    if reached is None:
        reached = contacts.of_user(user_id, seal=seal)
    hashes = [hashed for contact in reached for hashed in seal.keyed_hashes(contact.value)]
    if not hashes:
        return []
    owned = select(Ownership.submission_id).where(
        Ownership.submission_id == Submission.id,
        Ownership.owner_hash.in_(seal.keyed_hashes(owner_name(user_id))),
    )
    query = (
        select(Submission.id)
        .where(
            Submission.id.in_(
                select(IdentityContact.submission_id).where(IdentityContact.contact_hash.in_(hashes))
            ),
            *_OPEN,
            ~owned.exists(),
        )
        .order_by(Submission.id)
        .limit(MOST)
    )
    return list(db.session.scalars(query))


def open_ones(case_ids: Collection[int]) -> list[int]:
    """Return those of these cases that a contact may open: neither shielded nor secret."""
    query = select(Submission.id).where(Submission.id.in_(case_ids), *_OPEN).order_by(Submission.id)
    return list(db.session.scalars(query))
