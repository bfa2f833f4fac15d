"""What each change to a case leaves behind."""

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.core.database import db as database
from portal.core.sealing import Seal, new_key
from portal.models import (
    AccessLog,
    Agency,
    Answer,
    AnswerKind,
    AnswerVersion,
    Event,
    HideCode,
    IdentityMode,
    Kind,
    NamedStaff,
    OutboxMessage,
    Package,
    Partnership,
    PartnershipStage,
    Purpose,
    ReasonCode,
    Role,
    Statement,
    Status,
    Submission,
)
from portal.queries import packages
from portal.rules.workflow import Action, MissingRequirement, Requirement, TransitionNotAllowed
from portal.services import cases, questions
from portal.services.errors import NotPermitted
from tests import factories as make
from tests.factories import at, day

SEAL = Seal([new_key()])
NOW = at(20)


def _agency(case: Submission) -> Any:
    return database.session.get(Agency, case.agency_id)


# --- verifying, asking, assigning ---------------------------------------------------------------------


def test_verifying_opens_text_and_files_to_the_public(db: Any) -> None:
    case = make.make_case(text_public=False, screen_codes=["phone"])
    assert case.listed is False
    cases.verify(case, category_id=make.make_category().id, title="Lampu padam", actor=make.triage(), at=NOW)
    assert (case.text_public, case.files_public, case.listed, case.title) == (True, True, True, "Lampu padam")


def test_verifying_a_secret_case_opens_nothing(db: Any) -> None:
    case = make.make_case(secret=True)
    cases.verify(case, category_id=make.make_category().id, actor=make.triage(), at=NOW)
    assert case.listed is False


def test_accepting_and_assigning_in_one_step_verifies_too(db: Any) -> None:
    case = make.make_case(text_public=False)
    category = make.make_category()
    agency = make.make_agency()
    cases.assign(case, agency_id=agency.id, category_id=category.id, actor=make.triage(), at=NOW)
    assert (case.verified_at, case.files_public, case.listed) == (NOW, True, True)
    assert make.events_of(case)[-1].data == {"agency_id": agency.id, "category_id": category.id}


@pytest.mark.parametrize("bad", [None, 999_999])
def test_nothing_is_assigned_without_an_agency_and_a_category_that_exist(db: Any, bad: Any) -> None:
    case = make.make_case()
    with pytest.raises(MissingRequirement) as caught:
        cases.assign(case, agency_id=make.make_agency().id, category_id=bad, actor=make.triage(), at=NOW)
    assert caught.value.requirement is Requirement.CATEGORY
    with pytest.raises(MissingRequirement) as caught:
        cases.assign(case, agency_id=bad, category_id=make.make_category().id, actor=make.triage(), at=NOW)
    assert caught.value.requirement is Requirement.AGENCY


def test_a_closed_agency_gets_no_case(db: Any) -> None:
    closed = make.make_agency(active=False)
    with pytest.raises(MissingRequirement):
        cases.assign(
            make.make_case(),
            agency_id=closed.id,
            category_id=make.make_category().id,
            actor=make.triage(),
            at=NOW,
        )


