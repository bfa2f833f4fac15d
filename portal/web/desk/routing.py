"""Where a case should go and where it has been: what its page says of suggestions and hand-overs."""

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.models import Submission
from portal.queries.cases import ThreadEntry
from portal.rules.permissions import Actor, standing
from portal.rules.workflow import Action, Who


def last_handover(thread: Sequence[ThreadEntry]) -> ThreadEntry | None:
    """Return the newest hand-over of a case; its words are the reason."""
    return next((entry for entry in reversed(thread) if entry.action == Action.HAND_OVER), None)


def warning(action: Action | None, case: Submission, actor: Actor) -> str:
    """Say what cannot be done twice before it is done once."""
    if action is not Action.HAND_OVER or Who.TRIAGE in standing(actor, case):
        return ""
    return _("Dinas Anda hanya dapat mengalihkan satu kali. Sesudah ini hanya triase yang dapat.")
