"""A partnership goes through its life: events, mails, and what every step needs."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.models import (
    Agency,
    AgreementApproval,
    AgreementDraft,
    AgreementKind,
    BusinessRole,
    OutboxMessage,
    PartnershipAgency,
    PartnershipStage,
    PartnershipWord,
    Party,
    ReasonCode,
    Role,
    SelectionStep,
    SignatureTick,
    StepResult,
    Submission,
    Upload,
)
from portal.queries import partnership_room, partnerships
from portal.rules.partnerships import SIGNATURE_ITEMS, STANDING, TRANSITIONS, Act, Need, Partner
from portal.rules.permissions import CLOCK, Actor
from portal.rules.transitions import MissingRequirement, TransitionNotAllowed
from portal.services import events
from portal.services.errors import NotForEveryone, NotPermitted, StaleVersion
from portal.services.partnerships import life
from tests import factories as make
from tests.factories import MONDAY

S = PartnershipStage
MOVES = [act for act in Act if act not in STANDING]


@pytest.fixture
def agency(db):
    return make.make_agency()


@pytest.fixture
def business(db):
    return make.make_business()


@pytest.fixture
def lead(agency):
    user = make.make_user(Role.HEAD, agency)
    return make.actor(user)


@pytest.fixture
def begun(agency, business, db):
    def begin(stage=S.NEW, **fields):
        return make.make_partnership(agency, business, stage=stage, **fields)

    return begin


def case_of(partnership, db):
    return db.session.get(Submission, partnership.submission_id)


def draft(partnership, db):
    upload = Upload(
        token=f"naskah{partnership.id}",
        storage_key="x",
        mime="application/pdf",
        size=1,
        sha256="0",
        created_at=MONDAY,
    )
    db.session.add(upload)
    db.session.flush()
    row = AgreementDraft(
        partnership_id=partnership.id,
        kind=AgreementKind.AGREEMENT,
        number=1,
        upload_id=upload.id,
        party=Party.AGENCY,
        at=MONDAY,
    )
    db.session.add(row)
    db.session.flush()
    return row


def agree(partnership, row, db, *, without=None):
    for voice in partnership_room.voices(partnership):
        if voice.party is not without:
            db.session.add(
                AgreementApproval(
                    draft_id=row.id, party=voice.party, agency_id=voice.agency_id, approved=True, at=MONDAY
                )
            )
    db.session.flush()


def test_a_partnership_goes_from_the_first_talk_to_an_extension(begun, lead, db):
    partnership = begun()
    life.move(partnership, Act.DISCUSS, actor=lead, at=MONDAY)
    life.move(partnership, Act.DRAFT, actor=lead, at=MONDAY)
    agree(partnership, draft(partnership, db), db)
    life.move(partnership, Act.PRESENT, actor=lead, at=MONDAY)
    for item in SIGNATURE_ITEMS:
        life.tick_signature(partnership, item, done=True, actor=lead, at=MONDAY)
    term = {"purpose_id": "Wisata bagan", "starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}
    life.plan(partnership, actor=lead, at=MONDAY, version=partnership.version, fields=term)
    life.move(partnership, Act.ACTIVATE, text="Berlaku mulai Januari.", actor=lead, at=MONDAY)
    life.move(partnership, Act.EVALUATE, actor=lead, at=MONDAY)
    end = date(2028, 12, 31)
    life.move(partnership, Act.EXTEND, text="Hasilnya baik.", new_end=end, actor=lead, at=MONDAY)
    assert (partnership.stage, partnership.ends_on) == (S.EXTENDED, end)
    moves = [
        event.data["stage"] for event in make.events_of(case_of(partnership, db)) if "stage" in event.data
    ]
    assert moves == ["discussion", "drafting", "signature", "active", "evaluation", "extended"]


def test_no_draft_goes_to_be_signed_before_all_agreed(begun, lead, db):
    partnership = begun(S.DRAFTING)
    row = draft(partnership, db)
    agree(partnership, row, db, without=Party.COORDINATOR)
    with pytest.raises(MissingRequirement) as caught:
        life.move(partnership, Act.PRESENT, actor=lead, at=MONDAY)
    assert caught.value.requirement is Need.APPROVED_DRAFT


def test_a_newly_invited_agency_has_to_agree_too(begun, lead, db):
    partnership = begun(S.DRAFTING)
    agree(partnership, draft(partnership, db), db)
    assert partnership_room.approved_draft(partnership) is not None
    life.invite(partnership, make.make_agency().id, actor=lead, at=MONDAY)
    assert partnership_room.approved_draft(partnership) is None


def test_the_steps_of_an_unsolicited_proposal_come_in_order(begun, lead):
    partnership = begun(S.DISCUSSION, unsolicited=True)
    with pytest.raises(life.NotInOrder):
        life.find(
            partnership,
            SelectionStep.SELECTION,
            result=StepResult.NOT_NEEDED,
            reason="Sendiri.",
            actor=lead,
            at=MONDAY,
        )
    with pytest.raises(MissingRequirement):
        life.move(partnership, Act.DRAFT, actor=lead, at=MONDAY)
    for step in SelectionStep:
        life.find(partnership, step, result=StepResult.PASSED, reason="Berguna.", actor=lead, at=MONDAY)
    life.move(partnership, Act.DRAFT, actor=lead, at=MONDAY)
    assert partnership.stage is S.DRAFTING


@pytest.mark.parametrize(
    ("text", "code", "need"), [("", ReasonCode.BUDGET, Need.PUBLIC_TEXT), ("Ya", None, Need.CODE)]
)
def test_an_end_takes_a_reason_and_a_sentence(begun, lead, text, code, need):
    with pytest.raises(MissingRequirement) as caught:
        life.move(begun(S.ACTIVE), Act.STOP, text=text, code=code, actor=lead, at=MONDAY)
    assert caught.value.requirement is need


@pytest.mark.parametrize("new_end", [None, date(2027, 12, 31), date(2027, 1, 1)])
def test_an_extension_ends_later_than_before(begun, lead, new_end):
    partnership = begun(S.EVALUATION, ends_on=date(2027, 12, 31))
    with pytest.raises(MissingRequirement):
        life.move(partnership, Act.EXTEND, text="Baik.", new_end=new_end, actor=lead, at=MONDAY)


def test_an_officer_does_not_end_it(begun, agency):
    with pytest.raises(NotPermitted):
        life.move(
            begun(S.ACTIVE), Act.STOP, text="x", code=ReasonCode.BUDGET, actor=make.officer(agency), at=MONDAY
        )


def test_what_is_over_is_over(begun, lead):
    with pytest.raises(TransitionNotAllowed):
        life.move(begun(S.STOPPED), Act.DISCUSS, actor=lead, at=MONDAY)


def test_a_stale_move_changes_nothing(begun, lead):
    partnership = begun()
    with pytest.raises(StaleVersion):
        life.move(partnership, Act.DISCUSS, actor=lead, at=MONDAY, version=partnership.version + 1)
    assert partnership.stage is S.NEW


def test_a_business_withdraws_and_its_account_stands_in_no_event(begun, business, db):
    user = make.make_user()
    make.make_member(business, user)
    partnership = begun(S.DISCUSSION)
    life.move(
        partnership, Act.WITHDRAW, text="Kami pindah.", actor=make.member(business, user=user), at=MONDAY
    )
    event = make.events_of(case_of(partnership, db))[-1]
    assert (event.actor_kind, event.actor_id) == ("business", None)
    assert db.session.query(PartnershipWord).one().by_id is None


def test_the_package_leaves_the_catalogue_when_its_partnership_ends(agency, business, lead, db):
    package = make.make_package(business)
    case = db.session.get(Submission, package.submission_id)
    partnership = make.make_partnership(business=business, case=case, stage=S.ACTIVE, agency_id=agency.id)
    life.move(partnership, Act.STOP, text="Kapal rusak.", code=ReasonCode.SKILL, actor=lead, at=MONDAY)
    db.session.refresh(package)
    assert package.listed is False


def test_the_business_and_other_heads_are_told_but_not_who_did_it(begun, agency, business, lead, db):
    partnership = begun()
    owner, colleague = make.make_user(), make.make_user(Role.HEAD, agency)
    make.make_member(business, owner)
    life.move(partnership, Act.DISCUSS, actor=lead, at=MONDAY)
    told = {
        (row.kind, row.recipient_id)
        for row in db.session.query(OutboxMessage)
        if row.kind in {"business_partnership", "staff_partnership"}
    }
    assert ("business_partnership", owner.id) in told
    assert ("staff_partnership", colleague.id) in told
    assert all(user_id != lead.user_id for _kind, user_id in told)


def test_the_term_cannot_end_before_it_begins(begun, lead):
    partnership = begun()
    term = {"starts_on": date(2027, 2, 1), "ends_on": date(2027, 1, 1)}
    with pytest.raises(life.NotInOrder):
        life.plan(partnership, actor=lead, at=MONDAY, version=partnership.version, fields=term)


def test_counts_know_only_the_partnerships_of_ones_agencies(begun, agency):
    begun(S.ACTIVE)
    make.make_partnership(stage=S.ACTIVE)
    assert partnerships.stage_counts(frozenset({agency.id})) == {S.ACTIVE: 1}
    assert partnerships.stage_counts(None) == {S.ACTIVE: 2}


def test_an_officer_does_not_stretch_a_term_in_force(begun, agency):
    partnership = begun(S.ACTIVE, purpose_id="Wisata", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    with pytest.raises(life.TermInForce):
        life.plan(
            partnership,
            actor=make.officer(agency),
            at=MONDAY,
            version=partnership.version,
            fields={"ends_on": date(2030, 1, 1)},
        )
    assert partnership.ends_on == date(2027, 12, 31)


def test_what_is_in_force_keeps_a_purpose(begun, lead):
    partnership = begun(S.ACTIVE, purpose_id="Wisata")
    with pytest.raises(MissingRequirement):
        life.plan(
            partnership, actor=lead, at=MONDAY, version=partnership.version, fields={"purpose_id": "  "}
        )


def test_nobody_spares_a_proposal_the_examination_that_it_failed(begun, lead):
    partnership = begun(S.DISCUSSION)
    life.find(
        partnership,
        SelectionStep.PUBLIC_INTEREST,
        result=StepResult.FAILED,
        reason="Menutup jalan umum.",
        actor=lead,
        at=MONDAY,
    )
    life.plan(partnership, actor=lead, at=MONDAY, version=partnership.version, fields={"unsolicited": False})
    with pytest.raises(MissingRequirement) as caught:
        life.move(partnership, Act.DRAFT, actor=lead, at=MONDAY)
    assert caught.value.requirement is Need.FINDINGS


def test_an_invitation_told_once_can_be_taken_back(begun, lead, db):
    partnership, guest = begun(), make.make_agency()
    head = make.make_user(Role.HEAD, guest)
    colleague = make.make_user(Role.HEAD, db.session.get(Agency, partnership.agency_id))
    life.invite(partnership, guest.id, actor=lead, at=MONDAY)
    life.invite(partnership, guest.id, actor=lead, at=MONDAY)
    told = db.session.query(OutboxMessage).filter_by(kind="staff_partnership", recipient_id=head.id).all()
    assert len(told) == 1
    assert db.session.query(OutboxMessage).filter_by(recipient_id=colleague.id).count() == 0
    life.release(partnership, guest.id, actor=lead, at=MONDAY)
    assert partnership.invited_agency_ids == frozenset()


@pytest.mark.parametrize("act", MOVES)
def test_a_stranger_moves_nothing(begun, act):
    for stage in S:
        partnership = begun(stage)
        for actor in (Actor(user_id=1), make.officer(make.make_agency()), make.member(make.make_business())):
            with pytest.raises(NotPermitted):
                life.move(partnership, act, text="x", code=ReasonCode.BUDGET, actor=actor, at=MONDAY)
        assert partnership.stage is stage


# --- every way through the table --------------------------------------------------------------------------


@pytest.fixture
def people(agency, business):
    invited = make.make_agency()
    return invited, {
        Partner.BUSINESS: make.member(business),
        Partner.HELPER: make.member(business, BusinessRole.HELPER),
        Partner.LEAD_OFFICER: make.officer(agency),
        Partner.LEAD_HEAD: make.actor(make.make_user(Role.HEAD, agency)),
        Partner.INVITED: make.actor(make.make_user(Role.OFFICER, invited)),
        Partner.COORDINATOR: make.actor(make.make_user(Role.TRIAGE)),
        Partner.CLOCK: CLOCK,
    }


def ready(partnership, db):
    """Give a partnership everything that any change of stage waits for."""
    agree(partnership, draft(partnership, db), db)
    for item in SIGNATURE_ITEMS:
        db.session.add(SignatureTick(partnership_id=partnership.id, item=item, at=MONDAY))
    partnership.purpose_id = "Wisata bagan"
    partnership.starts_on, partnership.ends_on = date(2027, 1, 1), date(2027, 12, 31)
    db.session.flush()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(list(Partner)), st.sampled_from(MOVES)), max_size=14))
def test_however_people_press_the_partnership_follows_the_table(begun, people, db, steps):
    invited, actors = people
    partnership = begun()
    partnership.invited = [
        PartnershipAgency(partnership_id=partnership.id, agency_id=invited.id, invited_at=MONDAY)
    ]
    ready(partnership, db)
    case, walked = case_of(partnership, db), []
    for who, act in steps:
        stage = partnership.stage
        row = next((one for one in TRANSITIONS if one.action is act and stage in one.sources), None)
        standings = {who, Partner.LEAD_OFFICER} if who is Partner.LEAD_HEAD else {who}
        opens = row is not None and bool(standings & row.who)
        end = partnership.ends_on + timedelta(days=100)
        try:
            life.move(
                partnership,
                act,
                text="Karena sudah dibicarakan.",
                code=ReasonCode.BUDGET,
                new_end=end,
                actor=actors[who],
                at=MONDAY,
            )
        except (NotPermitted, TransitionNotAllowed):
            assert not opens
            assert partnership.stage is stage
        else:
            assert opens
            assert partnership.stage is row.target
            walked.append(partnership.stage.value)
    told = [event for event in make.events_of(case) if event.action == events.PARTNERSHIP_MOVED]
    assert [event.data["stage"] for event in told] == walked
    assert [word.to_stage.value for word in reversed(partnerships.words(partnership.id))] == walked


def test_what_was_signed_counts_no_more_once_it_is_written_anew(begun, lead, db):
    partnership = begun(S.SIGNATURE)
    for item in SIGNATURE_ITEMS:
        life.tick_signature(partnership, item, done=True, actor=lead, at=MONDAY)
    life.move(partnership, Act.REDRAFT, text="Pasal 4 diubah.", actor=lead, at=MONDAY)
    assert partnerships.ticks(partnership.id) == {}


def test_no_extension_ends_in_the_past(begun, lead):
    today = make.day(MONDAY)
    partnership = begun(
        S.EVALUATION, starts_on=today - timedelta(days=400), ends_on=today - timedelta(days=30)
    )
    for new_end in (today - timedelta(days=1), today):
        with pytest.raises(MissingRequirement):
            life.move(partnership, Act.EXTEND, text="Baik.", new_end=new_end, actor=lead, at=MONDAY)
    life.move(partnership, Act.EXTEND, text="Baik.", new_end=today + timedelta(days=1), actor=lead, at=MONDAY)


def test_words_of_a_business_are_screened_before_everybody_reads_them(begun, business):
    partnership = begun(S.DISCUSSION)
    who = make.member(business)
    with pytest.raises(NotForEveryone) as refused:
        life.move(partnership, Act.WITHDRAW, text="Hubungi 0812-3456-7890.", actor=who, at=MONDAY)
    assert refused.value.codes == ["phone"]
    assert partnership.stage is S.DISCUSSION
    life.move(partnership, Act.WITHDRAW, text="Kapal kami dijual.", actor=who, at=MONDAY)


def test_a_finding_is_not_written_over_unseen(begun, lead):
    partnership = begun(S.NEW)
    seen, step = partnership.version, SelectionStep.PUBLIC_INTEREST
    words = {"actor": lead, "at": MONDAY, "version": seen}
    life.find(partnership, step, result=StepResult.PASSED, reason="Berguna.", **words)
    with pytest.raises(StaleVersion):
        life.find(partnership, step, result=StepResult.FAILED, reason="Tidak.", **words)


def test_no_agreement_comes_into_force_that_is_over(begun, lead, db):
    today = make.day(MONDAY)
    term = {"starts_on": today - timedelta(days=40), "ends_on": today - timedelta(days=1)}
    partnership = begun(S.SIGNATURE, purpose_id="Wisata bahari.", **term)
    draft(partnership, db)
    for item in SIGNATURE_ITEMS:
        life.tick_signature(partnership, item, done=True, actor=lead, at=MONDAY)
    with pytest.raises(MissingRequirement) as refused:
        life.move(partnership, Act.ACTIVATE, text="Berlaku.", actor=lead, at=MONDAY)
    assert refused.value.requirement is Need.TERM
    partnership.ends_on = today
    db.session.flush()
    life.move(partnership, Act.ACTIVATE, text="Berlaku.", actor=lead, at=MONDAY)
