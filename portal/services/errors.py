"""Facts that services raise; `portal.web.errors` maps each to an answer once."""


class NotPermitted(Exception):
    """The policy says no. Answered with 404: what one may not do does not exist."""


class StaleVersion(Exception):
    """The form was drawn from an older version of the case (409)."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the case is at version {current}")
        self.current = current
