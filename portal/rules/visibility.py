"""What the public may see of a submission, and when (WORKFLOW section 1, "When is it public?")."""

from collections.abc import Collection
from typing import Protocol

from portal.models.kinds import HideCode, IdentityMode, Status


class Visible(Protocol):
    """What these rules need to know of a submission."""

    @property
    def status(self) -> Status: ...
    @property
    def secret(self) -> bool: ...
    @property
    def hidden_code(self) -> HideCode | None: ...
    @property
    def text_public(self) -> bool: ...
    @property
    def files_public(self) -> bool: ...
    @property
    def identity_mode(self) -> IdentityMode: ...


def text_public_at_receipt(*, secret: bool, screen_codes: Collection[str], verify_first: bool) -> bool:
    """Tell whether a new text may be read by everybody at once."""
    return not (secret or screen_codes or verify_first)


def has_page(case: Visible) -> bool:
    """Tell whether `/k/<reference>` answers to everybody. Secret ones never exist for the public."""
    return not case.secret


def shows_text(case: Visible) -> bool:
    """Tell whether everybody may read the text."""
    return (
        has_page(case)
        and case.text_public
        and case.hidden_code is None
        and case.status is not Status.WITHDRAWN
    )


def shows_files(case: Visible) -> bool:
    """Tell whether everybody may see the photos and files (always after verify)."""
    return shows_text(case) and case.files_public


def listed(case: Visible) -> bool:
    """Tell whether the case stands in public lists, searches, feeds and counts."""
    return shows_text(case) and case.status is not Status.MERGED
