"""Programs: creating, reporting progress, and linking them to what citizens sent."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.core.text import normalise
from portal.models import LinkType, Milestone, Program, ProgramLink, ProgramUpdate, Role, Subject, Submission
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action, MissingRequirement, Requirement
from portal.services import events, outbox, pages
from portal.services.errors import NotPermitted, StaleVersion

#: What `create` and `edit` may set; anything else in a form is not ours.
FIELDS = frozenset(
    {
        "code",
        "nomenclature",
        "title_id",
        "title_en",
        "summary_id",
        "summary_en",
        "agency_id",
        "year",
        "budget",
        "status",
        "progress",
        "indicator_id",
        "indicator_en",
        "target",
        "realised",
    }
)


def may_edit(actor: Actor, agency_id: int) -> bool:
    """Tell whether the actor may write programs of that agency: its head, a named officer, or triage."""
    return actor.has(Role.TRIAGE) or any(
        seat.agency_id == agency_id and (seat.role is Role.HEAD or seat.publisher) for seat in actor.seats
    )


def _authorise(actor: Actor, agency_id: int) -> None:
    if not may_edit(actor, agency_id):
        raise NotPermitted


def create(*, actor: Actor, at: datetime, fields: Mapping[str, Any]) -> Program:
    """Add a program. `fields` are those of FIELDS; budget in whole rupiah, progress in percent."""
    _authorise(actor, fields["agency_id"])
    program = Program(**{name: fields[name] for name in FIELDS & fields.keys()}, updated_at=at)
    db.session.add(program)
    db.session.flush()  # need the id
    pages.touch()
    return program


def edit(program: Program, *, actor: Actor, at: datetime, version: int, fields: Mapping[str, Any]) -> None:
    """Change a program; raise `StaleVersion` when somebody else did so in the meantime."""
    _authorise(actor, program.agency_id)
    if program.version != version:
        raise StaleVersion(program.version)
    if "agency_id" in fields:
        _authorise(actor, fields["agency_id"])
    for name in FIELDS & fields.keys():
        setattr(program, name, fields[name])
    program.version += 1
    program.updated_at = at
    pages.touch()


def add_update(
    program: Program, *, actor: Actor, at: datetime, text_id: str, text_en: str = "", progress: int
) -> ProgramUpdate:
    """Publish a progress report (percent) and tell everybody behind the linked submissions."""
    _authorise(actor, program.agency_id)
    update = ProgramUpdate(
        program_id=program.id,
        at=at,
        author_id=actor.user_id,
        text_id=normalise(text_id),
        text_en=normalise(text_en),
        progress=progress,
    )
    db.session.add(update)
    db.session.flush()  # need the id
    program.progress = progress
    program.updated_at = at
    program.version += 1
    for case in linked_cases(program):
        events.record(
            case,
            "program_progress",
            actor=actor,
            at=at,
            data={
                "program_id": program.id,
                "program_code": program.code,
                "update_id": update.id,
                "progress": progress,
            },
        )
    outbox.tell_followers(
        "program_progress",
        Subject.PROGRAM,
        program.id,
        at=at,
        once=f"update_id{update.id}",
        data={"program_id": program.id, "update_id": update.id, "progress": progress},
        but_user=actor.user_id,
    )
    pages.touch()
    return update


def linked_cases(program: Program) -> list[Submission]:
    """Return the submissions linked to a program, oldest link first."""
    return list(
        db.session.scalars(
            select(Submission)
            .join(ProgramLink, ProgramLink.submission_id == Submission.id)
            .where(ProgramLink.program_id == program.id)
            .order_by(ProgramLink.id)
        )
    )


def add_milestone(
    program: Program, *, actor: Actor, at: datetime, title_id: str, title_en: str = "", due_on: date
) -> Milestone:
    """Promise a date."""
    _authorise(actor, program.agency_id)
    milestone = Milestone(
        program_id=program.id,
        title_id=normalise(title_id),
        title_en=normalise(title_en) or normalise(title_id),
        due_on=due_on,
    )
    db.session.add(milestone)
    program.updated_at = at
    pages.touch()
    return milestone


def keep_milestone(program: Program, milestone_id: int, *, actor: Actor, at: datetime, on: date) -> None:
    """Note the day on which a promised date was kept."""
    _authorise(actor, program.agency_id)
    milestone = db.session.scalar(
        select(Milestone).where(Milestone.id == milestone_id, Milestone.program_id == program.id)
    )
    if milestone is None:
        raise NotPermitted
    milestone.done_on = on
    program.updated_at = at
    pages.touch()


def link(
    case: Submission, program: Program, *, type: LinkType, sentence: str, actor: Actor, at: datetime
) -> ProgramLink:
    """Link a submission to a program, with a sentence that tells the citizen why; again rewrites it."""
    if not can(Action.LINK, actor, case, at=at):
        raise NotPermitted
    sentence = normalise(sentence)
    if not sentence:
        raise MissingRequirement(Action.LINK, Requirement.TEXT)
    found = _link(case, program)
    if found is None:
        found = ProgramLink(
            submission_id=case.id,
            program_id=program.id,
            type=type,
            sentence=sentence,
            created_by_id=actor.user_id,
            created_at=at,
        )
        db.session.add(found)
        db.session.flush()  # need the id
    else:
        found.type, found.sentence = type, sentence
    data = {"program_id": program.id, "program_code": program.code, "type": str(type)}
    events.record(case, Action.LINK, actor=actor, at=at, data=data)
    return found


def unlink(case: Submission, program: Program, *, actor: Actor, at: datetime) -> None:
    """Take a link back. Nothing happens where there is none."""
    if not can(Action.UNLINK, actor, case, at=at):
        raise NotPermitted
    found = _link(case, program)
    if found is not None:
        db.session.delete(found)
        data = {"program_id": program.id, "program_code": program.code}
        events.record(case, Action.UNLINK, actor=actor, at=at, data=data)


def _link(case: Submission, program: Program) -> ProgramLink | None:
    return db.session.scalar(
        select(ProgramLink).where(ProgramLink.submission_id == case.id, ProgramLink.program_id == program.id)
    )
