"""The parts of one case as its staff see it: each one bounded query on a case already authorised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, false, func, select
from sqlalchemy.orm import aliased, joinedload

from portal.core.database import db
from portal.models import (
    Absence,
    Answer,
    Attachment,
    Channel,
    Consent,
    Event,
    Intake,
    LinkType,
    Membership,
    NamedStaff,
    Note,
    Program,
    ProgramLink,
    Proposal,
    Question,
    Statement,
    Status,
    Submission,
    User,
)
from portal.queries.absences import running
from portal.rules.permissions import AGENCY_ROLES, Actor, can
from portal.rules.workflow import Action

#: More than any honest case has; keeps the page bounded.
MOST_EVENTS = 300


def by_reference(reference: str, actor: Actor, *, at: datetime) -> Submission | None:
    """Return a case that the actor may read, else None: for others it does not exist."""
    query = (
        select(Submission)
        .where(Submission.reference == reference)
        .options(
            joinedload(Submission.ward),
            joinedload(Submission.category),
            joinedload(Submission.agency),
            joinedload(Submission.officer).lazyload(User.memberships),
            joinedload(Submission.merged_into),
        )
    )
    found = db.session.scalar(query)
    return found if found is not None and can(Action.READ, actor, found, at=at) else None


@dataclass(frozen=True, slots=True)
class ThreadEntry:
    """One event with whoever did it and the erasable words it points to."""

    id: int
    at: datetime
    action: str
    actor_kind: str
    actor_id: int | None
    actor: str | None
    from_status: Status | None
    to_status: Status | None
    public: bool
    data: dict[str, Any]
    statement: str
    note: str
    question: str
    reply: str

    @property
    def words(self) -> str:
        """Return what was written with this event, if anything."""
        if self.action == Action.REPLY:
            return self.reply
        return self.note or self.question or self.statement


def thread(submission_id: int) -> list[ThreadEntry]:
    """Return everything that happened to a case, internal notes included, oldest first.

    Of an over-long case the newest MOST_EVENTS are returned.
    """

    def pointed(name: str) -> Any:
        return Event.data[name].as_integer()

    query = (
        select(
            Event.id,
            Event.at,
            Event.action,
            Event.actor_kind,
            Event.actor_id,
            User.name,
            Event.from_status,
            Event.to_status,
            Event.public,
            Event.data,
            func.coalesce(Statement.text, ""),
            func.coalesce(Note.body, ""),
            func.coalesce(Question.text, ""),
            func.coalesce(Question.reply, ""),
        )
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(Statement, Statement.id == pointed("statement_id"))
        .outerjoin(Note, Note.id == pointed("note_id"))
        .outerjoin(Question, Question.id == pointed("question_id"))
        .where(Event.submission_id == submission_id)
        .order_by(Event.id.desc())
        .limit(MOST_EVENTS)
    )
    return [ThreadEntry(*row) for row in db.session.execute(query)][::-1]


@dataclass(frozen=True, slots=True)
class OfficialText:
    """An answer or its draft, with whoever wrote it."""

    answer: Answer
    author: str | None

    @property
    def is_draft(self) -> bool:
        """Tell whether only staff can read it."""
        return self.answer.published_at is None

    @property
    def waits(self) -> bool:
        """Tell whether it is a draft that somebody may publish now."""
        return self.is_draft and self.answer.returned_at is None


def official_texts(submission_id: int) -> list[OfficialText]:
    """Return the drafts and published answers of a case, newest first (at most 40)."""
    query = (
        select(Answer, User.name)
        .outerjoin(User, User.id == Answer.author_id)
        .where(Answer.submission_id == submission_id)
        .options(joinedload(Answer.agency))
        .order_by(Answer.id.desc())
        .limit(40)
    )
    return [OfficialText(*row) for row in db.session.execute(query)]


def attachments(submission_id: int) -> list[Attachment]:
    """Return every file of a case, oldest first (at most 60)."""
    query = (
        select(Attachment).where(Attachment.submission_id == submission_id).order_by(Attachment.id).limit(60)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True, slots=True)
class LinkedProgram:
    """A program of the case, as the desk needs it to take the link back."""

    program_id: int
    code: str
    title_id: str
    title_en: str
    type: LinkType
    sentence: str


def programs(submission_id: int) -> list[LinkedProgram]:
    """Return the programs a case is linked to, oldest link first (at most 20)."""
    query = (
        select(
            Program.id,
            Program.code,
            Program.title_id,
            Program.title_en,
            ProgramLink.type,
            ProgramLink.sentence,
        )
        .join(Program, Program.id == ProgramLink.program_id)
        .where(ProgramLink.submission_id == submission_id)
        .order_by(ProgramLink.id)
        .limit(20)
    )
    return [LinkedProgram(*row) for row in db.session.execute(query)]


def merged_here(submission_id: int) -> list[tuple[str, str]]:
    """Return (reference, title) of the cases that were merged into this one (at most 50)."""
    query = (
        select(Submission.reference, Submission.title)
        .where(Submission.merged_into_id == submission_id)
        .order_by(Submission.id)
        .limit(50)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def proposal(submission_id: int) -> Proposal | None:
    """Return the fields of a proposal with its business."""
    return db.session.get(Proposal, submission_id)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """An officer or head of an agency."""

    user_id: int
    name: str
    agency_id: int
    #: Last day of an absence that holds on the day asked for, and who stands in.
    away_until: date | None = None
    deputy: str | None = None


def staff(agency_ids: Sequence[int] | None = None, *, on: date | None = None) -> list[StaffRow]:
    """Return the active officers and heads of these agencies (None: of all), at most 500.

    `on`: also who of them is away on that day of the city.
    """
    deputy = aliased(User)
    away = (
        false()
        if on is None
        else and_(Absence.user_id == User.id, Absence.agency_id == Membership.agency_id, running(on))
    )
    query = (
        select(User.id, User.name, Membership.agency_id, Absence.ends_on, deputy.name)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Absence, away)
        .outerjoin(deputy, deputy.id == Absence.deputy_id)
        .where(Membership.role.in_(AGENCY_ROLES), Membership.agency_id.is_not(None), User.active)
    )
    if agency_ids is not None:
        query = query.where(Membership.agency_id.in_(agency_ids))
    query = query.distinct().order_by(Membership.agency_id, User.name, User.id).limit(500)
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    return [StaffRow(*row) for row in found]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How staff came to write a submission down, and who did (None: nobody is named, or they left)."""

    channel: Channel
    consent: Consent
    by: str | None


def taken_in(submission_id: int) -> TakenIn | None:
    """Return how a submission came to the desk, or None: the citizen sent it over the site."""
    query = (
        select(Intake.channel, Intake.consent, User.name)
        .outerjoin(User, User.id == Intake.entered_by_id)
        .where(Intake.submission_id == submission_id)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else TakenIn(row[0], Consent(row[1]), row[2])


def named(submission_id: int) -> list[str]:
    """Return the names of the members of staff whom a case is about (at most 50)."""
    query = (
        select(User.name)
        .join(NamedStaff, NamedStaff.user_id == User.id)
        .where(NamedStaff.submission_id == submission_id)
        .order_by(User.name, User.id)
        .limit(50)
    )
    return list(db.session.scalars(query))
