"""Where staff work."""

from portal.web.desk import actions, cases, heartbeat, programs, queues, undo  # noqa: F401
from portal.web.desk.blueprint import blueprint

__all__ = ["blueprint"]
