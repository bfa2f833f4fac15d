"""Closing a discussion with a reason for everybody, and opening it again."""

from datetime import datetime

from portal.models import Subject
from portal.queries.discussion import Place
from portal.rules.discussion import may_close
from portal.rules.permissions import Actor
from portal.services import audit, pages
from portal.services.discussion.writing import thread_for
from portal.services.errors import NotPermitted


def close(place: Place, *, reason: str, actor: Actor, at: datetime) -> None:
    """Let nobody write any more; `reason` (at most 300 characters) is for everybody. Raises NotPermitted."""
    if not may_close(actor, place.agency_id):
        raise NotPermitted
    thread = thread_for(place)
    thread.closed_at = thread.closed_at or at
    thread.closed_by_id = actor.user_id
    thread.closed_reason = reason
    _note("close_thread", place, thread.id, actor, at)


def reopen(place: Place, *, actor: Actor, at: datetime) -> None:
    """Let people write again. Raises NotPermitted."""
    if not may_close(actor, place.agency_id):
        raise NotPermitted
    thread = thread_for(place)
    if thread.closed_at is None:
        return
    thread.closed_at = thread.closed_by_id = None
    thread.closed_reason = ""
    _note("open_thread", place, thread.id, actor, at)


def _note(action: str, place: Place, thread_id: int, actor: Actor, at: datetime) -> None:
    data = {"subject": str(Subject(place.subject)), "subject_id": place.subject_id}
    audit.note(action, "thread", thread_id, actor=actor, at=at, data=data)
    pages.touch()
