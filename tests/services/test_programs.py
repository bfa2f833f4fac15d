"""The tree of programs and what is written about them."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.models import (
    AuditEntry,
    BudgetStage,
    LinkType,
    Milestone,
    Program,
    ProgramBudget,
    ProgramIndicator,
    ProgramLevel,
    ProgramMember,
    ProgramPartnership,
    ProgramStatus,
    ResultVote,
    Role,
    TeamRole,
)
from portal.rules import programs as rules
from portal.services import programs
from portal.services.errors import NotPermitted
from portal.services.programs import Measure, ReasonNeeded, WrongParent
from tests import factories as make
from tests.factories import MONDAY


@pytest.fixture
def agency(db):
    return make.make_agency()


@pytest.fixture
def head(agency):
    return make.head(agency)


def activity(program: Program, **fields) -> Program:
    where = {"agency_id": program.agency_id, "parent_id": program.id}
    return make.make_program(**{"level": ProgramLevel.ACTIVITY} | where | fields)


def edit(program: Program, actor, **fields) -> None:
    programs.edit(program, actor=actor, at=MONDAY, version=program.version, fields=fields)


def test_progress_is_written_through_to_the_program(agency, head):
    top = make.make_program(agency)
    first = activity(top, weight=3)
    activity(top, progress=20)
    below = make.make_program(agency, level=ProgramLevel.SUB_ACTIVITY, parent_id=first.id)
    programs.add_update(below, actor=head, at=MONDAY, text_id="Tiang sudah dipasang.", progress=80)
    assert (below.progress, first.progress, top.progress) == (80, 80, 65)


def test_the_report_of_a_program_with_parts_says_what_its_parts_say(agency, head):
    top = make.make_program(agency)
    activity(top, progress=30)
    update = programs.add_update(top, actor=head, at=MONDAY, text_id="Tahap pertama selesai.", progress=95)
    assert (update.progress, top.progress) == (30, 30)
    edit(top, head, progress=99)
    assert top.progress == 30


def test_a_part_that_moves_away_or_is_stopped_counts_no_more(agency, head):
    top, other = make.make_program(agency), make.make_program(agency)
    slow, fast = activity(top, progress=10), activity(top, progress=90)
    edit(slow, head, weight=1)
    assert top.progress == 50
    edit(slow, head, status=ProgramStatus.STOPPED)
    assert top.progress == 90
    edit(fast, head, parent_id=other.id)
    assert (top.progress, other.progress) == (90, 90)  # nothing left to say otherwise


def test_a_new_part_counts_at_once(agency, head):
    top = make.make_program(agency, progress=100)
    fields = {
        "code": "3.26.02.2.01",
        "title_id": "Pengelolaan daya tarik wisata",
        "title_en": "Managing attractions",
        "agency_id": agency.id,
        "year": 2026,
        "budget": 0,
        "status": ProgramStatus.RUNNING,
        "level": ProgramLevel.ACTIVITY,
        "parent_id": top.id,
        "progress": 40,
    }
    programs.create(actor=head, at=MONDAY, fields=fields)
    assert top.progress == 40


def test_a_program_hangs_only_where_its_level_fits(agency, head):
    top, other = make.make_program(agency), make.make_program(agency)
    part = activity(top)
    with pytest.raises(WrongParent):
        edit(other, head, parent_id=top.id)
    with pytest.raises(WrongParent):
        edit(part, head, parent_id=part.id)


def test_a_program_with_parts_keeps_its_level(agency, head):
    top = make.make_program(agency)
    activity(top)
    with pytest.raises(WrongParent):
        edit(top, head, level=ProgramLevel.SUB_ACTIVITY)


def test_nobody_hangs_a_part_under_the_program_of_another_agency(agency, head):
    foreign = make.make_program(make.make_agency())
    own = make.make_program(agency, level=ProgramLevel.ACTIVITY)
    with pytest.raises(NotPermitted):
        edit(own, head, parent_id=foreign.id)


TREES = st.lists(
    st.tuples(st.integers(1, 9), st.lists(st.tuples(st.integers(1, 9), st.integers(0, 100)), max_size=4)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES)
def test_the_stored_progress_equals_a_naive_recount(db, agency, head, tree):
    top = make.make_program(agency)
    expected = []
    middles = [activity(top, weight=weight) for weight, _below in tree]
    for middle, (weight, below) in zip(middles, tree, strict=True):
        for share, progress in below:
            leaf = make.make_program(
                agency, level=ProgramLevel.SUB_ACTIVITY, parent_id=middle.id, weight=share
            )
            programs.add_update(leaf, actor=head, at=MONDAY, text_id="Kemajuan hari ini.", progress=progress)
        counted = rules.weighted(rules.Part(progress, share) for share, progress in below)
        expected.append(rules.Part(counted or 0, weight))
    if any(below for _weight, below in tree):
        assert top.progress == rules.weighted(expected)


def test_a_day_is_moved_with_a_reason_and_the_first_day_stays(agency, head, db):
    program = make.make_program(agency)
    row = programs.add_milestone(
        program, actor=head, at=MONDAY, title_id="Lampu menyala", due_on=date(2026, 11, 20)
    )
    db.session.flush()
    with pytest.raises(ReasonNeeded):
        programs.move_milestone(program, row.id, actor=head, at=MONDAY, to=date(2026, 12, 2), reason=" ")
    for to in (date(2026, 12, 2), date(2026, 12, 9)):
        programs.move_milestone(program, row.id, actor=head, at=MONDAY, to=to, reason="Kabel belum tiba.")
    assert (row.first_due_on, row.due_on, row.reason) == (
        date(2026, 11, 20), date(2026, 12, 9), "Kabel belum tiba.",
    )  # fmt: skip
    programs.keep_milestone(program, row.id, actor=head, at=MONDAY, on=date(2026, 12, 8))
    with pytest.raises(NotPermitted):
        programs.move_milestone(
            program, row.id, actor=head, at=MONDAY, to=date(2027, 1, 1), reason="Terlambat sekali."
        )


def test_the_budget_that_holds_is_the_budget_of_the_list(agency, head, db):
    program = make.make_program(agency, budget=1)
    for stage, amount in ((BudgetStage.PROPOSED, 510), (BudgetStage.ENACTED, 420), (BudgetStage.PAID, 214)):
        programs.save_budget(program, stage, amount, as_of=date(2026, 1, 5), actor=head, at=MONDAY)
    assert program.budget == 420
    programs.save_budget(program, BudgetStage.REVISED, 400, as_of=date(2026, 9, 1), actor=head, at=MONDAY)
    assert program.budget == 400
    programs.save_budget(program, BudgetStage.REVISED, None, as_of=date(2026, 9, 1), actor=head, at=MONDAY)
    assert program.budget == 420
    assert len(db.session.scalars(select(ProgramBudget)).all()) == 3


def test_indicators_are_added_changed_and_taken_away_with_a_trace(agency, head, db):
    program = make.make_program(agency)
    row = programs.save_indicator(program, Measure("Lampu menyala", 36), actor=head, at=MONDAY)
    programs.save_indicator(
        program, Measure("Lampu menyala", 36, id=row.id, realised=22), actor=head, at=MONDAY
    )
    other = make.make_program(agency)
    with pytest.raises(NotPermitted):
        programs.remove_indicator(other, row.id, actor=head, at=MONDAY)
    assert db.session.scalars(select(ProgramIndicator.realised)).all() == [22]
    programs.remove_indicator(program, row.id, actor=head, at=MONDAY)
    assert "indicator_remove" in db.session.scalars(select(AuditEntry.action)).all()


def test_the_team_comes_from_the_agencies_that_take_part(agency, head, db):
    program, other = make.make_program(agency), make.make_agency()
    mine, theirs = make.make_user(Role.OFFICER, agency), make.make_user(Role.OFFICER, other)
    team = {mine.id: TeamRole.LEAD, theirs.id: TeamRole.MEMBER}
    with pytest.raises(NotPermitted):
        programs.set_team(program, team, actor=head, at=MONDAY)
    programs.set_agencies(program, [other.id, agency.id], actor=head, at=MONDAY)
    programs.set_team(program, team, actor=head, at=MONDAY)
    assert len(db.session.scalars(select(ProgramMember)).all()) == 2


def test_a_partnership_is_linked_rewritten_and_unlinked(agency, head, db):
    program, partnership = make.make_program(agency), make.make_partnership(agency)
    for sentence in ("Perahu memakai dermaga.", "Perahu memakai dermaga baru."):
        programs.link_partnership(
            program, partnership, type=LinkType.PART_OF, sentence=sentence, actor=head, at=MONDAY
        )
    assert db.session.scalars(select(ProgramPartnership.sentence)).all() == ["Perahu memakai dermaga baru."]
    programs.unlink_partnership(program, partnership.id, actor=head, at=MONDAY)
    programs.unlink_partnership(program, partnership.id, actor=head, at=MONDAY)
    assert db.session.scalars(select(ProgramPartnership)).all() == []


def test_an_account_has_one_word_on_the_result_and_may_take_it_back(agency, db):
    program, user = make.make_program(agency), make.make_user()
    for felt in (True, False):
        programs.vote(program, user, felt=felt, at=MONDAY)
    assert db.session.scalars(select(ResultVote.felt)).all() == [False]
    programs.take_back(program, user)
    assert db.session.scalars(select(ResultVote)).all() == []
    program.status = ProgramStatus.PLANNED
    with pytest.raises(NotPermitted):
        programs.vote(program, user, felt=True, at=MONDAY)


def test_only_who_may_write_a_program_changes_anything_about_it(agency, db):
    program, stranger = make.make_program(agency), make.head(make.make_agency())
    row = Milestone(program_id=program.id, title_id="Janji", title_en="Promise", due_on=date(2026, 12, 1))
    db.session.add(row)
    db.session.flush()
    when = {"actor": stranger, "at": MONDAY}
    tries = [
        lambda: programs.edit(program, version=1, fields={}, **when),
        lambda: programs.add_update(program, text_id="Kemajuan palsu.", progress=1, **when),
        lambda: programs.add_milestone(program, title_id="Janji palsu", due_on=date(2026, 12, 1), **when),
        lambda: programs.move_milestone(program, row.id, to=date(2027, 1, 1), reason="Palsu", **when),
        lambda: programs.keep_milestone(program, row.id, on=date(2026, 1, 1), **when),
        lambda: programs.save_indicator(program, Measure("Palsu", 1), **when),
        lambda: programs.save_budget(program, BudgetStage.PAID, 1, as_of=date(2026, 1, 1), **when),
        lambda: programs.set_agencies(program, [], **when),
        lambda: programs.set_team(program, {}, **when),
        lambda: programs.unlink_partnership(program, 1, **when),
    ]
    for attempt in tries:
        with pytest.raises(NotPermitted):
            attempt()
