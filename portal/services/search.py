"""Keeping the search index: the stems of every submission, the same on both engines."""

from sqlalchemy import delete, text

from portal.core.database import db
from portal.core.text import stems
from portal.models import SearchDocument, Submission


def index(case: Submission) -> None:
    """(Re)write what a submission is found by: title, text, landmark and reference.

    Everything is indexed, secret ones too (staff search them); every query asks for itself what its
    reader may see.
    """
    words = " ".join(stems(" ".join((case.title, case.body, case.landmark, case.reference))))
    db.session.merge(SearchDocument(submission_id=case.id, stems=words))
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DELETE FROM search_index WHERE rowid = :id"), {"id": case.id})
        db.session.execute(
            text("INSERT INTO search_index (rowid, stems) VALUES (:id, :stems)"),
            {"id": case.id, "stems": words},
        )


def remove(submission_id: int) -> None:
    """Take a submission out of the index."""
    db.session.execute(delete(SearchDocument).where(SearchDocument.submission_id == submission_id))
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DELETE FROM search_index WHERE rowid = :id"), {"id": submission_id})
