"""What belongs to a program: submissions and partnerships, each with a sentence that says why."""

from datetime import datetime

from sqlalchemy import select

from portal.core.database import db
from portal.core.text import normalise
from portal.models import LinkType, Partnership, Program, ProgramLink, ProgramPartnership, Submission
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action, MissingRequirement, Requirement
from portal.services import audit, events, pages
from portal.services.errors import NotPermitted
from portal.services.programs.writing import authorise


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


def link_partnership(
    program: Program, partnership: Partnership, *, type: LinkType, sentence: str, actor: Actor, at: datetime
) -> None:
    """Say that a partnership and a program carry each other; again rewrites the sentence."""
    authorise(actor, program.agency_id)
    found = db.session.get(ProgramPartnership, (program.id, partnership.id))
    if found is None:
        found = ProgramPartnership(
            program_id=program.id,
            partnership_id=partnership.id,
            created_by_id=actor.user_id,
            created_at=at,
        )
        db.session.add(found)
    found.type, found.sentence = type, normalise(sentence)[:300]
    program.updated_at = at
    data = {"partnership_id": partnership.id, "type": str(type)}
    audit.note("program_link_partnership", "program", program.id, actor=actor, at=at, data=data)
    pages.touch()


def unlink_partnership(program: Program, partnership_id: int, *, actor: Actor, at: datetime) -> None:
    """Take it back. Nothing happens where there is none."""
    authorise(actor, program.agency_id)
    found = db.session.get(ProgramPartnership, (program.id, partnership_id))
    if found is None:
        return
    db.session.delete(found)
    program.updated_at = at
    data = {"partnership_id": partnership_id}
    audit.note("program_unlink_partnership", "program", program.id, actor=actor, at=at, data=data)
    pages.touch()
