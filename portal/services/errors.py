"""Facts that services raise; `portal.web.errors` maps each to an answer once."""

from collections.abc import Iterable


class NotPermitted(Exception):
    """The policy says no. Answered with 404: what one may not do does not exist."""


class NotForEveryone(Exception):
    """A text that everybody would read at once holds what a person should look at first.

    `codes` are those of `core.text.screening`: a telephone number, an e-mail, a NIK, a link, a flagged word.
    """

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)
        super().__init__(f"the screen found {', '.join(self.codes)}")


class StaleVersion(Exception):
    """The form was drawn from an older version of the case (409)."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the case is at version {current}")
        self.current = current
