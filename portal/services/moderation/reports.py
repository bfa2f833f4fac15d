"""A reader's remark that something should not stand there."""

from datetime import datetime

from sqlalchemy import update

from portal.core.database import db, insert
from portal.models import Comment, Report, ReportReason, Subject


def report(
    subject: Subject, subject_id: int, *, reason: ReportReason, words: str, person_hash: str, at: datetime
) -> bool:
    """Keep a report; False when this person reported the same thing before.

    `person_hash` is a keyed hash of the account or of the browser: who reports stays unknown.
    """
    row = {
        "subject": subject,
        "subject_id": subject_id,
        "reason": reason,
        "words": words[:1000],
        "person_hash": person_hash,
        "created_at": at,
    }
    statement = insert(Report).values(row).on_conflict_do_nothing().returning(Report.id)
    if db.session.scalar(statement) is None:
        return False
    if subject is Subject.COMMENT:
        db.session.execute(
            update(Comment)
            .where(Comment.id == subject_id)
            .values(report_count=Comment.report_count + 1)
            .execution_options(synchronize_session=False)
        )
    return True
