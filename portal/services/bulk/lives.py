"""What becomes of one made-up submission: its steps, each at a time that already passed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from portal.core.clock import CITY_TZ
from portal.models import AnswerKind, ReasonCode, Status
from portal.rules.deadlines import Calendar
from portal.rules.workflow import Action, Who

#: How a submission ends that was not merged or withdrawn, in parts of a hundred.
_ENDS = {Action.ANSWER: 64, Action.PROMISE: 16, Action.DECLINE: 8, Action.DEFER: 5, Action.REFER: 7}
_CODES = tuple(ReasonCode)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `who` is REPORTER, TRIAGE or OFFICER_HERE."""

    action: Action
    at: datetime
    to_status: Status | None
    who: Who
    public: bool = True
    on: date | None = None
    code: ReasonCode | None = None

    @property
    def answer_kind(self) -> AnswerKind | None:
        """Return the official text that this step publishes."""
        return _ANSWERS.get(self.action)


_ANSWERS = {
    Action.ANSWER: AnswerKind.ANSWER,
    Action.PROMISE: AnswerKind.PROMISE,
    Action.FINISH: AnswerKind.FINISH,
    Action.DECLINE: AnswerKind.DECLINE,
    Action.DEFER: AnswerKind.DEFER,
    Action.REFER: AnswerKind.REFER,
}


class Days:
    """Working days, remembered: a hundred thousand lives ask for the same few."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._added: dict[tuple[date, int], date] = {}
        self._between: dict[tuple[date, date], int] = {}

    def add(self, day: date, days: int) -> date:
        """Return the day that many working days later."""
        key = (day, days)
        found = self._added.get(key)
        if found is None:
            found = self._added[key] = self.calendar.add(day, days)
        return found

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to `end`."""
        key = (start, end)
        found = self._between.get(key)
        if found is None:
            found = self._between[key] = self.calendar.between(start, end)
        return found

    def deadline(self, day: date, days: int) -> datetime:
        """Return the moment that ends a period of working days begun on a day."""
        return self.calendar.closing(self.add(day, days))


def live(random: Random, received_at: datetime, *, until: datetime, days: Days, busy: bool) -> list[Step]:
    """Draw the steps of a life that began at `received_at`; what would lie after `until` did not happen yet.

    A `busy` one is asked and answered twenty-five times before it goes on.
    """
    steps: list[Step] = []
    moment = received_at
    ended = False

    def step(
        action: Action,
        after: int,
        to_status: Status | None,
        who: Who,
        *,
        public: bool = True,
        on: date | None = None,
        code: ReasonCode | None = None,
    ) -> bool:
        """Add a step `after` working days; False when that lies ahead and nothing more can follow."""
        nonlocal moment, ended
        if ended:
            return False
        day = days.add(moment.astimezone(CITY_TZ).date(), after)
        at = datetime(
            day.year,
            day.month,
            day.day,
            8 + int(random.random() * 8),
            int(random.random() * 60),
            tzinfo=CITY_TZ,
        )
        if at <= moment:
            at = moment + timedelta(minutes=5)
        if at > until:
            ended = True
            return False
        moment = at
        steps.append(Step(action, at, to_status, who, public, on, code))
        return True

    def draw(most: int) -> int:
        return int(random.random() ** 1.6 * (most + 1))

    if random.random() < 0.012:
        step(Action.WITHDRAW, 1, Status.WITHDRAWN, Who.REPORTER)
        return steps
    step(Action.VERIFY, 1 + draw(2), Status.IN_REVIEW, Who.TRIAGE)
    if random.random() < 0.05:
        step(Action.MERGE, draw(1), Status.MERGED, Who.TRIAGE)
        return steps
    if busy or random.random() < 0.05:
        for _ in range(25 if busy else 1):
            if step(Action.ASK, draw(1), Status.NEEDS_INFO, Who.TRIAGE):
                step(Action.REPLY, draw(2), Status.IN_REVIEW, Who.REPORTER)
    step(Action.ASSIGN, draw(1), Status.ASSIGNED, Who.TRIAGE)
    for _ in range(50 if busy else int(random.random() < 0.25) * (1 + draw(3))):
        step(Action.NOTE, 0 if busy else draw(1), None, Who.OFFICER_HERE, public=False)
    # One in eight takes longer than its ten working days; a few nobody ever answered.
    wait = 11 + draw(8) if random.random() < 0.12 else 2 + draw(7)
    if random.random() < 0.002:
        return steps
    end = random.choices(tuple(_ENDS), tuple(_ENDS.values()))[0]
    today = days.add(moment.astimezone(CITY_TZ).date(), wait)
    if end is Action.ANSWER:
        if step(end, wait, Status.ANSWERED, Who.OFFICER_HERE) and random.random() < 0.3:
            step(Action.FINISH, 3 + draw(20), Status.DONE, Who.OFFICER_HERE)
    elif end is Action.PROMISE:
        promised = days.add(today, 10 + draw(40))
        if step(end, wait, Status.IN_PROGRESS, Who.OFFICER_HERE, on=promised):
            step(Action.FINISH, 8 + draw(45), Status.DONE, Who.OFFICER_HERE)
    elif end is Action.DEFER:
        step(
            end, wait, Status.DEFERRED, Who.OFFICER_HERE,
            on=max(today, until.astimezone(CITY_TZ).date()) + timedelta(days=30 + draw(120)),
            code=random.choice(_CODES),
        )  # fmt: skip
    elif end is Action.DECLINE:
        step(end, wait, Status.DECLINED, Who.OFFICER_HERE, code=random.choice(_CODES))
    else:
        step(end, wait, Status.REFERRED, Who.OFFICER_HERE)
    if steps and steps[-1].to_status is Status.DONE and random.random() < 0.4:
        step(Action.CONFIRM, 1 + draw(5), None, Who.REPORTER)
    return steps
