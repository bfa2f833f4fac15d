"""The question behind a link in a mail."""

from datetime import datetime

from portal.core.database import db
from portal.models import Question, Status, Submission, TokenPurpose
from portal.services import tokens


def open_token(token: str, at: datetime) -> tuple[Question, Submission] | None:
    """Return the question that a link may still answer, with its case; None when it is no good (any more).

    Opening uses nothing up: `tokens.redeem` does, when the reply is sent.
    """
    question_id = tokens.peek(token, TokenPurpose.ANSWER_QUESTION, at)
    question = None if question_id is None else db.session.get(Question, question_id)
    if question is None or question.replied_at is not None:
        return None
    case = db.session.get(Submission, question.submission_id)
    if case is None or case.status is not Status.NEEDS_INFO:
        return None
    return question, case
