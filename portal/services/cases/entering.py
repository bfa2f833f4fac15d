"""What every change to a case begins with: the row is held, the version, the policy and the table agree."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import inspect

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.text import normalise, screen
from portal.models import (
    AbsenceCase,
    Agency,
    Attachment,
    Category,
    IdentityMode,
    Purpose,
    Statement,
    Submission,
)
from portal.queries import absences, reference
from portal.rules import deadlines, workflow
from portal.rules.deadlines import Calendar
from portal.rules.permissions import Actor, can, could, standing
from portal.rules.textmerge import has_markers
from portal.rules.workflow import Action, MissingRequirement, Requirement, Transition, TransitionNotAllowed
from portal.services.errors import NotPermitted, StaleVersion

_COLUMNS = [column.key for column in inspect(Submission).column_attrs]


def lock(*cases: Submission) -> None:
    """Hold these rows until the transaction ends and read them anew, in one order for everybody.

    On SQLite whoever may write is alone already.
    """
    for case in sorted(cases, key=lambda one: one.id):
        # the mild lock: rows that only point to the case (supports, mails) need not wait
        db.session.refresh(case, attribute_names=_COLUMNS, with_for_update={"key_share": True})
        db.session.expire(case, ["named_staff"])


def enter(
    case: Submission, action: Action, *, actor: Actor, at: datetime, version: int | None = None
) -> Transition:
    """Hold the case and return the row of the table for an action that moves it.

    Raises `StaleVersion` when the caller saw another version, `NotPermitted` where the actor may never do
    this, `TransitionNotAllowed` where the case is not (or no longer) in a state for it.
    """
    _hold(case, action, actor, version)
    row = workflow.row(action, case.status, case.kind)
    if not standing(actor, case) & row.who:
        raise NotPermitted
    if not can(action, actor, case, at=at):
        raise TransitionNotAllowed(case.status, action)
    return row


def enter_standing(
    case: Submission, action: Action, *, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Hold the case for an action that leaves its status alone. Raises as `enter` does."""
    _hold(case, action, actor, version)
    if not can(action, actor, case, at=at):
        raise TransitionNotAllowed(case.status, action)


def _hold(case: Submission, action: Action, actor: Actor, version: int | None) -> None:
    lock(case)
    if version is not None and version != case.version:
        raise StaleVersion(case.version)
    if not could(action, actor, case):
        raise NotPermitted


def calendar() -> Calendar:
    """Return the working days of the city."""
    return reference.calendar()


def start_clock(case: Submission, at: datetime, days: int) -> None:
    """Set the deadline to `days` working days from now; whoever asks can be told what it was counted from."""
    case.due_at, case.escalated = calendar().deadline(at, days), 0
    case.due_from, case.due_days = at, days


def stop_clock(case: Submission) -> None:
    """Let no deadline run."""
    case.due_at = case.due_from = case.due_days = case.paused_at = None


def answer_days(case: Submission) -> int:
    """Return the working days granted for an answer to this case.

    The category is read in this transaction: it may be new, and what is remembered of it older.
    """
    category = None if case.category_id is None else db.session.get(Category, case.category_id)
    own = None if category is None else category.answer_days
    return deadlines.answer_days(case.kind, case.category_id, own, reference.service_levels())


def reporter_time(case: Submission, at: datetime) -> datetime:
    """Return the moment that is kept of something a reporter did.

    Of a shielded reporter only the hour is kept (WORKFLOW section 6), never earlier than what came before.
    """
    if case.identity_mode is not IdentityMode.SHIELDED:
        return at
    return max(at.replace(minute=0, second=0, microsecond=0), case.updated_at)


def required(text: str, action: Action, requirement: Requirement) -> str:
    """Return the text as it is stored; raise `MissingRequirement` where nothing can be read in it.

    A text for the public that still carries the marker lines of two joined wordings is not one yet.
    """
    text = normalise(text)
    if not text or (requirement is Requirement.PUBLIC_TEXT and has_markers(text)):
        raise MissingRequirement(action, requirement)
    return text


def state(
    case: Submission, action: Action, text: str, *, by_reporter: bool, at: datetime
) -> dict[str, object]:
    """Keep words that belong to an event and return the part of its data that points to them.

    What a reporter writes is looked over like a first text: with a telephone number or the like in it, it
    is for staff only ("screened").
    """
    statement = Statement(
        submission_id=case.id, action=str(action), text=text, by_reporter=by_reporter, created_at=at
    )
    db.session.add(statement)
    db.session.flush()  # need the id
    data: dict[str, object] = {"statement_id": statement.id}
    if by_reporter and screen(text):
        data["screened"] = True
    return data


def the_category(category_id: int | None, action: Action) -> Category:
    """Return the category; raise `MissingRequirement` where there is none."""
    category = None if category_id is None else db.session.get(Category, category_id)
    if category is None:
        raise MissingRequirement(action, Requirement.CATEGORY)
    return category


def the_agency(agency_id: int | None, action: Action, requirement: Requirement) -> Agency:
    """Return the agency; raise `MissingRequirement` where there is none at work."""
    agency = None if agency_id is None else db.session.get(Agency, agency_id)
    if agency is None or not agency.active:
        raise MissingRequirement(action, requirement)
    return agency


def seat(case: Submission, officer_id: int | None, *, at: datetime) -> None:
    """Put an officer of the case's agency in charge, or nobody; of one who is away, the deputy.

    Raises `NotPermitted` for somebody who does not sit there or whom a secret case names.
    """
    if officer_id is not None:
        named = case.secret and officer_id in case.named_user_ids
        if named or not absences.works_in(officer_id, case.agency_id):
            raise NotPermitted
        officer_id = _present(case, officer_id, at)
    case.officer_id = officer_id
    db.session.expire(case, ["officer"])


def _present(case: Submission, officer_id: int, at: datetime) -> int:
    """Return the officer, or whoever stands in for them today. What is lent so is noted, to come back."""
    found = absences.stand_in(officer_id, case.agency_id, on=city_date(at))
    if found is None or (case.secret and found.user_id in case.named_user_ids):
        return officer_id
    for absence_id in found.absence_ids:
        if db.session.get(AbsenceCase, (absence_id, case.id)) is None:
            db.session.add(AbsenceCase(absence_id=absence_id, submission_id=case.id))
    return found.user_id


def append_files(
    case: Submission, files: Iterable[Attachment], purpose: Purpose, *, event_id: int, by_reporter: bool
) -> None:
    """Make files part of an event of the case. A reporter's later files stay closed until triage saw them."""
    for file in files:
        if file.submission_id != case.id:
            file.draft_id, file.submission_id = None, case.id
            case.file_count += 1
        file.event_id, file.purpose = event_id, purpose
        if by_reporter:
            file.cleared = False
            if case.identity_mode is IdentityMode.SHIELDED:
                file.file_name = ""
