"""What a reporter reads of their own case, beyond what everybody sees."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from portal.core.database import db
from portal.models import Answer, Attachment, Identity, Purpose, Question, Statement, Submission
from portal.rules.visibility import has_page


def open_question(submission_id: int) -> Question | None:
    """Return the question that waits for the reporter, or None."""
    query = (
        select(Question)
        .where(Question.submission_id == submission_id, Question.replied_at.is_(None))
        .order_by(Question.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def questions(submission_id: int) -> list[Question]:
    """Return the questions that were asked and answered, oldest first (at most 50)."""
    query = (
        select(Question)
        .where(Question.submission_id == submission_id, Question.replied_at.is_not(None))
        .order_by(Question.id)
        .limit(50)
    )
    return list(db.session.scalars(query))


def files(submission_id: int) -> list[Attachment]:
    """Return the files that the reporter sent, oldest first (at most 60)."""
    query = (
        select(Attachment)
        .where(
            Attachment.submission_id == submission_id,
            Attachment.purpose.in_([Purpose.STORY, Purpose.PROPOSAL, Purpose.LETTER, Purpose.REPLY]),
        )
        .order_by(Attachment.id)
        .limit(60)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True, slots=True)
class OwnWords:
    """Something the reporter said after sending."""

    action: str
    text: str
    created_at: datetime


def statements(submission_id: int) -> list[OwnWords]:
    """Return what the reporter added, oldest first (at most 50)."""
    query = (
        select(Statement.action, Statement.text, Statement.created_at)
        .where(Statement.submission_id == submission_id, Statement.by_reporter.is_(True))
        .order_by(Statement.id)
        .limit(50)
    )
    return [OwnWords(*row) for row in db.session.execute(query)]


def target_reference(case: Submission) -> str:
    """Return the reference of the public case that this one was merged into, or ""."""
    if case.merged_into_id is None:
        return ""
    query = select(Submission.reference).where(
        Submission.id == case.merged_into_id, Submission.secret.is_(False)
    )
    return db.session.scalar(query) or ""


def has_contact(submission_id: int) -> bool:
    """Tell whether the reporter left an address; says nothing of which."""
    query = select(Identity.submission_id).where(
        Identity.submission_id == submission_id, or_(Identity.email != "", Identity.phone != "")
    )
    return db.session.scalar(query) is not None


def followed(case: Submission) -> Submission | None:
    """Return the case that one was merged into at last, where everybody can read it; None: it was not."""
    found = case
    for _step in range(20):  # merges point on from case to case
        if found.merged_into_id is None:
            break
        further = db.session.get(Submission, found.merged_into_id)
        if further is None:
            return None
        found = further
    return found if found.id != case.id and has_page(found) and found.hidden_code is None else None


def published_answer(answer_id: int, submission_id: int) -> Answer | None:
    """Return a published answer of a case."""
    if not 0 < answer_id < 2**31:
        return None
    query = select(Answer).where(
        Answer.id == answer_id, Answer.submission_id == submission_id, Answer.published_at.is_not(None)
    )
    return db.session.scalar(query)
