"""Every action, from every state, by everybody: the services do what the table says and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal.core.sealing import Seal, new_key
from portal.models import (
    AnswerKind,
    Attachment,
    HideCode,
    IdentityMode,
    Kind,
    Priority,
    Purpose,
    ReasonCode,
    Role,
    Status,
)
from portal.rules import workflow
from portal.rules.permissions import CLOCK, VISITOR, Actor, can, could
from portal.rules.workflow import Action, TransitionNotAllowed
from portal.services import cases
from portal.services.cases.undoing import as_it_was
from portal.services.errors import NotPermitted, StaleVersion
from tests import factories as make
from tests.factories import at

#: After every event of a case made by the factory, and inside the 14 days to contest.
LATER = at(20)
SEAL = Seal([new_key()])


class Scene:
    """A case in a state, with everybody who may want something of it."""

    def __init__(self, status: Status, kind: Kind = Kind.PROBLEM) -> None:
        self.agency = make.make_agency()
        self.elsewhere = make.make_agency()
        self.officer_user = make.make_user(Role.OFFICER, self.agency)
        needs_agency = status not in {Status.RECEIVED, Status.IN_REVIEW, Status.NEEDS_INFO, Status.WITHDRAWN}
        into = make.make_case(Status.ASSIGNED) if status is Status.MERGED else None
        self.case = make.make_case(
            status,
            kind,
            agency=self.agency if needs_agency else None,
            into=into,
            seal=SEAL,
            email="a@contoh.example",
        )
        self.case.due_at = self.case.due_at and at(18, month=12)
        #: A day until which every open case here can wait.
        self.until = make.day(at(2, month=12))
        self.attachment = make.make_attachment(self.case)
        self.answer = make.make_answer(self.case) if needs_agency else None
        self.people: dict[str, Actor] = {
            "visitor": VISITOR,
            "clock": CLOCK,
            "reporter": make.reporter(self.case),
            "triage": make.triage(),
            "officer": make.actor(self.officer_user),
            "publisher": make.officer(self.agency, publisher=True),
            "head": make.head(self.agency),
            "officer elsewhere": make.officer(self.elsewhere, publisher=True),
            "head elsewhere": make.head(self.elsewhere),
            "admin": make.actor(make.make_user(Role.ADMIN)),
            "competency": make.actor(make.make_user(Role.COMPETENCY)),
        }


PEOPLE = (
    "visitor",
    "clock",
    "reporter",
    "triage",
    "officer",
    "publisher",
    "head",
    "officer elsewhere",
    "head elsewhere",
    "admin",
    "competency",
)


def _evidence(scene: Scene) -> list[Attachment]:
    return [make.make_attachment(scene.case, Purpose.EVIDENCE)]


#: How to ask for each action, with everything that it needs.
CALLS: dict[Action, Callable[[Scene, dict[str, Any]], Any]] = {
    Action.VERIFY: lambda s, who: cases.verify(s.case, category_id=make.make_category().id, **who),
    Action.ASK: lambda s, who: cases.ask(s.case, question="Di mana?", seal=SEAL, **who),
    Action.REPLY: lambda s, who: cases.reply(s.case, text="Di depan pasar.", **who),
    Action.EXPIRE: lambda s, who: cases.expire(s.case, **who),
    Action.ASSIGN: lambda s, who: cases.assign(
        s.case, agency_id=s.agency.id, category_id=make.make_category().id, **who
    ),
    Action.HAND_OVER: lambda s, who: cases.hand_over(
        s.case, agency_id=s.elsewhere.id, reason="Jalan provinsi.", **who
    ),
    Action.ANSWER: lambda s, who: cases.answer(s.case, text="Sudah kami periksa.", **who),
    Action.PROMISE: lambda s, who: cases.promise(
        s.case, text="Kami perbaiki.", on=make.day(LATER + timedelta(days=9)), **who
    ),
    Action.FINISH: lambda s, who: cases.finish(s.case, text="Sudah menyala.", evidence=_evidence(s), **who),
    Action.ACCEPT: lambda s, who: cases.accept(s.case, text="Kami terima.", **who),
    Action.DECLINE: lambda s, who: cases.decline(
        s.case, code=ReasonCode.AGAINST_RULES, text="Melanggar aturan.", **who
    ),
    Action.DEFER: lambda s, who: cases.defer(
        s.case,
        code=ReasonCode.BUDGET,
        text="Anggaran tahun depan.",
        review_on=make.day(LATER + timedelta(days=60)),
        **who,
    ),
    Action.REFER: lambda s, who: cases.refer(s.case, institution="PLN", text="Wewenang PLN.", **who),
    Action.MERGE: lambda s, who: cases.merge(s.case, into=make.make_case(), **who),
    Action.UNMERGE: lambda s, who: cases.unmerge(s.case, reason="Tempatnya lain.", **who),
    Action.WITHDRAW: lambda s, who: cases.withdraw(s.case, **who),
    Action.NOT_DONE: lambda s, who: cases.not_done(s.case, reason="Masih padam.", **who),
    Action.OBJECT: lambda s, who: cases.object_(s.case, reason="Saya keberatan.", **who),
    Action.REVIEW: lambda s, who: cases.review(s.case, **who),
    Action.NOTE: lambda s, who: cases.note(s.case, text="Sudah ditelepon.", **who),
    Action.TAKE: lambda s, who: cases.take(s.case, officer_id=None, **who),
    Action.CLASSIFY: lambda s, who: cases.classify(
        s.case, title="Lampu padam", category_id=make.make_category().id, **who
    ),
    Action.SPLIT: lambda s, who: cases.split(
        s.case, [cases.Part("Judul lain", s.case.body)], secret=make.SECRET, **who
    ),
    Action.PRIORITISE: lambda s, who: cases.prioritise(s.case, priority=Priority.URGENT, **who),
    Action.LATER: lambda s, who: cases.later(s.case, until=s.until, **who),
    Action.TAKE_BACK: lambda s, who: cases.take_back(s.case, before=as_it_was(s.case), **who),
    Action.DRAFT_ANSWER: lambda s, who: cases.draft_answer(
        s.case, kind=AnswerKind.ANSWER, text="Draf", **who
    ),
    Action.RETURN_DRAFT: lambda s, who: cases.return_draft(
        s.case, make.make_answer(s.case, published_at=None), text="Sebutkan tanggalnya.", **who
    ),
    Action.EDIT_ANSWER: lambda s, who: cases.edit_answer(
        s.case, s.answer or make.make_answer(s.case), text="Sudah kami perbaiki kata-katanya.", **who
    ),
    Action.HIDE: lambda s, who: cases.hide(s.case, code=HideCode.INSULT, text="Berisi hinaan.", **who),
    Action.CLEAR_FILE: lambda s, who: cases.clear_file(s.case, s.attachment, **who),
    Action.NAME_STAFF: lambda s, who: cases.name_staff(s.case, user_id=s.officer_user.id, **who),
    Action.REVEAL_IDENTITY: lambda s, who: cases.reveal_identity(
        s.case, reason="Menelepon", seal=SEAL, **who
    ),
    Action.CONFIRM: lambda s, who: cases.confirm(s.case, value=True, **who),
    Action.ADD_INFORMATION: lambda s, who: cases.add_information(s.case, text="Tambahan.", **who),
    Action.RATE: lambda s, who: cases.rate(s.case, s.answer or make.make_answer(s.case), useful=True, **who),
    Action.LOWER_SECRECY: lambda s, who: cases.lower_secrecy(s.case, **who),
}
#: Not done through services.cases: sending, reading, exporting, and links to programs. Unhiding needs hiding.
ELSEWHERE = {Action.SEND, Action.READ, Action.EXPORT, Action.LINK, Action.UNLINK, Action.UNHIDE}


def test_every_action_is_tried_here() -> None:
    assert set(CALLS) | ELSEWHERE == set(Action)


@pytest.mark.parametrize("status", list(Status))
def test_services_do_what_the_table_and_the_policy_say_and_nothing_else(db: Any, status: Status) -> None:
    """For every action and everybody: done where `can` says so, else refused with nothing changed."""
    moment = at(30) if status is Status.NEEDS_INFO else LATER  # the question has expired by then
    for kind in (Kind.PROBLEM, Kind.PARTNERSHIP):
        if status is Status.ACCEPTED and kind is Kind.PROBLEM:
            continue
        scene = Scene(status, kind)
        for action, call in CALLS.items():
            for name in PEOPLE:
                _try(db, scene, action, call, name, moment)


def _try(db: Any, scene: Scene, action: Action, call: Any, name: str, moment: Any) -> None:
    case, actor = scene.case, scene.people[name]
    said = f"{action} from {case.status} ({case.kind}) by {name}"
    before = case.status
    history = len(make.events_of(case))
    expected = can(action, actor, case, at=moment)
    if action is Action.TAKE and expected and case.agency_id is None:
        return  # there is nobody to choose from
    if action is Action.EDIT_ANSWER and case.agency_id is None:
        assert not expected, said
    savepoint = db.session.begin_nested()
    try:
        call(scene, {"actor": actor, "at": moment})
        assert expected, f"{said} was done"
        happened = make.events_of(case)[history:]
        assert [event.action for event in happened] == [action.value], said
        row = next(workflow.rows(action, before, case.kind), None)
        if row is not None:
            assert happened[0].from_status is before, said
            assert happened[0].to_status is case.status, said
            assert row.target is None or case.status is row.target, said
        else:
            assert case.status is before, said
    except NotPermitted:
        assert not expected, f"{said} was refused"
        if not (could(action, actor, case)):
            assert len(make.events_of(case)) == history
    except TransitionNotAllowed:
        assert not expected, f"{said} was refused"
        assert could(action, actor, case), f"{said}: tells somebody who may never that they came too late"
    finally:
        savepoint.rollback()
    db.session.expire_all()


@pytest.mark.parametrize("action", sorted(set(CALLS)))
def test_a_form_drawn_from_another_version_is_refused_and_changes_nothing(db: Any, action: Action) -> None:
    scene = Scene(Status.ASSIGNED)
    history = len(make.events_of(scene.case))
    with pytest.raises(StaleVersion) as caught:
        CALLS[action](
            scene, {"actor": scene.people["triage"], "at": LATER, "version": scene.case.version - 1}
        )
    assert caught.value.current == scene.case.version
    assert len(make.events_of(scene.case)) == history


def test_nobody_but_the_reporter_and_triage_reads_a_secret_case_that_names_them(db: Any) -> None:
    agency = make.make_agency()
    named = make.make_user(Role.HEAD, agency)
    colleague = make.make_user(Role.OFFICER, agency)
    case = make.make_case(Status.ASSIGNED, secret=True, agency=agency, named=named)
    reading = [
        actor
        for actor in (
            make.actor(named),
            make.actor(colleague),
            make.triage(),
            make.officer(make.make_agency()),
        )
        if can(Action.READ, actor, case, at=LATER)
    ]
    assert [actor.user_id for actor in reading] == [colleague.id, reading[-1].user_id]
    assert reading[-1].has(Role.TRIAGE)


def test_the_identity_of_a_shielded_reporter_opens_for_nobody_by_one_press(db: Any) -> None:
    scene = Scene(Status.ASSIGNED)
    scene.case.identity_mode = IdentityMode.SHIELDED
    for name in PEOPLE:
        with pytest.raises((NotPermitted, TransitionNotAllowed)):
            CALLS[Action.REVEAL_IDENTITY](scene, {"actor": scene.people[name], "at": LATER})
