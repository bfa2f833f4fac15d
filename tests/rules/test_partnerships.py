"""Who may do what to a partnership, in which stage: the whole table, every act, partner and stage."""

from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import BusinessRole, PartnershipStage, Party, Role, SelectionStep, StepResult
from portal.rules import partnerships as rules
from portal.rules.partnerships import REMIND_DAYS, SIGNATURE_ITEMS, STANDING, TRANSITIONS, Act, Need, Partner
from portal.rules.permissions import CLOCK, VISITOR, Actor, BusinessSeat, Seat
from portal.rules.transitions import TransitionNotAllowed

LEAD, INVITED, ELSEWHERE, BUSINESS = 1, 2, 3, 7
S = PartnershipStage


def partnership(stage):
    return SimpleNamespace(
        id=1, stage=stage, agency_id=LEAD, business_id=BUSINESS, invited_agency_ids=frozenset({INVITED})
    )


def staff(role, agency_id=None):
    return Actor(user_id=1, seats=frozenset({Seat(role, agency_id)}))


def member(role, business_id=BUSINESS):
    return Actor(user_id=1, businesses=frozenset({BusinessSeat(business_id, role)}))


#: Everybody, and what they are to the partnership.
PEOPLE = {
    "visitor": (VISITOR, set()),
    "a stranger with an account": (Actor(user_id=1), set()),
    "the clock": (CLOCK, {Partner.CLOCK}),
    "owner": (member(BusinessRole.OWNER), {Partner.BUSINESS}),
    "manager": (member(BusinessRole.MANAGER), {Partner.BUSINESS}),
    "helper": (member(BusinessRole.HELPER), {Partner.HELPER}),
    "owner of another business": (member(BusinessRole.OWNER, 8), set()),
    "lead officer": (staff(Role.OFFICER, LEAD), {Partner.LEAD_OFFICER}),
    "lead head": (staff(Role.HEAD, LEAD), {Partner.LEAD_OFFICER, Partner.LEAD_HEAD}),
    "invited officer": (staff(Role.OFFICER, INVITED), {Partner.INVITED}),
    "invited head": (staff(Role.HEAD, INVITED), {Partner.INVITED}),
    "officer elsewhere": (staff(Role.OFFICER, ELSEWHERE), set()),
    "head elsewhere": (staff(Role.HEAD, ELSEWHERE), set()),
    "coordinator": (staff(Role.TRIAGE), {Partner.COORDINATOR}),
    "a coordinator bound to an agency": (staff(Role.TRIAGE, LEAD), set()),
    "admin": (staff(Role.ADMIN), set()),
    "competency": (staff(Role.COMPETENCY), set()),
}

#: WORKFLOW section 2, written out by hand.
STAGES = {
    (Act.DISCUSS, S.NEW): S.DISCUSSION,
    (Act.DRAFT, S.DISCUSSION): S.DRAFTING,
    (Act.DISCUSS_AGAIN, S.DRAFTING): S.DISCUSSION,
    (Act.PRESENT, S.DRAFTING): S.SIGNATURE,
    (Act.REDRAFT, S.SIGNATURE): S.DRAFTING,
    (Act.ACTIVATE, S.SIGNATURE): S.ACTIVE,
    **{(Act.EVALUATE, stage): S.EVALUATION for stage in (S.ACTIVE, S.CONTINUED, S.EXTENDED)},
    (Act.CONTINUE, S.EVALUATION): S.CONTINUED,
    (Act.EXTEND, S.EVALUATION): S.EXTENDED,
    **{(Act.STOP, stage): S.STOPPED for stage in (S.ACTIVE, S.EVALUATION, S.CONTINUED, S.EXTENDED)},
    **{
        (act, stage): S.DECLINED
        for act in (Act.DECLINE, Act.WITHDRAW)
        for stage in (S.NEW, S.DISCUSSION, S.DRAFTING, S.SIGNATURE)
    },
}
LEADS = {Partner.LEAD_OFFICER, Partner.LEAD_HEAD, Partner.COORDINATOR}
WHO = {
    **dict.fromkeys((Act.DISCUSS, Act.DRAFT, Act.DISCUSS_AGAIN, Act.PRESENT, Act.REDRAFT), LEADS),
    Act.EVALUATE: LEADS | {Partner.CLOCK},
    **dict.fromkeys((Act.ACTIVATE, Act.CONTINUE, Act.EXTEND, Act.STOP, Act.DECLINE), {Partner.LEAD_HEAD}),
    Act.WITHDRAW: {Partner.BUSINESS},
}
MOVES = [act for act in Act if act not in STANDING]


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_is_what_they_are(who):
    actor, expected = PEOPLE[who]
    assert rules.standing(actor, partnership(S.ACTIVE)) == expected


@pytest.mark.parametrize(("who", "act"), list(product(PEOPLE, MOVES)))
def test_a_move_is_open_to_whom_the_table_names_and_to_nobody_else(who, act):
    actor, standing = PEOPLE[who]
    for stage in S:
        expected = (act, stage) in STAGES and bool(standing & WHO[act])
        assert rules.can(act, actor, partnership(stage)) is expected, stage


@pytest.mark.parametrize(("act", "stage"), list(product(MOVES, S)))
def test_a_move_leads_where_the_plan_says_or_nowhere(act, stage):
    if (act, stage) in STAGES:
        assert rules.row(act, stage).target is STAGES[act, stage]
    else:
        with pytest.raises(TransitionNotAllowed):
            rules.row(act, stage)


