"""What becomes of an accepted proposal."""

from datetime import datetime

from portal.core.database import db
from portal.models import Kind, Package, Partnership, PartnershipStage, Proposal, Submission
from portal.rules.permissions import Actor
from portal.rules.workflow import Action, MissingRequirement, Requirement


def accept_proposal(case: Submission, *, actor: Actor, at: datetime) -> None:
    """Begin the partnership, and put a tourism package into the catalogue without its proprietary parts."""
    proposal = db.session.get(Proposal, case.id)
    if proposal is None or case.agency_id is None:
        raise MissingRequirement(Action.ACCEPT, Requirement.AGENCY)
    db.session.add(
        Partnership(
            submission_id=case.id,
            business_id=proposal.business_id,
            agency_id=case.agency_id,
            stage=PartnershipStage.NEW,
            created_at=at,
        )
    )
    if case.kind is Kind.TOURISM_PACKAGE:
        public = {name: value for name, value in proposal.data.items() if name not in proposal.proprietary}
        db.session.add(
            Package(
                submission_id=case.id,
                business_id=proposal.business_id,
                title=case.title,
                data=public,
                listed=not case.secret,
                created_at=at,
            )
        )
