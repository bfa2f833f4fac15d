"""What everybody hears of a program: progress reports with photos, and promised days."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from portal.core.database import db
from portal.core.text import normalise
from portal.models import Milestone, Program, ProgramLink, ProgramPhoto, ProgramUpdate, Subject, Submission
from portal.rules.permissions import Actor
from portal.services import audit, events, outbox, pages, uploads
from portal.services.attachments import StoredFile
from portal.services.errors import NotPermitted
from portal.services.programs.writing import authorise, carry_up, follow_parts, hold

#: Photos of one report.
MOST_PHOTOS = 5


class ReasonNeeded(Exception):
    """A promised day is not moved without saying why."""


def add_update(
    program: Program,
    *,
    actor: Actor,
    at: datetime,
    text_id: str,
    text_en: str = "",
    progress: int,
    photos: Sequence[tuple[StoredFile, str]] = (),
    version: int | None = None,
) -> ProgramUpdate:
    """Publish a progress report (percent) and tell everybody behind the linked submissions.

    `photos` are stored files with a description. Where the program has parts, their progress stands.
    Raises `StaleVersion`: a report that was sent twice is told once.
    """
    hold(program, actor=actor, version=version)
    program.progress = progress
    follow_parts(program)
    update = ProgramUpdate(
        program_id=program.id,
        at=at,
        author_id=actor.user_id,
        text_id=normalise(text_id),
        text_en=normalise(text_en),
        progress=program.progress,
    )
    db.session.add(update)
    db.session.flush()  # need the id
    for position, (file, alt) in enumerate(photos[:MOST_PHOTOS], start=1):
        upload = uploads.keep(file, by_id=actor.user_id, at=at)
        db.session.add(
            ProgramPhoto(
                upload_id=upload.id, update_id=update.id, position=position, alt=normalise(alt)[:200]
            )
        )
    program.updated_at = at
    program.version += 1
    carry_up(program.parent_id, at=at)
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
                "progress": program.progress,
            },
        )
    outbox.tell_followers(
        "program_progress",
        Subject.PROGRAM,
        program.id,
        at=at,
        once=f"update_id{update.id}",
        data={"program_id": program.id, "update_id": update.id, "progress": program.progress},
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
    authorise(actor, program.agency_id)
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
    authorise(actor, program.agency_id)
    milestone = _milestone(program, milestone_id)
    milestone.done_on = on
    program.updated_at = at
    pages.touch()


def move_milestone(
    program: Program, milestone_id: int, *, actor: Actor, at: datetime, to: date, reason: str
) -> None:
    """Move a promised day, with a reason for everybody; the day promised first stays on the page."""
    authorise(actor, program.agency_id)
    milestone = _milestone(program, milestone_id)
    reason = normalise(reason)
    if not reason:
        raise ReasonNeeded
    if milestone.done_on is not None:
        raise NotPermitted
    data = {"milestone_id": milestone.id, "from": milestone.due_on.isoformat(), "to": to.isoformat()}
    milestone.first_due_on = milestone.first_due_on or milestone.due_on
    milestone.due_on, milestone.reason = to, reason[:300]
    program.updated_at = at
    audit.note("milestone_move", "program", program.id, actor=actor, at=at, data=data)
    pages.touch()


def _milestone(program: Program, milestone_id: int) -> Milestone:
    milestone = db.session.scalar(
        select(Milestone).where(Milestone.id == milestone_id, Milestone.program_id == program.id)
    )
    if milestone is None:
        raise NotPermitted
    return milestone
