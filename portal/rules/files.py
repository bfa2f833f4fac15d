"""Who may see a file. Default deny: a purpose that is not named here is nobody's."""

from datetime import datetime
from typing import Protocol

from portal.models.kinds import IdentityMode, Purpose
from portal.models.submissions import Submission
from portal.rules import visibility
from portal.rules.permissions import Actor, can, standing
from portal.rules.workflow import Action, Who

#: What everybody may see once the case shows its files. Replies, letters and notes never are.
PUBLIC_PURPOSES = frozenset({Purpose.STORY, Purpose.PROPOSAL, Purpose.EVIDENCE})
#: What the reporter sees of their own case: all but the notes of the staff.
REPORTER_PURPOSES = PUBLIC_PURPOSES | {Purpose.REPLY, Purpose.LETTER}


class File(Protocol):
    """What these rules need to know of a file; `Attachment` is one."""

    @property
    def purpose(self) -> Purpose: ...
    @property
    def proprietary(self) -> bool: ...
    @property
    def cleared(self) -> bool: ...
    @property
    def event_id(self) -> int | None: ...


def everybody_sees(file: File, case: Submission) -> bool:
    """Tell whether a file may be shown to anybody. Proprietary parts of a proposal never are."""
    return (
        visibility.shows_files(case)
        and file.purpose in PUBLIC_PURPOSES
        and not file.proprietary
        and file.cleared
    )


def may_see(file: File, case: Submission, actor: Actor, *, at: datetime) -> bool:
    """Tell whether this actor may see the file: everybody, the reporter, or staff who may read the case."""
    if everybody_sees(file, case):
        return True
    who = standing(actor, case)
    if Who.REPORTER in who and file.purpose in REPORTER_PURPOSES:
        # Evidence without an event belongs to an answer that is not published yet.
        return file.purpose is not Purpose.EVIDENCE or file.event_id is not None
    if not can(Action.READ, actor, case, at=at):
        return False
    # A photo of a shielded reporter may show who they are, and a letter is signed: only triage opens it.
    tells = case.identity_mode is IdentityMode.SHIELDED or file.purpose is Purpose.LETTER
    return Who.TRIAGE in who if tells and not file.cleared else True
