"""What the figures of an agency ask of it next. Pure: numbers in, one step for each measure out."""

from dataclasses import dataclass
from enum import StrEnum

from portal.rules.deadlines import ANSWER_DAYS

#: Rates and medians over fewer cases than this are not drawn; the counts are (WORKFLOW section 4).
SMALL = 5
#: Percent of the answers in time below which the agency is late too often.
GOOD_ON_TIME = 80
#: Percent of the answered cases that came back above which something is wrong with how they end.
MANY_REOPENED = 10


class Measure(StrEnum):
    """What is measured, in the order in which it hurts."""

    NOT_YET = "not_yet"
    ON_TIME = "on_time"
    DAYS = "days"
    REOPENED = "reopened"
    SILENT = "silent"
    YES = "yes"


class Step(StrEnum):
    """What to do about a measure."""

    TAKE_UP_AGAIN = "take_up_again"
    DUE_FIRST = "due_first"
    ANSWER_SOONER = "answer_sooner"
    SHOW_EVIDENCE = "show_evidence"
    ASK_TO_CONFIRM = "ask_to_confirm"
    WAIT = "wait"
    KEEP_ON = "keep_on"


#: Nothing to do.
IDLE = frozenset({Step.WAIT, Step.KEEP_ON})


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What citizens said of what an agency finished, and how soon it answered, over a period.

    `silent` said nothing: that is never a yes. `median_days` are working days to the first outcome (None:
    fewer than SMALL answers).
    """

    yes: int = 0
    not_yet: int = 0
    silent: int = 0
    answered: int = 0
    on_time: int = 0
    reopened: int = 0
    median_days: float | None = None

    @property
    def finished(self) -> int:
        """Return of how many the citizen was asked."""
        return self.yes + self.not_yet + self.silent

    def rate(self, number: int, of: int) -> int | None:
        """Return whole percent, or None where there are too few to say."""
        return round(100 * number / of) if of >= SMALL else None


def steps(figures: Satisfaction) -> dict[Measure, Step]:
    """Return the next step for every measure of which there is something to say, the sorest first."""
    found: dict[Measure, Step] = {}
    if figures.not_yet:
        found[Measure.NOT_YET] = Step.TAKE_UP_AGAIN
    on_time = figures.rate(figures.on_time, figures.answered)
    if on_time is not None:
        found[Measure.ON_TIME] = Step.DUE_FIRST if on_time < GOOD_ON_TIME else Step.KEEP_ON
    if figures.median_days is not None:
        slow = figures.median_days > ANSWER_DAYS
        found[Measure.DAYS] = Step.ANSWER_SOONER if slow else Step.KEEP_ON
    if figures.reopened:
        back = figures.rate(figures.reopened, figures.answered)
        many = back is not None and back > MANY_REOPENED
        found[Measure.REOPENED] = Step.SHOW_EVIDENCE if many else Step.KEEP_ON
    if figures.silent:
        most = figures.finished >= SMALL and figures.silent * 2 > figures.finished
        found[Measure.SILENT] = Step.ASK_TO_CONFIRM if most else Step.WAIT
    if figures.yes:
        found[Measure.YES] = Step.KEEP_ON
    return found


def first_step(figures: Satisfaction) -> Step | None:
    """Return what to do before anything else, or None: there is nothing to go by yet."""
    found = list(steps(figures).values())
    return next((step for step in found if step not in IDLE), found[0] if found else None)
