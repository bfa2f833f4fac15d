"""Whether an answer was useful, asked of those who waited for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.core import clock
from portal.models import Submission
from portal.queries import submissions, templates, tracking
from portal.queries.submissions import TimelineEntry
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers that a reporter reads, of the case that they belong to, and what they said of them."""

    case: Submission
    answers: list[TimelineEntry]
    may_rate: bool
    votes: dict[int, bool]


def judged(own: Submission, actor: Actor, entries: Sequence[TimelineEntry]) -> Judged:
    """Return what the reporter may judge: answers of their case (`entries`), or of the one it joined."""
    target = tracking.followed(own)
    case = target or own
    answers = submissions.official_answers(entries if target is None else submissions.timeline(case.id))
    ids = [answer.answer_id for answer in answers if answer.answer_id is not None]
    reader = actor if target is None else Actor(reporter_of=frozenset({case.id}))
    may_rate = bool(ids) and can(Action.RATE, reader, case, at=clock.now())
    return Judged(case, answers, may_rate, templates.own_votes(own.id, ids) if may_rate else {})
