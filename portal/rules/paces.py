"""How soon a person hears of what: the usual pace of every group of news, and what may be chosen instead."""

from collections.abc import Mapping
from enum import StrEnum

from portal.models import Pace, Topic

#: The pace of a group of news until somebody chooses another. What waits for the citizen, or answers them,
#: is told at once; the rest is gathered, so that mail does not flood.
USUAL: dict[Topic, Pace] = {
    Topic.QUESTION: Pace.NOW,
    Topic.OUTCOME: Pace.NOW,
    Topic.PROGRESS: Pace.DAILY,
    Topic.DISCUSSION: Pace.DAILY,
    Topic.INVITATION: Pace.WEEKLY,
}


class Refusal(StrEnum):
    """Why a pace cannot be chosen."""

    #: A question that is never told expires, and its case is closed for want of an answer.
    QUESTION_MUST_ARRIVE = "question_must_arrive"


def refusal(topic: Topic, pace: Pace) -> Refusal | None:
    """Return why a topic cannot have this pace, or None where it can.

    Receipts, codes and links that somebody asked for belong to no topic: they go out at once, always.
    """
    if topic is Topic.QUESTION and pace is Pace.NEVER:
        return Refusal.QUESTION_MUST_ARRIVE
    return None


def offered(topic: Topic) -> tuple[Pace, ...]:
    """Return the paces that a person may choose for a topic, soonest first."""
    return tuple(pace for pace in Pace if refusal(topic, pace) is None)


def effective(topic: Topic, chosen: Mapping[Topic, Pace]) -> Pace:
    """Return the pace that counts: the chosen one where it may be, else the usual one."""
    pace = chosen.get(topic, USUAL[topic])
    return USUAL[topic] if refusal(topic, pace) else pace
