"""Where staff work."""

from portal.web.desk import (  # noqa: F401
    absences,
    actions,
    agenda,
    batch,
    board,
    businesses,
    casefile,
    cases,
    composing,
    consultation_life,
    consultations,
    counter,
    discussion,
    duplicates,
    files,
    heartbeat,
    kept,
    meeting_run,
    meetings,
    mentions,
    moderation,
    packages,
    partnerships,
    preview,
    programs,
    queues,
    readiness,
    saved,
    splitting,
    templates,
    undo,
    watching,
)
from portal.web.desk.blueprint import blueprint

__all__ = ["blueprint"]
