"""A draft that is not good yet goes back to whoever wrote it."""

from datetime import datetime

from portal.core.database import db
from portal.models import Answer, Mention, Note, Submission
from portal.queries import mentions
from portal.rules.permissions import Actor
from portal.rules.workflow import Action, Requirement
from portal.services import events
from portal.services.cases.entering import enter_standing, required
from portal.services.cases.notes import write_note
from portal.services.errors import NotPermitted


def return_draft(
    case: Submission, draft: Answer, *, text: str, actor: Actor, at: datetime, version: int | None = None
) -> Note:
    """Give a draft of the case's agency back with an internal note; its author is told.

    It waits for publication no more until somebody saves it again. Raises `NotPermitted` for any other text.
    """
    enter_standing(case, Action.RETURN_DRAFT, actor=actor, at=at, version=version)
    waits = draft.published_at is None and draft.returned_at is None
    if draft.submission_id != case.id or draft.agency_id != case.agency_id or not waits:
        raise NotPermitted
    words = required(text, Action.RETURN_DRAFT, Requirement.TEXT)
    note = write_note(case, words, actor=actor, at=at)
    draft.returned_at = at
    data: dict[str, object] = {"answer_id": draft.id, "note_id": note.id}
    author = next((one.id for one in mentions.colleagues(case) if one.id == draft.author_id), None)
    if author is not None and author != actor.user_id:
        db.session.add(Mention(note_id=note.id, user_id=author))
        data["mention_ids"] = [author]
    events.record(case, Action.RETURN_DRAFT, actor=actor, at=at, public=False, data=data)
    return note
