"""Where staff work."""

from portal.web.desk import actions, cases, heartbeat, mentions, programs, queues, undo, watching  # noqa: F401
from portal.web.desk.blueprint import blueprint

__all__ = ["blueprint"]
