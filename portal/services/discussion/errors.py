"""Why somebody cannot write."""

from datetime import datetime

from portal.rules.discussion import Closing


class DiscussionClosed(Exception):
    """Nobody can write here; `closing` says why."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(f"the discussion is closed: {closing}")
        self.closing = closing


class Blocked(Exception):
    """Moderation keeps this person from writing until a moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__("blocked from writing")
        self.until = until


class TooLate(Exception):
    """The words can no longer be changed."""
