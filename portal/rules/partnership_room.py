"""Who speaks with which voice in the room of a partnership, and how the three views of it differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.models.kinds import Party
from portal.rules.partnerships import Partner, Subject, quarter_of_day, standing
from portal.rules.permissions import Actor

#: What every party is asked each quarter, in this order: of three answers, then one sentence.
QUESTIONS = ("promises", "schedule", "benefit", "communication")
REMARK = "remark"
ANSWERS = ("yes", "partly", "no")

#: Days before the day of a milestone at which both sides are reminded.
DUTY_REMIND_DAYS = (30, 7, 0)
#: So long before a meeting everybody is reminded of it.
MEETING_REMIND = timedelta(hours=24)
#: Days after the end of a quarter at which who did not answer is asked once more.
ASK_AGAIN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Voice:
    """One who has a word on a draft: a side, and of the city's side which agency (0: none)."""

    party: Party
    agency_id: int = 0


def voices_of(actor: Actor, partnership: Subject) -> list[Voice]:
    """Return the voices that the actor may raise; a member of a business who helps has none."""
    who = standing(actor, partnership)
    there = partnership.invited_agency_ids | {partnership.agency_id}
    found = [Voice(Party.BUSINESS)] if Partner.BUSINESS in who else []
    found += [Voice(Party.AGENCY, agency_id) for agency_id in sorted(actor.agency_ids & there)]
    return [*found, Voice(Party.COORDINATOR)] if Partner.COORDINATOR in who else found


def duty_reminder(due_on: date, today: date, told: int | None) -> int | None:
    """Return which of DUTY_REMIND_DAYS is to be told today, None for none.

    After a standstill only the nearest one is told; the last one also once the day is past.
    """
    left = (due_on - today).days
    reached = [days for days in DUTY_REMIND_DAYS if left <= days]
    if not reached:
        return None
    return None if told is not None and told <= min(reached) else min(reached)


def last_quarter(today: date) -> date:
    """Return the first day of the quarter before the one of a day."""
    return quarter_of_day(quarter_of_day(today) - timedelta(days=1))


def differing(answers: Mapping[Party, Mapping[str, str]]) -> frozenset[str]:
    """Return the questions that the parties who answered see differently."""
    return frozenset(
        question
        for question in QUESTIONS
        if len({given[question] for given in answers.values() if given.get(question)}) > 1
    )
