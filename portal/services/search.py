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


def forget_words(*, first: bool, pages: int = 200) -> bool:
    """Do a bounded part of the work that takes removed words out of SQLite's index; False when it is done.

    A row that is removed leaves its words in the index until its parts are merged. `first` begins the work.
    PostgreSQL keeps no such parts.
    """
    if db.engine.dialect.name != "sqlite":
        return False
    count = text("SELECT total_changes()")
    before = db.session.scalar(count)
    merge = text("INSERT INTO search_index (search_index, rank) VALUES ('merge', :pages)")
    db.session.execute(merge, {"pages": -pages if first else pages})
    return (db.session.scalar(count) or 0) - (before or 0) >= 2


def remove(submission_id: int) -> None:
    """Take a submission out of the index."""
    db.session.execute(delete(SearchDocument).where(SearchDocument.submission_id == submission_id))
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DELETE FROM search_index WHERE rowid = :id"), {"id": submission_id})
