"""The field on the page of a stale save in which two colleagues' wordings are joined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from portal.models import AnswerKind, Submission
from portal.queries import submissions
from portal.queries.cases import OfficialText, ThreadEntry
from portal.rules.permissions import Actor, can
from portal.rules.textmerge import Titles, merge
from portal.rules.workflow import PUBLISHES, Action
from portal.web.desk.fields import place
from portal.web.desk.forms import DeskForm
from portal.web.desk.table import ACTIONS, may_mend

#: Whose text can be joined with a colleague's.
_TEXTS = frozenset(PUBLISHES) | {Action.DRAFT_ANSWER, Action.EDIT_ANSWER}


@dataclass(frozen=True, slots=True)
class Joined:
    """A form whose text holds both wordings, and what it will do."""

    form: DeskForm
    action: Action
    author: str
    #: In how many places a person must decide.
    conflicts: int
    published: bool


def joined(
    case: Submission,
    actor: Actor,
    at: datetime,
    action: Action,
    form: DeskForm,
    news: Sequence[ThreadEntry],
    texts: Sequence[OfficialText],
) -> Joined | None:
    """Return the form of the joined text, or None where a colleague wrote nothing to join with.

    Joined with a draft it does what was asked for; joined with what a colleague already published it mends
    that answer, if the actor may.
    """
    if action not in _TEXTS or not form.text.data:
        return None
    theirs = _theirs(actor, action, form, news, texts)
    if theirs is None or theirs.answer.text.strip() == form.text.data.strip():
        return None
    doing = action
    if not theirs.is_draft:
        doing = Action.EDIT_ANSWER
        if not may_mend(theirs, case):
            return None
    if not can(doing, actor, case, at=at):
        return None
    author = theirs.author or _("petugas")
    titles = Titles(
        _("Tulisan Anda"), _("Tulisan %(name)s", name=author), _("Akhir perbedaan, hapus baris bertanda ini")
    )
    merged = merge(form.text.data, theirs.answer.text, base=_beginning(theirs, action, news), titles=titles)
    return Joined(
        _filled(case, actor, doing, form, theirs, merged.text),
        doing,
        author,
        merged.conflicts,
        not theirs.is_draft,
    )


def _theirs(
    actor: Actor,
    action: Action,
    form: DeskForm,
    news: Sequence[ThreadEntry],
    texts: Sequence[OfficialText],
) -> OfficialText | None:
    """Return the newest official text of the same sort that a colleague changed meanwhile."""
    by_id = {text.answer.id: text for text in texts}
    for entry in reversed(news):
        text = by_id.get(entry.data.get("answer_id", 0))
        if text is None or entry.actor_id == actor.user_id:
            continue
        if action is Action.EDIT_ANSWER:
            same = text.answer.id == form.answer_id.data
        elif action is Action.DRAFT_ANSWER:
            same = text.is_draft or text.answer.kind == form.kind.data
        else:
            same = text.is_draft or text.answer.kind is PUBLISHES[action]
        if same:
            return text
    return None


def _beginning(theirs: OfficialText, action: Action, news: Sequence[ThreadEntry]) -> str | None:
    """Return the wording both began with, where it is still known: that of a published answer."""
    if action is not Action.EDIT_ANSWER:
        return None
    numbers = [
        entry.data.get("version", 0) - 1
        for entry in news
        if entry.action == Action.EDIT_ANSWER and entry.data.get("answer_id") == theirs.answer.id
    ]
    versions = submissions.answer_versions([theirs.answer.id]).get(theirs.answer.id, [])
    return next((one.text for one in versions if numbers and one.number == min(numbers)), None)


def _filled(
    case: Submission, actor: Actor, doing: Action, form: DeskForm, theirs: OfficialText, text: str
) -> DeskForm:
    """Return the form of what is to be done with everything that was already filled in."""
    made = ACTIONS[doing].form(None, action=doing, case=case, actor=actor)
    for field in form:
        if field.name in made and field.name not in ("version", "evidence"):
            made[field.name].data = field.data
    if doing is Action.EDIT_ANSWER:
        made.answer_id.data = theirs.answer.id
    elif doing is Action.DRAFT_ANSWER:
        made.kind.data = AnswerKind(form.kind.data).value if form.kind.data in set(AnswerKind) else None
    made.text.data = text
    made.text.label.text = _("Gabungan")
    place(made, f"gabungan-{doing}")
    return made
