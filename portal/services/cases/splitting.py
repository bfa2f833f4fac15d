"""A submission that holds two matters: the second becomes a case of its own, with the same author."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core import references
from portal.core.database import db
from portal.core.text import normalise, screen
from portal.core.tokens import digest
from portal.models import Attachment, Identity, NamedStaff, Place, Split, Status, Submission
from portal.queries import reference as reference_data
from portal.rules.deadlines import VERIFY_DAYS
from portal.rules.permissions import Actor
from portal.rules.splitting import MOST_PARTS, foreign
from portal.rules.visibility import text_public_at_receipt
from portal.rules.workflow import Action, MissingRequirement, Requirement
from portal.services import events, search
from portal.services.attachments import attach
from portal.services.cases.entering import calendar, enter_standing

TITLE_LENGTH = 120
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """One matter: a title of the officer's, the citizen's own words, and the ids of photos that show it."""

    title: str
    text: str
    category_id: int | None = None
    ward_code: str | None = None
    file_ids: frozenset[int] = frozenset()


def split(
    case: Submission,
    parts: Sequence[Part],
    *,
    secret: bytes,
    prefix: str = "SB",
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> list[Submission]:
    """Make a case of each part and return them; the case itself keeps its whole text and its own matter.

    The author, how they are named and whether it is secret carry over, and the author's tracking code opens
    the new cases too. Time is not gained: each is verified within the days counted from the first receipt.
    Supports stay: whoever gave one meant the text as a whole. Raises `MissingRequirement` (TEXT) for a part
    with words that are not the author's, and as `enter_standing` does.
    """
    enter_standing(case, Action.SPLIT, actor=actor, at=at, version=version)
    if not 1 <= len(parts) <= MOST_PARTS:
        raise MissingRequirement(Action.SPLIT, Requirement.TEXT)
    for part in parts:
        if not normalise(part.title) or not normalise(part.text) or foreign(part.text, case.body):
            raise MissingRequirement(Action.SPLIT, Requirement.TEXT)
    children = [
        _child(case, part, f"split:{case.id}:{case.version}:{number}", secret, prefix, at)
        for number, part in enumerate(parts)
    ]
    for child, part in zip(children, parts, strict=True):
        db.session.add(Split(child_id=child.id, parent_id=case.id, at=at))
        _copy_identity(case, child)
        for user_id in case.named_user_ids:  # a secret case stays closed to whom it names
            db.session.add(NamedStaff(submission_id=child.id, user_id=user_id))
        _copy_files(case, child, part.file_ids)
        events.record(
            child,
            events.SPLIT_OFF,
            actor=actor,
            at=at,
            data={"source_id": case.id, "source_reference": case.reference, "secret": case.secret},
        )
        search.index(child)
    data = {
        "child_ids": [child.id for child in children],
        "child_references": [child.reference for child in children],
        # Each may be opened later without the others: then its page must not name them.
        "secret": case.secret,
    }
    events.record(case, Action.SPLIT, actor=actor, at=at, data=data)
    return children


def _child(case: Submission, part: Part, key: str, secret: bytes, prefix: str, at: datetime) -> Submission:
    text = normalise(part.text)
    title = " ".join(normalise(part.title).split())[:TITLE_LENGTH]
    category = reference_data.categories().get(part.category_id or 0)
    codes = screen("\n".join((title, text)))
    verified = case.verified_at is not None
    ward_code = part.ward_code or (case.ward_code if case.place is Place.WARD else None)
    same_place = ward_code == case.ward_code
    days = calendar()
    for attempt in range(_ATTEMPTS):
        child = Submission(
            reference=references.reference(secret, key, days.day_of(at), attempt=attempt, prefix=prefix),
            tracking_hash=case.tracking_hash,
            idempotency_hash=digest(key),
            kind=case.kind,
            status=Status.IN_REVIEW if verified else Status.RECEIVED,
            title=title,
            body=text,
            place=Place.WARD if ward_code else case.place,
            ward_code=ward_code,
            landmark=case.landmark if same_place else "",
            latitude=case.latitude if same_place else None,
            longitude=case.longitude if same_place else None,
            category_id=category.id if category else case.category_id,
            identity_mode=case.identity_mode,
            secret=case.secret,
            shown_name=case.shown_name,
            # Triage has read the whole, so it has read the part.
            text_public=not case.secret
            and (
                case.text_public
                if verified
                else text_public_at_receipt(
                    secret=case.secret,
                    screen_codes=codes,
                    verify_first=category is not None and category.verify_first,
                )
            ),
            files_public=case.files_public,
            hidden_code=case.hidden_code,
            listed=False,
            screen_codes=sorted(codes),
            received_at=case.received_at,
            verified_at=case.verified_at,
            updated_at=at,
            due_at=days.deadline(case.received_at, VERIFY_DAYS),
            due_from=case.received_at,
            due_days=VERIFY_DAYS,
            support_count=0,
            file_count=0,
        )
        try:
            with db.session.begin_nested():
                db.session.add(child)
                db.session.flush()
        except IntegrityError:
            # The reference is taken by another submission: the next one.
            if attempt == _ATTEMPTS - 1:
                raise
            continue
        return child
    raise AssertionError("unreachable")


def _copy_identity(case: Submission, child: Submission) -> None:
    """Copy the sealed values as they are: nothing is opened, and the alias is never used twice."""
    own = db.session.get(Identity, case.id)
    if own is None:
        return
    db.session.add(
        Identity(
            submission_id=child.id,
            alias=references.alias(),
            name=own.name,
            email=own.email,
            phone=own.phone,
            locale=own.locale,
            consent_at=own.consent_at,
            mail_stopped=own.mail_stopped,
        )
    )


def _copy_files(case: Submission, child: Submission, file_ids: frozenset[int]) -> None:
    """Let the child show photos of its parent. Both point to the same bytes, which no case ever deletes."""
    chosen = db.session.scalars(
        select(Attachment)
        .where(Attachment.submission_id == case.id, Attachment.id.in_(sorted(file_ids)))
        .order_by(Attachment.id)
        .limit(60)
    )
    for file in chosen.all():
        attach(
            file,
            to=child,
            purpose=file.purpose,
            at=file.created_at,
            proprietary=file.proprietary,
            cleared=file.cleared,
        )
