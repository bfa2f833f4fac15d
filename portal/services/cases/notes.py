"""Words beside the official ones: internal notes of staff, and what a reporter adds."""

from collections.abc import Collection, Sequence
from datetime import datetime

from portal.core.database import db
from portal.models import Attachment, Mention, Note, Purpose, Submission
from portal.queries import mentions
from portal.rules.mentions import mentioned
from portal.rules.permissions import Actor
from portal.rules.workflow import Action, Requirement
from portal.services import events
from portal.services.cases.entering import append_files, enter_standing, reporter_time, required, state
from portal.services.errors import NotPermitted


def note(
    case: Submission,
    *,
    text: str,
    mention_ids: Collection[int] = (),
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Note:
    """Write an internal note, for the staff of the case only.

    Colleagues whom it names with "@", and those of `mention_ids`, are told. Raises `NotPermitted` for an id
    of somebody who may not read the case.
    """
    enter_standing(case, Action.NOTE, actor=actor, at=at, version=version)
    words = required(text, Action.NOTE, Requirement.TEXT)
    written = write_note(case, words, actor=actor, at=at)
    data: dict[str, object] = {"note_id": written.id}
    named = _named(case, words, mention_ids) - {actor.user_id}
    if named:
        db.session.add_all(Mention(note_id=written.id, user_id=one) for one in sorted(named))
        data["mention_ids"] = sorted(named)
    events.record(case, Action.NOTE, actor=actor, at=at, public=False, data=data)
    return written


def write_note(case: Submission, words: str, *, actor: Actor, at: datetime) -> Note:
    """Add the row of a note and return it with its id; raise `NotPermitted` where nobody is its author."""
    if actor.user_id is None:
        raise NotPermitted
    note = Note(submission_id=case.id, author_id=actor.user_id, body=words, created_at=at)
    db.session.add(note)
    db.session.flush()  # need the id
    return note


def _named(case: Submission, words: str, mention_ids: Collection[int]) -> frozenset[int]:
    if not mention_ids and "@" not in words:
        return frozenset()
    colleagues = mentions.colleagues(case)
    if not {one.id for one in colleagues} >= set(mention_ids):
        raise NotPermitted
    return mentioned(words, colleagues) | frozenset(mention_ids)


def add_information(
    case: Submission,
    *,
    text: str,
    attachments: Sequence[Attachment] = (),
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Add something to one's own submission while it is open. Staff read it; the public reads that it was."""
    enter_standing(case, Action.ADD_INFORMATION, actor=actor, at=at, version=version)
    words = required(text, Action.ADD_INFORMATION, Requirement.TEXT)
    at = reporter_time(case, at)
    data = state(case, Action.ADD_INFORMATION, words, by_reporter=True, at=at)
    event = events.record(case, Action.ADD_INFORMATION, actor=actor, at=at, data=data)
    append_files(case, attachments, Purpose.REPLY, event_id=event.id, by_reporter=True)
