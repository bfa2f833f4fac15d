"""Random walks: whatever people do in whatever order, a case stays consistent with itself and its history."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.core.sealing import Seal, new_key
from portal.models import AnswerKind, HideCode, IdentityMode, Kind, Purpose, ReasonCode, Status, Submission
from portal.rules import visibility
from portal.rules.permissions import can
from portal.rules.workflow import OPEN, TRANSITIONS, Action, MissingRequirement, TransitionNotAllowed
from portal.services import cases, clock
from portal.services.errors import NotPermitted
from tests import factories as make

SEAL = Seal([new_key()])
MOVING = {row.action for row in TRANSITIONS}
#: No clock runs in these.
SETTLED = {
    Status.ANSWERED,
    Status.DONE,
    Status.ACCEPTED,
    Status.DEFERRED,
    Status.DECLINED,
    Status.REFERRED,
    Status.MERGED,
    Status.WITHDRAWN,
}


class World:
    """A few cases, everybody who handles them, and a clock that only goes on."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.now: datetime = make.MONDAY
        self.agencies = [make.make_agency(), make.make_agency()]
        self.category = make.make_category(answer_days=5)
        self.staff = [make.triage(), *(make.head(a) for a in self.agencies)]
        self.staff += [make.officer(a, publisher=True) for a in self.agencies]
        kinds = [Kind.PROBLEM, Kind.IDEA, Kind.PROBLEM, Kind.QUESTION, Kind.TOURISM_PACKAGE]
        self.cases = [
            make.make_case(
                kind=kind, secret=number == 5, identity_mode=self.random.choice(list(IdentityMode))
            )
            for number, kind in enumerate([*kinds, Kind.PROBLEM])
        ]
        self.answered: dict[int, Any] = {}

    def step(self) -> None:
        """Let time pass, and somebody do what the policy allows them, or try whatever else there is."""
        self.now += timedelta(hours=self.random.choice([1, 1, 5, 5, 24, 72]))
        if self.random.random() < 0.1:
            clock.run_due(self.now)
            return
        case = self.random.choice(self.cases)
        actors = [*self.staff, make.reporter(case)]
        possible = [
            (action, actor)
            for actor in actors
            for action in DOING
            if can(action, actor, case, at=self.now) and (action in MOVING or self.random.random() < 0.2)
        ]
        if possible and self.random.random() < 0.9:
            wanted = self.random.choice(sorted({action for action, _ in possible}))
            action, actor = self.random.choice([pair for pair in possible if pair[0] is wanted])
        else:
            action, actor = self.random.choice(list(DOING)), self.random.choice(actors)
        with suppress(NotPermitted, TransitionNotAllowed, MissingRequirement):
            DOING[action](self, case, {"actor": actor, "at": self.now})

    def day(self, days: int) -> Any:
        return make.day(self.now + timedelta(days=days))

    @property
    def agency_id(self) -> int:
        return self.random.choice(self.agencies).id


