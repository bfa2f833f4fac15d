"""Sending: a draft becomes a submission, exactly once, with its receipt."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal.core import references
from portal.core.database import db
from portal.core.sealing import Seal
from portal.core.text import normalise, screen, title_from
from portal.core.tokens import digest
from portal.models import (
    Channel,
    Consent,
    Draft,
    DraftOwner,
    Identity,
    IdentityMode,
    Intake,
    Purpose,
    Status,
    Submission,
)
from portal.queries import drafts as draft_queries
from portal.queries import reference as reference_data
from portal.queries import submissions as submission_queries
from portal.rules.deadlines import VERIFY_DAYS, Calendar
from portal.rules.permissions import Actor
from portal.rules.visibility import text_public_at_receipt
from portal.rules.workflow import Action
from portal.services import cases, claims, drafts, events, planning, search
from portal.services.drafts import Story

#: A month with so many collisions in a row would need longer references.
_ATTEMPTS = 8


class DraftIncomplete(Exception):
    """A step was skipped; `step` is the first one that is missing."""

    def __init__(self, step: int) -> None:
        super().__init__(f"step {step} is missing")
        self.step = step


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, and who may know. Contacts in their canonical form; all may be empty."""

    identity_mode: IdentityMode = IdentityMode.HIDDEN
    secret: bool = False
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """That staff wrote it down for the sender: by which way it came, how they agreed, and who wrote."""

    channel: Channel
    consent: Consent
    user_id: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is given; asking again with the same key gives the same."""

    reference: str
    tracking_code: str
    submission: Submission


def receipt(idempotency_key: str, *, secret: bytes) -> Receipt | None:
    """Return the receipt of what was sent with this key, or None when nothing was."""
    found = draft_queries.sent_with(idempotency_key)
    return None if found is None else _receipt(found, idempotency_key, secret)


def _receipt(case: Submission, key: str, secret: bytes) -> Receipt:
    return Receipt(case.reference, references.tracking_code(secret, key), case)


def send(
    draft: Draft,
    *,
    sender: Sender,
    secret: bytes,
    seal: Seal,
    at: datetime,
    locale: str,
    calendar: Calendar,
    prefix: str = "SB",
    story: Story | None = None,
    taken_in: TakenIn | None = None,
) -> Receipt:
    """Make the draft a submission and return its receipt; a repetition returns the first one.

    `secret` (bytes) is what references and tracking codes derive from. `story` is given by flows that do not
    keep it in an aspiration's draft, `taken_in` by the counter. Raises `DraftIncomplete`.
    """
    # Parallel sends of one draft queue up here; SQLite has them queue up at BEGIN already.
    locked = db.session.scalar(
        select(Draft).where(Draft.id == draft.id).with_for_update().execution_options(populate_existing=True)
    )
    done = receipt(draft.idempotency_key, secret=secret)
    if done is not None:
        return done
    if locked is None:
        raise DraftIncomplete(1)
    if story is None:
        step = drafts.missing_step(locked)
        if step is not None:
            raise DraftIncomplete(step)
        story = drafts.story(locked)
    if sender.identity_mode is IdentityMode.SHIELDED:
        # Coarse times: who was seen at a computer at 20:14 must not be found by the clock.
        at = at.replace(minute=0, second=0, microsecond=0)
    try:
        case = _create(story, sender, locked.idempotency_key, secret, seal, at, locale, calendar, prefix)
    except IntegrityError:
        # Somebody without the draft's lock was faster (the draft was restored from a backup, say).
        done = receipt(draft.idempotency_key, secret=secret)
        if done is None:
            raise
        return done
    claims.note(case, (sender.email, sender.phone), seal=seal)
    _move_files(locked, case, at)
    reporter = Actor(reporter_of=frozenset({case.id}))
    if taken_in is None:
        events.record(case, Action.SEND, actor=reporter, at=at, data={"kind": case.kind.value})
    else:
        _record_intake(case, taken_in, at)
    search.index(case)
    _merge_as_told(case, story.same_as, actor=reporter, at=at)
    locked.data = {"sent": case.id}
    # The draft now names its case: no row may hold that beside an account.
    db.session.execute(delete(DraftOwner).where(DraftOwner.draft_id == locked.id))
    locked.created_at = locked.updated_at = at
    return _receipt(case, locked.idempotency_key, secret)


def _create(
    story: Story,
    sender: Sender,
    key: str,
    secret: bytes,
    seal: Seal,
    at: datetime,
    locale: str,
    calendar: Calendar,
    prefix: str,
) -> Submission:
    shown_name = sender.name if sender.identity_mode is IdentityMode.SHOWN else ""
    category = reference_data.categories().get(story.category_id or 0)
    text = normalise(story.text)
    codes = screen("\n".join((story.title, text, story.landmark, shown_name)))
    for attempt in range(_ATTEMPTS):
        case = Submission(
            reference=references.reference(secret, key, calendar.day_of(at), attempt=attempt, prefix=prefix),
            tracking_hash=references.hash_code(secret, references.tracking_code(secret, key)),
            idempotency_hash=digest(key),
            kind=story.kind,
            status=Status.RECEIVED,
            title=story.title or title_from(text),
            body=text,
            place=story.place,
            ward_code=story.ward_code,
            landmark=story.landmark,
            latitude=story.latitude,
            longitude=story.longitude,
            category_id=category.id if category else None,
            identity_mode=sender.identity_mode,
            secret=sender.secret,
            shown_name=shown_name,
            text_public=text_public_at_receipt(
                secret=sender.secret,
                screen_codes=codes,
                verify_first=category is not None and category.verify_first,
            ),
            files_public=False,
            listed=False,
            screen_codes=sorted(codes),
            received_at=at,
            updated_at=at,
            due_at=calendar.deadline(at, VERIFY_DAYS),
            due_from=at,
            due_days=VERIFY_DAYS,
            support_count=0,
            file_count=0,
        )
        planning.note_year(case, calendar.day_of(at))
        try:
            with db.session.begin_nested():
                db.session.add(case)
                db.session.flush()
                db.session.add(_identity(case, sender, seal, at, locale))
                db.session.flush()
        except IntegrityError:
            # The reference is taken by another submission: the next one. Our own key: give up.
            if draft_queries.sent_with(key) is not None or attempt == _ATTEMPTS - 1:
                raise
            continue
        return case
    raise AssertionError("unreachable")


def _identity(case: Submission, sender: Sender, seal: Seal, at: datetime, locale: str) -> Identity:
    """Seal who sent it. A shielded reporter leaves no name, even if one was typed."""
    name = "" if sender.identity_mode is IdentityMode.SHIELDED else sender.name
    return Identity(
        submission_id=case.id,
        alias=references.alias(),
        name=seal.seal(name) if name else "",
        email=seal.seal(sender.email) if sender.email else "",
        phone=seal.seal(sender.phone) if sender.phone else "",
        locale=locale,
        consent_at=at,
    )


def _record_intake(case: Submission, taken_in: TakenIn, at: datetime) -> None:
    """Note who wrote it down and how the citizen agreed.

    Of a shielded reporter (WORKFLOW section 6) the officer at the counter knows the face, nobody else shall:
    whoever asked that officer would soon know the reporter. So neither the row nor the event names them, no
    address of a machine is kept with a case anyway, and `at` is the hour only.
    """
    shielded = case.identity_mode is IdentityMode.SHIELDED
    officer_id = None if shielded else taken_in.user_id
    db.session.add(
        Intake(
            submission_id=case.id,
            channel=taken_in.channel,
            entered_by_id=officer_id,
            consent=taken_in.consent.value,
            created_at=at,
        )
    )
    data = {"kind": case.kind.value, "channel": taken_in.channel.value}
    events.record(case, Action.SEND, actor=Actor(user_id=officer_id), at=at, data=data, on_behalf=True)


def _move_files(draft: Draft, case: Submission, at: datetime) -> None:
    shielded = case.identity_mode is IdentityMode.SHIELDED
    for file in draft_queries.files(draft.id):
        file.draft_id, file.submission_id = None, case.id
        if shielded:
            file.cleared, file.file_name, file.created_at = False, "", at
        if file.purpose is Purpose.LETTER:
            # Name and address stand on it, which others see masked, for a reason and on record.
            file.cleared = False
        case.file_count += 1


def _merge_as_told(case: Submission, reference: str, *, actor: Actor, at: datetime) -> None:
    """Merge the new case into the one that tells the same ("Ya, sama"), or into what that one follows."""
    target = submission_queries.by_reference(reference) if reference else None
    if target is not None and target.merged_into is not None:
        target = target.merged_into
    if target is not None:
        cases.join(case, into=target, actor=actor, at=at)