def test_an_officer_of_another_agency_cannot_be_put_in_charge(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    stranger = make.make_user(Role.OFFICER, make.make_agency())
    with pytest.raises(NotPermitted):
        cases.take(case, officer_id=stranger.id, actor=make.head(_agency(case)), at=NOW)


def test_an_officer_takes_a_case_and_only_staff_see_that(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    user = make.make_user(Role.OFFICER, _agency(case))
    cases.take(case, officer_id=user.id, actor=make.actor(user), at=NOW)
    assert case.officer_id == user.id
    assert make.events_of(case)[-1].public is False


def test_a_question_sends_a_sealed_link_to_the_reporter_alone(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED, email="warga@contoh.example", seal=SEAL)
    make.make_support(case)
    question = cases.ask(case, question="Di mana?", seal=SEAL, actor=make.officer(_agency(case)), at=NOW)
    row = db.session.scalars(select(OutboxMessage).where(OutboxMessage.submission_id == case.id)).one()
    assert row.kind == "question"
    raw = SEAL.open(row.data["token"])
    assert make.events_of(case)[-1].data == {"question_id": question.id}
    found = questions.open_token(raw, NOW)
    assert found is not None
    assert found[0].id == question.id


def test_files_that_come_with_a_reply_stay_closed_until_triage_saw_them(db: Any) -> None:
    case = make.make_case(Status.NEEDS_INFO)
    photo = make.make_attachment()
    cases.reply(case, text="Ini fotonya.", attachments=[photo], actor=make.reporter(case), at=at(12))
    assert (photo.submission_id, photo.purpose, photo.cleared) == (case.id, Purpose.REPLY, False)
    assert case.file_count == 1
    cases.clear_file(case, photo, actor=make.triage(), at=NOW)
    assert photo.cleared is True


def test_a_file_that_was_attached_before_is_counted_once(db: Any) -> None:
    case = make.make_case(Status.NEEDS_INFO)
    photo = make.make_attachment(case)
    cases.reply(case, text="Ini fotonya.", attachments=[photo], actor=make.reporter(case), at=at(12))
    assert case.file_count == 1


def test_the_second_hand_over_is_for_triage_alone(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    second, third = make.make_agency(), make.make_agency()
    cases.hand_over(case, agency_id=second.id, reason="Lain.", actor=make.head(_agency(case)), at=NOW)
    with pytest.raises(NotPermitted):
        cases.hand_over(case, agency_id=third.id, reason="Lain.", actor=make.head(second), at=NOW)
    cases.hand_over(case, agency_id=third.id, reason="Lain.", actor=make.triage(), at=NOW)
    assert (case.agency_id, case.handovers) == (third.id, 2)


def test_a_hand_over_says_why_in_words_of_its_own(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    first, second = case.agency_id, make.make_agency()
    cases.hand_over(case, agency_id=second.id, reason="Jalan provinsi.", actor=make.triage(), at=NOW)
    data = make.events_of(case)[-1].data
    assert (data["from_agency_id"], data["agency_id"]) == (first, second.id)
    assert db.session.get(Statement, data["statement_id"]).text == "Jalan provinsi."
    assert case.officer_id is None


def test_a_case_is_not_handed_over_to_the_agency_that_has_it(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    with pytest.raises(MissingRequirement) as caught:
        cases.hand_over(case, agency_id=case.agency_id, reason="Lain.", actor=make.triage(), at=NOW)
    assert caught.value.requirement is Requirement.OTHER_AGENCY


# --- outcomes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", ["", "  \n", "\u200b\u200b", "\u3164"])
def test_a_text_that_nobody_can_read_is_no_answer(db: Any, blank: str) -> None:
    case = make.make_case(Status.ASSIGNED)
    with pytest.raises(MissingRequirement) as caught:
        cases.answer(case, text=blank, actor=make.head(_agency(case)), at=NOW)
    assert caught.value.requirement is Requirement.PUBLIC_TEXT


def test_publishing_takes_up_the_draft_of_the_agency(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    draft = cases.draft_answer(
        case, kind=AnswerKind.ANSWER, text="Draf.", actor=make.officer(_agency(case)), at=NOW
    )
    assert draft.published_at is None
    published = cases.answer(case, text="Jawaban.", actor=make.head(_agency(case)), at=NOW)
    assert published.id == draft.id
    assert (published.text, published.published_at, published.agency_id) == ("Jawaban.", NOW, case.agency_id)


def test_publishing_leaves_the_draft_of_an_agency_that_handed_over(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    draft = cases.draft_answer(
        case, kind=AnswerKind.ANSWER, text="Draf.", actor=make.officer(_agency(case)), at=NOW
    )
    cases.hand_over(case, agency_id=make.make_agency().id, reason="Lain.", actor=make.triage(), at=NOW)
    published = cases.answer(case, text="Jawaban.", actor=make.head(_agency(case)), at=NOW)
    assert published.id != draft.id
    assert draft.published_at is None


def test_the_coordinator_declines_in_the_name_of_no_agency(db: Any) -> None:
    case = make.make_case(Status.IN_REVIEW)
    published = cases.decline(
        case, code=ReasonCode.AGAINST_RULES, text="Iklan.", actor=make.triage(), at=at(11)
    )
    assert published.agency_id is None
    assert make.events_of(case)[-1].data["agency_id"] is None


def test_the_coordinator_declines_for_two_reasons_only(db: Any) -> None:
    for code in ReasonCode:
        case = make.make_case(Status.IN_REVIEW)
        if code in {ReasonCode.AGAINST_RULES, ReasonCode.NOT_ENOUGH_INFORMATION}:
            cases.decline(case, code=code, text="Maaf.", actor=make.triage(), at=NOW)
            assert case.reason_code is code
        else:
            with pytest.raises(MissingRequirement):
                cases.decline(case, code=code, text="Maaf.", actor=make.triage(), at=NOW)


def test_nothing_is_promised_for_a_day_that_is_over(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    with pytest.raises(MissingRequirement) as caught:
        cases.promise(case, text="Kami perbaiki.", on=day(at(19)), actor=make.head(_agency(case)), at=NOW)
    assert caught.value.requirement is Requirement.DATE


def test_nothing_is_deferred_to_today(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    with pytest.raises(MissingRequirement) as caught:
        cases.defer(
            case,
            code=ReasonCode.BUDGET,
            text="Nanti.",
            review_on=day(NOW),
            actor=make.head(_agency(case)),
            at=NOW,
        )
    assert caught.value.requirement is Requirement.REVIEW_DATE


def test_promised_work_is_done_only_with_evidence(db: Any) -> None:
    case = make.make_case(Status.IN_PROGRESS)
    head = make.head(_agency(case))
    with pytest.raises(MissingRequirement) as caught:
        cases.finish(case, text="Sudah.", actor=head, at=NOW)
    assert caught.value.requirement is Requirement.EVIDENCE
    photo = make.make_attachment()
    cases.finish(case, text="Sudah.", evidence=[photo], actor=head, at=NOW)
    assert (photo.purpose, photo.cleared, photo.event_id) == (
        Purpose.EVIDENCE,
        True,
        make.events_of(case)[-1].id,
    )


def test_evidence_is_still_due_when_the_promise_was_followed_by_a_reopening(db: Any) -> None:
    case = make.make_case(Status.DONE)
    head = make.head(_agency(case))
    cases.not_done(case, reason="Masih padam.", actor=make.reporter(case), at=NOW)
    cases.answer(case, text="Sudah menyala.", actor=head, at=NOW)
    with pytest.raises(MissingRequirement):
        cases.finish(case, text="Sudah.", actor=head, at=NOW)


def test_an_answer_without_promised_work_is_done_without_evidence(db: Any) -> None:
    case = make.make_case(Status.ANSWERED)
    cases.finish(case, text="Sudah.", actor=make.head(_agency(case)), at=NOW)
    assert case.status is Status.DONE


def test_an_accepted_proposal_becomes_a_partnership(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED, Kind.PARTNERSHIP)
    cases.accept(case, text="Kami terima.", actor=make.head(_agency(case)), at=NOW)
    made = db.session.scalars(select(Partnership).where(Partnership.submission_id == case.id)).one()
    assert (made.stage, made.agency_id) == (PartnershipStage.NEW, case.agency_id)
    assert db.session.scalar(select(Package).where(Package.submission_id == case.id)) is None


def test_an_accepted_package_enters_the_catalogue_and_leaves_it_while_hidden(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED, Kind.TOURISM_PACKAGE)
    cases.accept(case, text="Kami terima.", actor=make.head(_agency(case)), at=NOW)
    assert packages.by_reference(case.reference) is not None
    cases.hide(case, code=HideCode.ADVERTISING, text="Iklan.", actor=make.triage(), at=NOW)
    assert packages.by_reference(case.reference) is None
    cases.unhide(case, text="Keliru.", actor=make.triage(), at=NOW)
    assert packages.by_reference(case.reference) is not None


def test_what_staff_took_out_of_the_catalogue_does_not_come_back_with_its_case(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED, Kind.TOURISM_PACKAGE)
    cases.accept(case, text="Kami terima.", actor=make.head(_agency(case)), at=NOW)
    package = db.session.scalars(select(Package).where(Package.submission_id == case.id)).one()
    package.listed = False
    cases.hide(case, code=HideCode.ADVERTISING, text="Iklan.", actor=make.triage(), at=NOW)
    cases.unhide(case, text="Keliru.", actor=make.triage(), at=NOW)
    assert packages.by_reference(case.reference) is None


def test_editing_an_answer_keeps_the_old_wording(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    head = make.head(_agency(case))
    published = cases.answer(case, text="Lama.", actor=head, at=NOW)
    cases.edit_answer(case, published, text="Baru.", actor=head, at=at(23))
    old = db.session.scalars(select(AnswerVersion).where(AnswerVersion.answer_id == published.id)).one()
    assert (old.number, old.text, published.version, published.text) == (1, "Lama.", 2, "Baru.")
    assert make.events_of(case)[-1].data == {"answer_id": published.id, "version": 2}


def test_saving_an_answer_unchanged_tells_nobody(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    head = make.head(_agency(case))
    published = cases.answer(case, text="Sama.", actor=head, at=NOW)
    before = len(make.events_of(case))
    cases.edit_answer(case, published, text=" Sama. ", actor=head, at=at(23))
    assert len(make.events_of(case)) == before


def test_nobody_edits_a_draft_or_the_answer_of_another_case_or_agency(db: Any) -> None:
    case = make.make_case(Status.ASSIGNED)
    head = make.head(_agency(case))
    others: list[Answer] = [
        make.make_answer(case, published_at=None),
        make.make_answer(make.make_case(Status.ANSWERED)),
        make.make_answer(case, agency_id=make.make_agency().id),
        make.make_answer(case, agency_id=None),
    ]
    for answer in others:
        with pytest.raises(NotPermitted):
            cases.edit_answer(case, answer, text="Baru.", actor=head, at=NOW)


# --- the reporter -------------------------------------------------------------------------------------


def test_saying_yes_is_kept_and_saying_no_opens_the_case_again(db: Any) -> None:
    yes, no = make.make_case(Status.DONE), make.make_case(Status.DONE)
    cases.confirm(yes, value=True, actor=make.reporter(yes), at=NOW)
    cases.confirm(no, value=False, reason="Masih padam.", actor=make.reporter(no), at=NOW)
    assert (yes.status, yes.confirmed) == (Status.DONE, True)
    assert (no.status, no.confirmed) == (Status.ASSIGNED, False)


def test_saying_yes_twice_is_too_late(db: Any) -> None:
    case = make.make_case(Status.DONE)
    cases.confirm(case, value=True, actor=make.reporter(case), at=NOW)
    with pytest.raises(TransitionNotAllowed):
        cases.confirm(case, value=True, actor=make.reporter(case), at=NOW)


def test_a_telephone_number_in_a_reporters_reason_is_marked_for_staff_alone(db: Any) -> None:
    open_, closed = make.make_case(Status.DONE), make.make_case(Status.DONE)
    cases.not_done(open_, reason="Masih padam di malam hari.", actor=make.reporter(open_), at=NOW)
    cases.not_done(closed, reason="Telepon saya 0812 3456 7890.", actor=make.reporter(closed), at=NOW)
    assert "screened" not in make.events_of(open_)[-1].data
    assert make.events_of(closed)[-1].data["screened"] is True


def test_a_withdrawn_text_is_in_no_list(db: Any) -> None:
    case = make.make_case()
    assert case.listed
    cases.withdraw(case, actor=make.reporter(case), at=NOW)
    assert (case.listed, case.closed_at) == (False, NOW)


def test_withdrawing_lets_go_of_what_was_merged_into_it(db: Any) -> None:
    target, follower = make.make_case(), make.make_case()
    cases.merge(follower, into=target, actor=make.triage(), at=at(10))
    cases.withdraw(target, actor=make.reporter(target), at=at(11))
    assert (follower.status, follower.merged_into_id, follower.listed) == (Status.RECEIVED, None, True)
    assert make.events_of(follower)[-1].actor_kind == "system"


def test_of_a_shielded_reporter_only_the_hour_is_kept(db: Any) -> None:
    case = make.make_case(identity_mode=IdentityMode.SHIELDED, received_at=at(9, 8))
    cases.add_information(case, text="Tambahan.", actor=make.reporter(case), at=at(9, 20, 14))
    event = make.events_of(case)[-1]
    statement = db.session.get(Statement, event.data["statement_id"])
    assert (event.at, statement.created_at) == (at(9, 20), at(9, 20))


def test_the_kept_hour_never_lies_before_what_happened_earlier(db: Any) -> None:
    case = make.make_case(identity_mode=IdentityMode.SHIELDED)
    agency = make.make_agency()
    cases.assign(
        case, agency_id=agency.id, category_id=make.make_category().id, actor=make.triage(), at=at(9, 20, 10)
    )
    cases.add_information(case, text="Tambahan.", actor=make.reporter(case), at=at(9, 20, 14))
    assert make.events_of(case)[-1].at == at(9, 20, 10)


def test_lowering_secrecy_opens_a_verified_case(db: Any) -> None:
    case = make.make_case(Status.IN_REVIEW, secret=True)
    cases.lower_secrecy(case, actor=make.reporter(case), at=NOW)
    assert (case.secret, case.listed, case.files_public) == (False, True, True)


def test_lowering_secrecy_of_a_new_case_waits_for_the_screen_like_any_other(db: Any) -> None:
    careful = make.make_category(verify_first=True)
    clean = make.make_case(secret=True)
    flagged = make.make_case(secret=True, screen_codes=["phone"])
    checked = make.make_case(secret=True, category=careful)
    for case in (clean, flagged, checked):
        cases.lower_secrecy(case, actor=make.reporter(case), at=NOW)
    assert (clean.listed, flagged.listed, checked.listed) == (True, False, False)
    assert clean.files_public is False


# --- merging ------------------------------------------------------------------------------------------


def test_merging_counts_the_reporter_and_all_supporters_and_unmerging_takes_them_back(db: Any) -> None:
    case, target = make.make_case(), make.make_case()
    for _ in range(3):
        make.make_support(case)
    make.make_support(target)
    cases.merge(case, into=target, actor=make.triage(), at=NOW)
    assert (target.support_count, case.status, case.listed) == (5, Status.MERGED, False)
    cases.unmerge(case, reason="Tempatnya lain.", actor=make.triage(), at=NOW)
    assert (target.support_count, case.status, case.listed) == (1, Status.RECEIVED, True)


def test_a_merge_stands_in_both_histories(db: Any) -> None:
    case, target = make.make_case(), make.make_case()
    cases.merge(case, into=target, actor=make.triage(), at=NOW)
    assert make.events_of(case)[-1].data["target_reference"] == target.reference
    last = make.events_of(target)[-1]
    assert (last.action, last.data) == ("merged_in", {"source_reference": case.reference})


def test_taking_back_reaches_whatever_the_target_was_merged_into_since(db: Any) -> None:
    first, second, third = make.make_case(), make.make_case(), make.make_case()
    triage = make.triage()
    cases.merge(first, into=second, actor=triage, at=NOW)
    cases.merge(second, into=third, actor=triage, at=NOW)
    assert third.support_count == 2
    cases.unmerge(first, reason="Lain.", actor=triage, at=NOW)
    assert (second.support_count, third.support_count) == (0, 1)


@pytest.mark.parametrize("why", ["self", "merged", "withdrawn", "hidden", "secret", "from secret"])
def test_a_case_is_not_merged_into_what_cannot_carry_it(db: Any, why: str) -> None:
    case = make.make_case(secret=why == "from secret")
    target = {
        "self": lambda: case,
        "merged": lambda: make.make_case(Status.MERGED, into=make.make_case()),
        "withdrawn": lambda: make.make_case(Status.WITHDRAWN),
        "hidden": lambda: make.make_case(hidden_code=HideCode.INSULT),
        "secret": lambda: make.make_case(secret=True),
        "from secret": make.make_case,
    }[why]()
    with pytest.raises(MissingRequirement) as caught:
        cases.merge(case, into=target, actor=make.triage(), at=NOW)
    assert caught.value.requirement is Requirement.TARGET


def test_two_secret_cases_are_not_tied_either(db: Any) -> None:
    assert cases.may_join(make.make_case(secret=True), make.make_case(secret=True)) is False


def test_joining_while_sending_fails_softly(db: Any) -> None:
    case, gone = make.make_case(), make.make_case(Status.WITHDRAWN)
    assert cases.join(case, into=gone, actor=make.reporter(case), at=NOW) is False
    assert case.status is Status.RECEIVED
    assert cases.join(case, into=make.make_case(), actor=make.reporter(case), at=NOW) is True
    assert case.status is Status.MERGED


# --- moderation and identity --------------------------------------------------------------------------


def test_hiding_keeps_the_page_and_takes_the_text_out_of_lists(db: Any) -> None:
    case = make.make_case(Status.IN_REVIEW)
    cases.hide(case, code=HideCode.INSULT, text="Berisi hinaan.", actor=make.triage(), at=NOW)
    assert (case.listed, case.hidden_code, case.status) == (False, HideCode.INSULT, Status.IN_REVIEW)
    assert make.events_of(case)[-1].data["code"] == "insult"
    with pytest.raises(TransitionNotAllowed):
        cases.hide(case, code=HideCode.INSULT, text="Lagi.", actor=make.triage(), at=NOW)
    cases.unhide(case, text="Sudah diperbaiki.", actor=make.triage(), at=NOW)
    assert case.listed is True
    with pytest.raises(TransitionNotAllowed):
        cases.unhide(case, text="Lagi.", actor=make.triage(), at=NOW)


def test_naming_the_officer_of_a_secret_case_takes_it_off_their_hands(db: Any) -> None:
    agency = make.make_agency()
    user = make.make_user(Role.OFFICER, agency)
    case = make.make_case(Status.ASSIGNED, secret=True, agency=agency, officer=user)
    for _ in range(2):
        cases.name_staff(case, user_id=user.id, actor=make.triage(), at=NOW)
    assert case.officer_id is None
    assert case.named_user_ids == {user.id}
    count = select(func.count()).select_from(NamedStaff).where(NamedStaff.submission_id == case.id)
    assert db.session.scalar(count) == 1
    with pytest.raises(NotPermitted):
        cases.take(case, officer_id=user.id, actor=make.triage(), at=NOW)


def test_an_officer_sees_a_masked_reporter_and_leaves_a_trace(db: Any) -> None:
    case = make.make_case(
        Status.ASSIGNED, name="Rina Siregar", email="rina@contoh.example", phone="+6281234567890", seal=SEAL
    )
    officer = make.officer(_agency(case))
    seen = cases.reveal_identity(case, reason="Menelepon pelapor", seal=SEAL, actor=officer, at=NOW)
    assert (seen.name, seen.masked) == ("R*** S***", True)
    assert "rina" not in seen.email
    assert "34567" not in seen.phone
    trace = db.session.scalars(select(AccessLog).where(AccessLog.submission_id == case.id)).one()
    assert (trace.user_id, trace.reason, trace.what) == (officer.user_id, "Menelepon pelapor", "identity")
    assert make.events_of(case)[-1].public is False


def test_triage_sees_who_sent_a_case(db: Any) -> None:
    case = make.make_case(name="Rina Siregar", email="rina@contoh.example", seal=SEAL)
    seen = cases.reveal_identity(case, reason="Verifikasi", seal=SEAL, actor=make.triage(), at=NOW)
    assert (seen.name, seen.email, seen.phone, seen.masked) == (
        "Rina Siregar",
        "rina@contoh.example",
        "",
        False,
    )


def test_an_identity_opens_for_a_reason_only(db: Any) -> None:
    with pytest.raises(MissingRequirement):
        cases.reveal_identity(make.make_case(), reason=" ", seal=SEAL, actor=make.triage(), at=NOW)


def test_a_shielded_identity_stays_sealed_and_no_trace_is_left(db: Any) -> None:
    case = make.make_case(identity_mode=IdentityMode.SHIELDED, email="rina@contoh.example", seal=SEAL)
    with pytest.raises(NotPermitted):
        cases.reveal_identity(case, reason="Ingin tahu", seal=SEAL, actor=make.triage(), at=NOW)
    assert db.session.scalar(select(func.count()).select_from(AccessLog)) == 0


# --- privacy of history -------------------------------------------------------------------------------


def test_history_holds_no_words_and_no_names(db: Any) -> None:
    """Erasing a person must break no history: everything that was said lives in rows of its own."""
    said = "RAHASIA"
    agency = make.make_agency()
    case = make.make_case(secret=True, name=said, seal=SEAL, body=said)
    triage, head, reporter = make.triage(), make.head(agency), make.reporter(case)
    cases.verify(case, category_id=make.make_category().id, title=said, actor=triage, at=at(10))
    cases.ask(case, question=said, seal=SEAL, actor=triage, at=at(10))
    cases.reply(case, text=said, actor=reporter, at=at(11))
    cases.assign(case, agency_id=agency.id, actor=triage, at=at(11))
    cases.note(case, text=said, actor=head, at=at(11))
    cases.reveal_identity(case, reason=said, seal=SEAL, actor=triage, at=at(11))
    cases.hand_over(case, agency_id=make.make_agency().id, reason=said, actor=head, at=at(12))
    cases.hand_over(case, agency_id=agency.id, reason=said, actor=triage, at=at(12))
    cases.draft_answer(case, kind=AnswerKind.ANSWER, text=said, actor=head, at=at(12))
    cases.answer(case, text=said, actor=head, at=at(12))
    cases.not_done(case, reason=said, actor=reporter, at=at(13))
    cases.decline(case, code=ReasonCode.BUDGET, text=said, actor=head, at=at(16))
    cases.object_(case, reason=said, actor=reporter, at=at(17))
    cases.hide(case, code=HideCode.INSULT, text=said, actor=triage, at=at(17))
    cases.add_information(case, text=said, actor=reporter, at=at(18))
    written = db.session.scalars(select(Event.data).where(Event.submission_id == case.id)).all()
    assert len(written) == 16
    assert said not in str(written)


def test_a_case_moves_on_when_somebody_else_already_pressed(db: Any) -> None:
    case = make.make_case(Status.IN_REVIEW)
    with pytest.raises(TransitionNotAllowed) as caught:
        cases.verify(case, category_id=make.make_category().id, actor=make.triage(), at=NOW)
    assert (caught.value.status, caught.value.action) == (Status.IN_REVIEW, Action.VERIFY)