DOING: dict[Action, Callable[[World, Submission, dict[str, Any]], Any]] = {
    Action.VERIFY: lambda w, c, who: cases.verify(c, category_id=w.category.id, **who),
    Action.ASK: lambda w, c, who: cases.ask(c, question="Di mana?", seal=SEAL, **who),
    Action.REPLY: lambda w, c, who: cases.reply(c, text="Di depan pasar.", **who),
    Action.ASSIGN: lambda w, c, who: cases.assign(c, agency_id=w.agency_id, category_id=w.category.id, **who),
    Action.HAND_OVER: lambda w, c, who: cases.hand_over(c, agency_id=w.agency_id, reason="Lain.", **who),
    Action.ANSWER: lambda w, c, who: cases.answer(c, text="Jawaban.", **who),
    Action.PROMISE: lambda w, c, who: cases.promise(c, text="Janji.", on=w.day(20), **who),
    Action.FINISH: lambda w, c, who: cases.finish(
        c, text="Selesai.", evidence=[make.make_attachment(c, Purpose.EVIDENCE)], **who
    ),
    Action.ACCEPT: lambda w, c, who: cases.accept(c, text="Kami terima.", **who),
    Action.DECLINE: lambda w, c, who: cases.decline(c, code=ReasonCode.AGAINST_RULES, text="Maaf.", **who),
    Action.DEFER: lambda w, c, who: cases.defer(
        c, code=ReasonCode.BUDGET, text="Nanti.", review_on=w.day(30), **who
    ),
    Action.REFER: lambda w, c, who: cases.refer(c, institution="PLN", text="PLN.", **who),
    Action.MERGE: lambda w, c, who: cases.merge(c, into=w.random.choice(w.cases), **who),
    Action.UNMERGE: lambda w, c, who: cases.unmerge(c, reason="Lain.", **who),
    Action.WITHDRAW: lambda w, c, who: w.random.random() < 0.15 and cases.withdraw(c, **who),
    Action.NOT_DONE: lambda w, c, who: cases.not_done(c, reason="Belum.", **who),
    Action.OBJECT: lambda w, c, who: cases.object_(c, reason="Keberatan.", **who),
    Action.REVIEW: lambda w, c, who: cases.review(c, **who),
    Action.CONFIRM: lambda w, c, who: cases.confirm(c, value=True, **who),
    Action.NOTE: lambda w, c, who: cases.note(c, text="Catatan.", **who),
    Action.DRAFT_ANSWER: lambda w, c, who: cases.draft_answer(c, kind=AnswerKind.ANSWER, text="Draf.", **who),
    Action.HIDE: lambda w, c, who: cases.hide(c, code=HideCode.INSULT, text="Hinaan.", **who),
    Action.UNHIDE: lambda w, c, who: cases.unhide(c, text="Keliru.", **who),
    Action.LOWER_SECRECY: lambda w, c, who: cases.lower_secrecy(c, **who),
}


@pytest.mark.parametrize("seed", range(25))
def test_a_case_stays_consistent_whatever_happens_to_it(db: Any, seed: int) -> None:
    world = World(seed)
    for _ in range(60):
        world.step()
        for case in world.cases:
            _check(world, case)
    for case in world.cases:
        _check_history(case)
    _check_counts(world)


def _check(world: World, case: Submission) -> None:
    said = f"{case.reference} {case.status} {[event.action for event in make.events_of(case)]}"
    assert (case.due_at is None) == (case.status in SETTLED), said
    assert (case.closed_at is None) == (case.status in OPEN), said
    assert (case.merged_into_id is not None) == (case.status is Status.MERGED), said
    assert case.listed == visibility.listed(case), said
    if case.status is Status.NEEDS_INFO:
        assert case.paused_at is not None, said
        assert case.resume_status in {Status.RECEIVED, Status.IN_REVIEW, Status.ASSIGNED}, said
    elif case.status is not Status.MERGED:
        assert case.paused_at is None, said
        assert case.resume_status is None, said
    if case.status in {Status.ASSIGNED, Status.ANSWERED, Status.IN_PROGRESS, Status.DONE, Status.ACCEPTED}:
        assert case.agency_id is not None, said
        assert case.assigned_at is not None, said
        assert case.verified_at is not None, said
    assert (case.status is not Status.DEFERRED) or case.review_on is not None, said
    assert (case.status is not Status.IN_PROGRESS) or case.promised_on is not None, said
    first = world.answered.setdefault(case.id, case.answered_at)
    if first is not None:
        assert case.answered_at == first, said
        assert case.answered_on_time is not None, said
    else:
        world.answered[case.id] = case.answered_at


def _check_history(case: Submission) -> None:
    """Each step begins where the one before ended, and the status is where the last one led."""
    status: Status | None = None
    for event in make.events_of(case):
        assert event.from_status == status
        status = event.to_status or status
        assert status is not None
    assert case.status is status


def _check_counts(world: World) -> None:
    """A count is the number of those who follow, over any number of steps."""
    for case in world.cases:
        assert case.support_count == _followers(case.id)


def _followers(case_id: int) -> int:
    ids = make.db.session.scalars(select(Submission.id).where(Submission.merged_into_id == case_id)).all()
    return len(ids) + sum(_followers(one) for one in ids)