@pytest.mark.parametrize(("who", "act"), list(product(PEOPLE, STANDING)))
def test_standing_acts_are_open_in_their_stages_only(who, act):
    actor, standing = PEOPLE[who]
    allowed, stages = STANDING[act]
    for stage in S:
        assert rules.can(act, actor, partnership(stage)) is (bool(standing & allowed) and stage in stages)


@pytest.mark.parametrize("who", ["owner", "manager", "helper"])
def test_nobody_of_the_business_reads_what_staff_write_among_themselves(who):
    assert not any(rules.can(Act.WRITE_INTERNAL, PEOPLE[who][0], partnership(stage)) for stage in S)


def test_whoever_is_nothing_to_it_may_do_nothing():
    for actor, standing in PEOPLE.values():
        if not standing:
            assert all(not rules.allowed(actor, partnership(stage)) for stage in S)


def test_an_end_stays_an_end():
    assert not any(row.sources & {S.STOPPED, S.DECLINED} for row in TRANSITIONS)


@pytest.mark.parametrize(
    ("who", "party"),
    [
        ("owner", Party.BUSINESS),
        ("helper", Party.BUSINESS),
        ("lead head", Party.AGENCY),
        ("invited officer", Party.AGENCY),
        ("coordinator", Party.COORDINATOR),
        ("officer elsewhere", None),
    ],
)
def test_everybody_speaks_for_one_side(who, party):
    assert rules.party_of(PEOPLE[who][0], partnership(S.ACTIVE)) is party


# --- what a move waits for --------------------------------------------------------------------------------


def standing(**fields):
    return rules.Standing(
        **{
            "unsolicited": False,
            "findings": {},
            "approved": False,
            "ticks": (),
            "purpose": "",
            "starts_on": None,
            "ends_on": None,
        }
        | fields
    )


def test_a_signature_needs_a_draft_that_all_agreed_to():
    row = rules.row(Act.PRESENT, S.DRAFTING)
    assert rules.missing(row, standing()) == [Need.APPROVED_DRAFT]
    assert rules.missing(row, standing(approved=True)) == []


def test_it_is_in_force_only_when_signed_and_with_purpose_and_term():
    row = rules.row(Act.ACTIVATE, S.SIGNATURE)
    assert set(rules.missing(row, standing())) == {Need.SIGNATURES, Need.TERM}
    whole = standing(
        ticks=SIGNATURE_ITEMS, purpose="Wisata", starts_on=date(2027, 1, 1), ends_on=date(2028, 1, 1)
    )
    assert rules.missing(row, whole) == []


@given(
    st.dictionaries(st.sampled_from(list(SelectionStep)), st.sampled_from(list(StepResult))), st.booleans()
)
def test_an_unsolicited_proposal_is_drafted_only_after_every_step_and_none_failed(findings, unsolicited):
    row = rules.row(Act.DRAFT, S.DISCUSSION)
    lacks = rules.missing(row, standing(unsolicited=unsolicited, findings=findings))
    passed = len(findings) == len(SelectionStep) and StepResult.FAILED not in findings.values()
    assert lacks == ([] if passed or not unsolicited else [Need.FINDINGS])


# --- reminders --------------------------------------------------------------------------------------------

END = date(2027, 6, 30)


@given(st.lists(st.integers(0, 120), max_size=130, unique=True))
def test_each_reminder_is_told_at_most_once_and_the_nearest_always(days_looked):
    told, said = None, []
    for left in sorted(days_looked, reverse=True):
        due = rules.reminder_due(END, END - timedelta(days=left), told)
        if due is not None:
            said.append(due)
            told = due
    assert said == sorted(set(said), reverse=True)
    assert set(said) <= set(REMIND_DAYS)
    reached = [min(days for days in REMIND_DAYS if left <= days) for left in days_looked if left <= 90]
    assert set(said) == set(reached)


# --- the evaluation that begins by itself -----------------------------------------------------------------


@given(st.integers(-200, 100), st.lists(st.integers(-200, 100), max_size=4, unique=True))
def test_the_evaluation_begins_at_most_twice_whenever_the_parties_decide(since, decided):
    """Every day is looked at; a decision in between reaches the stage anew."""
    began = []
    for left in range(-200, 101):
        today = END + timedelta(days=left)
        if left in decided:
            since = left
        if left >= since and rules.evaluation_due(END, END + timedelta(days=since), today):
            began.append(left)
            since = left
    assert len([left for left in began if left <= 0]) <= 1
    assert len([left for left in began if left > 0]) <= 1


@pytest.mark.parametrize(
    ("since", "left", "due"),
    [
        (-200, -61, False),
        (-200, -60, True),
        (-200, 0, True),
        (-60, -59, False),  # continued on the day on which it opened
        (-20, 0, False),
        (-20, 1, True),  # the term is over
        (1, 2, False),
    ],
)
def test_the_evaluation_opens_sixty_days_before_the_end_and_after_it(since, left, due):
    day = END + timedelta(days=left)
    assert rules.evaluation_due(END, END + timedelta(days=since), day) is due


def test_nothing_is_told_after_the_end():
    assert rules.reminder_due(END, END + timedelta(days=1), None) is None
