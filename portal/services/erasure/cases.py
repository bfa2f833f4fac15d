"""The cases of a person who is erased: they stay without the person, or without their words too.

Why they stay: others support them, the city answered in public, and the record of who had it and when is
the public's (WORKFLOW section 6, "erasure keeps the case without the person"). Why the words may go all
the same: they are the person's, and a story often tells who told it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.storage import Storage
from portal.models import (
    Attachment,
    Business,
    BusinessMember,
    DeskChangeItem,
    Identity,
    IdentityContact,
    IdentityMode,
    Ownership,
    Package,
    Partnership,
    PlanningProposal,
    Proposal,
    Purpose,
    Question,
    Split,
    Statement,
    Submission,
)
from portal.queries.ownership import owner_name
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action
from portal.services import cases, files, search

#: What stands where the words stood, in the language that the site stores its own words in.
EMPTIED = "Isi dihapus atas permintaan pelapor"
#: What the reporter sent; evidence and letters of the city are the city's.
_FROM_REPORTER = (Purpose.STORY, Purpose.PROPOSAL, Purpose.REPLY, Purpose.LETTER)
_CHUNK = 500


def forget_reporter(user_id: int, contact_hashes: Sequence[str], *, seal: Seal) -> list[int]:
    """Take the person out of every case of theirs, the parts that were split off too; return their ids.

    By their contacts no case can be offered any more, those that they never made their own among them.
    """
    hashes = seal.keyed_hashes(owner_name(user_id))
    owned = list(
        db.session.scalars(
            select(Ownership.submission_id)
            .where(Ownership.owner_hash.in_(hashes))
            .order_by(Ownership.submission_id)
        )
    )
    case_ids = _family(owned)
    for start in range(0, len(case_ids), _CHUNK):
        some = case_ids[start : start + _CHUNK]
        db.session.execute(
            update(Identity)
            .where(Identity.submission_id.in_(some))
            .values(name="", email="", phone="", mail_stopped=True)
        )
        db.session.execute(
            update(Submission)
            .where(Submission.id.in_(some), Submission.identity_mode == IdentityMode.SHOWN)
            .values(shown_name="", identity_mode=IdentityMode.HIDDEN)
        )
        db.session.execute(
            update(Attachment)
            .where(Attachment.submission_id.in_(some), Attachment.purpose.in_(_FROM_REPORTER))
            .values(file_name="")
        )
        _forget_business(some)
        db.session.execute(delete(IdentityContact).where(IdentityContact.submission_id.in_(some)))
    db.session.execute(delete(IdentityContact).where(IdentityContact.contact_hash.in_(contact_hashes)))
    db.session.execute(delete(Ownership).where(Ownership.owner_hash.in_(hashes)))
    return case_ids


def _family(owned: Sequence[int]) -> list[int]:
    found = set(owned)
    for start in range(0, len(owned), _CHUNK):
        some = owned[start : start + _CHUNK]
        parents = select(Split.parent_id).where(Split.child_id.in_(some))
        query = select(Split.child_id, Split.parent_id).where(
            or_(Split.parent_id.in_(some), Split.parent_id.in_(parents))
        )
        for row in db.session.execute(query):
            found.update(row)
    return sorted(found)


def _forget_business(case_ids: Sequence[int]) -> None:
    """Empty the contact of a business that nothing public stands on and that nobody else speaks for.

    A package in the catalogue keeps it.
    """
    theirs = select(Proposal.business_id).where(Proposal.submission_id.in_(case_ids))
    db.session.execute(
        update(Business)
        .where(
            Business.id.in_(theirs),
            Business.id.not_in(select(Package.business_id)),
            Business.id.not_in(select(Partnership.business_id)),
            Business.id.not_in(select(BusinessMember.business_id)),
        )
        .values(public_phone="", public_email="")
    )


def empty(case_ids: Sequence[int], *, at: datetime, storage: Storage) -> None:
    """Take the words and pictures of the person out of their cases; what is still open is withdrawn first.

    Official answers, decisions and the history stay: others rely on them. A case that was answered keeps its
    state, because a withdrawal would unsay what the city did.
    """
    for case_id in case_ids:
        case = db.session.get(Submission, case_id, populate_existing=True)
        if case is not None:
            _empty(case, at, storage)


def _empty(case: Submission, at: datetime, storage: Storage) -> None:
    reporter = Actor(reporter_of=frozenset({case.id}))
    if can(Action.WITHDRAW, reporter, case, at=at):
        cases.withdraw(case, actor=reporter, at=at)
    cases.lock(case)
    case.title = case.body = EMPTIED
    case.landmark, case.latitude, case.longitude, case.screen_codes = "", None, None, []
    case.version += 1
    case.updated_at = at
    theirs = (Attachment.submission_id == case.id, Attachment.purpose.in_(_FROM_REPORTER))
    case.file_count = max(0, case.file_count - files.burn(*theirs, storage=storage))
    db.session.flush()
    db.session.execute(
        update(Statement)
        .where(Statement.submission_id == case.id, Statement.by_reporter.is_(True))
        .values(text="")
    )
    db.session.execute(
        update(Question)
        .where(Question.submission_id == case.id, Question.replied_at.is_not(None))
        .values(reply=EMPTIED)
    )
    proposal = db.session.get(Proposal, case.id)
    if proposal is not None:
        proposal.data, proposal.proprietary = {}, []
        accepted = select(Package.id).where(Package.business_id == proposal.business_id)
        partner = select(Partnership.id).where(Partnership.business_id == proposal.business_id)
        member = select(BusinessMember.id).where(BusinessMember.business_id == proposal.business_id)
        if all(db.session.scalar(one.limit(1)) is None for one in (accepted, partner, member)):
            proposal.business.name, proposal.business.nib = EMPTIED, ""
    planned = db.session.get(PlanningProposal, case.id)
    if planned is not None:  # it was written from the story
        planned.problem = EMPTIED
        planned.background = planned.purpose = planned.address = ""
    # it may hold an older title, and only serves to take back a press of ten minutes ago
    db.session.execute(delete(DeskChangeItem).where(DeskChangeItem.submission_id == case.id))
    search.remove(case.id)
