"""Meetings of the staff: calling one, its agenda, what was decided, and closing it.

A meeting changes no case. What it decides may be written into a case as an internal note; whatever follows
is done on the case itself, by whoever may.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime

from portal.core.database import db
from portal.core.text import normalise
from portal.models import Meeting, MeetingItem, MeetingPerson, MeetingStatus, Recipient, Submission
from portal.queries import meetings
from portal.rules.meetings import MOST_ITEMS, MOST_PEOPLE, may_call, may_edit
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action
from portal.services import cases, outbox
from portal.services.errors import NotPermitted, StaleVersion

#: The mail that leads to the minutes.
MINUTES = "staff_minutes"


class MeetingClosed(Exception):
    """The minutes are fixed: nothing in them changes any more."""


class AgendaEmpty(Exception):
    """A meeting without a case has no minutes."""


class AgendaFull(Exception):
    """There are `MOST_ITEMS` cases on the agenda."""


def _enter(meeting: Meeting, actor: Actor, version: int | None = None, *, closed: bool = False) -> None:
    """Hold the row, read it anew and ask the rules; `closed`: it has to be closed instead of open."""
    db.session.refresh(meeting, with_for_update=True)
    if not may_edit(actor, meeting, meetings.invited(meeting.id)):
        raise NotPermitted
    if (meeting.status is MeetingStatus.CLOSED) is not closed:
        raise MeetingClosed
    if version is not None and version != meeting.version:
        raise StaleVersion(meeting.version)


def create(
    *,
    title: str,
    place: str,
    starts_at: datetime,
    agency_id: int | None,
    chair_id: int | None,
    people: Collection[int],
    actor: Actor,
    at: datetime,
) -> Meeting:
    """Call a meeting of an agency, or of several (a coordinator, `agency_id` None).

    Whoever calls it and the chair take part. Raises `NotPermitted` for an agency or people not the actor's.
    """
    if not may_call(actor, agency_id):
        raise NotPermitted
    meeting = Meeting(
        token=secrets.token_urlsafe(24),
        title=normalise(title),
        place=normalise(place),
        starts_at=starts_at,
        agency_id=agency_id,
        chair_id=chair_id,
        created_by_id=actor.user_id,
        created_at=at,
        status=MeetingStatus.PLANNED,
    )
    db.session.add(meeting)
    db.session.flush()  # need the id
    _invite(meeting, people, actor)
    return meeting


def edit(
    meeting: Meeting,
    *,
    title: str,
    place: str,
    starts_at: datetime,
    chair_id: int | None,
    people: Collection[int],
    actor: Actor,
    version: int,
) -> None:
    """Change a planned meeting. Raises `StaleVersion`, `MeetingClosed`, `NotPermitted`."""
    _enter(meeting, actor, version)
    meeting.title, meeting.place = normalise(title), normalise(place)
    meeting.starts_at, meeting.chair_id = starts_at, chair_id
    _invite(meeting, people, actor)
    meeting.version += 1


def _invite(meeting: Meeting, people: Collection[int], actor: Actor) -> None:
    before = meetings.invited(meeting.id)
    # Whoever is on the list already may stay, even if this actor could not have asked them.
    open_to = {one.user_id for one in meetings.colleagues(actor)} | before
    wanted = {*people, *(one for one in (meeting.chair_id, meeting.created_by_id) if one is not None)}
    if not wanted <= open_to | {meeting.created_by_id} or len(wanted) > MOST_PEOPLE:
        raise NotPermitted
    for user_id in sorted(wanted - before):
        db.session.add(MeetingPerson(meeting_id=meeting.id, user_id=user_id))
    for user_id in before - wanted:
        db.session.delete(db.session.get_one(MeetingPerson, (meeting.id, user_id)))
    db.session.flush()  # the next question is who was invited


def add_cases(meeting: Meeting, subjects: Sequence[Submission], *, actor: Actor, at: datetime) -> int:
    """Put cases at the end of the agenda and return how many are new there.

    Raises `NotPermitted` for a case that the actor may not read, `AgendaFull`, `MeetingClosed`.
    """
    _enter(meeting, actor)
    if not all(can(Action.READ, actor, case, at=at) for case in subjects):
        raise NotPermitted
    items = [row.item for row in meetings.agenda(meeting.id)]
    taken = {item.submission_id for item in items}
    last = max((item.position for item in items), default=0)
    new = list({case.id: None for case in subjects if case.id not in taken})
    if len(items) + len(new) > MOST_ITEMS:
        raise AgendaFull
    for number, case_id in enumerate(new, start=last + 1):
        db.session.add(MeetingItem(meeting_id=meeting.id, submission_id=case_id, position=number))
    db.session.flush()  # the page that follows reads them
    return len(new)


def move(meeting: Meeting, item_id: int, step: int, *, actor: Actor, at: datetime) -> None:
    """Move an item up (-1) or down (1); at the end of the list it stays. Raises as `add_cases` does.

    It passes the next item that the actor sees: a press that moves nothing would tell of a secret one.
    """
    _enter(meeting, actor)
    items = [row.item for row in meetings.agenda(meeting.id)]
    shown = [row.item for row in meetings.seen(meeting.id, actor, at=at)]
    here = next((number for number, item in enumerate(shown) if item.id == item_id), None)
    if here is None:
        raise NotPermitted
    there = items.index(shown[min(max(here + step, 0), len(shown) - 1)])
    items.remove(shown[here])
    items.insert(there, shown[here])
    for number, item in enumerate(items, start=1):
        item.position = number


def remove(meeting: Meeting, item_id: int, *, actor: Actor) -> None:
    """Take an item off the agenda, with what was decided on it. Pressing twice is as good as once."""
    _enter(meeting, actor)
    item = meetings.item(meeting.id, item_id)
    if item is not None:
        db.session.delete(item)
        db.session.flush()  # the page that follows counts them


def decide(
    meeting: Meeting,
    item: MeetingItem,
    case: Submission,
    *,
    decision: str,
    owner_id: int | None,
    due_on: date | None,
    note: str = "",
    actor: Actor,
    at: datetime,
    version: int,
) -> bool:
    """Write down what was decided on a case; return whether it was new. An empty text takes it back.

    `note` is what to write into the case as an internal note when the text of the decision changed. Raises
    `StaleVersion` when somebody else wrote meanwhile, `NotPermitted` for a case the actor may not read.
    """
    _enter(meeting, actor)
    db.session.refresh(item, with_for_update=True)
    if item.meeting_id != meeting.id or item.submission_id != case.id:
        raise NotPermitted
    if not can(Action.READ, actor, case, at=at):
        raise NotPermitted
    words = normalise(decision)
    unchanged = (item.decision, item.owner_id, item.due_on) == (words, owner_id, due_on)
    if unchanged:
        return False
    if item.version != version:
        raise StaleVersion(item.version)
    said_anew = words and words != item.decision
    item.decision, item.owner_id, item.due_on = words, owner_id, due_on
    item.decided_at, item.decided_by_id = (at, actor.user_id) if words else (None, None)
    item.version += 1
    if note and said_anew and can(Action.NOTE, actor, case, at=at):
        cases.note(case, text=note, actor=actor, at=at)
    return True


def attend(meeting: Meeting, present: Collection[int], *, actor: Actor) -> None:
    """Note who is there; everybody else on the list is absent."""
    _enter(meeting, actor)
    for user_id in meetings.invited(meeting.id):
        db.session.get_one(MeetingPerson, (meeting.id, user_id)).present = user_id in present


def close(meeting: Meeting, *, remarks: str, actor: Actor, at: datetime, version: int) -> None:
    """Fix the minutes and mail everybody who was invited, each only what they may read.

    Raises `AgendaEmpty`, `MeetingClosed`, `StaleVersion`.
    """
    _enter(meeting, actor, version)
    if not meetings.agenda(meeting.id):
        raise AgendaEmpty
    meeting.status, meeting.closed_at = MeetingStatus.CLOSED, at
    meeting.remarks = normalise(remarks)
    meeting.version += 1
    for user_id in sorted(meetings.invited(meeting.id)):
        outbox.queue(
            MINUTES,
            to=Recipient.USER,
            recipient_id=user_id,
            at=at,
            data={"meeting_id": meeting.id},
            dedupe_key=f"{MINUTES}:{meeting.id}:{user_id}",
        )


def correct(meeting: Meeting, *, text: str, head: str, actor: Actor, version: int) -> None:
    """Add a correction below the fixed minutes. `head` says when and by whom, in words."""
    _enter(meeting, actor, version, closed=True)
    words = normalise(text)
    if words:
        meeting.remarks = f"{meeting.remarks}\n\n{head}\n{words}".strip()
        meeting.version += 1
