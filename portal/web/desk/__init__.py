"""Where staff work."""

from portal.web.desk import (  # noqa: F401
    absences,
    actions,
    batch,
    casefile,
    cases,
    composing,
    counter,
    files,
    heartbeat,
    kept,
    mentions,
    preview,
    programs,
    queues,
    saved,
    templates,
    undo,
    watching,
)
from portal.web.desk.blueprint import blueprint

__all__ = ["blueprint"]
