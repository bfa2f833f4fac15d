"""Proposals of businesses: kept as a draft, sent as a submission, accepted as a partnership."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.sealing import Seal
from portal.models import (
    Business,
    BusinessKind,
    Draft,
    Kind,
    Package,
    Partnership,
    PartnershipStage,
    Place,
    Proposal,
    Submission,
)
from portal.queries import drafts as draft_queries
from portal.queries import readiness as tasks
from portal.rules import proposals as rules
from portal.rules.deadlines import Calendar
from portal.rules.permissions import Actor
from portal.rules.workflow import Action, MissingRequirement, Requirement
from portal.services import businesses, drafts, packages, readiness, submissions
from portal.services.drafts import Story
from portal.services.submissions import DraftIncomplete, Receipt, Sender

#: Parts of the contact; a draft keeps them sealed.
CONTACT = ("contact_name", "email", "phone")


@dataclass(frozen=True, slots=True)
class Written:
    """What a draft holds of a proposal so far."""

    kind: Kind
    business: dict[str, Any]
    fields: dict[str, Any]
    proprietary: list[str]
    #: Marks of complete steps (`rules.proposals.mark`).
    done: list[str]

    @property
    def missing_step(self) -> int | None:
        """Return the first step that is not complete, or None: it may be checked and sent."""
        return rules.missing_step(self.kind, self.fields, self.done)


def written(draft: Draft | None) -> Written:
    """Return what was written so far; nothing at all for no draft."""
    data = draft.data if draft is not None else {}
    business = data.get("business", {})
    return Written(
        rules.kind_of(business.get("cooperation")),
        business,
        data.get("fields", {}),
        data.get("proprietary", []),
        data.get("done", []),
    )


def contact(draft: Draft, seal: Seal) -> dict[str, str]:
    """Open the contact that the draft keeps sealed."""
    return {name: seal.open(value) for name, value in draft.data.get("contact", {}).items()}


def save_business(
    draft: Draft, business: dict[str, Any], contact: dict[str, str], *, seal: Seal, at: datetime
) -> None:
    """Keep the valid answers of step 1; the contact is sealed at once."""
    kept = {**draft.data.get("contact", {})}
    for name, value in contact.items():
        if value:
            kept[name] = seal.seal(value)
        else:
            kept.pop(name, None)
    merged = {**draft.data.get("business", {}), **business}
    drafts.save(draft, {"business": merged, "contact": kept}, at=at)


def save_fields(draft: Draft, values: dict[str, Any], *, at: datetime) -> None:
    """Keep answers of a step; an emptied one is taken away."""
    merged = {**draft.data.get("fields", {}), **values}
    drafts.save(draft, {"fields": {k: v for k, v in merged.items() if rules.filled(v)}}, at=at)


def save_private(
    draft: Draft, proprietary: Collection[str], private_files: Collection[str], *, at: datetime
) -> None:
    """Keep which answers and which files (by token) are never to be public."""
    allowed = rules.can_be_private(written(draft).kind, written(draft).fields)
    drafts.save(draft, {"proprietary": [name for name in allowed if name in proprietary]}, at=at)
    for file in draft_queries.files(draft.id):
        file.proprietary = file.token in private_files


def note_step(draft: Draft, step: int, *, complete: bool, at: datetime) -> None:
    """Note whether a step is complete."""
    so_far = written(draft)
    mark = rules.mark(so_far.kind, step)
    done = [other for other in so_far.done if other != mark]
    drafts.save(draft, {"done": [*done, mark] if complete else done}, at=at)


def send(
    draft: Draft,
    *,
    secret: bytes,
    seal: Seal,
    at: datetime,
    locale: str,
    calendar: Calendar,
    prefix: str = "SB",
    speaks_for: Collection[int] = (),
) -> Receipt:
    """Make the draft a submission with its business and its fields; a repetition returns the first receipt.

    `speaks_for` are the businesses of whoever sends: one of them that the draft names stands behind the
    proposal, and no second row of it is made. Raises `DraftIncomplete` with the first step that is missing.
    """
    done = submissions.receipt(draft.idempotency_key, secret=secret)
    if done is not None:
        return done
    proposal = written(draft)
    step = proposal.missing_step
    if step is not None:
        raise DraftIncomplete(step)
    known = contact(draft, seal)
    ward_code = proposal.business.get("ward_code")
    sent = submissions.send(
        draft,
        sender=Sender(
            name=known.get("contact_name", ""), email=known.get("email", ""), phone=known.get("phone", "")
        ),
        secret=secret,
        seal=seal,
        at=at,
        locale=locale,
        calendar=calendar,
        prefix=prefix,
        story=Story(
            kind=proposal.kind,
            title=proposal.fields["title"],
            text=rules.summary(
                proposal.kind, proposal.fields, proposal.proprietary, business=proposal.business["name"]
            ),
            place=Place.WARD if ward_code else Place.UNKNOWN,
            ward_code=ward_code,
        ),
    )
    if db.session.get(Proposal, sent.submission.id) is None:
        _create(sent.submission, proposal, known, at, speaks_for)
    return sent


def _create(
    case: Submission, proposal: Written, known: dict[str, str], at: datetime, speaks_for: Collection[int]
) -> None:
    business = proposal.business
    # A membership may have ended since the first step.
    own = business.get("business_id")
    row = db.session.get(Business, own) if own in speaks_for else None
    row = row or _new_business(case, business, known, at)
    fields = dict(proposal.fields)
    if case.kind is Kind.PARTNERSHIP:
        fields["cooperation"] = business["cooperation"]
    values = rules.answered(case.kind, fields)
    private = set(rules.can_be_private(case.kind, values)) & set(proposal.proprietary)
    db.session.add(
        Proposal(submission_id=case.id, business_id=row.id, data=values, proprietary=sorted(private))
    )
    db.session.flush()
    readiness.refresh(case, at=at)


def _new_business(
    case: Submission, business: dict[str, Any], known: dict[str, str], at: datetime
) -> Business:
    shown = bool(business.get("show_contact")) and case.kind is Kind.TOURISM_PACKAGE
    row = Business(
        name=business["name"],
        kind=BusinessKind(business["kind"]),
        nib=business.get("nib", ""),
        ward_code=business.get("ward_code"),
        public_phone=known.get("phone", "") if shown else "",
        public_email=known.get("email", "") if shown else "",
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    businesses.give_address(row)
    return row


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
            stage_since=at,
            created_at=at,
        )
    )
    if case.kind is Kind.TOURISM_PACKAGE:
        package = Package(
            submission_id=case.id,
            business_id=proposal.business_id,
            title=case.title,
            data=rules.public_data(case.kind, proposal.data, proposal.proprietary),
            # Whatever is said here, only the package of a listed submission is shown.
            listed=True,
            created_at=at,
            **_checked_before(case),
        )
        packages.fill(package, proposal.business, at=at)
        db.session.add(package)
    db.session.flush()
    readiness.refresh(case, at=at)


def _checked_before(case: Submission) -> dict[str, Any]:
    """Return what the city looked at while it was still a proposal, as columns of its package."""
    task = tasks.task(case.id, "safety_check")
    if task is None or task.done_at is None:
        return {}
    return {"safety_checked_on": city_date(task.done_at), "safety_checked_by_id": task.agency_id}
